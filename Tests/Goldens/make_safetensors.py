#!/usr/bin/env python3
"""Writes safetensors/small.safetensors with the reference package (pip install safetensors), and its contents as small.json."""
import json

import numpy
from safetensors.numpy import load_file, save_file

from golden_format import FOLDER

TENSORS = {
    "layers.0.weight": numpy.array([[1.5, -2.25, 0.1], [3e-39, -0.0, 16777216.0]], dtype=numpy.float32),  # one subnormal
    "scale": numpy.array(0.5, dtype=numpy.float32),
    "steps": numpy.array([0, -1, 1 << 40, -(1 << 53)], dtype=numpy.int64),
}
METADATA = {"note": 'quotes " and accents é'}  # one entry: the package writes several in no fixed order


def main():
    folder = FOLDER / "safetensors"
    folder.mkdir(exist_ok=True)
    path = folder / "small.safetensors"
    save_file(TENSORS, path, metadata=METADATA)
    loaded = load_file(path)
    assert all(loaded[name].tobytes() == values.tobytes() and loaded[name].shape == values.shape for name, values in TENSORS.items())
    kinds = {"float32": "F32", "int64": "I64"}
    contents = {"metadata": METADATA, "tensors": {
        name: {"dtype": kinds[str(values.dtype)], "shape": list(values.shape), "data": values.reshape(-1).tolist()}
        for name, values in TENSORS.items()}}
    (folder / "small.json").write_text(json.dumps(contents, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
