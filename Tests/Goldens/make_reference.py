#!/usr/bin/env python3
"""Writes reference.json: cross-entropy with every option, and update rules on a fixed row of gradients, by PyTorch; L1 by its formulas.

The gradients are those of the mean loss with respect to the logits. Null stands for the NaN that PyTorch gives where every row is ignored.
"""
import numpy
import torch
import torch.nn.functional as F

from golden_format import significant, tensor, write_object

LOGITS = [[2.0, 1.0, 0.1, -1.0], [0.5, 2.5, -0.3, 1.2], [-1.0, 0.0, 3.0, 0.2]]
LABELS, WITH_IGNORED = [0, 3, 2], [0, -100, 2]
WEIGHTS = [1.0, 2.0, 0.5, 2.5]  # the weights of the labels add up to 4, not to the 3 rows: the two normalisations differ
START = [1.0, -2.0, 0.5]
GRADIENTS = [[0.1, -0.2, 0.3], [0.4, 0.0, -0.1], [-0.3, 0.2, 0.2], [0.05, -0.05, 0.0]]


def double(values):
    """The float32 values nearest to these decimals, in float64."""
    return torch.tensor(values, dtype=torch.float32).double()


def cross_entropy(labels, class_weights=None, label_smoothing=0.0):
    logits = double(LOGITS).requires_grad_()
    weights = None if class_weights is None else double(class_weights)
    loss = F.cross_entropy(logits, torch.tensor(labels), weights, label_smoothing=label_smoothing)
    loss.backward()
    options = {"labels": labels, "class_weights": class_weights, "label_smoothing": label_smoothing}
    if not torch.isfinite(loss):
        return {**options, "loss": None}
    return {**options, "loss": significant(loss.detach()), "gradient": tensor(logits.grad)}


def updated(optimizer):
    """The parameters after one step a gradient."""
    weights = torch.nn.Parameter(double(START))
    rule = optimizer([weights])
    for gradient in GRADIENTS:
        weights.grad = double(gradient)
        rule.step()
    return tensor(weights)["data"]


def l1_steps(start, gradients, learning_rate, l1, proximal):
    """The weights after each step of SGD with an L1 penalty, in float64."""
    weights, result = numpy.array(start), []
    for gradient in gradients:
        if proximal:
            weights = weights - learning_rate * numpy.array(gradient)
            weights = numpy.sign(weights) * numpy.maximum(numpy.abs(weights) - learning_rate * l1, 0)
        else:
            weights = weights - learning_rate * (numpy.array(gradient) + l1 * numpy.sign(weights))
        result.append([significant(v) + 0.0 for v in weights])
    return result


def l1_case(start, gradients, learning_rate, l1):
    return {"start": start, "gradients": gradients, "learning_rate": learning_rate, "l1": l1,
            "proximal": l1_steps(start, gradients, learning_rate, l1, True),
            "subgradient": l1_steps(start, gradients, learning_rate, l1, False)}


def main():
    each = F.cross_entropy(double(LOGITS), torch.tensor(LABELS), reduction="none")
    soft = F.cross_entropy(double(LOGITS), F.one_hot(torch.tensor(LABELS), 4).double(), double(WEIGHTS))
    huge = [[1000.0, 0.0, -1000.0], [-10000.0, -9999.0, -10000.0]]
    write_object("reference.json", {
        "logits": LOGITS,
        "cross_entropy_each": {"labels": LABELS, "losses": tensor(each)["data"]},
        "cross_entropy": {
            "mean": cross_entropy(LABELS),
            "ignored": cross_entropy(WITH_IGNORED),
            "all_ignored": cross_entropy([-100] * 3),
            "weighted": cross_entropy(LABELS, WEIGHTS),
            "weighted_ignored": cross_entropy(WITH_IGNORED, WEIGHTS),
            "smoothed": cross_entropy(LABELS, label_smoothing=0.1),
            "smoothed_weighted_ignored": cross_entropy(WITH_IGNORED, WEIGHTS, 0.1)},
        "cross_entropy_weighted_by_count": {"labels": LABELS, "class_weights": WEIGHTS, "loss": significant(soft)},
        "cross_entropy_huge": {"logits": huge, "labels": [1, 1], "losses": tensor(
            F.cross_entropy(double(huge), torch.tensor([1, 1]), reduction="none"))["data"]},
        "optimizers": {
            "given": {"start": START, "gradients": GRADIENTS},
            "sgd": {"learning_rate": 0.1, "result": updated(lambda p: torch.optim.SGD(p, lr=0.1))},
            "sgd_momentum_l2": {"learning_rate": 0.1, "momentum": 0.9, "l2": 0.01,
                                "result": updated(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, weight_decay=0.01))},
            "sgd_nesterov": {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True,
                             "result": updated(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True))},
            "adam": {"learning_rate": 0.01, "result": updated(lambda p: torch.optim.Adam(p, lr=0.01))},
            "adam_l2": {"learning_rate": 0.01, "l2": 0.1, "result": updated(lambda p: torch.optim.Adam(p, lr=0.01, weight_decay=0.1))},
            "rmsprop": {"learning_rate": 0.01, "result": updated(lambda p: torch.optim.RMSprop(p, lr=0.01))},
            "adagrad": {"learning_rate": 0.1, "result": updated(lambda p: torch.optim.Adagrad(p, lr=0.1))},
            "adamw": {"learning_rate": 0.01, "betas": [0.9, 0.999], "eps": 1e-8, "weight_decay": 0.1,
                      "result": updated(lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.1))}},
        "l1": {
            "fixed_gradients": l1_case(START, GRADIENTS, 0.1, 0.5),
            "dyadic": l1_case([0.0625, -2.0, 0.5], [[0.0] * 3] * 4, 0.125, 0.5),
            "dyadic_off_grid": l1_case([0.046875, -2.0, 0.5], [[0.0] * 3] * 4, 0.125, 0.5)}})


if __name__ == "__main__":
    main()
