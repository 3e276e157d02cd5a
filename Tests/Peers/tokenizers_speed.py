#!/usr/bin/env python3
"""tokenizers_speed.py TEMPER TOKENIZER TEXT [PAIRS]: times Temper and Hugging Face's `tokenizers` in turn on one text, each in one thread.

Both read the same tokenizer.json and encode the whole text twice: the first pass with nothing remembered, the second with words known.
Prints milliseconds and the ratio theirs / ours (above 1, Temper is faster), and ends with status 1 if the numbers of tokens differ.
"""
import json
import os
import statistics
import subprocess
import sys
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"
os.environ["RAYON_NUM_THREADS"] = "1"


def ours(temper, tokenizer, text):
    command = [temper, "tokenizer", "encode", "--tokenizer", tokenizer, "--time", "--json", text]
    found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return found["tokens"], found["first_ms"], found["second_ms"]


def theirs(path, text):
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(path)
    with open(text, encoding="utf-8", newline="") as file:
        content = file.read()
    passes = []
    for _ in range(2):
        start = time.perf_counter()
        # The form without offsets, which is the fastest they have.
        count = len(tokenizer.encode_batch_fast([content], add_special_tokens=False)[0].ids)
        passes.append(1000 * (time.perf_counter() - start))
    return count, *passes


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__.strip())
    temper, tokenizer, text = sys.argv[1:4]
    ratios = []
    for turn in range(1, 1 + (int(sys.argv[4]) if len(sys.argv) == 5 else 3)):
        a, b = ours(temper, tokenizer, text), theirs(tokenizer, text)
        if a[0] != b[0]:
            sys.exit(f"{a[0]} tokens against {b[0]}")
        ratios.append((b[1] / a[1], b[2] / a[2]))
        print(f"pair {turn}: first pass {a[1]:.0f} ms, theirs {b[1]:.0f}, ratio {ratios[-1][0]:.2f}; "
              f"second {a[2]:.0f}, theirs {b[2]:.0f}, ratio {ratios[-1][1]:.2f}", flush=True)
    first, second = (statistics.median(pair[index] for pair in ratios) for index in (0, 1))
    print(json.dumps({"tokens": a[0], "first_ratio_median": first, "second_ratio_median": second}))


if __name__ == "__main__":
    main()
