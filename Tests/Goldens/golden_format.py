"""How the golden files are written: tensors as shape and flat data, ten significant digits, one record a line."""
import json
import pathlib

import numpy
import torch

FOLDER = pathlib.Path(__file__).resolve().parent


def significant(value):
    """A float64 rounded to ten significant digits, more than float32 holds. JSON has no NaN or infinity, so neither may occur."""
    value = float(value)
    if not numpy.isfinite(value):
        raise ValueError(f"{value} has no place in a golden file")
    return float(f"{value:.10g}")


def tensor(values):
    """A tensor as {"shape", "data"}, row-major; a scalar has the shape []."""
    values = values.detach() if isinstance(values, torch.Tensor) else torch.as_tensor(values, dtype=torch.float64)
    return {"shape": list(values.shape), "data": [significant(v) for v in values.reshape(-1).tolist()]}


def exact(values, decimals=3):
    """Float64 values that float32 holds exactly: rounded to decimals, then to float32. The decimals, read as float32, give them back."""
    return torch.from_numpy(numpy.asarray(numpy.round(values, decimals), dtype=numpy.float32).astype(numpy.float64))


def exact_tensor(values, decimals=3):
    """The record of what `exact` made, in its short decimal form."""
    data = [round(v, decimals) for v in values.detach().reshape(-1).tolist()]
    assert all(float(numpy.float32(d)) == v for d, v in zip(data, values.detach().reshape(-1).tolist()))
    return {"shape": list(values.shape), "data": data}


def write_records(name, records):
    """A JSON array with one record a line, so that a change shows where it is."""
    lines = ",\n".join(json.dumps(record, allow_nan=False) for record in records)
    (FOLDER / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def write_object(name, fields):
    """A JSON object with one field a line; a field that holds an object with objects in it, with one of those a line."""
    def field(key, value):
        if isinstance(value, dict) and value and all(isinstance(v, dict) for v in value.values()):
            inner = ",\n".join(f"    {json.dumps(k)}: {json.dumps(v, allow_nan=False)}" for k, v in value.items())
            return f"  {json.dumps(key)}: {{\n{inner}\n  }}"
        return f"  {json.dumps(key)}: {json.dumps(value, allow_nan=False)}"

    path = FOLDER / name
    path.write_text("{\n" + ",\n".join(field(k, v) for k, v in fields.items()) + "\n}\n", encoding="utf-8")
