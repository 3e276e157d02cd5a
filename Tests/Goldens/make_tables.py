#!/usr/bin/env python3
"""Writes tables.json: the parts of networks for tables, those of RealMLP-TD and TabM, in float64 from inputs that float32 holds exactly.

scales: smooth clipping, RealMLP's robust scaling by its rule, scikit-learn's QuantileTransformer to a normal distribution without noise.
layers: records as in ops.json; `x` has no gradient where there is none. `piecewise_linear_encoding` and `piecewise_linear_embedding` (version "B",
no activation) are those of rtdl_num_embeddings, with `v` a tensor for each column, its bins in order; `pbld` gives three numbers a column, then
the column itself. `ntk_linear` is x w' / sqrt(inputs) + b with `w` [out, in]; `parametric` x + a (f(x) - x).
schedules: shares of RealMLP's learning rate and decay at t, the share of all steps taken.
"""
import math
import warnings

import numpy
import rtdl_num_embeddings
import torch
import torch.nn.functional as F
from numpy.random import default_rng
from sklearn.preprocessing import QuantileTransformer

from golden_format import exact, exact_tensor, significant, tensor, write_object

torch.set_default_dtype(torch.float64)
warnings.filterwarnings("ignore", message=".*just two bin edges.*")

SEED = 23


def normal(name, *shape, spread=1.0, centre=0.0):
    """Numbers of three decimals from a stream of the name's own."""
    return exact(centre + spread * default_rng([SEED, *name.encode()]).standard_normal(shape))


# Scales


def numbers(values):
    return [significant(v) for v in numpy.ravel(values)]


def smooth_clip(x):
    return x / (1 + (x / 3) ** 2).sqrt()


def robust_scale(train, other):
    """Median to 0, the middle half to 1; where that has no width, half of the range; where nothing varies, 0."""
    width = numpy.quantile(train, 0.75) - numpy.quantile(train, 0.25)
    if width == 0:
        width = (max(train) - min(train)) / 2
    factor = 1 / width if width else 0.0
    return {"train": train, "other": other, "values": numbers((numpy.array(train + other) - numpy.median(train)) * factor)}


def quantile_normal(train, other, n_quantiles):
    transformer = QuantileTransformer(n_quantiles=n_quantiles, output_distribution="normal", subsample=None)
    column = numpy.array(train)[:, None]
    fitted = transformer.fit(column)
    values = fitted.transform(numpy.array(train + other)[:, None])
    return {"train": train, "other": other, "n_quantiles": n_quantiles, "quantiles": numbers(fitted.quantiles_), "values": numbers(values)}


def scales():
    clipped = torch.tensor([-1000.0, -3.0, -0.5, 0.0, 0.25, 1.0, 3.0, 7.5, 100.0])
    spread = [3.5, -1.0, 12.0, 7.25, 7.25, 0.0, 100.0, 4.0, -20.5, 9.0]
    tied = [0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 2.0, 3.5, 8.0, 8.0, 21.0, 40.0]
    beyond = [-5.0, 0.5, 2.0, 8.0, 13.0, 39.75, 41.0, 1000.0]
    return {
        "smooth_clip": {"x": clipped.tolist(), "values": numbers(smooth_clip(clipped))},
        "robust spread": robust_scale(spread, [5.0, -1000.0]),
        "robust mostly one value": robust_scale([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 4.0], [2.0, -1.0]),
        "robust constant": robust_scale([2.5, 2.5, 2.5], [2.5, 7.0]),
        "quantile normal, 5 of 12": quantile_normal(tied, beyond, 5),
        "quantile normal, 12 of 12": quantile_normal(tied, beyond, 12),
        "quantile normal, 10 of 10": quantile_normal(spread, [5.0, -1000.0, 99.0], 10)}


# Layers

layers = []


def record(op, function, inputs, constants=None, attributes=None):
    """Runs one case. `inputs` get gradients, `constants` do not; a list of tensors is an input of one for each column."""
    leaves = {}
    for name, value in inputs.items():
        parts = [part.clone().requires_grad_() for part in (value if isinstance(value, list) else [value])]
        leaves[name] = parts if isinstance(value, list) else parts[0]
    output = function(**leaves, **(constants or {}))
    cotangent = normal(f"{op} {len(layers)}", *output.shape)
    if inputs:
        output.backward(cotangent)

    def each(value, write):
        return [write(part) for part in value] if isinstance(value, list) else write(value)

    layers.append({
        "op": op, "attributes": attributes or {}, "inputs": {name: each(v, exact_tensor) for name, v in {**inputs, **(constants or {})}.items()},
        "cotangent": exact_tensor(cotangent), "output": tensor(output),
        "gradients": {name: each(leaf, lambda part: tensor(part.grad)) for name, leaf in leaves.items()}})


BINS = [[-1.5, -0.25, 0.5, 2.0], [0.0, 1.0], [-3.0, -1.0, -0.5, 0.0, 0.125, 4.0], [10.0, 20.0, 50.0]]
POINTS = exact([
    [-2.25, -0.5, -4.0, 5.0], [-1.5, 0.0, -3.0, 10.0], [-0.5, 0.25, -1.5, 12.5], [0.0, 0.75, -0.25, 20.0], [0.5, 1.0, 0.062, 35.0],
    [1.75, 1.5, 2.0, 50.0], [3.5, -3.0, 6.0, 75.0]])
WIDTH = 4


def embedding(w, c, v, x):
    """rtdl_num_embeddings pads V of a column in the middle: its last bin comes last in all."""
    module = rtdl_num_embeddings.PiecewiseLinearEmbeddings([torch.tensor(b) for b in BINS], WIDTH, activation=False, version="B")
    most = max(len(b) - 1 for b in BINS)
    padded = torch.stack([torch.cat([part[:-1], torch.zeros(most - len(part), WIDTH), part[-1:]]) for part in v])
    return torch.func.functional_call(module, {"linear0.weight": w, "linear0.bias": c, "linear.weight": padded}, (x,))


def pbld(w1, b1, w2, b2, x):
    """[rows, columns, 4]: cos(2 pi x w1 + b1) w2 + b2, three numbers, and x."""
    h = torch.cos(2 * torch.pi * x[..., None] * w1 + b1)
    return torch.cat([torch.einsum("rcf,cfo->rco", h, w2) + b2, x[..., None]], -1)


def pbld_inputs(name, columns, frequencies):
    return {
        "w1": normal(f"{name} w1", columns, frequencies, spread=0.3), "b1": normal(f"{name} b1", columns, frequencies),
        "w2": normal(f"{name} w2", columns, frequencies, 3, spread=0.4), "b2": normal(f"{name} b2", columns, 3, spread=0.4)}


def ntk_linear(x, w, b):
    return x @ w.T / math.sqrt(w.shape[1]) + b


def parametric(f, x, a):
    return x + a * (f(x) - x)


def make_layers():
    encoding = rtdl_num_embeddings.PiecewiseLinearEncoding([torch.tensor(b) for b in BINS])
    record("piecewise_linear_encoding", lambda x: encoding(x), {}, {"x": POINTS}, {"bins": BINS})
    columns = len(BINS)
    inputs = {
        "w": normal("ple w", columns, WIDTH), "c": normal("ple c", columns, WIDTH),
        "v": [normal(f"ple v{i}", len(b) - 1, WIDTH) for i, b in enumerate(BINS)]}
    record("piecewise_linear_embedding", embedding, inputs, {"x": POINTS}, {"bins": BINS})
    record("pbld", pbld, pbld_inputs("pbld", 3, 5), {"x": normal("pbld x", 6, 3)})
    record("ntk_linear", ntk_linear, {"x": normal("ntk x", 5, 4), "w": normal("ntk w", 3, 4), "b": normal("ntk b", 3)})
    record("scale", lambda x, s: x * s, {"x": normal("scale x", 5, 4), "s": normal("scale s", 4)})
    for name, f in [("selu", F.selu), ("mish", F.mish)]:
        record(name, lambda x: f(x), {"x": normal(f"{name} x", 4, 6, spread=2)})
        activation = {"x": normal(f"parametric {name} x", 5, 4, spread=2), "a": normal(f"parametric {name} a", 4, centre=1, spread=0.5)}
        record("parametric", lambda x, a: parametric(f, x, a), activation, attributes={"activation": name})
    return {f"{i} {layer['op']}": layer for i, layer in enumerate(layers)}


# Schedules


def coslog4(t):
    return (1 - math.cos(2 * math.pi * math.log2(1 + 15 * t))) / 2


def flat_cos(t):
    return 1.0 if t < 0.5 else (1 + math.cos(math.pi * (2 * t - 1))) / 2


def schedules():
    times = [i / 10 for i in range(11)]
    return {"t": times, "coslog4": numbers([coslog4(t) for t in times]), "flat_cos": numbers([flat_cos(t) for t in times])}


def main():
    write_object("tables.json", {"scales": scales(), "schedules": schedules(), "layers": make_layers()})


if __name__ == "__main__":
    main()
