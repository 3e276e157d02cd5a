"""Makes classification.json: metrics of scikit-learn for fixed probabilities. Usage: python classification.py > classification.json"""

import json
import warnings

import numpy as np
import sklearn
from sklearn import metrics


def defined(value):
    """A figure of JSON: null for what scikit-learn calls undefined."""
    return float(value) if np.isfinite(value) else None


def roc_auc(labels, probabilities):
    """Of the second class of two, else the mean of each against all others; NaN where a class has no row."""
    classes = probabilities.shape[1]
    if len(set(labels.tolist())) < classes:
        return np.nan
    if classes == 2:
        return metrics.roc_auc_score(labels, probabilities[:, 1])
    # What roc_auc_score(multi_class="ovr") is, without its demand that float32 probabilities add up to 1.
    return np.mean(one_against_rest(labels, probabilities))


def one_against_rest(labels, probabilities):
    return [metrics.roc_auc_score(labels == c, probabilities[:, c]) if 0 < (labels == c).sum() < len(labels) else np.nan
            for c in range(probabilities.shape[1])]


def calibration_error(confidences, hits, bins=15):
    """Guo et al. 2017: the mean over rows of |accuracy - mean confidence| of the row's bin (low, high]."""
    confidences, hits = np.asarray(confidences, dtype=np.float64), np.asarray(hits, dtype=np.float64)
    error, borders = 0.0, np.linspace(0, 1, bins + 1)
    for low, high in zip(borders, borders[1:]):
        inside = (confidences > low) & (confidences <= high)
        if inside.any():
            error += abs(confidences[inside].mean() - hits[inside].mean()) * inside.mean()
    return error


def case(name, probabilities, labels):
    probabilities = np.asarray(probabilities, dtype=np.float32)
    labels = np.asarray(labels)
    classes = list(range(probabilities.shape[1]))
    predicted = probabilities.argmax(axis=1)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        labels, predicted, labels=classes, zero_division=0
    )
    # Float64 arithmetic on probabilities clipped as scikit-learn clips float32.
    eps = np.finfo(np.float32).eps
    clipped = np.clip(probabilities, eps, 1 - eps).astype(np.float64)
    exact = float(-np.log(clipped[np.arange(len(labels)), labels]).mean())
    averages = {
        f"{average}_{figure.__name__.removesuffix('_score')}": float(figure(labels, predicted, average=average, zero_division=0))
        for average in ("macro", "weighted")
        # Macro over the classes that occur in labels or predictions, which is what scikit-learn averages over by default.
        for figure in (metrics.f1_score, metrics.precision_score, metrics.recall_score)
    }
    return {
        "name": name,
        "probabilities": [float(p) for p in probabilities.ravel()],
        "labels": [int(label) for label in labels],
        "classes": len(classes),
        "accuracy": float(metrics.accuracy_score(labels, predicted)),
        "balanced_accuracy": float(metrics.balanced_accuracy_score(labels, predicted)),
        "log_loss": float(metrics.log_loss(labels, probabilities, labels=classes)),
        "log_loss_float64": exact,
        **averages,
        "mcc": float(metrics.matthews_corrcoef(labels, predicted)),
        "roc_auc": defined(roc_auc(labels, probabilities)),
        "roc_aucs": [defined(v) for v in one_against_rest(labels, probabilities)],
        "top_k": [
            defined(metrics.top_k_accuracy_score(labels, probabilities, k=k, labels=classes))
            if 2 < len(classes) and k < len(classes) else None
            for k in (1, 2, 3, 5)
        ],
        "ece": calibration_error(probabilities.max(axis=1), predicted == labels),
        "brier": float(metrics.brier_score_loss(labels, probabilities.astype(np.float64), labels=classes)),
        "precision": [float(v) for v in precision],
        "recall": [float(v) for v in recall],
        "f1": [float(v) for v in f1],
        "support": [int(v) for v in support],
        "confusion": metrics.confusion_matrix(labels, predicted, labels=classes).tolist(),
    }


def multilabel_case(name, probabilities, targets):
    probabilities, targets = np.asarray(probabilities, dtype=np.float32), np.asarray(targets)
    predicted = (probabilities > 0.5).astype(int)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(targets, predicted, zero_division=0)
    areas = [metrics.roc_auc_score(t, p) if 0 < t.sum() < len(t) else np.nan for t, p in zip(targets.T, probabilities.T)]
    return {
        "name": name,
        "probabilities": [float(p) for p in probabilities.ravel()],
        "targets": [int(t) for t in targets.ravel()],
        "labels": probabilities.shape[1],
        "subset_accuracy": float(metrics.accuracy_score(targets, predicted)),
        "macro_f1": float(metrics.f1_score(targets, predicted, average="macro", zero_division=0)),
        "micro_f1": float(metrics.f1_score(targets, predicted, average="micro", zero_division=0)),
        "roc_auc": defined(metrics.roc_auc_score(targets, probabilities)) if np.isfinite(areas).all() else None,
        "hamming_loss": float(metrics.hamming_loss(targets, predicted)),
        "precision": [float(v) for v in precision],
        "recall": [float(v) for v in recall],
        "f1": [float(v) for v in f1],
        "roc_aucs": [defined(v) for v in areas],
        "support": [int(v) for v in support],
    }


def regression_case(name, predictions, targets):
    predictions, targets = np.asarray(predictions, dtype=np.float32), np.asarray(targets, dtype=np.float32)
    exact = predictions.astype(np.float64), targets.astype(np.float64)
    return {
        "name": name,
        "predictions": [float(v) for v in predictions],
        "targets": [float(v) for v in targets],
        "rmse": float(metrics.root_mean_squared_error(exact[1], exact[0])),
        "mae": float(metrics.mean_absolute_error(exact[1], exact[0])),
        "mse": float(metrics.mean_squared_error(exact[1], exact[0])),
        "r2": defined(metrics.r2_score(exact[1], exact[0])),
    }


warnings.simplefilter("ignore")
random = np.random.default_rng(7)
cases = []
for rows, classes in [(60, 3), (40, 2), (25, 6)]:
    probabilities = random.dirichlet(np.full(classes, 0.6), size=rows).astype(np.float32)
    cases.append(case(f"random-{rows}x{classes}", probabilities, random.integers(0, classes, rows)))
cases.append(case("certain", [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]], [0, 1, 1, 2]))
cases.append(case("ties", [[0.5, 0.5], [0.5, 0.5], [0.25, 0.75]], [1, 0, 1]))
cases.append(case("class-never-seen", [[0.6, 0.3, 0.1, 0.0], [0.2, 0.7, 0.1, 0.0], [0.1, 0.2, 0.7, 0.0]], [0, 1, 1]))
# Eighths tie often; in a class, and in a row between classes.
eighths = random.multinomial(8, np.full(7, 1 / 7), size=50) / 8
cases.append(case("eighths-50x7", eighths, random.integers(0, 7, 50)))
cases.append(case("all-of-one-class", [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]], [0, 0, 0]))
multilabel = [
    multilabel_case("random-40x3", random.random((40, 3)), random.integers(0, 2, (40, 3))),
    multilabel_case("ties", random.integers(0, 5, (30, 2)) / 4, random.integers(0, 2, (30, 2))),
    multilabel_case("label-of-nobody", [[0.9, 0.1], [0.2, 0.3], [0.6, 0.7]], [[1, 0], [0, 0], [1, 0]]),
    multilabel_case("nothing-at-all", [[0.1, 0.5], [0.2, 0.3]], [[0, 0], [0, 0]]),
]
regression = [
    regression_case("random-50", random.normal(150, 60, 50), random.normal(150, 70, 50)),
    regression_case("perfect", [1.5, -2, 3], [1.5, -2, 3]),
    regression_case("constant-perfect", [2, 2, 2], [2, 2, 2]),
    regression_case("constant-missed", [2, 2, 3], [2, 2, 2]),
    regression_case("one-row", [2], [3]),
    regression_case("far-from-zero", 1e6 + random.normal(0, 3, 40), 1e6 + random.normal(0, 2, 40)),
]
confidences, hits = [0.95, 0.85, 0.75, 0.65, 0.55, 0.45, 0.92, 0.33], [1, 1, 0, 1, 0, 1, 0, 0]
calibration = {
    "confidences": confidences, "hits": hits, "ece15": calibration_error(confidences, hits),
    "ece10": calibration_error(confidences, hits, bins=10)
}
print(json.dumps({
    "sklearn": sklearn.__version__, "cases": cases, "multilabel": multilabel, "regression": regression, "calibration": calibration}))
