#!/usr/bin/env python3
"""Writes pooling.json: max_pool2d and avg_pool2d of torch.nn.functional in float64, forward and gradient, from inputs that float32 holds exactly.

Images and results are written with channels last. Some numbers are equal, so that the first of them counts.
"""
import torch
import torch.nn.functional as F
from numpy.random import default_rng

from golden_format import exact, exact_tensor, tensor, write_records

# rows, channels, height, width, kernel, stride, padding
CASES = [
    (2, 3, 4, 6, (2, 2), (2, 2), (0, 0)),
    (1, 1, 5, 5, (2, 2), (2, 2), (0, 0)),
    (1, 5, 7, 6, (3, 3), (2, 2), (1, 1)),
    (2, 2, 5, 4, (3, 2), (1, 1), (1, 1)),
    (1, 20, 1, 9, (1, 2), (1, 2), (0, 0)),
    (1, 2, 6, 6, (2, 3), (3, 1), (0, 1)),
]


def last(values):
    """Channels last."""
    return values.permute(0, 2, 3, 1)


def main():
    records = []
    for kind, pool in (("max", F.max_pool2d), ("average", F.avg_pool2d)):
        for rows, channels, height, width, kernel, stride, padding in CASES:
            rng = default_rng([29, len(records)])
            x = exact(rng.integers(-6, 7, (rows, channels, height, width)) / 2, 1).requires_grad_()
            y = pool(x, kernel, stride, padding)
            cotangent = exact(rng.standard_normal(tuple(y.shape)), 1)
            y.backward(cotangent)
            records.append({
                "kind": kind, "kernel": kernel, "stride": stride, "padding": padding, "x": exact_tensor(last(x), 1),
                "cotangent": exact_tensor(last(cotangent), 1), "y": tensor(last(y)), "dx": tensor(last(x.grad))})
    write_records("pooling.json", records)
    print(f"{len(records)} records, torch {torch.__version__}")


if __name__ == "__main__":
    main()
