#!/usr/bin/env python3
"""Writes embedding_bag.json: torch.nn.functional.embedding_bag in float64, forward and gradient, from inputs that float32 holds exactly.

With the mode "sqrt" the sums are divided by the square root of the number of ids.
"""
import itertools

import torch
import torch.nn.functional as F
from numpy.random import default_rng

from golden_format import exact, exact_tensor, tensor, write_records

CASES = (((5, 3), [4, 1, 4, 0, 0, 2], [0, 3, 3, 5]), ((7, 16), list(range(7)) * 3, [0, 1, 10]), ((4, 2), [], [0, 0]), ((3, 1), [2], [0]))


def main():
    records = []
    for modes in (("mean", "sum"), ("sqrt",)):
        for (shape, ids, starts), mode in itertools.product(CASES, modes):
            rng = default_rng([11, len(records)])
            table = exact(rng.standard_normal(shape)).requires_grad_()
            output = F.embedding_bag(torch.tensor(ids, dtype=torch.int64), table, torch.tensor(starts), mode="mean" if mode == "mean" else "sum")
            if mode == "sqrt":
                counts = torch.tensor([end - start for start, end in zip(starts, [*starts[1:], len(ids)])])
                output = output / counts.clamp(min=1).double().sqrt()[:, None]
            cotangent = exact(rng.standard_normal(tuple(output.shape)))
            output.backward(cotangent)
            records.append({
                "mode": mode, "ids": ids, "starts": starts, "table": exact_tensor(table.detach()), "cotangent": exact_tensor(cotangent),
                "output": tensor(output.detach()), "gradient": tensor(table.grad)})
    write_records("embedding_bag.json", records)
    print(f"{len(records)} records, torch {torch.__version__}")


if __name__ == "__main__":
    main()
