"""optuna_mnist1d.py TEMPER [SEEDS]: Optuna's samplers on the space of configs/sweeps/mnist1d.json, 40 trials for each seed (default 10).

Each trial is `TEMPER train`, so that only the sampler differs from `temper sweep`. Prints the best validation accuracy of each seed and the median.
Run it in the folder of the repository. Needs optuna.
"""

import json
import statistics
import subprocess
import sys
import tempfile

import optuna

CONFIG = "configs/sweeps/mnist1d.json"
temper, seeds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
optuna.logging.set_verbosity(optuna.logging.ERROR)


def objective(trial: optuna.Trial, seed: int, folder: str) -> float:
    settings = {
        "optimizer.type": trial.suggest_categorical("optimizer.type", ["adamw", "sgd"]),
        "optimizer.learning_rate": trial.suggest_float("optimizer.learning_rate", 1e-4, 1e-1, log=True),
    }
    if settings["optimizer.type"] == "sgd":
        settings["optimizer.momentum"] = trial.suggest_float("optimizer.momentum", 0.5, 0.99)
    settings["regularization.dropout.rate"] = trial.suggest_float("regularization.dropout.rate", 0, 0.6)
    settings["model.activation"] = trial.suggest_categorical("model.activation", ["relu", "gelu", "tanh"])
    command = [temper, "train", CONFIG, "--json", "--quiet", "--threads", "1", "--seed", str(seed), "--set", "expect={}"]
    command += ["--output-dir", folder, "--name", str(trial.number)]
    for key, value in settings.items():
        command += ["--set", f"{key}={json.dumps(value)}"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode != 0:
        raise optuna.TrialPruned()
    return json.loads(result.stdout)["validation"]["accuracy"]


for name, sampler in [("random", optuna.samplers.RandomSampler), ("tpe", optuna.samplers.TPESampler)]:
    best = []
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            study = optuna.create_study(direction="maximize", sampler=sampler(seed=seed))
            study.optimize(lambda trial: objective(trial, seed, folder), n_trials=40, n_jobs=2)
            best.append(study.best_value)
    print(name, " ".join(f"{value:.4f}" for value in best), "median", f"{statistics.median(best):.4f}", flush=True)
