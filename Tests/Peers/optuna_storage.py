#!/usr/bin/env python3
"""Makes, reads and continues studies with Optuna 5.

optuna_storage.py make FILE      makes the study `o` with a trial of every kind
optuna_storage.py schema FILE    prints whether a new file of Optuna has the same tables, indexes and versions
optuna_storage.py read FILE NAME prints the study as Optuna sees it, as JSON: numbers as text, since JSON has no infinity
optuna_storage.py use FILE NAME  computes importances, draws plots, runs 3 more trials, and prints what came of it
optuna_storage.py search FILE NAME COUNT
                                 runs COUNT more trials of the space of SweepPeerTests, begins the study if there is none, and prints what Optuna's
                                 tools make of it
optuna_storage.py queue FILE NAME  puts a trial of that space into the queue
optuna_storage.py serve FILE     asks optuna-dashboard for the studies and their trials, over HTTP
"""
import json
import math
import os
import sqlite3
import sys
import tempfile
import threading
import urllib.request
import warnings
import wsgiref.simple_server

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
warnings.simplefilter("ignore")


def url(file):
    return f"sqlite:///{file}"


def make(file):
    study = optuna.create_study(storage=url(file), study_name="o", direction="maximize", sampler=optuna.samplers.RandomSampler(seed=0))
    study.set_metric_names(["score"])
    study.set_user_attr("owner", "optuna")

    def objective(trial):
        rate = trial.suggest_float("rate", 1e-5, 1.0, log=True)
        trial.suggest_int("layers", 1, 8)
        trial.suggest_categorical("optimizer", ["sgd", "adamw", None])
        trial.set_user_attr("odd", float("nan"))
        trial.set_constraint("size", 1.5 if trial.number == 0 else -1.0)
        trial.report(0.5, 0)
        if trial.number == 1:
            trial.report(math.nan, 1)
            trial.report(math.inf, 2)
            raise optuna.TrialPruned()
        if trial.number == 2:
            raise ValueError("no")
        return math.inf if trial.number == 3 else rate

    study.optimize(objective, n_trials=5, catch=[ValueError])
    study.enqueue_trial({"rate": 0.25, "optimizer": "adamw"})
    print(json.dumps(seen(study)))


def seen(study):
    trials = []
    for trial in study.get_trials():
        trials.append({
            "number": trial.number,
            "state": trial.state.name,
            "params": {name: str(value) for name, value in trial.params.items()},
            "values": [str(value) for value in trial.values or []],
            "reports": {str(step): str(value) for step, value in trial.intermediate_values.items()},
            "user": {name: str(value) for name, value in trial.user_attrs.items()},
            "constraints": [str(value) for value in trial.constraints.values()],
            "seconds": trial.duration.total_seconds() if trial.duration else -1.0,
        })
    return {
        "directions": [direction.name for direction in study.directions],
        "names": study.metric_names or [],
        "user": {name: str(value) for name, value in study.user_attrs.items()},
        "best": study.best_trial.number,
        "trials": trials,
    }


def use(file, name):
    study = optuna.load_study(storage=url(file), study_name=name, sampler=optuna.samplers.TPESampler(seed=0, n_startup_trials=5))
    importances = {}
    for evaluator in [optuna.importance.FanovaImportanceEvaluator(seed=0), optuna.importance.PedAnovaImportanceEvaluator()]:
        importances[type(evaluator).__name__] = optuna.importance.get_param_importances(study, evaluator=evaluator)
    import optuna.visualization as plots

    drawn = [plots.plot_optimization_history, plots.plot_intermediate_values, plots.plot_param_importances, plots.plot_parallel_coordinate,
             plots.plot_slice, plots.plot_contour, plots.plot_edf, plots.plot_rank, plots.plot_timeline]
    traces = {plot.__name__: len(plot(study).data) for plot in drawn}

    def objective(trial):
        rate = trial.suggest_float("rate", 0.0, 1.0)
        trial.suggest_categorical("optimizer", ["sgd", "adamw"])
        trial.report(rate, 0)
        return rate

    study.optimize(objective, n_trials=3)
    print(json.dumps({"importances": importances, "traces": traces, "trials": len(study.trials), "last": study.trials[-1].params["rate"]}))


def search(file, name, count):
    study = optuna.create_study(
        storage=url(file), study_name=name, sampler=optuna.samplers.TPESampler(seed=0, n_startup_trials=3), load_if_exists=True)

    def objective(trial):
        rate = trial.suggest_float("optimizer.learning_rate", 1e-4, 1e-1, log=True)
        layers = trial.suggest_categorical("model.hidden", ["[4]", "[8,4]", "[16]"])
        size = trial.suggest_int("train.batch_size", 8, 32, step=8)
        trial.report(2.0, 1)
        return 1 + abs(math.log10(rate) + 2) + size / 100 + len(layers) / 100

    study.optimize(objective, n_trials=int(count))
    import optuna.visualization as plots

    drawn = [plots.plot_optimization_history, plots.plot_slice, plots.plot_parallel_coordinate]
    print(json.dumps({
        "trials": len(study.trials),
        "best": study.best_trial.number,
        "rows": len(study.trials_dataframe()),
        "importances": optuna.importance.get_param_importances(study),
        "traces": [len(plot(study).data) for plot in drawn],
    }))


def queue(file, name):
    optuna.load_study(storage=url(file), study_name=name).enqueue_trial({"model.hidden": "[8,4]", "train.batch_size": 16})


def schema(file):
    def contents(path):
        with sqlite3.connect(path) as connection:
            made = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
            versions = [connection.execute(f"SELECT * FROM {table}").fetchall() for table in ["version_info", "alembic_version"]]
        return sorted(made, key=str), versions

    with tempfile.TemporaryDirectory() as folder:
        own = os.path.join(folder, "own.db")
        optuna.create_study(storage=url(own))
        print("same" if contents(own) == contents(file) else f"{contents(own)}\n{contents(file)}")


def serve(file):
    from optuna_dashboard import wsgi

    class Quiet(wsgiref.simple_server.WSGIRequestHandler):
        def log_message(self, *arguments):
            pass

    server = wsgiref.simple_server.make_server("127.0.0.1", 0, wsgi(url(file)), handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def ask(path):
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/api/{path}") as answer:
            return json.load(answer)

    studies = ask("studies")["study_summaries"]
    print(json.dumps({study["study_name"]: len(ask(f"studies/{study['study_id']}?after=0")["trials"]) for study in studies}))


def main():
    task, file, *rest = sys.argv[1:]
    if task == "read":
        print(json.dumps(seen(optuna.load_study(storage=url(file), study_name=rest[0]))))
    else:
        {"make": make, "schema": schema, "use": use, "search": search, "queue": queue, "serve": serve}[task](file, *rest)


if __name__ == "__main__":
    main()
