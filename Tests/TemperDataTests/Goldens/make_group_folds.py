"""How evenly scikit-learn's StratifiedGroupKFold deals groups of rows: group_folds.json. Needs numpy and scikit-learn (made with 1.9).

`spread` is the mean over random states of the standard deviation of a class's share in the folds, averaged over the classes: the measure that
StratifiedGroupKFold minimises greedily.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold


def spread(labels, folds, k):
    classes = np.unique(labels)
    counts = np.array([[np.sum(labels[fold] == c) for c in classes] for fold in folds], float)
    return float(np.mean(np.std(counts / counts.sum(axis=0), axis=0)))


def case(seed, groups, classes, folds, skew):
    rng = np.random.default_rng(seed)
    sizes = 1 + rng.poisson(rng.gamma(1.5, 3.0, groups))
    group = np.repeat(np.arange(groups), sizes)
    rng.shuffle(group)
    favourite = rng.integers(0, classes, groups)
    label = np.where(rng.random(len(group)) < skew, favourite[group], rng.integers(0, classes, len(group)))
    spreads = []
    for state in range(20):
        splitter = StratifiedGroupKFold(folds, shuffle=True, random_state=state)
        spreads.append(spread(label, [test for _, test in splitter.split(label, label, group)], folds))
    return {"folds": folds, "classes": classes, "groups": group.tolist(), "labels": label.tolist(), "spread": float(np.mean(spreads))}


cases = [case(1, 60, 2, 5, 0.5), case(2, 40, 4, 3, 0.8), case(3, 90, 3, 10, 0.2), case(4, 25, 2, 5, 1.0)]
Path(__file__).with_name("group_folds.json").write_text(json.dumps({"cases": cases}) + "\n")
