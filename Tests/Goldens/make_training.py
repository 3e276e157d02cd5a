#!/usr/bin/env python3
"""Writes training.json: twenty full-batch steps of two small networks under each update rule, by PyTorch in float64.

Both networks are 6-8-8-3. `plain` has a ReLU after each hidden layer; `normalised` has layer norm and exact GELU after the first,
batch norm (eps 1e-5, momentum 0.1) and ReLU after the second. Every run starts from the same weights and sees the same 24 rows.
losses[t] is the mean training-mode loss before step t; final_logits are those of evaluation mode after the last step.

The script ends by repeating each run in float32 and prints how far it strays: what a correct float32 implementation can reach.
"""
import math

import torch
import torch.nn.functional as F
from numpy.random import default_rng
from torch import nn

from golden_format import exact, exact_tensor, significant, tensor, write_object

STEPS, ROWS, INPUTS, HIDDEN, CLASSES = 20, 24, 6, 8, 3
SEED = 11


class Layer(nn.Module):
    def __init__(self, inputs, outputs, norm, activation):
        super().__init__()
        self.linear = nn.Linear(inputs, outputs)
        self.norm = norm
        self.activation = activation

    def forward(self, x):
        return self.activation(self.norm(self.linear(x)) if self.norm else self.linear(x))


class Network(nn.Module):
    def __init__(self, normalised):
        super().__init__()
        first = (nn.LayerNorm(HIDDEN), F.gelu) if normalised else (None, F.relu)
        second = (nn.BatchNorm1d(HIDDEN), F.relu) if normalised else (None, F.relu)
        self.layers = nn.ModuleList([Layer(INPUTS, HIDDEN, *first), Layer(HIDDEN, HIDDEN, *second)])
        self.output = nn.Linear(HIDDEN, CLASSES)

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return self.output(x)

    def state(self):
        """Weights and running statistics by name. The count of batches is PyTorch's own."""
        return {name: value for name, value in self.state_dict().items() if not name.endswith("num_batches_tracked")}


def initial_state(normalised):
    """Values of four decimals, so that a float32 reader starts from the same numbers; norms start near, not at, 1 and 0."""
    state = {}
    for name, value in Network(normalised).state().items():
        rng = default_rng([SEED, *name.encode()])
        spread = {"weight": 0.2, "bias": 0.1, "running_mean": 0.0, "running_var": 0.0}[name.split(".")[-1]]
        if value.dim() == 2:
            drawn = rng.standard_normal(value.shape) / math.sqrt(value.shape[1])
        else:
            drawn = spread * rng.standard_normal(value.shape) + (1 if name.endswith(("norm.weight", "running_var")) else 0)
        state[name] = exact(drawn, 4)
    return state


def learning_rate(schedule, peak, t):
    """Warm-up from peak / warmup_steps at t = 0 to peak at t = warmup_steps - 1, then half a cosine, at its minimum when t = steps."""
    if schedule is None:
        return peak
    warmup, least = schedule["warmup_steps"], schedule["min_learning_rate"]
    if t < warmup:
        return peak * (t + 1) / warmup
    return least + (peak - least) * 0.5 * (1 + math.cos(math.pi * (t - warmup) / (STEPS - warmup)))


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, from the paper's listing: the sign of an interpolation moves the weights, another one is kept."""

    def __init__(self, params, lr, betas, weight_decay):
        super().__init__(params, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            first, second = group["betas"]
            for p in group["params"]:
                kept = self.state[p].get("kept", torch.zeros_like(p))
                direction = torch.sign(first * kept + (1 - first) * p.grad)
                p.copy_(p - group["lr"] * (direction + group["weight_decay"] * p))
                self.state[p]["kept"] = second * kept + (1 - second) * p.grad


def sgd(momentum=0.0, nesterov=False, **others):
    settings = {"type": "sgd", "learning_rate": 0.05, "momentum": momentum}
    return {"optimizer": {**settings, "nesterov": True} if nesterov else settings, **others}


def rule(kind, learning_rate, others=None, **settings):
    return {"optimizer": {"type": kind, "learning_rate": learning_rate, **settings}, **(others or {})}


def adamw(weight_decay, decay_on, learning_rate=1e-3, eps=1e-4, **others):
    return {"optimizer": {"type": "adamw", "learning_rate": learning_rate, "betas": [0.9, 0.999], "eps": eps,
                          "weight_decay": weight_decay, "decay_on": decay_on}, **others}


# eps is 1e-4 where the bias before a batch norm is trained: its true gradient is 0, and with 1e-8 AdamW would turn the rounding
# noise of float32 into whole steps.
RUNS = {
    "sgd": sgd(),
    "sgd_momentum": sgd(0.9),
    "sgd_momentum_l2": sgd(0.9, l2=0.01),
    "adamw": adamw(0.01, "all"),
    "adamw_matrices": adamw(0.1, "matrices"),
    "adamw_clipped": adamw(0.01, "all", max_grad_norm=0.1),
    "adamw_default_eps": adamw(0.01, "matrices", eps=1e-8),
    "adamw_cosine": adamw(0.01, "matrices", learning_rate=3e-3, schedule={"type": "cosine", "warmup_steps": 5, "min_learning_rate": 3e-4}),
    "sgd_nesterov": sgd(0.9, nesterov=True),
    "sgd_nesterov_l2": sgd(0.9, nesterov=True, l2=0.01),
    "adam": rule("adam", 1e-3, betas=[0.9, 0.999], eps=1e-4),
    "adam_l2": rule("adam", 1e-3, {"l2": 0.01}, betas=[0.9, 0.999], eps=1e-4),
    "rmsprop": rule("rmsprop", 1e-4, alpha=0.99, eps=1e-4),
    "rmsprop_default_eps": rule("rmsprop", 1e-4, alpha=0.99, eps=1e-8),
    "rmsprop_momentum_l2": rule("rmsprop", 1e-4, {"l2": 0.01}, alpha=0.9, eps=1e-4, momentum=0.9),
    "rmsprop_centered": rule("rmsprop", 1e-4, alpha=0.99, eps=1e-4, centered=True),
    "rmsprop_centered_momentum": rule("rmsprop", 1e-4, alpha=0.99, eps=1e-4, momentum=0.5, centered=True),
    "adagrad": rule("adagrad", 1e-3, eps=1e-4),
    "adagrad_default_eps": rule("adagrad", 1e-3, eps=1e-10),
    "adagrad_decay": rule("adagrad", 1e-3, {"l2": 0.01}, eps=1e-4, lr_decay=0.1, initial_accumulator=0.01),
    "lion": rule("lion", 1e-3, betas=[0.9, 0.99], weight_decay=0.0, decay_on="all"),
    "lion_decay": rule("lion", 1e-3, betas=[0.95, 0.98], weight_decay=0.5, decay_on="matrices"),
    "sgd_smoothed_weighted": sgd(0.9, loss={"label_smoothing": 0.1, "class_weights": [1.0, 2.0, 0.5]}),
}


def make_optimizer(network, run):
    settings, rate, l2 = run["optimizer"], run["optimizer"]["learning_rate"], run.get("l2", 0.0)
    kind, everything = settings["type"], list(network.parameters())
    if kind == "sgd":
        return torch.optim.SGD(everything, lr=rate, momentum=settings["momentum"], nesterov=settings.get("nesterov", False), weight_decay=l2)
    if kind == "adam":
        return torch.optim.Adam(everything, lr=rate, betas=settings["betas"], eps=settings["eps"], weight_decay=l2)
    if kind == "rmsprop":
        return torch.optim.RMSprop(everything, lr=rate, alpha=settings["alpha"], eps=settings["eps"], weight_decay=l2,
                                   momentum=settings.get("momentum", 0.0), centered=settings.get("centered", False))
    if kind == "adagrad":
        return torch.optim.Adagrad(everything, lr=rate, lr_decay=settings.get("lr_decay", 0.0), eps=settings["eps"], weight_decay=l2,
                                   initial_accumulator_value=settings.get("initial_accumulator", 0.0))
    decayed = [p for p in everything if settings["decay_on"] == "all" or p.dim() == 2]
    others = [p for p in everything if settings["decay_on"] != "all" and p.dim() != 2]
    groups = [{"params": decayed, "weight_decay": settings["weight_decay"]}, {"params": others, "weight_decay": 0.0}]
    groups = [group for group in groups if group["params"]]
    if kind == "lion":
        return Lion(groups, lr=rate, betas=settings["betas"], weight_decay=0.0)
    return torch.optim.AdamW(groups, lr=rate, betas=settings["betas"], eps=settings["eps"])


def turns_noise_into_steps(run):
    """Whether a gradient of rounding noise makes a whole step."""
    return run["optimizer"]["type"] == "lion" or run["optimizer"].get("eps", 1.0) < 1e-6


def train(normalised, run, start, rows, labels, dtype=torch.float64):
    network = Network(normalised).to(dtype)
    network.load_state_dict({name: value.to(dtype) for name, value in start.items()}, strict=False)
    rows, optimizer, loss_options = rows.to(dtype), make_optimizer(network, run), run.get("loss", {})
    weights = torch.tensor(loss_options["class_weights"], dtype=dtype) if "class_weights" in loss_options else None
    losses, norms, rates = [], [], []
    for t in range(STEPS):
        rates.append(learning_rate(run.get("schedule"), run["optimizer"]["learning_rate"], t))
        for group in optimizer.param_groups:
            group["lr"] = rates[-1]
        loss = F.cross_entropy(network(rows), labels, weights, label_smoothing=loss_options.get("label_smoothing", 0.0))
        optimizer.zero_grad()
        loss.backward()
        if "max_grad_norm" in run:
            norms.append(nn.utils.clip_grad_norm_(network.parameters(), run["max_grad_norm"]).item())
        optimizer.step()
        losses.append(loss.item())
    network.eval()
    with torch.no_grad():
        return {"losses": losses, "grad_norms": norms, "learning_rates": rates, "state": network.state(), "logits": network(rows)}


def input_gradient(normalised, start, rows, labels):
    """The derivative of the mean loss in evaluation mode with respect to the rows."""
    network = Network(normalised).double()
    network.load_state_dict(start, strict=False)
    network.eval()
    leaf = rows.clone().requires_grad_()
    F.cross_entropy(network(leaf), labels).backward()
    return tensor(leaf.grad)


def strays(wide, narrow):
    """The largest difference of losses, and of weights and logits, between a float64 and a float32 run."""
    losses = max(abs(a - b) for a, b in zip(wide["losses"], narrow["losses"]))
    weights = max((wide["state"][name] - narrow["state"][name].double()).abs().max().item() for name in wide["state"])
    return losses, max(weights, (wide["logits"] - narrow["logits"].double()).abs().max().item())


def main():
    rng = default_rng(SEED)
    rows = exact(rng.standard_normal((ROWS, INPUTS)))
    scores = rows.numpy() @ rng.standard_normal((INPUTS, CLASSES)) + rng.standard_normal((ROWS, CLASSES))
    labels = torch.from_numpy(scores.argmax(1))
    starts, runs = {}, {}
    for variant in ("plain", "normalised"):
        normalised = variant == "normalised"
        starts[variant] = initial_state(normalised)
        for name, run in RUNS.items():
            if normalised and turns_noise_into_steps(run):
                continue
            result = train(normalised, run, starts[variant], rows, labels)
            loss_error, weight_error = strays(result, train(normalised, run, starts[variant], rows, labels, torch.float32))
            print(f"{variant}/{name}: loss {result['losses'][0]:.4f} to {result['losses'][-1]:.4f}, "
                  f"float32 strays by {loss_error:.1e} in the loss, {weight_error:.1e} in weights and logits")
            assert loss_error < 2e-6 and weight_error < 2e-5, "too sensitive to rounding to compare with"
            record = {"network": variant, **run, "losses": [significant(v) for v in result["losses"]],
                      "learning_rates": [significant(v) for v in result["learning_rates"]]}
            if result["grad_norms"]:
                assert max(result["grad_norms"]) > run["max_grad_norm"]
                record["grad_norms"] = [significant(v) for v in result["grad_norms"]]
            record["final"] = {key: tensor(value) for key, value in result["state"].items()}
            record["final_logits"] = tensor(result["logits"])
            runs[f"{variant}/{name}"] = record
    write_object("training.json", {
        "steps": STEPS,
        "networks": {
            "plain": {"sizes": [INPUTS, HIDDEN, HIDDEN, CLASSES], "norms": ["none", "none"], "activations": ["relu", "relu"]},
            "normalised": {"sizes": [INPUTS, HIDDEN, HIDDEN, CLASSES], "norms": ["layer", "batch"], "activations": ["gelu", "relu"],
                           "norm_eps": 1e-5, "norm_momentum": 0.1}},
        "rows": exact_tensor(rows), "labels": labels.tolist(),
        "initial": {variant: {key: exact_tensor(value, 4) for key, value in start.items()} for variant, start in starts.items()},
        "input_gradients": {variant: input_gradient(variant == "normalised", start, rows, labels) for variant, start in starts.items()},
        "schedule_formula": "t < warmup_steps: peak (t + 1) / warmup_steps; "
                            "else min + (peak - min) (1 + cos(pi (t - warmup_steps) / (steps - warmup_steps))) / 2",
        "runs": runs})


if __name__ == "__main__":
    main()
