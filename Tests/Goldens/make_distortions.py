#!/usr/bin/env python3
"""Writes distortions.json: what torchvision makes of an image by the operations of RandAugment (pip install torch torchvision numpy).

Pixels are whole numbers from 0 to 255, one plane a channel. Colours are computed on floats, whole-number operations on bytes; moved pixels are interpolated
linearly with zeros outside.
"""
import numpy
import torch
import torchvision.transforms.functional as F
from torchvision.transforms import InterpolationMode

from golden_format import write_object

rng = numpy.random.default_rng(3)
image = torch.from_numpy(rng.integers(0, 256, (3, 5, 6), dtype=numpy.uint8))
unit = image.to(torch.float64) / 255


def moved(angle=0.0, translate=(0, 0), shear=(0.0, 0.0)):
    return F.affine(image.to(torch.float64), angle=angle, translate=list(translate), scale=1.0,
                    shear=[float(numpy.degrees(numpy.arctan(s))) for s in shear], interpolation=InterpolationMode.BILINEAR)


results = {
    "brighten 1.4": F.adjust_brightness(unit, 1.4) * 255, "brighten 0.6": F.adjust_brightness(unit, 0.6) * 255,
    "contrast 1.4": F.adjust_contrast(unit, 1.4) * 255, "contrast 0.6": F.adjust_contrast(unit, 0.6) * 255,
    "saturate 1.4": F.adjust_saturation(unit, 1.4) * 255, "saturate 0.6": F.adjust_saturation(unit, 0.6) * 255,
    "sharpen 1.8": F.adjust_sharpness(unit, 1.8) * 255, "sharpen 0.2": F.adjust_sharpness(unit, 0.2) * 255,
    "posterize 5": F.posterize(image, 5), "solarize 170": F.solarize(image, 170), "stretch": F.autocontrast(unit) * 255,
    "equalize": F.equalize(image), "rotate 25": moved(angle=25), "translate": moved(translate=(2, -1)),
    "shear x": moved(shear=(0.3, 0.0)), "shear y": moved(shear=(0.0, -0.2)),
}
write_object("distortions.json", {"image": image.reshape(-1).tolist(),
                                  "results": {k: {"values": [float(f"{v:.6g}") for v in r.reshape(-1).tolist()]} for k, r in results.items()}})
