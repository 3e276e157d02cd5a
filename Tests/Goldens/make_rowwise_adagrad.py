#!/usr/bin/env python3
"""Writes rowwise_adagrad.json: steps in float64 of Adagrad with one sum a row (FBGEMM's EXACT_ROWWISE_ADAGRAD) on a table of which each batch
names a few rows, and of torch.optim.Adagrad on a vector beside it.

The loss of a step is sum(cotangent * (sum of the rows that ids name)) + sum(slope * vector): the gradient of a row is the cotangent times how often
it is named. `tables[t]` and `vectors[t]` are the weights after step t, counted from 0.
"""
import numpy
import torch
from numpy.random import default_rng

from golden_format import exact, exact_tensor, tensor, write_records

# Rows named in every step, in some with steps between, twice in one, in the last alone, and one in none.
IDS = ([0, 1], [0, 2, 2], [0], [0, 1, 2], [0, 3], [0, 1])
SETTINGS = (
    {"width": 3, "learning_rate": 0.1, "lr_decay": 0.0, "eps": 1e-10, "initial_accumulator": 0.0},
    {"width": 16, "learning_rate": 0.05, "lr_decay": 0.1, "eps": 1e-2, "initial_accumulator": 0.1},
)


def main():
    records = []
    for number, settings in enumerate(SETTINGS):
        rng = default_rng([29, number])
        table, vector = exact(rng.standard_normal((6, settings["width"]))), exact(rng.standard_normal(4)).requires_grad_()
        first, start = table.detach().clone(), vector.detach().clone()
        weights, sums = table.numpy().copy(), numpy.full(6, settings["initial_accumulator"])
        adagrad = torch.optim.Adagrad(
            [vector], lr=settings["learning_rate"], lr_decay=settings["lr_decay"], eps=settings["eps"],
            initial_accumulator_value=settings["initial_accumulator"])
        cotangents, slopes, tables, vectors = [], [], [], []
        for step, ids in enumerate(IDS):
            cotangent, slope = exact(rng.standard_normal(settings["width"])), exact(rng.standard_normal(4))
            rate = settings["learning_rate"] / (1 + step * settings["lr_decay"])
            for row in set(ids):
                gradient = ids.count(row) * cotangent.numpy()
                sums[row] += (gradient**2).mean()
                weights[row] -= rate * gradient / (numpy.sqrt(sums[row]) + settings["eps"])
            vector.grad = slope
            adagrad.step()
            cotangents.append(exact_tensor(cotangent))
            slopes.append(exact_tensor(slope))
            tables.append(tensor(torch.tensor(weights)))
            vectors.append(tensor(vector.detach()))
        records.append({
            **settings, "table": exact_tensor(first), "vector": exact_tensor(start), "ids": IDS, "cotangents": cotangents, "slopes": slopes,
            "tables": tables, "vectors": vectors})
    write_records("rowwise_adagrad.json", records)
    print(f"{len(records)} records, torch {torch.__version__}")


if __name__ == "__main__":
    main()
