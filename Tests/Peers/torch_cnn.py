#!/usr/bin/env python3
"""torch_cnn.py NETWORK BATCH [eager|last|compile|bf16]: times one training step of the network of configs/bench/NETWORK.json in PyTorch.

cnn-small: images of 28 x 28 through blocks of 32 and 64 channels (3 x 3, batch norm, ReLU, max pooling of 2) and a layer of 128 with a dropout of 0.5.
cnn-residual: images of 32 x 32 with 3 channels through residual blocks of 16, 32 and 64 channels, the last two with a stride of 2, and the mean over
places. cnn-separable: the same images through separable blocks of 32, 64 and 128 channels. All to 10 classes.

A step is forward, mean cross-entropy, backward and fused AdamW on a batch of random data that lies in memory. last has channels last in memory, bf16 is
autocast to bfloat16. NT sets the threads (default 2). Prints one JSON line; step_ms is the median of 60 steps after 10 for warming up, which took warm_s.
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


def normed(inputs, outputs, kernel, **options):
    return [nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False, **options), nn.BatchNorm2d(outputs)]


class Residual(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.branch = nn.Sequential(*normed(inputs, outputs, 3, stride=stride), nn.ReLU(), *normed(outputs, outputs, 3))
        self.shortcut = nn.Sequential(*normed(inputs, outputs, 1, stride=stride))

    def forward(self, x):
        return (self.branch(x) + self.shortcut(x)).relu()


def separable(inputs, outputs, stride):
    return [*normed(inputs, inputs, 3, stride=stride, groups=inputs), nn.ReLU(), *normed(inputs, outputs, 1), nn.ReLU()]


def network(name):
    """The network, and the shape of an image."""
    end = [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    if name == "cnn-residual":
        return nn.Sequential(Residual(3, 16, 1), Residual(16, 32, 2), Residual(32, 64, 2), *end, nn.Linear(64, 10)), (3, 32, 32)
    if name == "cnn-separable":
        return nn.Sequential(*separable(3, 32, 1), *separable(32, 64, 2), *separable(64, 128, 2), *end, nn.Linear(128, 10)), (3, 32, 32)
    blocks = [layer for sizes in ((1, 32), (32, 64)) for layer in (*normed(*sizes, 3), nn.ReLU(), nn.MaxPool2d(2))]
    return nn.Sequential(*blocks, nn.Flatten(), nn.Linear(64 * 7 * 7, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10)), (1, 28, 28)


def main():
    name, batch = sys.argv[1], int(sys.argv[2])
    mode = sys.argv[3] if len(sys.argv) > 3 else "eager"
    if name not in ("cnn-small", "cnn-residual", "cnn-separable") or mode not in ("eager", "last", "compile", "bf16"):
        sys.exit(f"{name} {mode}: expected a network and eager, last, compile or bf16")
    torch.set_num_threads(int(os.environ.get("NT", 2)))
    torch.manual_seed(0)
    model, shape = network(name)
    order = torch.channels_last if mode == "last" else torch.contiguous_format
    model = model.train().to(memory_format=order)
    predict = torch.compile(model) if mode == "compile" else model
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    batches = [(torch.randn(batch, *shape).to(memory_format=order), torch.randint(10, (batch,))) for _ in range(BATCHES)]

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
    print(json.dumps({
        "peer": f"torch {torch.__version__} {mode}", "shape": f"{name} B{batch}", "step_ms": 1e3 * seconds,
        "per_s": batch / seconds, "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "warm_s": warm}))


if __name__ == "__main__":
    main()
