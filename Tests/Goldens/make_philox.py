#!/usr/bin/env python3
"""Writes philox.json: known answers of Philox4x32-10 (Salmon et al., SC 2011), in plain Python integers.

The first three records are those published with the authors' Random123 library, which this implementation is checked against;
the others follow from it. Words are written as eight hexadecimal digits, the lowest word first.
"""
from hashlib import sha256

from golden_format import write_records

WORD = 1 << 32
MULTIPLIERS = (0xD2511F53, 0xCD9E8D57)
KEY_STEPS = (0x9E3779B9, 0xBB67AE85)
ROUNDS = 10

PUBLISHED = [
    ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
    ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
    ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
]


def philox(counter, key):
    for round_ in range(ROUNDS):
        first, second = ((k + round_ * step) % WORD for k, step in zip(key, KEY_STEPS))
        high0, low0 = divmod(MULTIPLIERS[0] * counter[0], WORD)
        high1, low1 = divmod(MULTIPLIERS[1] * counter[2], WORD)
        counter = (high1 ^ counter[1] ^ first, low1, high0 ^ counter[3] ^ second, low0)
    return counter


def words(text):
    return tuple(int(word, 16) for word in text.split())


def spelled(values):
    return [f"{value:08x}" for value in values]


def main():
    records = []
    for counter, key, output in PUBLISHED:
        assert philox(words(counter), words(key)) == words(output)
        records.append({"source": "Random123", "counter": counter.split(), "key": key.split(), "output": output.split()})
    ones = [tuple(1 if place == k else 0 for place in range(6)) for k in range(6)]  # one word at a time: catches a wrong order
    drawn = [words(sha256(f"temper {k}".encode()).digest().hex(" ", 4))[:6] for k in range(12)]
    for numbers in ones + drawn:
        counter, key = numbers[:4], numbers[4:]
        output = philox(counter, key)
        records.append({"source": "make_philox.py", "counter": spelled(counter), "key": spelled(key), "output": spelled(output)})
    write_records("philox.json", records)
    print(f"{len(records)} records, the published ones agree")


if __name__ == "__main__":
    main()
