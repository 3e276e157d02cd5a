#!/usr/bin/env python3
"""Writes attention.json: forward and gradients of the operations of transformers, by PyTorch in float64, as make_ops.py does for the others."""
import torch
import torch.nn.functional as F

from golden_format import exact, exact_tensor, tensor, write_records
from make_ops import VARIANTS, class_attributes, class_targets, generator, normal, record, records


def heads_of(part, count):
    rows, length, columns = part.shape
    return part.view(rows, length, count, columns // count).transpose(1, 2)


def attend(qkv, heads, key_value_heads, mask, lengths):
    width = qkv.shape[-1] // (heads + 2 * key_value_heads)
    parts = qkv.split([heads * width, key_value_heads * width, key_value_heads * width], -1)
    q, k, v = heads_of(parts[0], heads), heads_of(parts[1], key_value_heads), heads_of(parts[2], key_value_heads)
    if mask != "padded":
        y = F.scaled_dot_product_attention(q, k, v, is_causal=mask == "causal", enable_gqa=True)
    else:
        # Each sequence by itself, without its padding, where the result is zero.
        y = torch.cat([
            F.pad(F.scaled_dot_product_attention(q[i:i + 1, :, :n], k[i:i + 1, :, :n], v[i:i + 1, :, :n], enable_gqa=True),
                  (0, 0, 0, qkv.shape[1] - n)) if n else torch.zeros_like(q[i:i + 1]) for i, n in enumerate(lengths)])
    return y.transpose(1, 2).flatten(2)


def attentions():
    for rows, length, heads, key_value_heads, width in ((2, 5, 2, 2, 4), (2, 7, 4, 2, 2), (1, 3, 3, 1, 5), (1, 70, 1, 1, 2), (1, 1, 2, 1, 4)):
        for mask in ("causal", "full"):
            record("attention", lambda qkv: attend(qkv, heads, key_value_heads, mask, None),
                   {"qkv": normal(generator(), rows, length, (heads + 2 * key_value_heads) * width)},
                   {"heads": heads, "key_value_heads": key_value_heads, "mask": mask})
    for lengths, length, heads, key_value_heads in (([3, 0, 5], 5, 2, 1), ([1, 4], 4, 2, 2)):
        record("attention", lambda qkv: attend(qkv, heads, key_value_heads, "padded", lengths),
               {"qkv": normal(generator(), len(lengths), length, (heads + 2 * key_value_heads) * 2)},
               {"heads": heads, "key_value_heads": key_value_heads, "mask": "padded", "lengths": lengths})
    # Scores in the thousands, where an exponential without the largest taken off overflows.
    record("attention", lambda qkv: attend(qkv, 1, 1, "causal", None), {"qkv": exact(60 * generator().standard_normal((1, 4, 6)))},
           {"heads": 1, "key_value_heads": 1, "mask": "causal"})


def turned(x, heads, width, base, first):
    """Hugging Face's apply_rotary_pos_emb: x cos + rotate_half(x) sin, angles of the two halves alike."""
    angles = torch.outer(torch.arange(first, first + x.shape[1], dtype=torch.float64),
                         base ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)).repeat(1, 2)[:, None]
    front, rest = x.split([heads * width, x.shape[-1] - heads * width], -1)
    front = front.unflatten(-1, (heads, width))
    halves = front.chunk(2, -1)
    front = front * angles.cos() + torch.cat([-halves[1], halves[0]], -1) * angles.sin()
    return torch.cat([front.flatten(2), rest], -1)


def rotaries():
    for rows, length, columns, heads, width, base, first in ((2, 5, 12, 2, 4, 10000.0, 0), (1, 3, 8, 1, 6, 500000.0, 90), (2, 2, 8, 4, 2, 100.0, 1)):
        record("rotary", lambda x: turned(x, heads, width, base, first), {"x": normal(generator(), rows, length, columns)},
               {"heads": heads, "head_width": width, "base": base, "first": first})


def gated_units():
    for scale in (1, 10):
        rng = generator()
        record("swiglu", lambda gate, up: F.silu(gate) * up, {"gate": exact(scale * rng.standard_normal((3, 5))), "up": normal(rng, 3, 5)})


def packed_layers():
    for shape, outputs, biased in (((4, 5), (3, 2, 2), (True, True, True)), ((2, 3, 4), (4, 1), (False, True)), ((3, 4), (5,), (False,))):
        rng = generator()
        operands = {"x": normal(rng, *shape)}
        for index, (count, has_bias) in enumerate(zip(outputs, biased)):
            operands[f"w{index}"] = exact(rng.standard_normal((count, shape[-1])) / shape[-1]**0.5)
            if has_bias:
                operands[f"b{index}"] = normal(rng, count)
        record("packed_linear", lambda x, **rest: torch.cat(
            [F.linear(x, rest[f"w{index}"], rest.get(f"b{index}")) for index in range(len(outputs))], -1), operands, {"biases": list(biased)})


def fused_heads():
    for labels in ([0, 3, 2, 1, 3], [0, -100, 2, -100, 3], [-100] * 5):
        for biased in (True, False):
            for variant in VARIANTS:
                rng = generator()
                inputs = {"x": normal(rng, 5, 6), "w": normal(rng, 4, 6), **({"b": normal(rng, 4)} if biased else {})}
                attributes = class_attributes(labels, **variant)
                targets, weights = class_targets(labels, 4, attributes["class_weights"], attributes["label_smoothing"])
                leaves = {name: value.clone().requires_grad_() for name, value in inputs.items()}
                loss = -(targets * torch.log_softmax(F.linear(*leaves.values()), -1)).sum()
                loss.backward()
                records.append({
                    "op": "linear_cross_entropy", "attributes": attributes,
                    "inputs": {name: exact_tensor(value) for name, value in inputs.items()}, "cotangent": {"shape": [], "data": [1.0]},
                    "outputs": {"loss_sum": tensor(loss),
                                "weight_sum": tensor(float(sum(weights) if attributes["normalize"] == "weight" else len(weights)))},
                    "gradients": {name: tensor(leaf.grad) for name, leaf in leaves.items()}})


def main():
    for make in (attentions, rotaries, gated_units, packed_layers, fused_heads):
        make()
    write_records("attention.json", records)
    print(f"{len(records)} records of {len({r['op'] for r in records})} operations, torch {torch.__version__}")


if __name__ == "__main__":
    main()
