#!/usr/bin/env python3
"""torch_gpt.py LAYERS HEADS WIDTH CONTEXT BATCH VOCABULARY [STEPS]: times one training step of a GPT-2 in PyTorch, eager, float32.

The model is that of configs/bench/gpt-*.json: norm before attention and perceptron, learned positions, GELU in its tanh form, a head that
shares the table of tokens, no dropout. A step is a batch of random tokens, mean cross-entropy, backward, clipping of the gradients'
norm to 1, and fused AdamW. NT sets the threads (default 2). Prints one JSON line; step_ms is the median of STEPS steps (default 30) after 3 for
warming up. gflops counts 6 operations a parameter and token, and 12 layers width context a token for attention.
"""
import json
import os
import resource
import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional


class Attention(nn.Module):
    def __init__(self, heads, width):
        super().__init__()
        self.heads = heads
        self.packed, self.projection = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        rows, length, width = x.shape
        parts = self.packed(x).reshape(rows, length, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        y = functional.scaled_dot_product_attention(*parts, is_causal=True)
        return self.projection(y.transpose(1, 2).reshape(rows, length, width))


class Transformer(nn.Module):
    def __init__(self, layers, heads, width, context, vocabulary):
        super().__init__()
        self.table, self.place = nn.Embedding(vocabulary, width), nn.Parameter(0.02 * torch.randn(context, width))
        nn.init.normal_(self.table.weight, std=0.02)
        self.halves = nn.ModuleList()
        for _ in range(layers):
            perceptron = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width))
            for half in (Attention(heads, width), perceptron):
                self.halves.append(nn.Sequential(nn.LayerNorm(width), half))
        self.norm = nn.LayerNorm(width)

    def forward(self, tokens, labels):
        x = self.table(tokens) + self.place
        for half in self.halves:
            x = x + half(x)
        logits = functional.linear(self.norm(x), self.table.weight)
        return functional.cross_entropy(logits.flatten(0, 1), labels.flatten())


def main():
    layers, heads, width, context, batch, vocabulary = (int(argument) for argument in sys.argv[1:7])
    count = int(sys.argv[7]) if len(sys.argv) > 7 else 30
    torch.set_num_threads(int(os.environ.get("NT", 2)))
    torch.manual_seed(0)
    model = Transformer(layers, heads, width, context, vocabulary)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)

    def step():
        tokens, labels = torch.randint(vocabulary, (2, batch, context))
        optimizer.zero_grad()
        loss = model(tokens, labels)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    times = []
    for _ in range(3 + count):
        begun = time.perf_counter()
        step()
        times.append(time.perf_counter() - begun)
    seconds = statistics.median(times[3:])
    parameters = sum(parameter.numel() for parameter in model.parameters())
    operations = (6 * parameters + 12 * layers * width * context) * batch * context
    print(json.dumps({
        "peer": f"torch {torch.__version__}", "parameters": parameters, "step_ms": seconds * 1e3, "per_s": batch * context / seconds,
        "gflops": operations / seconds / 1e9, "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "warm_s": sum(times[:3]),
    }))


main()
