#!/usr/bin/env python3
"""Writes table_training.json: ten steps of small networks for tables, TabM and RealMLP, on all rows at once, by PyTorch in float64.

tabm: the package tabm, in its own names of parameters: logits [rows, members, classes], the mean of the members' cross-entropies, gradients,
losses of ten steps of torch.optim.AdamW and the parameters after them.
realmlp: losses of ten steps of Adam and the parameters after them, the steps by pytabkit's rule. Before each step a parameter that decays is
multiplied by 1 - rate * decay * factor^2, then Adam takes rate * factor; `factors` are by the ending of a parameter's name, biases do not decay.
The network is scale, then thrice an `ntk_linear` with an activation between. `td_s` has fixed SELU and label smoothing 0.1; `td` has the embedding
`pbld` on its two numbers, Mish with `a` and the squared error. In both the category is three columns of 0 and 1 behind the numbers.
losses[t] is the loss before step t.

The script ends by repeating each run in float32 and prints how far it strays: what a correct float32 implementation can reach.
"""
import rtdl_num_embeddings
import tabm
import torch
import torch.nn.functional as F
from torch import nn

from golden_format import exact_tensor, significant, tensor, write_object
from make_tables import WIDTH, coslog4, flat_cos, normal, ntk_linear, numbers, parametric, pbld, pbld_inputs

STEPS = 10
ROWS, CLASSES, MEMBERS, HIDDEN = 8, 3, 3, 5


def state_of(parameters):
    return {name: tensor(value) for name, value in parameters.items()}


def drawn(name, shape):
    """First weights: multipliers near 1, the others small."""
    if name.split(".")[-1] in ("r", "s", "a", "affine", "scale") or "affine" in name:
        return normal(name, *shape, centre=1, spread=0.4)
    return normal(name, *shape, spread=0.5)


class Data:
    """The rows of all training runs: two numbers, a category of three, a class and a number to estimate."""

    numbers = normal("rows", ROWS, 2)
    categories = [0, 1, 2, 0, 1, 2, 2, 0]
    labels = [0, 2, 1, 1, 0, 2, 0, 1]
    values = normal("values", ROWS)


def tabm_case(arch, embedded, dtype=torch.float64):
    edges = [[-1.0, -0.25, 0.5, 1.5], [-2.0, 1.0]]
    number_embedding = None
    if embedded:
        bins = [torch.tensor(e, dtype=torch.float64) for e in edges]
        number_embedding = rtdl_num_embeddings.PiecewiseLinearEmbeddings(bins, WIDTH, activation=False, version="B")
    model = tabm.TabM.make(
        n_num_features=2, cat_cardinalities=[3], d_out=CLASSES, num_embeddings=number_embedding, arch_type=arch, k=MEMBERS, d_block=HIDDEN,
        n_blocks=2, dropout=0.0)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(drawn(name, parameter.shape))
    initial = {name: exact_tensor(value) for name, value in model.named_parameters()}
    model = model.to(dtype)
    x, categories, labels = Data.numbers.to(dtype), torch.tensor(Data.categories)[:, None], torch.tensor(Data.labels)
    rule = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=3e-4)
    losses, first = [], {}
    for step in range(STEPS):
        rule.zero_grad()
        logits = model(x, categories)
        loss = F.cross_entropy(logits.flatten(0, 1), labels.repeat_interleave(MEMBERS))
        loss.backward()
        losses.append(significant(loss.detach()))
        if step == 0:
            first = {"logits": tensor(logits), "gradients": {name: tensor(p.grad) for name, p in model.named_parameters()}}
        rule.step()
    return {
        "arch": arch, "bins": edges if embedded else None, "initial": initial, **first, "losses": losses,
        "final": state_of(dict(model.named_parameters()))}


FACTORS = {"scale": 6.0, "weight": 1.0, "bias": 0.1, "a": 0.1, "w1": 0.1, "b1": 0.1, "w2": 0.1, "b2": 0.1}


def realmlp_network(p, x, embedded, activation):
    if embedded:
        # The numbers' embeddings column by column, then what the category came to.
        shown = pbld(p["w1"], p["b1"], p["w2"], p["b2"], x[:, :2])
        x = torch.cat([shown.flatten(1), x[:, 2:]], 1)
    x = x * p["scale"]
    for layer in ("0", "1"):
        x = ntk_linear(x, p[f"{layer}.weight"], p[f"{layer}.bias"])
        x = parametric(activation, x, p[f"{layer}.a"]) if f"{layer}.a" in p else activation(x)
    return ntk_linear(x, p["2.weight"], p["2.bias"])


def realmlp_case(full, dtype=torch.float64):
    """Ten steps. Without `full` the simpler network of RealMLP-TD-S."""
    outputs = 1 if full else CLASSES
    width = (2 * 4 if full else 2) + 3
    shapes = {"scale": (width,)}
    for layer, (inputs, units) in enumerate([(width, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, outputs)]):
        shapes |= {f"{layer}.weight": (units, inputs), f"{layer}.bias": (units,)}
        if full and layer < 2:
            shapes[f"{layer}.a"] = (units,)
    parameters = {name: drawn(name, shape) for name, shape in shapes.items()}
    if full:
        parameters |= pbld_inputs("realmlp", 2, 5)
    initial = {name: exact_tensor(value) for name, value in parameters.items()}
    parameters = {name: nn.Parameter(value.to(dtype)) for name, value in parameters.items()}
    x = torch.cat([Data.numbers, F.one_hot(torch.tensor(Data.categories)).to(Data.numbers)], 1).to(dtype)
    base = 0.2 if full else 0.04
    rates = [base * coslog4(step / STEPS) for step in range(STEPS)]
    decays = [0.02 * flat_cos(step / STEPS) for step in range(STEPS)]
    factors = {name: FACTORS[name.split(".")[-1]] for name in parameters}
    rule = torch.optim.Adam([{"params": [p], "name": name} for name, p in parameters.items()], betas=(0.9, 0.95), eps=1e-8)
    losses = []
    for rate, decay in zip(rates, decays):
        rule.zero_grad()
        output = realmlp_network(parameters, x, full, F.mish if full else F.selu)
        if full:
            loss = F.mse_loss(output[:, 0], Data.values.to(dtype))
        else:
            loss = F.cross_entropy(output, torch.tensor(Data.labels), label_smoothing=0.1)
        loss.backward()
        losses.append(significant(loss.detach()))
        with torch.no_grad():
            for group in rule.param_groups:
                name, factor = group["name"], factors[group["name"]]
                group["lr"] = rate * factor
                if not name.endswith("bias"):
                    group["params"][0].mul_(1 - rate * decay * factor**2)
        rule.step()
    return {
        "activation": "mish" if full else "selu", "rates": numbers(rates), "decays": numbers(decays), "factors": factors, "initial": initial,
        "losses": losses, "final": state_of(parameters)}


def strays(case):
    """The largest difference between a run in float64 and in float32, of losses and of parameters."""
    double, single = case(torch.float64), case(torch.float32)
    loss = max(abs(a - b) for a, b in zip(double["losses"], single["losses"]))
    weight = max(abs(a - b) for name in double["final"] for a, b in zip(double["final"][name]["data"], single["final"][name]["data"]))
    return f"losses {loss:.1e}, parameters {weight:.1e}"


def main():
    cases = {f"{arch}{', embedded' if embedded else ''}": (arch, embedded) for arch in ("tabm", "tabm-mini") for embedded in (False, True)}
    write_object("table_training.json", {
        "numbers": exact_tensor(Data.numbers), "categories": Data.categories, "labels": Data.labels, "values": exact_tensor(Data.values),
        "tabm": {name: tabm_case(*case) for name, case in cases.items()},
        "realmlp": {"td_s": realmlp_case(False), "td": realmlp_case(True)}})
    for name, case in cases.items():
        print(name, strays(lambda dtype: tabm_case(*case, dtype)))
    for name, full in [("td_s", False), ("td", True)]:
        print(name, strays(lambda dtype: realmlp_case(full, dtype)))


if __name__ == "__main__":
    main()
