#!/usr/bin/env python3
"""torch_mlp.py INPUTS HIDDEN CLASSES BATCH [eager|compile]: times one training step of a multilayer perceptron in PyTorch.

The network is INPUTS-HIDDEN-HIDDEN-CLASSES with ReLU and a dropout of 0.1 after the first hidden layer; a step is forward, mean
cross-entropy, backward and fused AdamW on a batch of random data that lies in memory. NT sets the threads (default 2).
Prints one JSON line; step_ms is the median of 500 steps after 50 for warming up, which took warm_s. gflops counts the matrix
products only: two operations a weight and row forward, four backward.
"""
import json
import os
import resource
import statistics
import sys
import time

import torch
from torch import nn

WARM_UP, TIMED, BATCHES = 50, 500, 64


class Perceptron(nn.Module):
    def __init__(self, inputs, hidden, classes):
        super().__init__()
        self.first = nn.Linear(inputs, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.output = nn.Linear(hidden, classes)

    def forward(self, x):
        x = nn.functional.dropout(self.first(x).relu(), 0.1, self.training)
        return self.output(self.second(x).relu())


def main():
    inputs, hidden, classes, batch = (int(argument) for argument in sys.argv[1:5])
    mode = sys.argv[5] if len(sys.argv) > 5 else "eager"
    if mode not in ("eager", "compile"):
        sys.exit(f"mode {mode}: expected eager or compile")
    torch.set_num_threads(int(os.environ.get("NT", 2)))
    torch.manual_seed(0)
    network = Perceptron(inputs, hidden, classes).train()
    predict = torch.compile(network) if mode == "compile" else network
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3, fused=True)
    batches = [(torch.randn(batch, inputs), torch.randint(classes, (batch,))) for _ in range(BATCHES)]

    def step(index):
        rows, labels = batches[index % BATCHES]
        began = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        nn.functional.cross_entropy(predict(rows), labels).backward()
        optimizer.step()
        return time.perf_counter() - began

    warm = sum(step(index) for index in range(WARM_UP))
    seconds = statistics.median(step(index) for index in range(TIMED))
    weights = inputs * hidden + hidden * hidden + hidden * classes
    print(json.dumps({
        "peer": f"torch {torch.__version__} {mode}", "shape": f"mlp {inputs}-{hidden}-{hidden}-{classes} B{batch}",
        "step_ms": 1e3 * seconds, "per_s": batch / seconds, "gflops": 6e-9 * batch * weights / seconds,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "warm_s": warm}))


if __name__ == "__main__":
    main()
