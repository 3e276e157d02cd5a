#!/usr/bin/env python3
"""Writes Pang and Lee's sentence polarity data (2005, "rt-polaritydata", CC BY 4.0) as one CSV for Temper: columns text and label.

    python3 Tests/Peers/make_sentence_polarity.py FOLDER datasets/own/sentence-polarity.csv

FOLDER has the two files of the publication, one sentence a line in Latin-1: rt-polarity.pos and rt-polarity.neg. Rows alternate between the two,
in their order.
"""
import csv
import os
import sys

folder, output = sys.argv[1:3]
texts = {}
for label in ("pos", "neg"):
    name = next(name for name in sorted(os.listdir(folder)) if name.endswith("." + label))
    with open(os.path.join(folder, name), encoding="latin-1") as file:
        texts[label] = [line.strip() for line in file.read().split("\n") if line.strip()]
os.makedirs(os.path.dirname(output) or ".", exist_ok=True)
with open(output, "w", encoding="utf-8", newline="") as file:
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(["text", "label"])
    for pair in zip(texts["pos"], texts["neg"], strict=True):
        rows.writerows(zip(pair, ("pos", "neg")))
print(f"{output}: {sum(map(len, texts.values()))} sentences")
