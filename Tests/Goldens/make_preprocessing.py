#!/usr/bin/env python3
"""Writes preprocessing.json: what scikit-learn makes of small columns, fitted on some rows and applied to others.

A case has `train` and `other`, fields of one column as a table writes them (an empty one is missing), what a config says of the column as
`rules`, and `features`, row-major, of the training rows and then of the others. Pipelines are in the order fill in, clip (at
numpy.quantile of the numbers there are), scale.
"""
import json
import pathlib

import numpy
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, QuantileTransformer, RobustScaler, StandardScaler)

FOLDER = pathlib.Path(__file__).resolve().parent
NUMBERS = ["3.5", "-1", "", "12", "7.25", "7.25", "0", "100", "", "4", "-20.5", "9"]
MORE_NUMBERS = ["5", "", "-1000", "1000", "7.25"]
COLORS = ["red", "blue", "red", "green", "", "blue", "red", "violet", "é", "red", "", "blue"]
MORE_COLORS = ["red", "", "violet", "blue", "é"]
TEXTS = [
    "The cat sat on the mat.", "A dog, a cat: two animals!", "dogs DOGS Dogs bark", "", "über_allem Gipfeln ist Ruh", "the the the the",
    "x y z", "2 cats and 10 dogs", "cat's cradle", "Über allem the end",
]
MORE_TEXTS = ["the cat and the dog", "nothing known here", "", "DOGS über 10 10"]


def significant(matrix):
    return [float(f"{value:.10g}") for value in numpy.asarray(matrix, dtype=float).ravel()]


def numbers(fields):
    return numpy.array([[float(field) if field else numpy.nan] for field in fields])


def strings(fields):
    return numpy.array([[field if field else None] for field in fields], dtype=object)


cases = []


def case(name, train, other, rules, transform):
    cases.append({"name": name, "train": train, "other": other, "rules": rules, "features": significant(transform(train, other))})


def fitted(step, read):
    def transform(train, other):
        step.fit(read(train))
        parts = [step.transform(read(part)) for part in (train, other)]
        return numpy.concatenate([part.toarray() if hasattr(part, "toarray") else part for part in parts])

    return transform


def robust_clip(train, other):
    """RealMLP's scaling: by median and interquartile range, or half of the range, or 0; then x / sqrt(1 + (x / 3)^2)."""
    column = numbers(train)
    spread = numpy.subtract(*numpy.quantile(column, [0.75, 0.25])) or (column.max() - column.min()) / 2
    scaled = (numbers(train + other) - numpy.median(column)) * (1 / spread if spread else 0)
    return scaled / numpy.sqrt(1 + (scaled / 3) ** 2)


def quantile(rows):
    """The transform of TabM's experiments, without their noise."""
    return QuantileTransformer(n_quantiles=min(max(min(rows // 30, 1000), 10), rows), output_distribution="normal", subsample=None)


SCALERS = {"standard": StandardScaler(), "minmax": MinMaxScaler(), "robust": RobustScaler(), "none": FunctionTransformer()}
IMPUTERS = {
    "mean": SimpleImputer(strategy="mean"), "median": SimpleImputer(strategy="median"), "mode": SimpleImputer(strategy="most_frequent"),
    "constant": SimpleImputer(strategy="constant", fill_value=-3),
}
complete, more = [n for n in NUMBERS if n], [n for n in MORE_NUMBERS if n]
for normalize, scaler in SCALERS.items():
    case(f"{normalize} of complete numbers", complete, more, {"kind": "numeric", "normalize": normalize}, fitted(scaler, numbers))
    for impute, imputer in IMPUTERS.items():
        rules = {"kind": "numeric", "normalize": normalize, "impute": impute} | ({"fill": -3} if impute == "constant" else {})
        case(f"{normalize} after {impute}", NUMBERS, MORE_NUMBERS, rules, fitted(make_pipeline(imputer, scaler), numbers))


def indicated(train, other):
    values = fitted(make_pipeline(SimpleImputer(), StandardScaler()), numbers)(train, other)
    return numpy.hstack([values, fitted(MissingIndicator(), numbers)(train, other)])


case("indicator", NUMBERS, MORE_NUMBERS, {"kind": "numeric", "impute": "mean", "indicator": True}, indicated)
for share in (0.05, 0.1, 0.25):
    low, high = numpy.nanquantile(numbers(NUMBERS), [share, 1 - share])
    clip = FunctionTransformer(lambda x, low=low, high=high: numpy.clip(x, low, high))
    steps = make_pipeline(SimpleImputer(strategy="median"), clip, StandardScaler())
    case(f"clip {share}", NUMBERS, MORE_NUMBERS, {"kind": "numeric", "impute": "median", "clip": share}, fitted(steps, numbers))
case("zero range of quartiles", ["1", "1", "1", "1", "1", "9"], ["5"], {"kind": "numeric", "normalize": "robust"}, fitted(RobustScaler(), numbers))

case("robust_clip", complete, more, {"kind": "numeric", "normalize": "robust_clip"}, robust_clip)
case(
    "robust_clip of a few other numbers", ["1", "1", "1", "1", "1", "9"], ["5", "-4"], {"kind": "numeric", "normalize": "robust_clip"},
    robust_clip)
case("quantile of complete numbers", complete, more, {"kind": "numeric", "normalize": "quantile"}, fitted(quantile(len(complete)), numbers))
case(
    "quantile after median", NUMBERS, MORE_NUMBERS, {"kind": "numeric", "normalize": "quantile", "impute": "median"},
    fitted(make_pipeline(SimpleImputer(strategy="median"), quantile(len(NUMBERS))), numbers))
case("quantile of few", ["3", "1", "2", "2", "4"], ["1.5", "0", "4.5"], {"kind": "numeric", "normalize": "quantile"}, fitted(quantile(5), numbers))
# Ties at both ends and between, and a long tail; 13 quantiles.
many = [f"{number:.6g}" for number in numpy.random.default_rng(5).lognormal(0, 2, 400).round(1).clip(0.1, 60)]
case("quantile of many", many, ["0.15", "59.95", "1000"], {"kind": "numeric", "normalize": "quantile"}, fitted(quantile(400), numbers))

known = [c for c in COLORS if c]
case("one-hot", known, ["blue", "red"], {"kind": "categorical"}, fitted(OneHotEncoder(), strings))
case(
    "one-hot with unknown", known, ["pink", "red"], {"kind": "categorical", "unknown": "ignore"},
    fitted(OneHotEncoder(handle_unknown="ignore"), strings))
case(
    "one-hot with mode", COLORS, MORE_COLORS, {"kind": "categorical", "impute": "mode"},
    fitted(make_pipeline(SimpleImputer(strategy="most_frequent", missing_values=None), OneHotEncoder()), strings))
case(
    "one-hot with a constant", COLORS, MORE_COLORS, {"kind": "categorical", "impute": "constant", "fill": "none"},
    fitted(make_pipeline(SimpleImputer(strategy="constant", fill_value="none", missing_values=None), OneHotEncoder()), strings))
case("one-hot with missing", COLORS, MORE_COLORS, {"kind": "categorical", "impute": "category"}, fitted(OneHotEncoder(), strings))
case(
    "rare by count", known, ["violet", "pink", "blue"], {"kind": "categorical", "rare": {"min_count": 2}, "unknown": "other"},
    fitted(OneHotEncoder(min_frequency=2, handle_unknown="infrequent_if_exist"), strings))
case(
    "rare by share", known, ["violet", "pink", "blue"], {"kind": "categorical", "rare": {"min_share": 0.35}, "unknown": "ignore"},
    lambda train, other: numpy.where(
        numpy.array([[f == "pink"] for f in train + other]), 0,
        fitted(OneHotEncoder(min_frequency=0.35, handle_unknown="infrequent_if_exist"), strings)(train, other)))
order = ["green", "blue", "violet", "red", "é"]
case(
    "ordinal", known, ["violet", "red"], {"kind": "categorical", "encoding": "ordinal", "categories": order, "normalize": "none"},
    fitted(OrdinalEncoder(categories=[order]), strings))
case(
    "ordinal, scaled", known, ["violet", "red"], {"kind": "categorical", "encoding": "ordinal", "categories": order},
    fitted(make_pipeline(OrdinalEncoder(categories=[order]), StandardScaler()), strings))

for words in (1000, 3):
    rules = {"kind": "text", "max_words": words, "impute": "empty"}
    case(f"text of {words} words", TEXTS, MORE_TEXTS, rules, fitted(TfidfVectorizer(max_features=words), list))
vectorizer = TfidfVectorizer().fit(TEXTS)
(FOLDER / "preprocessing.json").write_text(
    json.dumps({"cases": cases, "words": list(vectorizer.get_feature_names_out())}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
