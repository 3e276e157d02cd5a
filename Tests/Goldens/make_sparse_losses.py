#!/usr/bin/env python3
"""Writes sparse_losses.json: losses that leave out classes, by their definitions in float64, with gradients of the mean loss.

Probabilities of entmax come from bisection for the threshold, to the last bit, and not from sorting. entmax 1.3 and PyTorch 2.13 in float32
agree to 1e-6 with the figures for alpha 1.2, 1.5 and 2, k 2, delta 0.1, and the sample.
"""
import json
import math
from pathlib import Path

LOGITS = [[2.0, 1.0, 0.1, -1.0], [0.5, 2.5, -0.3, 1.2], [-1.0, 0.0, 3.0, 0.2]]
LABELS = [0, 3, 2]


def entmax(z, alpha):
    """[(alpha - 1) z - t]+ ^ (1 / (alpha - 1)), where t makes the sum 1."""
    scaled = [(alpha - 1) * x for x in z]
    low, high = max(scaled) - 1, max(scaled)
    for _ in range(200):
        middle = (low + high) / 2
        total = sum(max(s - middle, 0) ** (1 / (alpha - 1)) for s in scaled)
        low, high = (middle, high) if total >= 1 else (low, middle)
    return [max(s - low, 0) ** (1 / (alpha - 1)) for s in scaled]


def fenchel_young(z, y, alpha):
    p = entmax(z, alpha)
    entropy = (1 - sum(q ** alpha for q in p)) / (alpha * (alpha - 1))
    return entropy + sum(q * x for q, x in zip(p, z)) - z[y], [q - (c == y) for c, q in enumerate(p)]


def softmax_over(z, kept):
    largest = max(z[c] for c in kept)
    total = sum(math.exp(z[c] - largest) for c in kept)
    return [math.exp(x - largest) / total if c in kept else 0.0 for c, x in enumerate(z)], largest + math.log(total)


def cross_entropy_over(z, y, kept):
    p, lse = softmax_over(z, kept)
    return lse - z[y], [q - (c == y) for c, q in enumerate(p)]


def top_k(z, y, k):
    return cross_entropy_over(z, y, sorted(range(len(z)), key=lambda c: (-z[c], c))[:k])


def as_softmax(z, y, delta):
    p, _ = softmax_over(z, range(len(z)))
    return cross_entropy_over(z, y, [c for c in range(len(z)) if p[y] - p[c] <= delta])


def sampled(z, y, candidates, tries):
    """Log-uniform over the classes in order, each candidate once; a candidate that is the label is left out."""
    def expected(c):
        q = math.log((c + 2) / (c + 1)) / math.log(len(z) + 1)
        return -math.expm1(tries * math.log1p(-q))
    kept = [y] + [c for c in candidates if c != y]
    shifted = {c: z[c] - math.log(expected(c)) for c in kept}
    lse = math.log(sum(math.exp(x) for x in shifted.values()))
    return lse - shifted[y], [(math.exp(shifted[c] - lse) if c in shifted else 0.0) - (c == y) for c in range(len(z))]


def record(op, attributes, function):
    results = [function(z, y) for z, y in zip(LOGITS, LABELS)]
    gradient = [g / len(LABELS) for _, row in results for g in row]
    return {"op": op, "attributes": attributes, "each": [rounded(loss) for loss, _ in results], "gradient": [rounded(g) for g in gradient]}


def rounded(x):
    return float(f"{x:.10g}") if abs(x) > 1e-15 else 0.0


def main():
    records = [
        record("sparsemax", {"alpha": 2}, lambda z, y: fenchel_young(z, y, 2)),
        record("entmax15", {"alpha": 1.5}, lambda z, y: fenchel_young(z, y, 1.5)),
        record("alpha_entmax", {"alpha": 1.2}, lambda z, y: fenchel_young(z, y, 1.2)),
        record("alpha_entmax", {"alpha": 3}, lambda z, y: fenchel_young(z, y, 3)),
        record("top_k", {"k": 2}, lambda z, y: top_k(z, y, 2)),
        record("top_k", {"k": 1}, lambda z, y: top_k(z, y, 1)),
        record("as_softmax", {"delta": 0.1}, lambda z, y: as_softmax(z, y, 0.1)),
        record("as_softmax", {"delta": 0.5}, lambda z, y: as_softmax(z, y, 0.5)),
        record("sampled", {"candidates": [1, 2], "tries": 2}, lambda z, y: sampled(z, y, [1, 2], 2)),
    ]
    maps = [{"alpha": a, "probabilities": [rounded(q) for z in LOGITS for q in entmax(z, a)]} for a in (2, 1.5, 1.2)]
    content = {"logits": [x for z in LOGITS for x in z], "labels": LABELS, "records": records, "maps": maps}
    Path(__file__).with_name("sparse_losses.json").write_text(json.dumps(content, indent=1) + "\n")


if __name__ == "__main__":
    main()
