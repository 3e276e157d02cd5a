#!/usr/bin/env python3
"""Loads a model folder with `transformers` and prints what it computes: transformers_load.py FOLDER REFERENCE.json

REFERENCE.json has `ids` (rows of token ids), perhaps `lengths` (tokens of each row; the rest is padding), and perhaps `logits` (flat, in
the order of the model's own). Fails if tensors are missing or left over, if the tokenizer's round trip of `text` fails, or if a logit differs
by more than 1e-4 of the largest.
"""
import json
import sys
from pathlib import Path

import torch
import transformers


def main():
    folder, reference = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    config = transformers.AutoConfig.from_pretrained(folder)
    kind = getattr(transformers, config.architectures[0])
    model, report = kind.from_pretrained(folder, output_loading_info=True)
    problems = {key: sorted(map(str, value)) for key, value in report.items() if value and key != "error_msgs"}
    ids = torch.tensor(reference["ids"])
    lengths = reference.get("lengths")
    mask = torch.ones_like(ids) if lengths is None else torch.tensor([[int(t < n) for t in range(ids.shape[1])] for n in lengths])
    with torch.no_grad():
        logits = model.eval()(input_ids=ids, attention_mask=mask).logits
    result = {"architecture": type(model).__name__, "problems": problems, "tokens": ids.numel()}
    if "logits" in reference:
        other = torch.tensor(reference["logits"]).reshape(logits.shape)
        difference = (logits - other).abs()
        if logits.dim() == 3:
            difference = difference[mask.bool()]
        result["relative_difference"] = (difference.max() / logits.abs().max()).item()
    else:
        result["logits"] = logits.reshape(-1).tolist()
    if "text" in reference:
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        tokens = tokenizer(reference["text"])["input_ids"]
        result["ids"], result["text"] = tokens, tokenizer.decode(tokens, skip_special_tokens=True)
        if "text_ids" in reference and tokens != reference["text_ids"]:
            problems["text_ids"] = tokens
    print(json.dumps(result))
    return int(bool(problems) or result.get("relative_difference", 0) > 1e-4)


if __name__ == "__main__":
    sys.exit(main())
