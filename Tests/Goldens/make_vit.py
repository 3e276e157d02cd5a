#!/usr/bin/env python3
"""Writes vit.json: ten steps of small vision transformers on all rows at once, by PyTorch in float64.

Of each network the first weights, the logits, the gradients and the losses of ten steps of torch.optim.AdamW (rate 0.01, decay 0.01 of all parameters),
losses[t] before step t, the parameters after them and the logits then. `class` reads the class token of an image of one channel, in patches of 2 x 3;
`mean` the mean of the patches of one with two channels; `sequence` the class token of a sequence of two features. The network with a class token and
square patches is compared with torchvision's VisionTransformer, whose names of parameters these are.
"""
import torch
import torch.nn.functional as F
from numpy.random import default_rng
from torch import nn
from torchvision.models import VisionTransformer

from golden_format import exact, exact_tensor, significant, tensor, write_object

STEPS, ROWS, CLASSES, WIDTH, HEADS, UNITS, LAYERS, EPS = 10, 5, 3, 6, 2, 7, 2, 1e-6


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(WIDTH, eps=EPS), nn.LayerNorm(WIDTH, eps=EPS)
        self.self_attention = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, UNITS), nn.GELU(), nn.Identity(), nn.Linear(UNITS, WIDTH))

    def forward(self, x):
        h = self.ln_1(x)
        x = x + self.self_attention(h, h, h, need_weights=False)[0]
        return x + self.mlp(self.ln_2(x))


class Encoder(nn.Module):
    def __init__(self, length):
        super().__init__()
        self.pos_embedding = nn.Parameter(torch.zeros(1, length, WIDTH))
        self.layers = nn.ModuleDict({f"encoder_layer_{layer}": Block() for layer in range(LAYERS)})
        self.ln = nn.LayerNorm(WIDTH, eps=EPS)

    def forward(self, x):
        x = x + self.pos_embedding
        for block in self.layers.values():
            x = block(x)
        return self.ln(x)


class Network(nn.Module):
    def __init__(self, channels, size, patch, reads_class):
        super().__init__()
        if reads_class:
            self.class_token = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.conv_proj = nn.Conv2d(channels, WIDTH, patch, patch)
        self.encoder = Encoder(size[0] // patch[0] * (size[1] // patch[1]) + reads_class)
        self.heads = nn.Sequential()
        self.heads.add_module("head", nn.Linear(WIDTH, CLASSES))
        self.reads_class = reads_class

    def forward(self, x):
        x = self.conv_proj(x).flatten(2).transpose(1, 2)
        if self.reads_class:
            x = self.encoder(torch.cat([self.class_token.expand(len(x), -1, -1), x], 1))[:, 0]
        else:
            x = self.encoder(x).mean(1)
        return self.heads(x)


def check_torchvision():
    """Ours and torchvision's give the same logits from the same state_dict."""
    theirs = VisionTransformer(8, 4, LAYERS, HEADS, WIDTH, UNITS, num_classes=CLASSES).double().eval()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.normal_()
    ours = Network(3, (8, 8), (4, 4), True).double().eval()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    x = torch.randn(2, 3, 8, 8, dtype=torch.float64)
    assert torch.allclose(ours(x), theirs(x), rtol=1e-12, atol=1e-12)


# channels, size, patch, whether it reads the class token
CASES = {"class": (1, (4, 6), (2, 3), True), "mean": (2, (4, 4), (2, 2), False), "sequence": (2, (1, 12), (1, 3), True)}


def case(number, channels, size, patch, reads_class, dtype=torch.float64):
    rng = default_rng([37, number])
    model = Network(channels, size, patch, reads_class)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            centre = 1 if "ln" in name and name.endswith("weight") else 0
            parameter.copy_(exact(centre + 0.4 * rng.standard_normal(tuple(parameter.shape))))
    x = exact(rng.standard_normal((ROWS, channels, *size)), 2)
    labels = [0, 2, 1, 1, 0]
    # A sequence has the features of a place side by side.
    given = x.transpose(1, 3).contiguous() if size[0] == 1 else x
    record = {"x": exact_tensor(given, 2), "labels": labels, "initial": {n: exact_tensor(p) for n, p in model.named_parameters()}}
    model, x = model.to(dtype), x.to(dtype)
    rule = torch.optim.AdamW(model.parameters(), lr=0.01, weight_decay=0.01)
    losses = []
    for step in range(STEPS):
        rule.zero_grad()
        logits = model(x)
        loss = F.cross_entropy(logits, torch.tensor(labels))
        loss.backward()
        losses.append(significant(loss.detach()))
        if step == 0:
            record |= {"logits": tensor(logits), "gradients": {n: tensor(p.grad) for n, p in model.named_parameters()}}
        rule.step()
    record |= {"losses": losses, "final": {n: tensor(v) for n, v in model.state_dict().items()}}
    record["evaluated"] = tensor(model.eval()(x))
    return record


def main():
    check_torchvision()
    exact_records = {name: case(number, *sizes) for number, (name, sizes) in enumerate(CASES.items())}
    write_object("vit.json", exact_records)
    for number, (name, sizes) in enumerate(CASES.items()):
        single = case(number, *sizes, torch.float32)
        far = max(abs(a / b - 1) for a, b in zip(single["losses"], exact_records[name]["losses"]))
        print(f"{name}: float32 PyTorch is within {far:.1e} in losses, torch {torch.__version__}")


if __name__ == "__main__":
    main()
