#!/usr/bin/env python3
"""optuna_study.py [SEEDS]: searches Branin and Hartmann-6 with Optuna, 60 trials for each seed (default 20; 0 for the times
alone).

Prints the median and the quarters of what the best trial is above the minimum, and the time of a proposal, the median of ten: of TPE with four
parameters after 1,000 trials, of GP on Hartmann-6 after 50, 100 and 200. `TEMPER_SWEEP_STUDY=1 swift test --filter StudyTests` prints the same of
Temper's samplers. GP needs torch, and is left out without it.
"""
import importlib.util
import math
import random
import statistics
import sys
import time
import warnings

import optuna

RANGES = {"Branin": [(-5, 10), (0, 15)], "Hartmann-6": [(0, 1)] * 6}
MINIMUM = {"Branin": 0.39788735772973816, "Hartmann-6": -3.32236801141551}
SCALES = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
CENTRES = [
    [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
    [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381]]
SAMPLERS = {"random": optuna.samplers.RandomSampler, "TPE": optuna.samplers.TPESampler}
if importlib.util.find_spec("torch"):
    SAMPLERS["GP"] = optuna.samplers.GPSampler


def branin(x):
    bend = x[1] - 5.1 / (4 * math.pi**2) * x[0]**2 + 5 / math.pi * x[0] - 6
    return bend**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x[0]) + 10


def hartmann(x):
    return -sum(
        weight * math.exp(-sum(s * (v - c)**2 for s, v, c in zip(scale, x, centre)))
        for weight, scale, centre in zip([1, 1.2, 3, 3.2], SCALES, CENTRES))


FUNCTIONS = {"Branin": branin, "Hartmann-6": hartmann}


def regret(name, sampler):
    study = optuna.create_study(sampler=sampler)
    ranges = RANGES[name]
    study.optimize(lambda trial: FUNCTIONS[name]([trial.suggest_float(f"x{i}", *r) for i, r in enumerate(ranges)]), n_trials=60)
    return study.best_value - MINIMUM[name]


def proposal_time(sampler, ranges, count, function):
    study = optuna.create_study(sampler=sampler)
    space = {f"x{i}": optuna.distributions.FloatDistribution(*r) for i, r in enumerate(ranges)}
    numbers = random.Random(0)
    for _ in range(count):
        params = {name: numbers.uniform(space[name].low, space[name].high) for name in space}
        study.add_trial(optuna.trial.create_trial(params=params, distributions=space, value=function(list(params.values()))))
    times = []
    for _ in range(10):
        began = time.perf_counter()
        trial = study.ask(space)
        times.append(time.perf_counter() - began)
        study.tell(trial, function(list(trial.params.values())))
    return 1e3 * statistics.median(times)


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    seeds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    for name in FUNCTIONS:
        for kind, sampler in SAMPLERS.items() if seeds else []:
            regrets = sorted(regret(name, sampler(seed=seed)) for seed in range(seeds))
            print(f"{name} {kind}: median {statistics.median(regrets):.5f}, quarters {regrets[seeds // 4]:.5f} and {regrets[3 * seeds // 4]:.5f}")
    print(f"TPE proposal after 1000 trials: {proposal_time(optuna.samplers.TPESampler(seed=0), [(0, 1)] * 4, 1000, sum):.2f} ms")
    for count in [50, 100, 200] if "GP" in SAMPLERS else []:
        spent = proposal_time(SAMPLERS["GP"](seed=0), RANGES["Hartmann-6"], count, hartmann)
        print(f"GP proposal after {count} trials: {spent:.2f} ms")


if __name__ == "__main__":
    main()
