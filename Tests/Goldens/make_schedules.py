#!/usr/bin/env python3
"""Writes schedules.json: values of each kind of schedule, by PyTorch's schedulers where there is one, else from the formula.

values[t] is what step t, counted from 0, uses: what a scheduler shows after t calls of its step(). Where PyTorch's goes on in another way
after its end, as the cosine does, the list ends there.
"""
import math

import numpy
import torch
from torch.optim import lr_scheduler

from golden_format import significant, write_object

RATE = 0.5
METRICS = {
    "curve": [1.0, 0.8, 0.7, 0.65, 0.66, 0.64, 0.67, 0.70, 0.69, 0.72, 0.75, 0.74, 0.78, 0.80, 0.82, 0.81, 0.83, 0.6, 0.62, 0.63, 0.64],
    "flat": [1.0, 0.99995, 0.9999, 0.99985, 0.9998, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9],
}


def optimizer():
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=RATE)


def values(make, steps):
    rule = optimizer()
    scheduler, result = make(rule), []
    for _ in range(steps):
        result.append(rule.param_groups[0]["lr"])
        rule.step()
        scheduler.step()
    return [significant(v) for v in result]


def plateau(curve, **options):
    rule = optimizer()
    scheduler, result = lr_scheduler.ReduceLROnPlateau(rule, **options), []
    for metric in METRICS[curve]:
        scheduler.step(metric)
        result.append(rule.param_groups[0]["lr"])
    return [significant(v) for v in result]


def joined(rule):
    parts = [lr_scheduler.ConstantLR(rule, factor=0.5, total_iters=100), lr_scheduler.LinearLR(rule, 1.0, 0.2, total_iters=8),
             lr_scheduler.ExponentialLR(rule, 0.9)]
    return lr_scheduler.SequentialLR(rule, parts, milestones=[5, 13])


def trapezium(t, n=20, start=0.1, peak=1.0, end=0.2, up=4, down=8, shape=lambda s: 1 - s):
    if t < up:
        return start + (peak - start) * t / up
    if t < n - down:
        return peak
    return end + (peak - end) * shape(min(1.0, (t - (n - down)) / down))


def flat_cosine(t, n=20):
    share = min(1.0, t / n)
    return RATE * (1.0 if share < 0.5 else (1 + math.cos(math.pi * (2 * share - 1))) / 2)


def coslog(t, n=20, cycles=4, end=0.0):
    """RealMLP's schedule, of which it has four cycles."""
    return end + (RATE - end) * (1 - math.cos(2 * math.pi * math.log2(1 + (2**cycles - 1) * min(1.0, t / n)))) / 2


def gap_controller(pairs, smoothing=0.5, target=0.2, step=0.05, most=0.7):
    strength, average, result = 0.0, None, []
    for training, validation in pairs:
        gap = max(0.0, min(1.0, (validation - training) / validation))
        average = gap if average is None else smoothing * average + (1 - smoothing) * gap
        strength = min(most, max(0.0, strength + step * float(numpy.sign(average - target))))
        result.append([significant(gap), significant(average), significant(strength)])
    return result


def ada(signals, batch=32, interval=4, kimg=500, target=0.6):
    """The adjustment of StyleGAN2-ADA's augmentation probability, by its published rule."""
    p, result = 0.0, []
    for signal in signals:
        p = max(0.0, p + float(numpy.sign(signal - target)) * batch * interval / (kimg * 1000))
        result.append(significant(p))
    return result


def formula(f, steps):
    return [significant(f(t)) for t in range(steps)]


def main():
    gaps = [[2.3, 2.3], [1.5, 1.6], [1.0, 1.3], [0.6, 1.1], [0.3, 1.0], [0.1, 1.05], [0.2, 1.0], [0.5, 0.9]]
    signals = [0.1, 0.3, 0.5, 0.7, 0.65, 0.61, 0.6, 0.2]
    write_object("schedules.json", {
        "source": f"torch.optim.lr_scheduler, torch {torch.__version__.split('+')[0]}, and formulas", "rate": RATE,
        "torch": {
            "LinearLR_to_.2_total_12": {"values": values(lambda o: lr_scheduler.LinearLR(o, 1.0, 0.2, total_iters=12), 16)},
            "CosineAnnealingLR_T_max_12_eta_min_.05": {"values": values(lambda o: lr_scheduler.CosineAnnealingLR(o, 12, 0.05), 13)},
            "ExponentialLR_.9": {"values": values(lambda o: lr_scheduler.ExponentialLR(o, 0.9), 16)},
            "StepLR_3_.5": {"values": values(lambda o: lr_scheduler.StepLR(o, 3, 0.5), 16)},
            "MultiStepLR_2_5_11_.1": {"values": values(lambda o: lr_scheduler.MultiStepLR(o, [2, 5, 11], 0.1), 16)},
            "PolynomialLR_12_power_3": {"values": values(lambda o: lr_scheduler.PolynomialLR(o, 12, 3.0), 16)},
            "OneCycleLR_20": {"values": values(lambda o: lr_scheduler.OneCycleLR(o, RATE, total_steps=20), 20)},
            "OneCycleLR_17_pct_.45_div_10_final_100": {"values": values(
                lambda o: lr_scheduler.OneCycleLR(o, RATE, total_steps=17, pct_start=0.45, div_factor=10, final_div_factor=100), 17)},
            "SequentialLR_constant_5_linear_8_exponential": {"values": values(joined, 20)}},
        "formula": {
            "inverse_sqrt_10": {"values": formula(lambda t: RATE * math.sqrt(10 / (10 + t)), 40)},
            "wsd_linear": {"values": formula(trapezium, 24)},
            "wsd_cosine": {"values": formula(lambda t: trapezium(t, shape=lambda s: (1 + math.cos(math.pi * s)) / 2), 24)},
            "wsd_sqrt": {"values": formula(lambda t: trapezium(t, shape=lambda s: 1 - math.sqrt(s)), 24)},
            "flat_cosine": {"values": formula(flat_cosine, 24)}, "coslog_4": {"values": formula(coslog, 24)},
            "coslog_2_over_12_to_.1": {"values": formula(lambda t: coslog(t, 12, 2, 0.1), 16)}},
        "metrics": METRICS,
        "plateau": {
            "patience_2": {"metric": "curve", "factor": 0.1, "patience": 2, "values": plateau("curve", patience=2)},
            "patience_0": {"metric": "curve", "factor": 0.5, "patience": 0, "values": plateau("curve", factor=0.5, patience=0)},
            "cooldown": {"metric": "curve", "factor": 0.5, "patience": 1, "cooldown": 3,
                         "values": plateau("curve", factor=0.5, patience=1, cooldown=3)},
            "minimum": {"metric": "curve", "factor": 0.5, "patience": 1, "minimum": 0.2,
                        "values": plateau("curve", factor=0.5, patience=1, min_lr=0.2)},
            "threshold": {"metric": "flat", "factor": 0.5, "patience": 2, "values": plateau("flat", factor=0.5, patience=2)},
            "wide_threshold": {"metric": "curve", "factor": 0.5, "patience": 2, "threshold": 0.1,
                               "values": plateau("curve", factor=0.5, patience=2, threshold=0.1)},
            "max": {"metric": "curve", "mode": "max", "factor": 0.5, "patience": 2,
                    "values": plateau("curve", mode="max", factor=0.5, patience=2)},
            "too_small": {"metric": "flat", "factor": 1e-4, "patience": 0, "values": plateau("flat", factor=1e-4, patience=0)}},
        "dropout": {
            "early": {"rate": 0.1, "steps": 6, "values": [significant(v) for v in numpy.concatenate([numpy.linspace(0.1, 0, 6), numpy.zeros(6)])]},
            "early_1": {"rate": 0.1, "steps": 1, "values": [significant(v) for v in numpy.concatenate([numpy.linspace(0.1, 0, 1), numpy.zeros(3)])]},
            "late": {"rate": 0.4, "steps": 6, "values": [0.0] * 6 + [0.4] * 6},
            "curriculum": {"keep": 0.5, "gamma": 1.0, "values": formula(lambda t: 1 - ((1 - 0.5) * math.exp(-1.0 * t) + 0.5), 11)}},
        "gap_controller": {"losses": gaps, "gap_average_strength": gap_controller(gaps)},
        "ada": {"signals": signals, "step": 32 * 4 / (500 * 1000), "values": ada(signals)}})


if __name__ == "__main__":
    main()
