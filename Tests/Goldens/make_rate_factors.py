#!/usr/bin/env python3
"""Writes rate_factors.json: five steps of the update rules of torch.optim in float64 with three parameter groups of other learning rates.

The parameters in order are `scale`, `weight` and `bias`, their groups the learning rate times 6, 1 and 0.1; the loss of step t is the sum of
cotangent t times the parameters' squares.
"""
import torch
from numpy.random import default_rng

from golden_format import exact, exact_tensor, tensor, write_object

FACTORS = {"scale": 6.0, "weight": 1.0, "bias": 0.1}
SHAPES = {"scale": (5,), "weight": (3, 5), "bias": (3,)}
RATE = 0.01
STEPS = 5
RULES = {
    "adamw": (torch.optim.AdamW, {"betas": (0.9, 0.95), "weight_decay": 0.5}, {"betas": [0.9, 0.95], "weight_decay": 0.5}),
    "adam": (torch.optim.Adam, {}, {}),
    "sgd": (torch.optim.SGD, {"momentum": 0.9}, {"momentum": 0.9}),
    "rmsprop": (torch.optim.RMSprop, {"momentum": 0.9}, {"momentum": 0.9}),
    "adagrad": (torch.optim.Adagrad, {"lr_decay": 0.1}, {"lr_decay": 0.1}),
}


def main():
    rng = default_rng(31)
    first = {name: exact(rng.standard_normal(shape)) for name, shape in SHAPES.items()}
    cotangents = [{name: exact(rng.standard_normal(shape)) for name, shape in SHAPES.items()} for _ in range(STEPS)]
    rules = {}
    for name, (rule, options, settings) in RULES.items():
        parameters = {key: value.clone().requires_grad_() for key, value in first.items()}
        optimizer = rule([{"params": [parameters[key]], "lr": RATE * factor} for key, factor in FACTORS.items()], lr=RATE, **options)
        for cotangent in cotangents:
            optimizer.zero_grad()
            sum((cotangent[key] * value * value).sum() for key, value in parameters.items()).backward()
            optimizer.step()
        rules[name] = {"settings": settings, "last": {key: tensor(value) for key, value in parameters.items()}}
    write_object("rate_factors.json", {
        "learning_rate": RATE, "factors": FACTORS, "first": {key: exact_tensor(value) for key, value in first.items()},
        "cotangents": [{key: exact_tensor(value) for key, value in cotangent.items()} for cotangent in cotangents], "rules": rules})
    print(f"{len(rules)} rules, torch {torch.__version__}")


if __name__ == "__main__":
    main()
