#!/usr/bin/env python3
"""sklearn_reference.py CSV LABEL: what scikit-learn's classifiers reach on a table, to set honest bounds by. Prints one JSON line.

With a column called split, it trains on its rows train and tests on test, once a seed. Without, it makes five stratified splits into
65 % training, 15 % validation and 20 % test. The validation rows are left unused, so that every method learns from the same rows.
Columns are standardised with the training rows' mean and deviation. Accuracies are those of the test rows.
"""
import csv
import json
import statistics
import sys
import warnings

import numpy
import sklearn
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

SEEDS = range(5)


def read(path, label):
    """Inputs, labels, and the split column or None."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if label not in rows[0]:
        sys.exit(f"{path}: no column {label}; there are {', '.join(rows[0])}")
    columns = [name for name in rows[0] if name not in (label, "split")]
    inputs = numpy.array([[float(row[name]) for name in columns] for row in rows])
    return inputs, numpy.array([row[label] for row in rows]), numpy.array([row["split"] for row in rows]) if "split" in rows[0] else None


def parts(labels, split, seed):
    """Rows to train on and rows to test on."""
    if split is not None:
        return numpy.flatnonzero(split == "train"), numpy.flatnonzero(split == "test")
    rest, test = train_test_split(numpy.arange(len(labels)), test_size=0.2, stratify=labels, random_state=seed)
    train, _ = train_test_split(rest, test_size=0.15 / 0.8, stratify=labels[rest], random_state=seed)
    return train, test


def classifiers(seed):
    yield "logistic_regression", LogisticRegression(max_iter=5000)
    yield "mlp_64_64", MLPClassifier((64, 64), max_iter=500, random_state=seed)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    path, label = sys.argv[1:]
    inputs, labels, split = read(path, label)
    figures = {}
    for seed in SEEDS:
        train, test = parts(labels, split, seed)
        for name, classifier in classifiers(seed):
            model = make_pipeline(StandardScaler(), classifier)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(inputs[train], labels[train])
            taken = figures.setdefault(name, {"accuracy": [], "loss": []})
            taken["accuracy"].append(float(model.score(inputs[test], labels[test])))
            taken["loss"].append(float(log_loss(labels[test], model.predict_proba(inputs[test]), labels=model.classes_)))
    print(json.dumps({
        "peer": f"scikit-learn {sklearn.__version__}", "data": path, "label": label, "train_rows": len(train), "test_rows": len(test),
        **{name: {"accuracy_median": statistics.median(taken["accuracy"]), "accuracy_min": min(taken["accuracy"]),
                  "accuracies": [round(value, 4) for value in taken["accuracy"]], "loss_median": round(statistics.median(taken["loss"]), 4)}
           for name, taken in figures.items()}}))


if __name__ == "__main__":
    main()
