#!/usr/bin/env python3
"""Writes convolution.json and transposed_convolution.json: torch.nn.functional.conv2d and conv_transpose2d in float64, forward and all gradients, from
inputs that float32 holds exactly.

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

# The same, where outputs are those of a place of the result, and with the output padding last.
TRANSPOSED = [
    (2, 3, 4, 5, 2, (3, 3), (1, 1), (1, 1), (1, 1), 1, True, (0, 0)),
    (1, 4, 3, 3, 20, (4, 4), (2, 2), (1, 1), (1, 1), 1, True, (0, 0)),
    (2, 5, 4, 3, 3, (3, 3), (2, 2), (1, 1), (1, 1), 1, False, (1, 1)),
    (1, 2, 3, 4, 3, (3, 2), (3, 2), (0, 1), (1, 1), 1, True, (2, 0)),
    (1, 3, 4, 4, 2, (3, 3), (1, 2), (2, 1), (2, 2), 1, False, (0, 1)),
    (2, 4, 3, 3, 6, (3, 3), (2, 2), (1, 1), (1, 1), 2, True, (1, 0)),
    (1, 6, 4, 4, 6, (3, 3), (2, 2), (1, 1), (1, 1), 6, True, (1, 1)),
    (1, 2, 3, 2, 2, (1, 1), (2, 3), (0, 0), (1, 1), 1, True, (1, 2)),
    (2, 3, 1, 6, 4, (1, 4), (1, 2), (0, 1), (1, 1), 1, True, (0, 0)),
]


def last(values):
    """Channels last."""
    return values.permute(0, 2, 3, 1)


def case(seed, function, rows, channels, size, outputs, weight, kernel, stride, padding, dilation, groups, has_bias, more, rest):
    rng = default_rng(seed)
    x = exact(rng.standard_normal((rows, channels, *size)), 2).requires_grad_()
    w = exact(rng.standard_normal((*weight, *kernel)), 2).requires_grad_()
    b = exact(rng.standard_normal(outputs), 2).requires_grad_() if has_bias else None
    y = function(x, w, b, stride, padding, *rest)
    cotangent = exact(rng.standard_normal(tuple(y.shape)), 1)
    y.backward(cotangent)
    return {
        "kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation, "groups": groups, **more, "x": exact_tensor(last(x), 2),
        "w": exact_tensor(w, 2), "b": exact_tensor(b, 2) if has_bias else None, "cotangent": exact_tensor(last(cotangent), 1),
        "y": tensor(last(y)), "dx": tensor(last(x.grad)), "dw": tensor(w.grad), "db": tensor(b.grad) if has_bias else None}


def main():
    records = []
    for rows, channels, height, width, outputs, kernel, stride, padding, dilation, groups, has_bias in CASES:
        records.append(case(
            [23, len(records)], F.conv2d, rows, channels, (height, width), outputs, (outputs, channels // groups), kernel, stride, padding, dilation,
            groups, has_bias, {}, (dilation, groups)))
    transposed = []
    for rows, channels, height, width, outputs, kernel, stride, padding, dilation, groups, has_bias, more in TRANSPOSED:
        transposed.append(case(
            [29, len(transposed)], F.conv_transpose2d, rows, channels, (height, width), outputs, (channels, outputs // groups), kernel, stride, padding,
            dilation, groups, has_bias, {"output_padding": more}, (more, groups, dilation)))
    write_records("convolution.json", records)
    write_records("transposed_convolution.json", transposed)
    print(f"{len(records)} and {len(transposed)} records, torch {torch.__version__}")


if __name__ == "__main__":
    main()
