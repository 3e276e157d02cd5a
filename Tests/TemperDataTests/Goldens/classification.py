"""Makes classification.json: metrics of scikit-learn for fixed probabilities. Usage: python classification.py > classification.json"""

import json
import warnings

import numpy as np
import sklearn
from sklearn import metrics


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
    return {
        "name": name,
        "probabilities": [float(p) for p in probabilities.ravel()],
        "labels": [int(label) for label in labels],
        "classes": len(classes),
        "accuracy": float(metrics.accuracy_score(labels, predicted)),
        "log_loss": float(metrics.log_loss(labels, probabilities, labels=classes)),
        "log_loss_float64": exact,
        # Over the classes that occur in labels or predictions, which is what scikit-learn averages over by default.
        "macro_f1": float(metrics.f1_score(labels, predicted, average="macro", zero_division=0)),
        "precision": [float(v) for v in precision],
        "recall": [float(v) for v in recall],
        "f1": [float(v) for v in f1],
        "support": [int(v) for v in support],
        "confusion": metrics.confusion_matrix(labels, predicted, labels=classes).tolist(),
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
print(json.dumps({"sklearn": sklearn.__version__, "cases": cases}, indent=None))
