#!/usr/bin/env python3
"""torch_cnn.py BATCH [eager|compile|bf16]: times one training step of the network of configs/bench/cnn-small.json in PyTorch.

Images of 28 x 28 go through blocks of 32 and 64 channels (3 x 3, batch norm, ReLU, max pooling of 2) and a layer of 128 with a dropout of 0.5 to 10
classes; a step is forward, mean cross-entropy, backward and fused AdamW on a batch of random data that lies in memory. bf16 is autocast to bfloat16. NT
sets the threads (default 2). Prints one JSON line; step_ms is the median of 60 steps after 10 for warming up, which took warm_s. gflops counts the
products only: two operations a weight and place forward, four backward.
"""
import json
import os
import resource
import statistics
import sys
import time

import torch
from torch import nn

WARM_UP, TIMED, BATCHES = 10, 60, 8


def network():
    def block(inputs, outputs):
        return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]

    dense = [nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10)]
    return nn.Sequential(*block(1, 32), *block(32, 64), *dense).train()


def main():
    batch = int(sys.argv[1])
    mode = sys.argv[2] if len(sys.argv) > 2 else "eager"
    if mode not in ("eager", "compile", "bf16"):
        sys.exit(f"mode {mode}: expected eager, compile or bf16")
    torch.set_num_threads(int(os.environ.get("NT", 2)))
    torch.manual_seed(0)
    model = network()
    predict = torch.compile(model) if mode == "compile" else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    batches = [(torch.randn(batch, 1, 28, 28), torch.randint(10, (batch,))) for _ in range(BATCHES)]

    def step(index):
        images, labels = batches[index % BATCHES]
        began = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cpu", torch.bfloat16, enabled=mode == "bf16"):
            loss = nn.functional.cross_entropy(predict(images), labels)
        loss.backward()
        optimizer.step()
        return time.perf_counter() - began

    warm = sum(step(index) for index in range(WARM_UP))
    seconds = statistics.median(step(index) for index in range(TIMED))
    weights = 28 * 28 * 9 * 32 + 14 * 14 * 9 * 32 * 64 + 64 * 49 * 128 + 1280
    print(json.dumps({
        "peer": f"torch {torch.__version__} {mode}", "shape": f"cnn 28x28 32-64-128 B{batch}", "step_ms": 1e3 * seconds,
        "per_s": batch / seconds, "gflops": 6e-9 * batch * weights / seconds,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "warm_s": warm}))


if __name__ == "__main__":
    main()
