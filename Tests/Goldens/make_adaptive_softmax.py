#!/usr/bin/env python3
"""Writes adaptive_softmax.json: the logarithms of all probabilities, and loss and gradients, by their definitions in float64.

Every parameter p has p.flat[i] = 0.5 sin(0.37 i), and x.flat[i] = cos(0.11 i). `torch.nn.AdaptiveLogSoftmaxWithLoss(16, 20, [5, 12])` with
these values agrees in float32: target -1.6368195, -4.8694134, -2.6865809, loss 3.0642712.
"""
import json
from pathlib import Path

import numpy as np

INPUTS, CLASSES, CUTOFFS, DIVISOR, LABELS = 16, 20, [5, 12], 4, [2, 7, 19]


def parameter(*shape):
    return 0.5 * np.sin(0.37 * np.arange(np.prod(shape))).reshape(shape)


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def rounded(array):
    return [float(f"{v:.10g}") for v in np.asarray(array).ravel()]


def main():
    x = np.cos(0.11 * np.arange(len(LABELS) * INPUTS)).reshape(len(LABELS), INPUTS)
    head = parameter(CUTOFFS[0] + len(CUTOFFS), INPUTS)
    ends = CUTOFFS + [CLASSES]
    tails = [(INPUTS // DIVISOR ** (i + 1), ends[i + 1] - ends[i]) for i in range(len(CUTOFFS))]
    tails = [(parameter(width, INPUTS), parameter(count, width)) for width, count in tails]

    own = log_softmax(x @ head.T)
    parts = [own[:, : CUTOFFS[0]]]
    dx, dhead, dtails = np.zeros_like(x), np.exp(own), [(np.zeros_like(p), np.zeros_like(c)) for p, c in tails]
    for i, (projection, classes) in enumerate(tails):
        parts.append(own[:, [CUTOFFS[0] + i]] + log_softmax(x @ projection.T @ classes.T))
    log_probabilities = np.concatenate(parts, axis=1)
    for row, label in enumerate(LABELS):
        tail = sum(label >= c for c in CUTOFFS) - 1
        dhead[row, label if tail < 0 else CUTOFFS[0] + tail] -= 1
        if tail >= 0:
            projection, classes = tails[tail]
            hidden = projection @ x[row]
            g = np.exp(log_softmax((classes @ hidden)[None]))[0]
            g[label - CUTOFFS[tail]] -= 1
            dhidden = classes.T @ g
            dtails[tail][1][:] += np.outer(g, hidden)
            dtails[tail][0][:] += np.outer(dhidden, x[row])
            dx[row] += projection.T @ dhidden
    dx += dhead @ head
    rows = len(LABELS)
    target = log_probabilities[range(rows), LABELS]
    gradients = {"x": dx, "head.weight": dhead.T @ x}
    for i, (projection, classes) in enumerate(dtails):
        gradients |= {f"tail.{i}.0.weight": projection, f"tail.{i}.1.weight": classes}
    content = {
        "inputs": INPUTS, "classes": CLASSES, "cutoffs": CUTOFFS, "div_value": DIVISOR, "labels": LABELS,
        "log_probabilities": rounded(log_probabilities), "target": rounded(target), "loss": float(f"{-target.mean():.10g}"),
        "gradients": {name: rounded(g / rows) for name, g in gradients.items()},
    }
    Path(__file__).with_name("adaptive_softmax.json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
