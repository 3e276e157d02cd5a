#!/usr/bin/env python3
"""Writes digits.csv, iris.csv, wine.csv, breast-cancer.csv and diabetes.csv beside this file from the copies that scikit-learn ships, and
mnist1d.csv as the package mnist1d computes it.

Needs scikit-learn and mnist1d; nothing is downloaded. Prints the rows, columns and SHA-256 of each file, and the sizes of the splits.
"""
import collections
import csv
import hashlib
import pathlib

import numpy
from mnist1d.data import get_dataset_args, make_dataset
from sklearn import datasets
from sklearn.model_selection import train_test_split

FOLDER = pathlib.Path(__file__).resolve().parent
SPLIT_SEED = 20240


def number(value):
    """The shortest decimal that reads back as the same number; whole numbers carry no point."""
    return repr(float(value)).removesuffix(".0")


def single(value):
    """The shortest decimal that reads back as the same 32-bit number."""
    value = numpy.float32(value)
    return min(numpy.format_float_positional(value, trim="-"), numpy.format_float_scientific(value, trim="-", exp_digits=1), key=len)


def split_column(labels, test, validation, seed):
    """One of train, validation and test a row, each class in the same proportion (in whole rows) in all three."""
    rows = list(range(len(labels)))
    rest, tested = train_test_split(rows, test_size=test, stratify=labels, random_state=seed)
    _, validated = train_test_split(rest, test_size=validation, stratify=[labels[row] for row in rest], random_state=seed)
    column = ["train"] * len(labels)
    for name, chosen in (("test", tested), ("validation", validated)):
        for row in chosen:
            column[row] = name
    return column


def write(name, columns, rows):
    path = FOLDER / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
    print(f"{name}: {len(rows)} rows, {len(columns)} columns, sha256 {hashlib.sha256(path.read_bytes()).hexdigest()}")


def table(source, columns, label):
    """Measurements and the name of the class, in the order of the source."""
    names = [str(source.target_names[target]) for target in source.target]
    rows = [[number(value) for value in values] + [name] for values, name in zip(source.data, names)]
    return columns + [label], rows


def part(labels, training, validation, seed):
    """One of train, validation and unused for each training row: so many rows of each kind, each class in the same proportion."""
    rows = list(range(len(labels)))
    chosen, rest = rows, []
    if training + validation < len(rows):
        chosen, rest = train_test_split(rows, train_size=training + validation, stratify=labels, random_state=seed)
    _, validated = train_test_split(chosen, test_size=validation, stratify=[labels[row] for row in chosen], random_state=seed)
    names = dict.fromkeys(rest, "unused") | dict.fromkeys(validated, "validation")
    return [names.get(row, "train") for row in rows]


def mnist1d():
    """The package's frozen set, computed anew: its training rows, then its test rows."""
    made = make_dataset(get_dataset_args())
    inputs = numpy.concatenate([made["x"], made["x_test"]]).astype(numpy.float32)
    labels = [int(label) for label in numpy.concatenate([made["y"], made["y_test"]])]
    first = len(made["y"])
    splits = [part(labels[:first], *sizes, seed=SPLIT_SEED) + ["test"] * (len(labels) - first) for sizes in ((3600, 400), (1000, 1000))]
    rows = [[single(value) for value in values] + list(rest) for values, *rest in zip(inputs, labels, *splits)]
    assert all(numpy.float32(text) == value for row, values in zip(rows, inputs) for text, value in zip(row, values))
    write("mnist1d.csv", [f"x{position}" for position in range(inputs.shape[1])] + ["label", "split", "split1000"], rows)
    for name, column in zip(("split", "split1000"), splits):
        print(f"mnist1d {name}: {dict(collections.Counter(column))}")


def main():
    digits = datasets.load_digits()
    labels = [int(target) for target in digits.target]
    split = split_column(labels, test=360, validation=180, seed=SPLIT_SEED)
    pixels = [f"pixel_{row}_{column}" for row in range(8) for column in range(8)]
    rows = [[number(value) for value in values] + [label, part] for values, label, part in zip(digits.data, labels, split)]
    write("digits.csv", pixels + ["digit", "split"], rows)

    iris = datasets.load_iris()
    write("iris.csv", *table(iris, [name.removesuffix(" (cm)").replace(" ", "_") for name in iris.feature_names], "species"))

    wine = datasets.load_wine()
    write("wine.csv", *table(wine, [name.replace("/", "_") for name in wine.feature_names], "cultivar"))

    cancer = datasets.load_breast_cancer()
    write("breast-cancer.csv", *table(cancer, [name.replace(" ", "_") for name in cancer.feature_names], "diagnosis"))

    diabetes = datasets.load_diabetes()
    rows = [[number(value) for value in values] + [number(target)] for values, target in zip(diabetes.data, diabetes.target)]
    write("diabetes.csv", diabetes.feature_names + ["progression"], rows)

    mnist1d()

    for name in ("train", "validation", "test"):
        sizes = collections.Counter(label for label, where in zip(labels, split) if where == name)
        print(f"digits {name}: {sum(sizes.values())} rows, by digit {[sizes[digit] for digit in range(10)]}")


if __name__ == "__main__":
    main()
