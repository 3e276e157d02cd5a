#!/usr/bin/env python3
"""Writes convolution.json: torch.nn.functional.conv2d in float64, forward and all gradients, from inputs that float32 holds exactly.

Images and results are written with channels last, weights in PyTorch's order.
"""
import torch
import torch.nn.functional as F
from numpy.random import default_rng

from golden_format import exact, exact_tensor, tensor, write_records

# rows, channels, height, width, outputs, kernel, stride, padding, dilation, groups, bias
CASES = [
    (2, 1, 5, 6, 3, (3, 3), (1, 1), (1, 1), (1, 1), 1, True),
    (1, 3, 7, 5, 20, (3, 3), (1, 1), (0, 0), (1, 1), 1, False),
    (2, 4, 6, 6, 5, (3, 3), (2, 2), (1, 1), (1, 1), 1, True),
    (1, 2, 9, 8, 4, (3, 2), (3, 2), (2, 1), (1, 1), 1, True),
    (1, 2, 9, 9, 3, (3, 3), (1, 1), (2, 2), (2, 2), 1, False),
    (1, 2, 8, 9, 3, (3, 3), (2, 2), (1, 2), (2, 3), 1, True),
    (2, 6, 5, 5, 6, (3, 3), (1, 1), (1, 1), (1, 1), 6, True),
    (1, 6, 6, 5, 6, (3, 3), (2, 2), (1, 1), (1, 1), 6, False),
    (1, 4, 5, 5, 6, (3, 3), (1, 1), (1, 1), (1, 1), 2, True),
    (1, 4, 6, 7, 8, (2, 3), (2, 1), (1, 1), (1, 1), 4, False),
    (2, 5, 4, 4, 7, (1, 1), (1, 1), (0, 0), (1, 1), 1, True),
    (1, 3, 4, 5, 2, (1, 1), (2, 2), (0, 0), (1, 1), 1, False),
    (2, 3, 1, 12, 4, (1, 5), (1, 2), (0, 2), (1, 1), 1, True),
    (1, 2, 3, 3, 2, (3, 3), (1, 1), (3, 3), (1, 1), 1, False),
    (1, 17, 4, 17, 33, (3, 3), (1, 1), (1, 1), (1, 1), 1, True),
]


def last(values):
    """Channels last."""
    return values.permute(0, 2, 3, 1)


def main():
    records = []
    for rows, channels, height, width, outputs, kernel, stride, padding, dilation, groups, has_bias in CASES:
        rng = default_rng([23, len(records)])
        x = exact(rng.standard_normal((rows, channels, height, width)), 2).requires_grad_()
        w = exact(rng.standard_normal((outputs, channels // groups, *kernel)), 2).requires_grad_()
        b = exact(rng.standard_normal(outputs), 2).requires_grad_() if has_bias else None
        y = F.conv2d(x, w, b, stride, padding, dilation, groups)
        cotangent = exact(rng.standard_normal(tuple(y.shape)), 1)
        y.backward(cotangent)
        records.append({
            "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation, "groups": groups, "x": exact_tensor(last(x), 2),
            "w": exact_tensor(w, 2), "b": exact_tensor(b, 2) if has_bias else None, "cotangent": exact_tensor(last(cotangent), 1),
            "y": tensor(last(y)), "dx": tensor(last(x.grad)), "dw": tensor(w.grad), "db": tensor(b.grad) if has_bias else None})
    write_records("convolution.json", records)
    print(f"{len(records)} records, torch {torch.__version__}")


if __name__ == "__main__":
    main()
