#!/usr/bin/env python3
"""Writes search.json: what Optuna 5.0.0 and SciPy 1.17.1 answer to the questions of the tests. Needs mpmath for the tails of normal densities.

NaN is written as null. Trials of Optuna's are built with `create_trial`; its own classes, some of them private, compute every figure.
"""
import json
import math
import pathlib
import warnings

import mpmath
import numpy
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution, distribution_to_json
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import _split_trials, default_weights
from optuna.trial import TrialState, create_trial
from scipy import stats
from scipy.stats import qmc

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
SPACE = {
    "rate": FloatDistribution(1e-5, 0.1, log=True), "dropout": FloatDistribution(0, 0.9), "momentum": FloatDistribution(0, 1, step=0.3),
    "layers": IntDistribution(1, 8), "width": IntDistribution(8, 64, step=10), "batch": IntDistribution(4, 300, log=True),
    "kind": CategoricalDistribution(["a", "b", "c"]),
}


def plain(value):
    return None if isinstance(value, float) and math.isnan(value) else float(value)


def draw(random, distribution):
    if isinstance(distribution, CategoricalDistribution):
        return distribution.choices[random.integers(len(distribution.choices))]
    if distribution.log:
        value = math.exp(random.uniform(math.log(distribution.low), math.log(distribution.high)))
        return int(value) if isinstance(distribution, IntDistribution) else value
    if distribution.step is None:
        return random.uniform(distribution.low, distribution.high)
    count = round((distribution.high - distribution.low) / distribution.step)
    value = distribution.low + random.integers(count + 1) * distribution.step
    return int(value) if isinstance(distribution, IntDistribution) else round(value, 9)


def stored(params, space=SPACE):
    return {name: float(space[name].to_internal_repr(value)) for name, value in params.items()}


def improvement():
    cases = []
    mpmath.mp.dps = 60
    for z in [5, 2, 0.38, 0, -0.5, -0.999, -1.001, -3, -10, -19.9, -20.1, -40]:
        deviation = 0.5
        x = mpmath.mpf(z)
        value = mpmath.log(deviation * (mpmath.npdf(x) + x * mpmath.ncdf(x)))
        cases.append([0.8 - z * deviation, deviation, 0.8, float(value)])
    return cases


def parzen():
    random = numpy.random.default_rng(1)
    settings = _ParzenEstimatorParameters(
        prior_weight=1.0, consider_magic_clip=True, consider_endpoints=False, weights=default_weights, multivariate=True)
    cases = []
    groups = [[name] for name in SPACE] + [list(SPACE), ["rate", "kind"]]
    for names in groups:
        for count in [0, 1, 2, 7, 25, 26, 60]:
            space = {name: SPACE[name] for name in names}
            rows = [{name: draw(random, d) for name, d in space.items()} for _ in range(count + 5)]
            inner = [stored(row) for row in rows]
            columns = {name: numpy.array([row[name] for row in inner[:count]]) for name in names}
            # Which of equal values comes first decides which of them has the wider kernel; NumPy's default sort leaves it open.
            sort = numpy.argsort
            numpy.argsort = lambda values: sort(values, kind="stable")
            estimator = _ParzenEstimator(columns, space, settings)
            numpy.argsort = sort
            logs = estimator.log_pdf({name: numpy.array([row[name] for row in inner[count:]]) for name in names})
            cases.append({
                "names": names, "observations": [[row[name] for name in names] for row in inner[:count]],
                "points": [[row[name] for name in names] for row in inner[count:]], "logs": logs.tolist()})
    return cases


def sobol():
    points = qmc.Sobol(64, scramble=False).random(32)
    return points[[0, 1, 2, 3, 7, 12, 21, 31]].tolist()


def wilcoxon():
    random = numpy.random.default_rng(2)
    cases = []
    for count in [1, 2, 3, 5, 9, 13, 14, 20, 40, 50, 51, 80]:
        for rounded in [False, True]:
            x = random.normal(0.3, 1, count)
            x = numpy.round(x) if rounded else x
            if not numpy.any(x):
                x[0] = 1
            for zeros in ["wilcox", "zsplit"]:
                p = [stats.wilcoxon(x, zero_method=zeros, alternative=a).pvalue for a in ["two-sided", "greater", "less"]]
                cases.append({"x": x.tolist(), "zeros": zeros, "p": [plain(v) for v in p]})
    cases.append({"x": [0.0] * 4, "zeros": "zsplit", "p": [float(stats.wilcoxon([0.0] * 4, zero_method="zsplit", alternative=a).pvalue)
                                                          for a in ["two-sided", "greater", "less"]]})
    return cases


PRUNERS = {
    "median": lambda: optuna.pruners.MedianPruner(),
    "median_interval": lambda: optuna.pruners.MedianPruner(n_startup_trials=2, n_warmup_steps=3, interval_steps=4),
    "halving": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=1),
    "halving_two": lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=2, reduction_factor=2, min_early_stopping_rate=1),
    "hyperband": lambda: optuna.pruners.HyperbandPruner(min_resource=1, max_resource=20, reduction_factor=3),
    "wilcoxon": lambda: optuna.pruners.WilcoxonPruner(),
}


def pruning(name, direction, seed):
    """Three trials run by turns. An event is [trial, step, value, pruned, complete]."""
    random = numpy.random.default_rng(seed)
    study = optuna.create_study(study_name="study", pruner=PRUNERS[name](), direction=direction)
    sign = 1 if direction == "minimize" else -1
    events, running, length = [], [], 20
    while len(study.trials) < 30 or running:
        while len(running) < 3 and len(study.trials) < 30:
            running.append([study.ask(), random.normal(0, 1), 0])
        for entry in list(running):
            trial, level, _ = entry
            entry[2] += 1
            value = sign * (level + 3 / entry[2] + random.normal(0, 0.3))
            if name != "wilcoxon" and random.random() < 0.03:
                value = random.choice([math.nan, math.inf])
            trial.report(value, entry[2])
            pruned = trial.should_prune()
            if pruned:
                study.tell(trial, state=TrialState.PRUNED)
            elif entry[2] == length:
                final = numpy.mean(list(study.trials[trial.number].intermediate_values.values())) if name == "wilcoxon" else value
                final = 1e3 * sign if not math.isfinite(final) else final
                study.tell(trial, final)
            events.append([trial.number, entry[2], plain(value) if not math.isinf(value) else "inf", bool(pruned), None])
            if pruned or entry[2] == length:
                running.remove(entry)
                if not pruned:
                    events[-1][4] = float(final)
    return {"pruner": name, "direction": direction.upper(), "events": events}


def splits():
    random = numpy.random.default_rng(4)
    cases = []
    for directions in [["minimize"], ["maximize"], ["minimize", "maximize"], ["minimize"] * 3]:
        for count in [5, 12, 40, 90]:
            study = optuna.create_study(directions=directions)
            for _ in range(count):
                kind = random.choice(["COMPLETE", "PRUNED", "RUNNING", "FAIL"], p=[0.7, 0.15, 0.1, 0.05] if len(directions) == 1 else [0.9, 0, 0.1, 0])
                reports = {int(s): float(random.choice([random.normal(), math.nan], p=[0.9, 0.1])) for s in range(random.integers(0, 4))}
                constraint = float(random.choice([-1, 0.5, 1.5], p=[0.8, 0.1, 0.1]))
                trial = create_trial(
                    state=TrialState[kind], values=random.normal(0, 1, len(directions)).tolist() if kind == "COMPLETE" else None,
                    intermediate_values=reports if len(directions) == 1 else {})
                if kind in ("COMPLETE", "PRUNED"):
                    trial.set_constraint("c", constraint)
                study.add_trial(trial)
            trials = study.get_trials(deepcopy=False, states=(TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING))
            finished = sum(t.state != TrialState.RUNNING for t in trials)
            good = math.ceil(0.1 * finished) if len(directions) > 1 else min(math.ceil(0.1 * finished), 25)
            below, _ = _split_trials(study, trials, good)
            cases.append({
                "directions": [d.upper() for d in directions], "below": [t.number for t in below],
                "trials": [{
                    "state": t.state.name, "values": t.values or [], "constraints": list(t.constraints.values()),
                    "reports": [[s, plain(v)] for s, v in sorted(t.intermediate_values.items())]} for t in study.trials]})
    return cases


def fanova(study, names):
    """The mean of five forests."""
    evaluators = [optuna.importance.FanovaImportanceEvaluator(seed=seed) for seed in range(5)]
    shares = [optuna.importance.get_param_importances(study, evaluator=evaluator, params=names) for evaluator in evaluators]
    return {name: float(numpy.mean([share[name] for share in shares])) for name in shares[0]}


def importance():
    random = numpy.random.default_rng(5)
    cases = []
    for direction in ["minimize", "maximize"]:
        for count in [15, 60, 150]:
            study = optuna.create_study(direction=direction)
            for _ in range(count):
                names = list(SPACE) if random.random() < 0.7 else [n for n in SPACE if n != "momentum"]
                params = {name: draw(random, SPACE[name]) for name in names}
                value = (math.log10(params["rate"]) + 3) ** 2 + 2 * params["dropout"] + (params["kind"] == "b") + 0.1 * params["layers"]
                value += random.normal(0, 0.1)
                study.add_trial(create_trial(
                    params=params, distributions={n: SPACE[n] for n in names}, value=value if direction == "minimize" else -value))
            ped = optuna.importance.get_param_importances(study)
            always = [name for name in SPACE if name != "momentum"]
            cases.append({
                "direction": direction.upper(), "ped_anova": ped, "fanova": fanova(study, always),
                "fanova_numeric": fanova(study, [name for name in always if name != "kind"]),
                "trials": [[stored(t.params), t.value] for t in study.trials]})
    return cases


def main():
    brackets = optuna.pruners.HyperbandPruner(min_resource=1, max_resource=20, reduction_factor=3)
    study = optuna.create_study(study_name="study")
    brackets._try_initialization(study)
    fields = {
        "distributions": {name: json.loads(distribution_to_json(d)) for name, d in SPACE.items()},
        "log_expected_improvement": improvement(),
        "parzen": parzen(),
        "sobol": sobol(),
        "wilcoxon": wilcoxon(),
        "brackets": [brackets._get_bracket_id(study, create_numbered(n)) for n in range(40)],
        "pruning": [pruning(name, direction, seed) for seed, name in enumerate(PRUNERS) for direction in ["minimize", "maximize"]],
        "splits": splits(),
        "importance": importance(),
    }
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value, allow_nan=False, separators=(',', ':'))}" for key, value in fields.items())
    (pathlib.Path(__file__).resolve().parent / "search.json").write_text("{\n" + lines + "\n}\n", encoding="utf-8")


def create_numbered(number):
    trial = create_trial(value=0.0)
    trial.number = number
    return trial


if __name__ == "__main__":
    main()
