#!/usr/bin/env python3
"""Writes ops.json: forward and gradients of every operation, by PyTorch in float64 from inputs that float32 holds exactly.

A record has op, attributes, inputs, cotangent, output and gradients. The gradients are those of sum(cotangent * output).
batch_norm in training mode adds running_after; losses have outputs (loss_sum, weight_sum) in place of output.
"""
import os

os.environ["KERAS_BACKEND"] = "torch"

import keras
import torch
import torch.nn.functional as F
from numpy.random import default_rng

from golden_format import exact, exact_tensor, tensor, write_records

SEED = 7
records = []


def generator():
    """A stream of its own for each record, so that a new record leaves the others as they are."""
    return default_rng([SEED, len(records)])


def normal(rng, *shape):
    return exact(rng.standard_normal(shape))


def away_from_zero(rng, *shape):
    """Magnitudes from 0.4 to 2 with either sign: denominators."""
    return exact(rng.uniform(0.4, 2, shape) * rng.choice([-1, 1], shape))


def positive(rng, *shape):
    return exact(rng.uniform(0.1, 4, shape))


def rows(*values):
    return exact(values)


def record(op, function, inputs, attributes=None, constants=None):
    """Runs one case. `inputs` get gradients, `constants` (running statistics) are inputs without."""
    leaves = {name: value.clone().requires_grad_() for name, value in inputs.items()}
    output = function(**leaves)
    cotangent = normal(generator().spawn(1)[0], *output.shape)
    output.backward(cotangent)
    shown = {name: exact_tensor(value) for name, value in {**inputs, **(constants or {})}.items()}
    records.append({
        "op": op, "attributes": attributes or {}, "inputs": shown, "cotangent": exact_tensor(cotangent), "output": tensor(output),
        "gradients": {name: tensor(leaf.grad) for name, leaf in leaves.items()}})
    return records[-1]


def binary_operations():
    operations = {"add": torch.add, "subtract": torch.sub, "multiply": torch.mul, "divide": torch.div}
    shapes = [((3, 4), (3, 4)), ((3, 4), (4,)), ((3, 4), (3, 1)), ((2, 3, 4), (3, 1)), ((3, 4), ()), ((), (3, 4)), ((3, 1), (1, 4))]
    for op, function in operations.items():
        for left, right in shapes:
            rng = generator()
            second = away_from_zero(rng, *right) if op == "divide" else normal(rng, *right)
            record(op, lambda a, b: function(a, b), {"a": normal(rng, *left), "b": second})


def unary_operations():
    anywhere = {"negate": torch.neg, "square": torch.square, "exp": torch.exp}
    above_zero = {"log": torch.log, "sqrt": torch.sqrt}
    for op, function in {**anywhere, **above_zero}.items():
        for shape in ((3, 5), (2, 3, 4), (17,)):
            draw = positive if op in above_zero else normal
            record(op, lambda x: function(x), {"x": draw(generator(), *shape)})


ACTIVATIONS = {
    "relu": F.relu, "gelu": F.gelu, "gelu_tanh": lambda x: F.gelu(x, approximate="tanh"), "tanh": torch.tanh, "sigmoid": torch.sigmoid,
    "silu": F.silu}


# In records of their own at the end, so that those before stay as they are.
MORE_ACTIVATIONS = {"leaky_relu": F.leaky_relu, "elu": F.elu, "softplus": F.softplus}
LAST_ACTIVATIONS = {"selu": F.selu, "mish": F.mish}
CLIPPED_ACTIVATIONS = {"relu6": F.relu6}


def activations(functions=ACTIVATIONS):
    # The tails, where an exponential overflows float32 (88.7) or a difference of large numbers loses everything; relu's gradient at 0 is 0.
    tails = rows([-100, -20, -10, -5, -3, -1], [-0.5, -0.001, 0, 0.001, 0.5, 1], [2, 3, 5, 10, 20, 100])
    for op, function in functions.items():
        record(op, lambda x: function(x), {"x": normal(generator(), 3, 5)})
        record(op, lambda x: function(x), {"x": exact(3 * generator().standard_normal((2, 3, 7)))})
        record(op, lambda x: function(x), {"x": tails})


def products():
    for m, k, n in ((3, 4, 5), (1, 7, 1), (9, 16, 13)):
        rng = generator()
        record("matmul", lambda a, b: a @ b, {"a": normal(rng, m, k), "b": normal(rng, k, n)})
    linears({"none": lambda x: x, **ACTIVATIONS})


def linears(functions):
    for activation, apply in functions.items():
        for biased, (count, inputs, outputs) in ((True, (4, 5, 3)), (False, (3, 4, 6)), (True, (9, 17, 10))):
            rng = generator()
            operands = {"x": normal(rng, count, inputs), "w": exact(rng.standard_normal((outputs, inputs)) / inputs**0.5)}
            if biased:
                operands["b"] = normal(rng, outputs)
            before = F.linear(*operands.values())
            assert before.abs().min() > 1e-4, "a value at relu's kink would make the gradient a matter of rounding"
            record("linear", lambda x, w, b=None: apply(F.linear(x, w, b)), operands, {"activation": activation, "bias": biased})


def softmaxes():
    extreme = rows([1e4, 0, -1e4, 1], [1e4, 1e4, 9999, -1e4], [-1e4, -1e4, -1e4, -1e4], [80, -90, 100, 99.5])
    for op, function in {"softmax": torch.softmax, "log_softmax": torch.log_softmax}.items():
        for values in (normal(generator(), 3, 5), exact(4 * generator().standard_normal((2, 3, 7))), extreme):
            record(op, lambda x: function(x, -1), {"x": values}, {"axis": -1})


def reductions():
    for op in ("sum", "mean"):
        for shape in ((3, 5), (2, 3, 4)):
            for axis in range(len(shape)):
                for keepdim in (True, False):
                    record(op, lambda x: getattr(x, op)(axis, keepdim=keepdim), {"x": normal(generator(), *shape)},
                           {"axis": axis, "keepdim": keepdim})
            record(op, lambda x: getattr(x, op)(), {"x": normal(generator(), *shape)}, {"axis": None, "keepdim": False})


def rearrangements():
    for before, after in (((3, 4), (2, 6)), ((2, 3, 4), (6, 4)), ((6,), (1, 2, 3))):
        record("reshape", lambda x: x.reshape(after), {"x": normal(generator(), *before)}, {"shape": list(after)})
    for shape, axes in (((3, 5), (0, 1)), ((2, 3, 4), (0, 1)), ((2, 3, 4), (1, 2)), ((2, 3, 4), (0, 2))):
        record("transpose", lambda x: x.transpose(*axes), {"x": normal(generator(), *shape)}, {"axes": list(axes)})


def layer_norms():
    eps = 1e-5
    flat = generator().standard_normal((4, 8))
    flat[1], flat[2] = 2.5, 0  # no variance: eps alone decides, and the gradient is about 316 times larger
    for values in (normal(generator(), 3, 5), exact(5 + 2 * generator().standard_normal((2, 3, 6))), exact(flat)):
        rng, width = generator().spawn(1)[0], values.shape[-1]
        record("layer_norm", lambda x, weight, bias: F.layer_norm(x, (width,), weight, bias, eps),
               {"x": values, "weight": exact(1 + 0.5 * rng.standard_normal(width)), "bias": normal(rng, width)}, {"eps": eps})


def batch_norms():
    eps, momentum = 1e-5, 0.1
    flat = generator().standard_normal((8, 3))
    flat[:, 1] = 1.5  # a column that never changes
    for values in (normal(generator(), 6, 4), exact(3 + 2 * generator().standard_normal((5, 3))), exact(flat)):
        for training in (True, False):
            rng, width = generator().spawn(1)[0], values.shape[-1]
            start = {"running_mean": normal(rng, width), "running_var": positive(rng, width)}
            after = {name: value.clone() for name, value in start.items()}
            made = record(
                "batch_norm",
                lambda x, weight, bias: F.batch_norm(x, after["running_mean"], after["running_var"], weight, bias, training, momentum, eps),
                {"x": values, "weight": exact(1 + 0.5 * rng.standard_normal(width)), "bias": normal(rng, width)},
                {"training": training, "eps": eps, "momentum": momentum}, constants=start)
            if training:
                made["running_after"] = {name: tensor(value) for name, value in after.items()}


def cross_entropy(logits, labels, class_weights=None, label_smoothing=0.0, normalize="weight"):
    ignored, classes = -100, logits.shape[-1]
    targets = torch.tensor(labels)
    weights = None if class_weights is None else exact(class_weights)
    leaf = logits.clone().requires_grad_()
    loss = F.cross_entropy(leaf, targets, weights, ignore_index=ignored, label_smoothing=label_smoothing, reduction="sum")
    loss.backward()
    valid = targets != ignored
    each = torch.ones(classes, dtype=torch.float64) if weights is None else weights
    weight_sum = each[targets[valid]].sum() if normalize == "weight" else valid.sum().double()

    # The definition, written out: the smoothed part is weighted by every class's own weight.
    logs = torch.log_softmax(logits[valid], -1)
    hard = -(each[targets[valid]] * logs.gather(1, targets[valid, None])[:, 0]).sum()
    smooth = -(each * logs).sum() / classes
    assert torch.allclose(loss, (1 - label_smoothing) * hard + label_smoothing * smooth, rtol=1e-12)
    if normalize == "weight" and valid.any():
        mean = F.cross_entropy(logits, targets, weights, ignore_index=ignored, label_smoothing=label_smoothing)
        assert torch.allclose(loss / weight_sum, mean, rtol=1e-12)

    records.append({
        "op": "softmax_cross_entropy",
        "attributes": {"labels": labels, "class_weights": class_weights, "label_smoothing": label_smoothing, "ignore_index": ignored,
                       "normalize": normalize},
        "inputs": {"logits": exact_tensor(logits)}, "cotangent": {"shape": [], "data": [1.0]},
        "outputs": {"loss_sum": tensor(loss), "weight_sum": tensor(weight_sum)}, "gradients": {"logits": tensor(leaf.grad)}})


def cross_entropies():
    weights = [1, 2, 0.5, 2.5]
    draw = lambda: exact(2 * generator().standard_normal((5, 4)))
    labels, with_ignored = [0, 3, 2, 1, 3], [0, -100, 2, -100, 3]
    cross_entropy(draw(), labels)
    cross_entropy(draw(), with_ignored)
    cross_entropy(draw(), labels, label_smoothing=0.1)
    for normalize in ("weight", "count"):
        cross_entropy(draw(), labels, weights, normalize=normalize)
        cross_entropy(draw(), with_ignored, weights, normalize=normalize)
        cross_entropy(draw(), with_ignored, weights, label_smoothing=0.1, normalize=normalize)
    cross_entropy(draw(), labels, [1, 0, 0.5, 2.5], label_smoothing=0.1)
    cross_entropy(draw(), [-100] * 5)
    extreme = rows([1e4, 0, -1e4, 1], [1e4, 0, -1e4, 1], [-1e4, -9999, -1e4, -1e4], [1e4, 1e4, 1e4, 1e4], [-1e4, 1e4, 0, 0])
    cross_entropy(extreme, [0, 2, 1, 3, 1])
    cross_entropy(extreme, [0, 2, -100, 3, 1], weights, label_smoothing=0.1)


def parameterised_activations():
    for slope in (0.0, 0.2, 1.5):
        record("leaky_relu_slope", lambda x: F.leaky_relu(x, slope), {"x": away_from_zero(generator(), 3, 5)}, {"slope": slope})
    record("leaky_relu_slope", lambda x: F.leaky_relu(x, 0.2), {"x": rows([-1, 0, 1])}, {"slope": 0.2})  # the kink
    for alpha in (0.3, 1.0, 2.5):
        record("elu_alpha", lambda x: F.elu(x, alpha), {"x": exact(2 * generator().standard_normal((3, 5)))}, {"alpha": alpha})


def maxima():
    for shape in ((3, 5), (2, 3, 4)):
        for axis in range(len(shape)):
            for keepdim in (True, False):
                record("max", lambda x: x.max(axis, keepdim=keepdim).values, {"x": normal(generator(), *shape)},
                       {"axis": axis, "keepdim": keepdim})
    ties = rows([1, 3, 3, 2], [0, 0, 0, 0], [-1, -2, -1, -5])
    for axis in (0, 1):
        record("max", lambda x: x.max(axis).values, {"x": ties}, {"axis": axis, "keepdim": False})


def batched_products():
    for left, right in (((3, 2, 4), (3, 4, 5)), ((1, 3, 3), (1, 3, 2)), ((2, 3, 2, 4), (2, 3, 4, 2)), ((3, 2, 4), (4, 5)),
                        ((2, 2, 3, 4), (4, 1))):
        rng = generator()
        record("matmul", lambda a, b: a @ b, {"a": normal(rng, *left), "b": normal(rng, *right)})


def pieces():
    for axis, shapes in ((0, ((2, 3), (1, 3), (4, 3))), (1, ((2, 3), (2, 1))), (-1, ((2, 2, 3), (2, 2, 2))), (1, ((2, 1, 3), (2, 4, 3))),
                         (0, ((3,), (2,)))):
        rng = generator()
        parts = {f"x{index}": normal(rng, *shape) for index, shape in enumerate(shapes)}
        record("concatenate", lambda **parts: torch.cat(list(parts.values()), axis), parts, {"axis": axis})
    for shape, axis, start, end in (((5, 3), 0, 1, 4), ((3, 5), 1, 1, 4), ((2, 4, 3), 1, 0, 2), ((2, 4, 3), -1, 2, 3),
                                    ((2, 4, 3), 1, 3, 4)):
        record("slice", lambda x: x.narrow(axis, start, end - start), {"x": normal(generator(), *shape)},
               {"axis": axis, "start": start, "end": end})


def gathers():
    for shape, indices in (((5, 3), [4, 0, 0, 2]), ((3, 2, 2), [1, 1]), ((4,), [3, 3, 3, 0, 1])):
        record("gather_rows", lambda x: x.index_select(0, torch.tensor(indices)), {"x": normal(generator(), *shape)}, {"indices": indices})
    for shape, indices in (((4, 3), [2, 0, 0, 1]), ((1, 5), [4])):
        record("gather_column", lambda x: x.gather(1, torch.tensor(indices)[:, None])[:, 0], {"x": normal(generator(), *shape)},
               {"indices": indices})
    for shape, indices in (((6, 4), [5, 1, 5, 0]), ((3, 2), [0, 1, 2, 1, 0, 1])):
        record("embedding", lambda table: F.embedding(torch.tensor(indices), table), {"table": normal(generator(), *shape)},
               {"indices": indices})


def rms_norms():
    flat = generator().standard_normal((4, 8))
    flat[2] = 0  # eps alone decides
    for values in (normal(generator(), 3, 5), exact(5 + 2 * generator().standard_normal((2, 3, 6))), exact(flat)):
        rng, width = generator().spawn(1)[0], values.shape[-1]
        record("rms_norm", lambda x, weight: F.rms_norm(x, (width,), weight, 1e-5),
               {"x": values, "weight": exact(1 + 0.5 * rng.standard_normal(width))}, {"eps": 1e-5})


def group_norms():
    """Images and sequences with channels last."""
    flat = generator().standard_normal((2, 4, 4))
    flat[1] = 3  # eps alone decides
    for values, groups in ((normal(generator(), 2, 3, 2, 6), 3), (normal(generator(), 2, 3, 2, 4), 4), (exact(5 + generator().standard_normal((3, 5, 6))), 1),
                           (exact(flat), 2), (normal(generator(), 3, 8), 2)):
        rng, width = generator().spawn(1)[0], values.shape[-1]
        record("group_norm", lambda x, weight, bias: F.group_norm(x.movedim(-1, 1), groups, weight, bias, 1e-5).movedim(1, -1),
               {"x": values, "weight": exact(1 + 0.5 * rng.standard_normal(width)), "bias": normal(rng, width)}, {"groups": groups, "eps": 1e-5})


def top_k(x, k):
    """Torch's topk does not say which of equal elements it takes; a stable sort keeps their order."""
    kept = torch.sort(x, dim=-1, descending=True, stable=True).indices[..., :k]
    return x * torch.zeros_like(x).scatter(-1, kept, 1.0)


def top_ks():
    ties = rows([2, 1, 2, 2, 0], [0, 0, 0, 0, 0], [-1, -3, -2, -1, -1])
    for values, ks in ((normal(generator(), 3, 7), (1, 4, 7)), (normal(generator(), 2, 3, 4), (2,)), (ties, (1, 2, 3))):
        for k in ks:
            record("top_k", lambda x: top_k(x, k), {"x": values}, {"k": k})


def loss_record(op, function, values, weight, attributes):
    """One case of a loss; `weight` is what its sum is to be divided by."""
    leaf = values.clone().requires_grad_()
    loss = function(leaf)
    loss.backward()
    records.append({
        "op": op, "attributes": attributes, "inputs": {"x": exact_tensor(values)}, "cotangent": {"shape": [], "data": [1.0]},
        "outputs": {"loss_sum": tensor(loss), "weight_sum": tensor(float(weight))}, "gradients": {"x": tensor(leaf.grad)}})


def class_targets(labels, classes, class_weights, label_smoothing, ignored=-100):
    """The weighted shares of a classification's target, zero in ignored rows, and the weights of the labels."""
    weights = torch.ones(classes, dtype=torch.float64) if class_weights is None else exact(class_weights)
    targets = torch.zeros(len(labels), classes, dtype=torch.float64)
    for row, label in enumerate(labels):
        if label != ignored:
            targets[row] = label_smoothing / classes
            targets[row, label] += 1 - label_smoothing
    return targets * weights, [float(weights[label]) for label in labels if label != ignored]


def class_attributes(labels, class_weights=None, label_smoothing=0.0, normalize="weight", **others):
    return {"labels": labels, "class_weights": class_weights, "label_smoothing": label_smoothing, "ignore_index": -100,
            "normalize": normalize, **others}


VARIANTS = ({}, {"class_weights": [1, 2, 0.5, 2.5]}, {"label_smoothing": 0.1},
            {"class_weights": [1, 2, 0.5, 2.5], "label_smoothing": 0.2, "normalize": "count"})


def probability_cross_entropies():
    """Keras' own formula in float64; checked against Keras itself, whose epsilon is 1e-7."""
    def case(values, labels, **options):
        attributes = class_attributes(labels, **options)
        targets, weights = class_targets(labels, values.shape[1], attributes["class_weights"], attributes["label_smoothing"])
        def loss(p):
            p = p / p.sum(-1, keepdim=True)
            return -(targets * torch.log(torch.clip(p, 1e-7, 1 - 1e-7))).sum()
        if not options and -100 not in labels:
            theirs = keras.losses.sparse_categorical_crossentropy(torch.tensor(labels), values, from_logits=False)
            assert keras.config.epsilon() == 1e-7 and torch.allclose(theirs.double().sum(), loss(values), rtol=1e-6)
        loss_record("probability_cross_entropy", loss, values, sum(weights) if attributes["normalize"] == "weight" else len(weights),
                    attributes)

    case(rows([0.7, 0.2, 0.1, 0], [0, 0.5, 0.5, 0], [2, 1, 1, 0]), [0, 0, 2])
    case(rows([1, 0, 0], [0, 1, 0], [0.25, 0.5, 0.25]), [0, 0, 1])  # clipped above, clipped below, neither
    for variant in VARIANTS:
        case(exact(generator().uniform(0.05, 1, (5, 4))), [0, 3, -100, 1, 3], **variant)


def focal_losses():
    def case(values, labels, gamma, **options):
        attributes = class_attributes(labels, gamma=gamma, **options)
        targets, weights = class_targets(labels, values.shape[1], attributes["class_weights"], attributes["label_smoothing"])
        def loss(z):
            logs = torch.log_softmax(z, -1)
            return -(targets * (1 - logs.exp()) ** gamma * logs).sum()
        loss_record("focal_loss", loss, values, sum(weights) if attributes["normalize"] == "weight" else len(weights), attributes)

    for gamma in (0.0, 0.5, 1.0, 2.0, 5.0):
        for variant in VARIANTS:
            case(exact(2 * generator().standard_normal((5, 4))), [0, 3, -100, 1, 3], gamma, **variant)


def element_losses():
    def binary(values, targets, positive=None, negative=None, smoothing=0.0, row_weights=None, normalize="weight"):
        columns = values.shape[1] if values.dim() == 2 else 1
        given = exact(targets)
        t = given * (1 - smoothing) + smoothing / 2
        ones = torch.ones(columns, dtype=torch.float64)
        plus, minus = (ones if w is None else exact(w) for w in (positive, negative))
        own = torch.ones(len(values), dtype=torch.float64) if row_weights is None else exact(row_weights)
        by_row = own[:, None] if values.dim() == 2 else own
        def loss(x):
            whole = t * plus * F.softplus(-x, threshold=1e9) + (1 - t) * minus * F.softplus(x, threshold=1e9)
            if negative is None:
                each = F.binary_cross_entropy_with_logits(x, t, pos_weight=None if positive is None else plus, reduction="none")
                assert torch.allclose(each, whole, rtol=1e-12)
            return (by_row * whole).sum()
        counted = torch.ones_like(values) if normalize == "count" else given * plus + (1 - given) * minus
        loss_record("binary_cross_entropy", loss, values, (by_row * counted).sum(), {
            "targets": given.reshape(-1).tolist(), "positive_weights": positive, "negative_weights": negative, "label_smoothing": smoothing,
            "row_weights": row_weights, "normalize": normalize})

    draw = lambda *shape: exact(2 * generator().standard_normal(shape))
    labels = [[0, 1, 1], [1, 0, 0], [1, 1, 0], [0, 0, 0]]
    binary(draw(4), [1, 0, 0, 1])
    binary(draw(4, 1), [[1], [0], [0], [1]], smoothing=0.1)
    binary(draw(4, 3), labels)
    binary(draw(4, 3), labels, positive=[2, 0.5, 3], normalize="count")
    binary(draw(4, 3), labels, positive=[2, 0.5, 3], negative=[1, 1.5, 0.25], smoothing=0.2, row_weights=[1, 0, 2, 0.5])
    binary(rows([20, -20, 90], [100, -100, 0], [15, -15, 1], [-90, 5, -5]), labels)

    def regression(op, function, values, row_weights=None, **attributes):
        targets = normal(generator().spawn(1)[0], *values.shape)
        own = torch.ones(len(values), dtype=torch.float64) if row_weights is None else exact(row_weights)
        by_row = own[:, None] if values.dim() == 2 else own
        loss_record(op, lambda x: (by_row * function(x, targets)).sum(), values, (by_row * torch.ones_like(values)).sum(),
                    {"targets": targets.reshape(-1).tolist(), "row_weights": row_weights, **attributes})

    for shape, row_weights in (((5,), None), ((4, 3), None), ((4, 3), [1, 0, 2, 0.5])):
        regression("squared_error", lambda x, t: F.mse_loss(x, t, reduction="none"), draw(*shape), row_weights)
        regression("absolute_error", lambda x, t: F.l1_loss(x, t, reduction="none"), draw(*shape), row_weights)
        for delta in (0.5, 1.0, 3.0):
            regression("huber_error", lambda x, t: F.huber_loss(x, t, delta=delta, reduction="none"), draw(*shape), row_weights,
                       delta=delta)


def main():
    for make in (binary_operations, unary_operations, activations, products, softmaxes, reductions, rearrangements, layer_norms,
                 batch_norms, cross_entropies, lambda: activations(MORE_ACTIVATIONS), lambda: linears(MORE_ACTIVATIONS),
                 parameterised_activations, maxima, batched_products, pieces, gathers, rms_norms, top_ks, probability_cross_entropies,
                 focal_losses, element_losses, lambda: activations(LAST_ACTIVATIONS), lambda: linears(LAST_ACTIVATIONS),
                 lambda: activations(CLIPPED_ACTIVATIONS), lambda: linears(CLIPPED_ACTIVATIONS), group_norms):
        make()
    write_records("ops.json", records)
    print(f"{len(records)} records of {len({r['op'] for r in records})} operations, torch {torch.__version__}")


if __name__ == "__main__":
    main()
