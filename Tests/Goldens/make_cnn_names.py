#!/usr/bin/env python3
"""Writes cnn_names.json: names and shapes of the parameters and statistics of networks with ten classes, by torchvision and tsai
(pip install torch torchvision; tsai's are those of its class ResNet, written out, since it needs fastai).
"""
import torchvision

from golden_format import write_object


def shapes(model):
    return {name: list(value.shape) for name, value in model.state_dict().items() if not name.endswith("num_batches_tracked")}


def norm(name, size):
    return {f"{name}.{key}": [size] for key in ("weight", "bias", "running_mean", "running_var")}


def series(channels=1, classes=10):
    """tsai.models.ResNet of 64 channels."""
    found, inputs = {}, channels
    for number, outputs in enumerate((64, 128, 128), 1):
        for index, kernel in enumerate((7, 5, 3), 1):
            found[f"resblock{number}.convblock{index}.0.weight"] = [outputs, inputs if index == 1 else outputs, kernel]
            found |= norm(f"resblock{number}.convblock{index}.1", outputs)
        if inputs == outputs:
            found |= norm(f"resblock{number}.shortcut", outputs)
        else:
            found[f"resblock{number}.shortcut.0.weight"] = [outputs, inputs, 1]
            found |= norm(f"resblock{number}.shortcut.1", outputs)
        inputs = outputs
    return found | {"fc.weight": [classes, inputs], "fc.bias": [classes]}


def main():
    lenet = {"conv1.weight": [6, 1, 5, 5], "conv1.bias": [6], "conv2.weight": [16, 6, 5, 5], "conv2.bias": [16], "fc1.weight": [120, 400],
             "fc1.bias": [120], "fc2.weight": [84, 120], "fc2.bias": [84], "fc3.weight": [10, 84], "fc3.bias": [10]}
    write_object("cnn_names.json", {
        "lenet": lenet, "resnet": shapes(torchvision.models.resnet18(num_classes=10)), "resnet1d": series(),
        "mobilenet": shapes(torchvision.models.mobilenet_v2(num_classes=10))})
    print(f"torchvision {torchvision.__version__}")


if __name__ == "__main__":
    main()
