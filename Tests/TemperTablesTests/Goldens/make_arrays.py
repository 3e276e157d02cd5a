"""Arrays as numpy writes them, and what they hold: arrays.json. Needs numpy; the figures are the same for any version that can be had."""

import io
import json
import struct
import zipfile
from pathlib import Path

import numpy as np


def npy(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


def sample(name, data, array):
    flat = np.asarray(array).astype(np.float64).reshape(array.shape[0], -1)
    # NaN and infinities have no place in JSON.
    rows = [[None if not np.isfinite(x) else x for x in row] for row in flat.tolist()]
    return {"name": name, "bytes": data.hex(), "rows": rows}


def zip64(members):
    """An archive with long fields everywhere, as for members beyond 4 GiB."""
    out, directory = b"", b""
    for name, data in members:
        crc, name = zipfile.crc32(data), name.encode()
        extra = struct.pack("<HHQQ", 1, 16, len(data), len(data))
        local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 45, 0, 0, 0, 0, crc, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(extra)) + name + extra
        extra = struct.pack("<HHQQQ", 1, 24, len(data), len(data), len(out))
        directory += struct.pack(
            "<IHHHHHHIIIHHHHHII", 0x02014B50, 45, 45, 0, 0, 0, 0, crc, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(extra), 0, 0, 0, 0, 0xFFFFFFFF
        ) + name + extra
        out += local + data
    start = len(out)
    count = len(members)
    end = struct.pack("<IQHHIIQQQQ", 0x06064B50, 44, 45, 45, 0, 0, count, count, len(directory), start)
    locator = struct.pack("<IIQI", 0x07064B50, 0, start + len(directory), 1)
    short = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return out + directory + end + locator + short


def main():
    random = np.random.default_rng(7)
    samples = []
    for kind in ["<f4", ">f4", "<f8", ">f8", "<f2", ">f2", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "<u2", ">u4", "<u8", "|i1", "|u1", "|b1"]:
        values = random.normal(scale=100, size=(3, 2))
        if kind[1] in "ub":
            values = abs(values)
        array = (values > 50) if kind[1] == "b" else values.astype(kind)
        samples.append(sample(kind, npy(array), array))
    halves = np.array([0.0, -0.0, 5.9604645e-08, 6.0975552e-05, 6.1035156e-05, 65504.0, np.nan, np.inf], "<f2")
    samples.append(sample("halves", npy(halves), halves))
    cube = np.arange(24, dtype="<i4").reshape(2, 3, 4)
    samples.append(sample("three axes", npy(cube), cube))
    samples.append(sample("Fortran order", npy(np.asfortranarray(cube)), cube))
    samples.append(sample("Fortran order, two axes", npy(np.asfortranarray(cube[0])), cube[0]))
    for version in [(1, 0), (2, 0), (3, 0)]:
        samples.append(sample(f"version {version[0]}", npy(cube, version), cube))
    labels = np.array([2, 0, 1])
    samples.append(sample("one axis", npy(labels), labels))

    x, y = random.normal(size=(4, 3)).astype("f4"), np.array([0, 1, 1, 0])
    archives = {}
    for name, save in [("stored", np.savez), ("compressed", np.savez_compressed)]:
        out = io.BytesIO()
        save(out, x=x, y=y)
        archives[name] = out.getvalue().hex()
    archives["zip64"] = zip64([("x.npy", npy(x)), ("y.npy", npy(y))]).hex()
    out = io.BytesIO()
    np.savez(out, only=x)
    archives["one array"] = out.getvalue().hex()

    def saved(array):
        out = io.BytesIO()
        np.save(out, array, allow_pickle=True)
        return out.getvalue().hex()

    rejected = {
        "objects": saved(np.array([None, "a"], dtype=object)),
        "texts": saved(np.array(["a", "bc"])),
        "complex": saved(np.array([1j, 2])),
        "times": saved(np.array(["2020-01-01"], "M8[D]")),
        "records": saved(np.zeros(2, dtype=[("a", "f4"), ("b", "i4")])),
        "no axis": saved(np.array(3.0)),
        "no rows": saved(np.zeros((0, 3))),
    }
    golden = {"samples": samples, "archives": archives, "x": x.astype(float).tolist(), "y": y.tolist(), "rejected": rejected}
    Path(__file__).with_name("arrays.json").write_text(json.dumps(golden, indent=0) + "\n")


main()
