#!/usr/bin/env python3
"""Writes prechelt.json: the quantities of Prechelt (1998) on a fixed curve, and where his criteria stop on it.

Needs numpy. Evaluations count from 1, as in the paper; a stop is null where the curve ends first.
"""
import json
import pathlib

import numpy as np

VALIDATION = np.array([1.0, 0.8, 0.7, 0.65, 0.66, 0.64, 0.67, 0.70, 0.69, 0.72, 0.75, 0.74, 0.78, 0.80, 0.82])
TRAINING = np.array([1.0, 0.75, 0.6, 0.5, 0.45, 0.41, 0.38, 0.36, 0.345, 0.335, 0.328, 0.322, 0.318, 0.315, 0.313])
STRIP = 5

loss = 100 * (VALIDATION / np.minimum.accumulate(VALIDATION) - 1)
strips = np.lib.stride_tricks.sliding_window_view(TRAINING, STRIP)
progress = np.concatenate([np.full(STRIP - 1, np.nan), 1000 * (strips.mean(axis=1) / strips.min(axis=1) - 1)])
ends = np.arange(STRIP - 1, len(VALIDATION), STRIP)


def first(indices, condition):
    return next((int(index) + 1 for index in indices if condition(index)), None)


def increases(count):
    rises = [VALIDATION[b] > VALIDATION[a] for a, b in zip(ends, ends[1:])]
    return first(ends[count:], lambda end: all(rises[len(ends[ends < end]) - count:][:count]))


stops = {f"GL{alpha:g}": first(range(len(VALIDATION)), lambda i: loss[i] > alpha) for alpha in (1, 5, 20, 30)}
stops |= {f"PQ{alpha:g}": first(ends, lambda i: loss[i] / progress[i] > alpha) for alpha in (0.1, 0.5, 2)}
stops |= {f"UP{count}": increases(count) for count in (1, 2, 3)}
stops |= {f"P{least:g}": first(range(STRIP - 1, len(VALIDATION)), lambda i: progress[i] < least) for least in (30, 1)}
golden = {
    "validation": VALIDATION.tolist(), "training": TRAINING.tolist(), "strip": STRIP,
    "generalization_loss": [float(f"{value:.10g}") for value in loss],
    "training_progress": [None if np.isnan(value) else float(f"{value:.10g}") for value in progress], "stops": stops,
}
text = "{\n" + ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in golden.items()) + "\n}\n"
(pathlib.Path(__file__).resolve().parent / "prechelt.json").write_text(text)
