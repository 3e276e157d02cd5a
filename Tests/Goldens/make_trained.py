#!/usr/bin/env python3
"""Writes trained/: twenty steps of whole configs, with data, first weights, every training loss and the last weights, by PyTorch in float64.

The network is 6-8-8-3 with GELU and layer or batch norm before it; the loss has class weights and label smoothing. Rows are in
trained/rows.csv, first weights in trained/layer.safetensors and trained/batch.safetensors; each run of trained.json has its config. One batch is the
whole table, in the order of the file. losses[t] is the mean training-mode loss before step t.

The bias before a batch norm has no true gradient, and rules that divide by a gradient's size would turn its rounding noise into whole
steps: with batch norm these runs have an L2 penalty on all parameters, which gives it one.

The script ends by repeating each run in float32 and prints how far it strays: what a correct float32 implementation can reach.
"""
import json
import math

import numpy
import torch
import torch.nn.functional as F
from numpy.random import default_rng
from safetensors.numpy import save_file
from torch import nn

from golden_format import FOLDER, exact, significant, tensor
from make_training import Lion

STEPS, ROWS, INPUTS, HIDDEN, CLASSES = 20, 32, 6, 8, 3
NAMES, WEIGHTS, SMOOTHING = ["a", "b", "c"], [1.0, 2.0, 0.5], 0.1
SEED = 21
IDLE_L2 = 0.05

RULES = {
    "sgd": {"optimizer": {"type": "sgd", "momentum": 0.9}},
    "sgd_nesterov": {"optimizer": {"type": "sgd", "momentum": 0.9, "nesterov": True}},
    "adam_l2": {"optimizer": {"type": "adam", "decay_on": "all"}, "l2": 0.05},
    "adamw": {"optimizer": {"type": "adamw", "weight_decay": 0.01, "decay_on": "all"}},
    "rmsprop": {"optimizer": {"type": "rmsprop", "learning_rate": 1e-4}},
    "adagrad": {"optimizer": {"type": "adagrad"}},
    "lion": {"optimizer": {"type": "lion", "weight_decay": 0.1, "decay_on": "all"}},
}


class Layer(nn.Module):
    def __init__(self, inputs, outputs, norm):
        super().__init__()
        self.linear = nn.Linear(inputs, outputs)
        self.norm = nn.LayerNorm(outputs) if norm == "layer" else nn.BatchNorm1d(outputs)


class Network(nn.Module):
    def __init__(self, norm):
        super().__init__()
        self.layers = nn.ModuleList([Layer(INPUTS, HIDDEN, norm), Layer(HIDDEN, HIDDEN, norm)])
        self.output = nn.Linear(HIDDEN, CLASSES)

    def forward(self, x):
        for layer in self.layers:
            x = F.gelu(layer.norm(layer.linear(x)))
        return self.output(x)

    def state(self):
        """Weights and running statistics by name. The count of batches is PyTorch's own."""
        return {name: value for name, value in self.state_dict().items() if not name.endswith("num_batches_tracked")}


def first_weights(norm):
    """Values of four decimals, none of them near 0 where a rule could not tell its sign."""
    state = {}
    for name, value in Network(norm).state().items():
        rng = default_rng([SEED, *name.encode()])
        if name.endswith("running_mean"):
            drawn = numpy.zeros(value.shape)
        elif name.endswith(("running_var", "norm.weight")):
            drawn = 1 + 0.2 * rng.standard_normal(value.shape) * name.endswith("weight")
        elif value.dim() == 2:
            drawn = rng.standard_normal(value.shape) / math.sqrt(value.shape[1])
        else:
            drawn = rng.uniform(0.1, 0.3, value.shape) * rng.choice([-1, 1], value.shape)
        state[name] = exact(drawn, 4)
    return state


def configured(norm, rule):
    """The config of a run, and what PyTorch is to be told."""
    optimizer = {"learning_rate": 1e-3, **RULES[rule]["optimizer"]}
    idle = norm == "batch" and optimizer["type"] != "sgd"
    l2 = RULES[rule].get("l2", IDLE_L2 if idle else 0.0)
    if l2:
        optimizer["decay_on"] = "all"
    config = {
        "data": {"path": "rows.csv", "label": "kind", "normalize": "none", "split": {"validation": None}},
        "model": {"hidden": [HIDDEN, HIDDEN], "norm": norm, "activation": "gelu"},
        "init": {"weights": f"{norm}.safetensors"},
        "loss": {"class_weights": dict(zip(NAMES, WEIGHTS)), "label_smoothing": SMOOTHING},
        "optimizer": optimizer,
        "regularization": {"l2": l2},
        "train": {"max_steps": STEPS, "batch_size": ROWS, "shuffle": False, "eval_every_steps": 1},
    }
    return config, optimizer, l2


def make_optimizer(network, settings, l2):
    kind, rate, everything = settings["type"], settings["learning_rate"], list(network.parameters())
    if kind == "sgd":
        return torch.optim.SGD(everything, lr=rate, momentum=settings["momentum"], nesterov=settings.get("nesterov", False), weight_decay=l2)
    if kind == "adam":
        return torch.optim.Adam(everything, lr=rate, weight_decay=l2)
    if kind == "rmsprop":
        return torch.optim.RMSprop(everything, lr=rate, weight_decay=l2)
    if kind == "adagrad":
        return torch.optim.Adagrad(everything, lr=rate, weight_decay=l2)
    if kind == "adamw":
        return torch.optim.AdamW(everything, lr=rate, weight_decay=settings["weight_decay"])
    return Lion(everything, lr=rate, betas=(0.9, 0.99), weight_decay=settings["weight_decay"])


def train(norm, settings, l2, start, rows, labels, dtype=torch.float64):
    network = Network(norm).to(dtype)
    network.load_state_dict({name: value.to(dtype) for name, value in start.items()}, strict=False)
    rows, optimizer = rows.to(dtype), make_optimizer(network, settings, l2)
    losses = []
    for _ in range(STEPS):
        loss = F.cross_entropy(network(rows), labels, torch.tensor(WEIGHTS, dtype=dtype), label_smoothing=SMOOTHING)
        optimizer.zero_grad()
        loss.backward()
        if l2 and settings["type"] in ("adamw", "lion"):
            # Their weight_decay is the decoupled one, so the penalty goes into the gradient here.
            for p in network.parameters():
                p.grad += l2 * p.detach()
        optimizer.step()
        losses.append(loss.item())
    return losses, network.state()


def strays(wide, narrow):
    """The largest relative difference of losses, and of weights, each relative to the largest of its tensor."""
    losses = max(abs(a - b) / abs(a) for a, b in zip(wide[0], narrow[0]))
    weights = max(((wide[1][name] - narrow[1][name].double()).abs().max() / wide[1][name].abs().max()).item() for name in wide[1])
    return losses, weights


def main():
    rng = default_rng(SEED)
    rows = exact(rng.standard_normal((ROWS, INPUTS)))
    scores = rows.numpy() @ rng.standard_normal((INPUTS, CLASSES)) + rng.standard_normal((ROWS, CLASSES))
    labels = torch.from_numpy(scores.argmax(1))
    folder = FOLDER / "trained"
    folder.mkdir(exist_ok=True)
    lines = [",".join([f"x{i}" for i in range(INPUTS)] + ["kind"])]
    lines += [",".join([f"{v:.3f}" for v in row] + [NAMES[label]]) for row, label in zip(rows.tolist(), labels.tolist())]
    (folder / "rows.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    records = []
    for norm in ("layer", "batch"):
        start = first_weights(norm)
        save_file({name: value.numpy().astype(numpy.float32) for name, value in start.items()}, folder / f"{norm}.safetensors")
        for rule in RULES:
            config, settings, l2 = configured(norm, rule)
            result = train(norm, settings, l2, start, rows, labels)
            loss_error, weight_error = strays(result, train(norm, settings, l2, start, rows, labels, torch.float32))
            print(f"{norm}/{rule}: loss {result[0][0]:.4f} to {result[0][-1]:.4f}, "
                  f"float32 strays by {loss_error:.1e} in the loss, {weight_error:.1e} in weights, relative")
            assert loss_error < 2e-6 and weight_error < 5e-6, "too sensitive to rounding to compare with"
            records.append({"name": f"{norm}/{rule}", "config": config, "losses": [significant(v) for v in result[0]],
                            "final": {name: tensor(value) for name, value in result[1].items()}})
    body = ",\n".join(json.dumps(record, allow_nan=False) for record in records)
    (folder / "trained.json").write_text(f"[\n{body}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
