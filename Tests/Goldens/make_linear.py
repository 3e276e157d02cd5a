#!/usr/bin/env python3
"""Writes linear.json: what convex problems come to, by scikit-learn, for a gradient method to reach on the shipped tables.

logistic_regression: LogisticRegression(C=1, tol=1e-8) on digits.csv, pixels divided by 16, on 70 % of the rows drawn by
train_test_split(stratify, random_state=0). Its objective, divided by C * rows, is the mean cross-entropy + l2 / 2 * |weights|^2 with
l2 = 1 / (C * rows); biases are not penalised and free up to a common shift, hence centred. At scikit-learn's own tolerance the weights are
still .03 away.

lasso: Lasso(alpha=.1) on all rows of diabetes.csv, inputs as they are: squared errors / (2 * rows) + alpha * |weights|_1, the intercept
not penalised.
"""
import csv
import json
import pathlib

import numpy
from sklearn import datasets
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

FOLDER = pathlib.Path(__file__).resolve().parent
TABLES = FOLDER.parent.parent / "datasets"


def significant(values, digits=10):
    return [float(f"{value:.{digits}g}") for value in numpy.asarray(values).ravel()]


def column(name, label):
    with (TABLES / name).open(newline="", encoding="utf-8") as file:
        return [row[label] for row in csv.DictReader(file)]


def logistic_regression():
    digits = datasets.load_digits()
    assert column("digits.csv", "digit") == [str(label) for label in digits.target]
    inputs, rows = digits.data / 16, numpy.arange(len(digits.target))
    train, test = train_test_split(rows, test_size=0.3, stratify=digits.target, random_state=0)
    model = LogisticRegression(C=1, tol=1e-8, max_iter=100_000).fit(inputs[train], digits.target[train])
    l2 = 1 / len(train)
    loss = log_loss(digits.target[train], model.predict_proba(inputs[train]))
    return {
        "l2": l2, "train_loss": significant(loss)[0], "objective": significant(loss + l2 / 2 * (model.coef_ ** 2).sum())[0],
        "test_accuracy": float(model.score(inputs[test], digits.target[test])), "classes": 10, "inputs": 64,
        "weights": significant(model.coef_, 8), "biases_centred": significant(model.intercept_ - model.intercept_.mean(), 8),
        "train_rows": sorted(train.tolist()), "test_rows": sorted(test.tolist())}


def lasso():
    diabetes = datasets.load_diabetes()
    assert [float(value) for value in column("diabetes.csv", "progression")] == diabetes.target.tolist()
    model = Lasso(alpha=0.1, tol=1e-12, max_iter=1_000_000).fit(diabetes.data, diabetes.target)
    errors = diabetes.target - model.predict(diabetes.data)
    names = list(diabetes.feature_names)
    return {
        "alpha": 0.1, "names": names, "weights": significant(model.coef_), "intercept": significant(model.intercept_)[0],
        "zeros": [name for name, weight in zip(names, model.coef_) if weight == 0],
        "objective": significant((errors ** 2).mean() / 2 + 0.1 * numpy.abs(model.coef_).sum())[0],
        "r2": significant(model.score(diabetes.data, diabetes.target))[0]}


def main():
    # A line for each figure; JSON's own indentation would take one for each number.
    def block(fields):
        return "{\n" + ",\n".join(f"    {json.dumps(key)}: {json.dumps(value)}" for key, value in fields.items()) + "\n  }"

    text = f'{{\n  "logistic_regression": {block(logistic_regression())},\n  "lasso": {block(lasso())}\n}}\n'
    (FOLDER / "linear.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
