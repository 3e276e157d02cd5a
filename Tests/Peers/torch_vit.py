#!/usr/bin/env python3
"""torch_vit.py BATCH [eager|compile|bf16]: times one training step of the vision transformer of configs/bench/vit.json in PyTorch.

Images of 28 x 28 in patches of 4 x 4 through 4 blocks of a width of 128 (4 heads, 512 hidden units) to 10 classes: torchvision's VisionTransformer with one
channel. A step is forward, mean cross-entropy, backward and fused AdamW on a batch of random data that lies in memory. bf16 is autocast to bfloat16. NT
sets the threads (default 2). Prints one JSON line; step_ms is the median of 30 steps after 5 for warming up, which took warm_s.
"""
import json
import os
import resource
import statistics
import sys
import time

import torch
from torch import nn
from torchvision.models import VisionTransformer

WARM_UP, TIMED, BATCHES = 5, 30, 8


def main():
    batch, mode = int(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "eager"
    if mode not in ("eager", "compile", "bf16"):
        sys.exit(f"{mode}: expected eager, compile or bf16")
    torch.set_num_threads(int(os.environ.get("NT", 2)))
    torch.manual_seed(0)
    model = VisionTransformer(28, 4, 4, 4, 128, 512, num_classes=10)
    model.conv_proj = nn.Conv2d(1, 128, 4, 4)
    predict = torch.compile(model.train()) if mode == "compile" else model.train()
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
    print(json.dumps({
        "peer": f"torch {torch.__version__} {mode}", "shape": f"vit B{batch}", "step_ms": 1e3 * seconds, "per_s": batch / seconds,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "warm_s": warm}))


if __name__ == "__main__":
    main()
