#!/usr/bin/env python3
"""Writes perplexity/reference.json: what transformers' GPT-2 in float64 makes of a text with weights that Temper trained.

The folder perplexity/ itself was written by Temper, from the configuration beside this script:

    temper train Tests/Goldens/perplexity.json
    temper export runs/perplexity --output Tests/Goldens/perplexity

The text is foretold in windows of the context that do not overlap, each token but the first once.
"""
import json
import math

import torch
from golden_format import FOLDER
from tokenizers import Tokenizer
from transformers import GPT2LMHeadModel

TEXT = "Once upon a time there was a small fox. The fox had a red ball and lost it. " * 5 + "One day Tom the cat saw it under a tree."

folder = FOLDER / "perplexity"
model = GPT2LMHeadModel.from_pretrained(folder, dtype=torch.float64).eval()
context = model.config.n_positions
ids = Tokenizer.from_file(str(folder / "tokenizer.json")).encode(TEXT, add_special_tokens=False).ids
total, count = 0.0, 0
with torch.no_grad():
    for start in range(0, len(ids) - 1, context):
        labels = torch.tensor(ids[start + 1 : start + context + 1])
        logits = model(torch.tensor([ids[start : start + len(labels)]])).logits[0]
        total += torch.nn.functional.cross_entropy(logits, labels, reduction="sum").item()
        count += len(labels)
reference = {"text": TEXT, "tokens": count, "loss": total / count, "perplexity": math.exp(total / count)}
(folder / "reference.json").write_text(json.dumps(reference, indent=1) + "\n")
print(reference)
