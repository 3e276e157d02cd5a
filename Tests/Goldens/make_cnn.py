#!/usr/bin/env python3
"""Writes cnn.json: ten steps of small convolutional networks on all rows at once, by PyTorch in float64.

Of each network the first weights, the logits in training, the gradients and the losses of ten steps of torch.optim.AdamW (rate 0.01, decay 0.01 of all
parameters), losses[t] before step t, the parameters after them and the logits then in evaluation, with the running statistics. Names of parameters are
those of torch.nn.Sequential, for each block 0 the convolution and 1 the norm, then the hidden layers and `output`.
"""
import torch
import torch.nn.functional as F
from numpy.random import default_rng
from torch import nn

from golden_format import exact, exact_tensor, significant, tensor, write_object

STEPS, ROWS, CLASSES = 10, 6, 3


class Images(nn.Module):
    """Two blocks with batch norm and max pooling, a hidden layer on all places."""

    shape = (2, 6, 5)

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([
            nn.ModuleDict({"conv": nn.Conv2d(2, 4, 3, padding=1, bias=False), "norm": nn.BatchNorm2d(4)}),
            nn.ModuleDict({"conv": nn.Conv2d(4, 5, 3, padding=1, bias=False), "norm": nn.BatchNorm2d(5)})])
        self.hidden = nn.Linear(5 * 1 * 1, 7)
        self.output = nn.Linear(7, CLASSES)

    def forward(self, x):
        for block in self.blocks:
            x = F.max_pool2d(F.relu(block["norm"](block["conv"](x))), 2)
        return self.output(F.relu(self.hidden(x.flatten(1))))


class Sequences(nn.Module):
    """Two blocks without norm, one dilated, with average pooling, and the mean over all places."""

    shape = (1, 13)

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([
            nn.ModuleDict({"conv": nn.Conv1d(1, 4, 5, stride=2, padding=2)}), nn.ModuleDict({"conv": nn.Conv1d(4, 6, 3, padding=2, dilation=2)})])
        self.output = nn.Linear(6, CLASSES)

    def forward(self, x):
        for block in self.blocks:
            x = F.avg_pool1d(F.gelu(block["conv"](x)), 2)
        return self.output(x.mean(-1))


class Separable(nn.Module):
    """A depthwise and a 1 x 1 convolution, the first with a stride of 2, and the mean over all places."""

    shape = (3, 7, 6)

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([nn.ModuleDict({
            "depthwise": nn.Conv2d(3, 3, 3, stride=2, padding=1, groups=3, bias=False), "depthwise_norm": nn.BatchNorm2d(3),
            "conv": nn.Conv2d(3, 5, 1, bias=False), "norm": nn.BatchNorm2d(5)})])
        self.output = nn.Linear(5, CLASSES)

    def forward(self, x):
        for block in self.blocks:
            x = F.relu(block["depthwise_norm"](block["depthwise"](x)))
            x = F.relu(block["norm"](block["conv"](x)))
        return self.output(x.mean((-1, -2)))


class Residual(nn.Module):
    """Two residual blocks, of which the second has a stride of 2 and projects its input, and the mean over all places."""

    shape = (4, 5, 6)

    def __init__(self):
        super().__init__()

        def block(inputs, outputs, stride):
            layers = {
                "conv1": nn.Conv2d(inputs, outputs, 3, stride=stride, padding=1, bias=False), "norm1": nn.BatchNorm2d(outputs),
                "conv2": nn.Conv2d(outputs, outputs, 3, padding=1, bias=False), "norm2": nn.BatchNorm2d(outputs)}
            if inputs != outputs or stride != 1:
                layers["downsample"] = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride=stride, bias=False), nn.BatchNorm2d(outputs))
            return nn.ModuleDict(layers)

        self.blocks = nn.ModuleList([block(4, 4, 1), block(4, 6, 2)])
        self.output = nn.Linear(6, CLASSES)

    def forward(self, x):
        for block in self.blocks:
            y = F.relu(block["norm1"](block["conv1"](x)))
            y = block["norm2"](block["conv2"](y))
            x = F.relu(y + (block["downsample"](x) if "downsample" in block else x))
        return self.output(x.mean((-1, -2)))


class Stem(nn.Module):
    """A stem with padded pooling, a stage of two residual blocks with group norm, and the mean over all places."""

    shape = (2, 9, 8)

    def __init__(self):
        super().__init__()
        self.stem = nn.ModuleDict({"conv": nn.Conv2d(2, 4, 3, stride=2, padding=1, bias=False), "norm": nn.GroupNorm(2, 4)})
        self.blocks = nn.ModuleList([nn.ModuleDict({
            "conv1": nn.Conv2d(4, 4, 3, padding=1, bias=False), "norm1": nn.GroupNorm(2, 4),
            "conv2": nn.Conv2d(4, 4, 3, padding=1, bias=False), "norm2": nn.GroupNorm(2, 4)}) for _ in range(2)])
        self.output = nn.Linear(4, CLASSES)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.stem["norm"](self.stem["conv"](x))), 3, 2, 1)
        for block in self.blocks:
            x = F.relu(block["norm2"](block["conv2"](F.relu(block["norm1"](block["conv1"](x))))) + x)
        return self.output(x.mean((-1, -2)))


class Series(nn.Module):
    """Two residual blocks of three convolutions, of which the second keeps the channels and norms its input, of a sequence."""

    shape = (1, 12)

    def __init__(self):
        super().__init__()

        def block(inputs, outputs):
            layers = {}
            for index, kernel in enumerate((7, 5, 3)):
                layers[f"conv{index + 1}"] = nn.Conv1d(inputs if index == 0 else outputs, outputs, kernel, padding=kernel // 2, bias=False)
                layers[f"norm{index + 1}"] = nn.BatchNorm1d(outputs)
            layers["downsample"] = nn.BatchNorm1d(inputs) if inputs == outputs else nn.Sequential(
                nn.Conv1d(inputs, outputs, 1, bias=False), nn.BatchNorm1d(outputs))
            return nn.ModuleDict(layers)

        self.blocks = nn.ModuleList([block(1, 3), block(3, 3)])
        self.output = nn.Linear(3, CLASSES)

    def forward(self, x):
        for block in self.blocks:
            y = F.relu(block["norm1"](block["conv1"](x)))
            y = block["norm3"](block["conv3"](F.relu(block["norm2"](block["conv2"](y)))))
            x = F.relu(y + block["downsample"](x))
        return self.output(x.mean(-1))


class Inverted(nn.Module):
    """An inverted block without and two with more channels inside, of which the last is added to its input, a convolution of 1 x 1, ReLU6.

    With group norms of one group: a batch norm after a linear bottleneck makes the gradients of its biases zero but for rounding, which Adam makes large.
    """

    shape = (3, 6, 7)

    def __init__(self):
        super().__init__()

        def block(inputs, outputs, stride, expansion):
            wide, layers = inputs * expansion, {}
            if expansion > 1:
                layers |= {"expand": nn.Conv2d(inputs, wide, 1, bias=False), "expand_norm": nn.GroupNorm(1, wide)}
            return nn.ModuleDict(layers | {
                "depthwise": nn.Conv2d(wide, wide, 3, stride=stride, padding=1, groups=wide, bias=False), "depthwise_norm": nn.GroupNorm(1, wide),
                "conv": nn.Conv2d(wide, outputs, 1, bias=False), "norm": nn.GroupNorm(1, outputs)})

        self.blocks = nn.ModuleList([block(3, 4, 1, 1), block(4, 4, 2, 2), block(4, 4, 1, 2)])
        self.last = nn.ModuleDict({"conv": nn.Conv2d(4, 7, 1, bias=False), "norm": nn.GroupNorm(1, 7)})
        self.output = nn.Linear(7, CLASSES)

    def forward(self, x):
        for block in self.blocks:
            y = F.relu6(block["expand_norm"](block["expand"](x))) if "expand" in block else x
            y = F.relu6(block["depthwise_norm"](block["depthwise"](y)))
            y = block["norm"](block["conv"](y))
            x = y + x if y.shape == x.shape else y
        x = F.relu6(self.last["norm"](self.last["conv"](x)))
        return self.output(x.mean((-1, -2)))


class Instances(nn.Module):
    """Two blocks with instance norm and max pooling, of which the last layer reads all places."""

    shape = (1, 8, 8)

    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([
            nn.ModuleDict({"conv": nn.Conv2d(1, 3, 3, padding=1, bias=False), "norm": nn.InstanceNorm2d(3, affine=True)}),
            nn.ModuleDict({"conv": nn.Conv2d(3, 4, 3, padding=1, bias=False), "norm": nn.InstanceNorm2d(4, affine=True)})])
        self.output = nn.Linear(4 * 2 * 2, CLASSES)

    def forward(self, x):
        for block in self.blocks:
            x = F.max_pool2d(F.relu(block["norm"](block["conv"](x))), 2)
        return self.output(x.flatten(1))


def case(kind, number, dtype=torch.float64):
    rng = default_rng([31, number])
    model = kind()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            centre = 1 if parameter.dim() == 1 and name.endswith("weight") else 0
            parameter.copy_(exact(centre + 0.4 * rng.standard_normal(tuple(parameter.shape))))
    x = exact(rng.standard_normal((ROWS, *kind.shape)), 2)
    labels = [0, 2, 1, 1, 0, 2]
    record = {"x": exact_tensor(x, 2), "labels": labels, "initial": {n: exact_tensor(p) for n, p in model.named_parameters()}}
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
    record |= {"losses": losses, "final": {n: tensor(v) for n, v in model.state_dict().items() if "num_batches" not in n}}
    record["evaluated"] = tensor(model.eval()(x))
    return record


def main():
    kinds = {"images": Images, "sequences": Sequences, "separable": Separable, "residual": Residual,
             "stem": Stem, "series": Series, "inverted": Inverted, "instances": Instances}
    exact_records = {name: case(kind, number) for number, (name, kind) in enumerate(kinds.items())}
    write_object("cnn.json", exact_records)
    for number, (name, kind) in enumerate(kinds.items()):
        single = case(kind, number, torch.float32)
        far = max(abs(a / b - 1) for a, b in zip(single["losses"], exact_records[name]["losses"]))
        print(f"{name}: float32 PyTorch is within {far:.1e} in losses, torch {torch.__version__}")


if __name__ == "__main__":
    main()
