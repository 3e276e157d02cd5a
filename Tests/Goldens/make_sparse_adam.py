#!/usr/bin/env python3
"""Writes sparse_adam.json: steps of torch.optim.SparseAdam in float64 on a table of which each batch names a few rows.

The loss of a step is sum(cotangent * (sum of the rows that ids name)): the gradient of a row is the cotangent times how often it is named.
`tables[t]` is the table after step t, counted from 0.
"""
import torch
from numpy.random import default_rng

from golden_format import exact, exact_tensor, tensor, write_records

SHAPE = (6, 3)
# A row that is named in every step, in some with steps between, twice in one, in the last alone, and one in none.
IDS = ([0, 1], [0, 2, 2], [0], [0, 1, 2], [0, 3], [0, 1])
SETTINGS = ({"learning_rate": 0.1, "betas": [0.9, 0.999]}, {"learning_rate": 0.02, "betas": [0.5, 0.9]})


def main():
    records = []
    for number, settings in enumerate(SETTINGS):
        rng = default_rng([17, number])
        table = exact(rng.standard_normal(SHAPE)).requires_grad_()
        first = table.detach().clone()
        optimizer = torch.optim.SparseAdam([table], lr=settings["learning_rate"], betas=settings["betas"], eps=1e-8)
        cotangents, tables = [], []
        for ids in IDS:
            cotangent = exact(rng.standard_normal(SHAPE[1]))
            table.grad = torch.sparse_coo_tensor(torch.tensor([ids]), cotangent.repeat(len(ids), 1), SHAPE)
            optimizer.step()
            cotangents.append(exact_tensor(cotangent))
            tables.append(tensor(table.detach()))
        records.append({**settings, "table": exact_tensor(first), "ids": IDS, "cotangents": cotangents, "tables": tables})
    write_records("sparse_adam.json", records)
    print(f"{len(records)} records, torch {torch.__version__}")


if __name__ == "__main__":
    main()
