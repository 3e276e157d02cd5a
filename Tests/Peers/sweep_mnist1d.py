"""sweep_mnist1d.py TEMPER [SEEDS]: samplers and pruning of `temper sweep` on configs/sweeps/mnist1d.json, for each seed (default 10).

Prints the best validation accuracy of 40 trials by random search and by TPE, and the share of the evaluations of random search after which
successive halving of random trials (60 at most) reached its best. Run it in the folder of the repository.
"""

import csv
import math
import sqlite3
import statistics
import subprocess
import sys
import tempfile

temper, seeds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10
NONE, HALVING = '{"type": "none"}', '{"type": "successive_halving", "min_resource": 3, "reduction_factor": 3}'


def sweep(folder: str, name: str, seed: int, sampler: str, pruner: str, trials: int) -> list[dict]:
    command = [temper, "sweep", "configs/sweeps/mnist1d.json", "--quiet", "--output-dir", folder, "--name", name, "--seed", str(seed)]
    command += ["--trials", str(trials), "--set", f"sweep.sampler.type={sampler}", "--set", f"sweep.pruner={pruner}", "--set", "expect={}"]
    subprocess.run(command, capture_output=True, check=False)
    with open(f"{folder}/{name}/leaderboard.csv") as file:
        return list(csv.DictReader(file))


def evaluations(folder: str, name: str) -> dict[int, int]:
    rows = sqlite3.connect(f"{folder}/{name}/sweep.db").execute(
        "SELECT number, count(step) FROM trials LEFT JOIN trial_intermediate_values USING (trial_id) GROUP BY number")
    return dict(rows.fetchall())


def value(row: dict) -> float:
    return float(row["validation.accuracy"]) if row["state"] == "complete" else -math.inf


best, shares = {"random": [], "tpe": []}, []
for seed in range(seeds):
    with tempfile.TemporaryDirectory() as folder:
        for sampler in best:
            best[sampler].append(value(sweep(folder, sampler, seed, sampler, NONE, 40)[0]))
        halved = sweep(folder, "halving", seed, "random", HALVING, 60)
        counts, total = evaluations(folder, "halving"), sum(evaluations(folder, "random").values())
        reached = [int(row["trial"]) for row in halved if value(row) >= best["random"][-1]]
        spent = sum(count for number, count in counts.items() if reached and number <= min(reached))
        shares.append(spent / total if reached else math.inf)
for sampler, values in best.items():
    print(sampler, " ".join(f"{one:.4f}" for one in values), "median", f"{statistics.median(values):.4f}")
print("share", " ".join(f"{one:.2f}" for one in shares), "median", f"{statistics.median(shares):.2f}")
