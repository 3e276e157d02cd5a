"""Writes a CSV table of 19 columns of normal numbers and one of ten classes until it has a given size.

Usage: python3 make_csv.py FILE MEGABYTES [FORMAT]

FORMAT is how numbers are printed, %.6f by default; %.17g takes every digit of a double.
"""

import sys

import numpy as np


def main(path, megabytes, form="%.6f"):
    random = np.random.default_rng(1)
    lines = [",".join(form % value for value in row) for row in random.normal(size=(20000, 19))]
    with open(path, "w") as file:
        size = file.write(",".join([f"x{i}" for i in range(19)] + ["y"]) + "\n")
        while size < int(megabytes) * 1_000_000:
            order, classes = random.integers(0, len(lines), 20000), random.integers(0, 10, 20000)
            size += file.write("".join(f"{lines[i]},{y}\n" for i, y in zip(order, classes)))


main(*sys.argv[1:])
