#!/usr/bin/env python3
"""Writes images.json: small PNG and JPEG files of every kind, and what Pillow reads from them (pip install pillow numpy).

Of each file its bytes in hexadecimal, and its pixels in grey and in colours, turned by EXIF, on white where they are transparent. `resized` has Pillow's
BILINEAR with a box, which averages what falls together. Files that must be refused have no pixels.
"""
import io
import json
import pathlib

import numpy as np
from PIL import Image, ImageOps

rng = np.random.default_rng(0)
W, H = 7, 5


def smooth(height, width, channels):
    """Pixels that JPEG changes little."""
    y, x = np.mgrid[:height, :width]
    planes = [40 + 25 * c + 13 * x + 9 * (c + 1) * y for c in range(channels)]
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def upright(data):
    """The image turned and without transparency, in grey and in colours; grey of a JPEG is its luma."""
    luma = Image.open(io.BytesIO(data))
    if luma.format == "JPEG":
        luma.draft("L", luma.size)
        return np.asarray(ImageOps.exif_transpose(luma)), np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB"))
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode.startswith("I"):
        grey = np.round(np.asarray(image, dtype=np.float64) / 257).astype(np.uint8)
        return grey, np.stack([grey] * 3, -1)
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode == "1":
        image = image.convert("L")
    if image.mode in ("LA", "RGBA"):
        own = np.asarray(image.convert("RGBA"), dtype=np.int64)
        alpha = own[..., 3:]
        image = Image.fromarray(((own[..., :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8))
    return np.asarray(image.convert("L")), np.asarray(image.convert("RGB"))


noise = lambda *shape: rng.integers(0, 256, shape, dtype=np.uint8)
rgb = Image.fromarray(smooth(H, W, 3))
grey = Image.fromarray(smooth(H, W, 1)[..., 0])
files = {
    "png grey": saved(Image.fromarray(noise(H, W)), "PNG"),
    "png colours": saved(Image.fromarray(noise(H, W, 3)), "PNG"),
    "png grey, opacity": saved(Image.fromarray(noise(H, W, 2), "LA"), "PNG"),
    "png colours, opacity": saved(Image.fromarray(noise(H, W, 4)), "PNG"),
    "png palette": saved(Image.fromarray(noise(H, W, 3)).quantize(8), "PNG"),
    "png palette, transparent": saved(Image.fromarray(noise(H, W, 3)).quantize(8), "PNG", transparency=2),
    "png 1 bit": saved(Image.fromarray(noise(H, W)).convert("1"), "PNG"),
    "png 16 bits": saved(Image.fromarray((noise(H, W).astype(np.uint16) * 257)), "PNG"),
    "jpeg grey": saved(grey, "JPEG", quality=95),
    "jpeg colours": saved(rgb, "JPEG", quality=95, subsampling=0),
    "jpeg colours, halved": saved(Image.fromarray(smooth(16, 24, 3)), "JPEG", quality=90),
    "jpeg progressive": saved(rgb, "JPEG", quality=95, progressive=True, subsampling=0),
}
for number in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = number
    files[f"jpeg turned {number}"] = saved(rgb, "JPEG", quality=95, subsampling=0, exif=exif)
exif = Image.Exif()
exif[0x0112] = 6
files["png turned 6"] = saved(Image.fromarray(noise(H, W, 3)), "PNG", exif=exif)

records = []
for name, data in files.items():
    one, three = upright(data)
    records.append({"name": name, "file": data.hex(), "height": three.shape[0], "width": three.shape[1],
                    "grey": one.tobytes().hex(), "colours": three.tobytes().hex()})

cut = {name: files[name] for name in ("png colours", "jpeg colours, halved")}
bad = {
    "png cut": cut["png colours"][:-40], "jpeg cut": cut["jpeg colours, halved"][:-60], "png header only": cut["png colours"][:20],
    "jpeg header only": cut["jpeg colours, halved"][:30], "empty": b"", "text": b"not an image", "png, a byte changed":
    cut["png colours"][:60] + bytes([cut["png colours"][60] ^ 255]) + cut["png colours"][61:],
    "jpeg in cmyk": saved(Image.fromarray(noise(8, 8, 4), "CMYK"), "JPEG"),
}
photo = Image.fromarray(np.kron(noise(6, 9, 3), np.ones((5, 5, 1), dtype=np.uint8)))
resized = []
for name, size, box in [("smaller", (8, 6), None), ("larger", (60, 40), None), ("one way", (45, 10), None), ("crop", (10, 10), (7.5, 0, 37.5, 30))]:
    out = photo.resize(size, Image.BILINEAR, box=box)
    resized.append({"name": name, "height": size[1], "width": size[0], "crop": box is not None, "colours": np.asarray(out).tobytes().hex()})
out = {"images": records, "refused": [{"name": n, "file": d.hex()} for n, d in bad.items()],
       "photo": saved(photo, "PNG").hex(), "resized": resized}
path = pathlib.Path(__file__).resolve().parent / "images.json"
path.write_text("{\n" + ",\n".join(
    f"  {json.dumps(k)}: " + ("[\n" + ",\n".join("    " + json.dumps(r) for r in v) + "\n  ]" if isinstance(v, list) else json.dumps(v))
    for k, v in out.items()) + "\n}\n")
