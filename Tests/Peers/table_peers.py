"""What scikit-learn, LightGBM and RealMLP make of the tables that tables.py writes, each on one thread.

    python3 Tests/Peers/table_peers.py FOLDER [--tables small large mixed] [--peers linear mlp histgb lightgbm realmlp] [--seeds 0 1 2] [--only NAME ...]

writes the tables below FOLDER and a line for each table, seed and peer to FOLDER/small|large|mixed/peers.jsonl: RMSE or accuracy on the fifth held out, CPU seconds of
fitting and predicting without imports, and peak memory with them. What is there already is not computed again. All peers have their defaults.

linear    LogisticRegression or Ridge
mlp       MLPClassifier or MLPRegressor with early stopping, unless a class is too rare to be split; a number to estimate is standardised
histgb    HistGradientBoosting with native categories; a column of more than 254 has them as ordinals; without early stopping as mlp
lightgbm  LightGBM with native categories
realmlp   RealMLP-TD of pytabkit, a fifth of the rows for validation

The first two are behind medians, standardised numbers and one-hot columns, RealMLP behind medians. Columns of texts are TF-IDF of words and pairs
of words for the first two, and 30 components of it (TruncatedSVD) for the others.
"""

import os

THREADS = {f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL")}
os.environ.update(THREADS)

import argparse  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import pathlib  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402

import numpy  # noqa: E402
import pandas  # noqa: E402

import tables  # noqa: E402

PEERS = ["linear", "mlp", "histgb", "lightgbm", "realmlp"]
MISSING = "(missing)"


class Rows:
    """The two files of a table: features as numbers with gaps and categories of the training rows, and labels."""

    def __init__(self, folder, seed, regression, label, texts=()):
        parts = [pandas.read_csv(folder / f"{part}-{seed}.csv", low_memory=False) for part in ("train", "test")]
        given = [pandas.read_csv(folder / f"{part}-{seed}.csv", dtype=str)[label] for part in ("train", "test")]
        known = [column.notna().to_numpy() for column in given]
        labels = [column[mask].to_numpy(dtype=object) for column, mask in zip(given, known)]
        self.train_y, self.test_y = [y.astype(float) if regression else y.astype(str) for y in labels]
        # A nameless column numbers the rows: in some tables they are in the order of the label.
        left_out = [label] + [c for c in parts[0] if c.startswith("Unnamed")]
        train, test = [part[mask].drop(columns=left_out).reset_index(drop=True) for part, mask in zip(parts, known)]
        self.numbers = [c for c in train if pandas.api.types.is_numeric_dtype(train[c]) and train[c].dtype != bool and c not in texts]
        self.texts = list(texts)
        self.others = [c for c in train if c not in self.numbers and c not in self.texts]
        for part in (train, test):
            part[self.texts] = part[self.texts].fillna("").astype(str)
        for c in self.numbers:
            train[c] = train[c].astype(float)
            test[c] = pandas.to_numeric(test[c], errors="coerce").astype(float)
        for c in self.others:
            train[c], test[c] = [part[c].astype(object).where(part[c].notna(), MISSING).astype(str) for part in (train, test)]
        self.train, self.test = train, test

    def without_texts(self):
        """Both parts with numbers in place of texts."""
        from sklearn.decomposition import TruncatedSVD
        from sklearn.feature_extraction.text import TfidfVectorizer

        parts = self.train.drop(columns=self.texts), self.test.drop(columns=self.texts)
        for c in self.texts:
            weights = TfidfVectorizer(ngram_range=(1, 2))
            train, test = weights.fit_transform(self.train[c]), weights.transform(self.test[c])
            components = TruncatedSVD(min(30, train.shape[1] - 1), random_state=0).fit(train)
            for part, words in zip(parts, (train, test)):
                numbers = components.transform(words)
                part[[f"{c} {i}" for i in range(numbers.shape[1])]] = numbers
        return parts

    def categories(self, most=None):
        """Both parts with columns of categories; a column of more than `most` has ordinals instead. What training has not seen is missing."""
        train, test = self.without_texts()
        for c in self.others:
            levels = sorted(level for level in train[c].unique() if level != MISSING)
            for part in (train, test):
                column = pandas.Series(pandas.Categorical(part[c], categories=levels), index=part.index)
                part[c] = column if most is None or len(levels) <= most else column.cat.codes.where(column.notna()).astype(float)
        for part in (train, test):
            part.columns = [f"c{i}" for i in range(part.shape[1])]
        return train, test

    def medians(self, keeps_texts=False):
        """Both parts without gaps."""
        middle = self.train[self.numbers].median().fillna(0)
        parts = (self.train.copy(), self.test.copy()) if keeps_texts else self.without_texts()
        for part in parts:
            part[self.numbers] = part[self.numbers].fillna(middle)
        return parts

    def can_be_split(self):
        """Whether each class has two rows, and a tenth of the rows can hold all classes, as a stratified validation split needs."""
        counts = numpy.unique(self.train_y, return_counts=True)[1]
        return bool(counts.min() >= 2 and len(counts) <= len(self.train_y) // 10)


def one_hot(rows, model):
    from sklearn.compose import ColumnTransformer
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    texts = [(f"texts {c}", TfidfVectorizer(ngram_range=(1, 2)), c) for c in rows.texts]
    columns = ColumnTransformer(
        [("numbers", StandardScaler(), rows.numbers), ("others", OneHotEncoder(handle_unknown="ignore"), rows.others), *texts])
    train, test = rows.medians(keeps_texts=True)
    return make_pipeline(columns, model).fit(train, rows.train_y).predict(test)


def linear(rows, regression, seed):
    from sklearn.linear_model import LogisticRegression, Ridge

    return one_hot(rows, Ridge() if regression else LogisticRegression(max_iter=5000))


def mlp(rows, regression, seed):
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    from sklearn.preprocessing import StandardScaler

    if regression:
        return one_hot(rows, TransformedTargetRegressor(MLPRegressor(early_stopping=True, random_state=seed), transformer=StandardScaler()))
    return one_hot(rows, MLPClassifier(early_stopping=rows.can_be_split(), random_state=seed))


def histgb(rows, regression, seed):
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    train, test = rows.categories(most=254)
    if regression:
        model = HistGradientBoostingRegressor(random_state=seed)
    else:
        model = HistGradientBoostingClassifier(random_state=seed, early_stopping="auto" if rows.can_be_split() else False)
    return model.fit(train, rows.train_y).predict(test)


def lightgbm(rows, regression, seed):
    from lightgbm import LGBMClassifier, LGBMRegressor

    train, test = rows.categories()
    model = LGBMRegressor if regression else LGBMClassifier
    return model(n_jobs=1, verbose=-1, random_state=seed).fit(train, rows.train_y).predict(test)


def realmlp(rows, regression, seed):
    from pytabkit import RealMLP_TD_Classifier, RealMLP_TD_Regressor

    logging.disable(logging.INFO)
    train, test = rows.medians()
    for part in (train, test):
        part[rows.others] = part[rows.others].astype("category")
    model = RealMLP_TD_Regressor if regression else RealMLP_TD_Classifier
    fitted = model(device="cpu", n_threads=1, random_state=seed, val_fraction=0.2).fit(train, rows.train_y, cat_col_names=rows.others)
    return fitted.predict(test)


def load(peers):
    """Imports what the peers need, so that no run pays for it."""
    import sklearn.compose, sklearn.ensemble, sklearn.linear_model, sklearn.neural_network  # noqa: E401, F401

    if "lightgbm" in peers:
        import lightgbm  # noqa: F401
    if "realmlp" in peers:
        import pytabkit  # noqa: F401


def run(peer, folder, meta, seed):
    """One peer on one table in a process of its own, so that peak memory is its own; None if it failed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            warnings.simplefilter("ignore")
            regression = meta["task"] == "regression"
            rows = Rows(folder, seed, regression, meta["label"], meta["texts"])
            start = time.process_time()
            predicted = globals()[peer](rows, regression, seed)
            spent = time.process_time() - start
            if regression:
                value = float(numpy.sqrt(numpy.mean((numpy.ravel(predicted).astype(float) - rows.test_y) ** 2)))
            else:
                value = float(numpy.mean(numpy.ravel(predicted).astype(str) == rows.test_y))
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            line = {
                "table": meta["name"], "seed": seed, "peer": peer, "figure": "rmse" if regression else "accuracy", "value": value,
                "cpu_s": round(spent, 3), "peak_mb": round(peak)}
            os.write(writing, json.dumps(line).encode())
            status = 0
        except Exception as error:
            print(f"{peer} on {meta['name']}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


def known(path):
    """The figures that are there, by table, seed and peer."""
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return {(line["table"], line["seed"], line["peer"]): line for line in lines}


def figures(root, size, table, seeds, peers):
    """The figures of `peers` on a table, from peers.jsonl beside the tables below the folder `root` where they are there; the others are added to it."""
    folder = tables.export(root, size, *table, seeds)
    meta = json.loads((folder / "meta.json").read_text())
    path = pathlib.Path(root) / size / "peers.jsonl"
    found = known(path)
    lines = []
    for seed in seeds:
        for peer in peers:
            line = found.get((meta["name"], seed, peer)) or run(peer, folder, meta, seed)
            if line and (meta["name"], seed, peer) not in found:
                with open(path, "a", encoding="utf-8") as file:
                    file.write(json.dumps(line) + "\n")
                print(json.dumps(line), file=sys.stderr, flush=True)
            lines += [line] if line else []
    return lines


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--tables", choices=["small", "large", "mixed"], nargs="+", default=["large", "small"])
    parser.add_argument("--peers", choices=PEERS, nargs="+", default=PEERS[:4])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--only", nargs="+", default=[])
    options = parser.parse_args()
    load(options.peers)
    for size in options.tables:
        for seed in options.seeds:
            for table in sorted(tables.tables(size), key=lambda table: rows_of(options.folder, size, table)):
                if not options.only or table[1] in options.only:
                    figures(options.folder, size, table, [seed], options.peers)


def rows_of(root, size, table):
    """Rows of a table, to have the short ones first."""
    return json.loads((tables.export(root, size, *table, [0]) / "meta.json").read_text())["rows"]


if __name__ == "__main__":
    main()
