#!/usr/bin/env python3
"""Times how images are read, augmented and made into batches: Pillow and torchvision, on the same threads as `temper bench --data`.

    pip install torch torchvision pillow numpy
    Tests/Peers/image_loading.py make FOLDER [--count 600] [--size 224]
    Tests/Peers/image_loading.py pillow|torchvision FOLDER [--threads 2]

Each epoch reads every file from its bytes on, crops a random part (scale .5 to 1) and resizes it to the whole, flips half of them, scales to mean 0 and
deviation 1 and makes batches of 64. Prints images a second, the best of three epochs. Threads share one process, which both libraries allow: they release
the interpreter's lock while they decode.
"""
import argparse
import concurrent.futures
import pathlib
import random
import time


def make(folder, count, size):
    """Pictures like photographs: smooth surfaces with edges and some noise, JPEG of quality 90."""
    import numpy as np
    from PIL import Image

    rng = np.random.default_rng(0)
    y, x = np.mgrid[:size, :size] / size
    for number in range(count):
        planes = []
        for _ in range(3):
            waves = sum(rng.uniform(10, 40) * np.sin(rng.uniform(2, 30) * x + rng.uniform(2, 30) * y + rng.uniform(0, 6)) for _ in range(4))
            planes.append(128 + waves + 40 * (x * rng.uniform(-1, 1) + y * rng.uniform(-1, 1) > 0) + rng.normal(0, 6, x.shape))
        name = folder / f"class{number % 4}" / f"{number:05d}.jpg"
        name.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)).save(name, quality=90)


def box(width, height):
    """torchvision's RandomResizedCrop."""
    while True:
        area, ratio = width * height * random.uniform(0.5, 1), random.uniform(3 / 4, 4 / 3)
        across, down = round((area * ratio) ** 0.5), round((area / ratio) ** 0.5)
        if across <= width and down <= height:
            left, top = random.randint(0, width - across), random.randint(0, height - down)
            return left, top, across, down


def pillow(path, size):
    import numpy as np
    from PIL import Image

    image = Image.open(path).convert("RGB")
    left, top, across, down = box(*image.size)
    image = image.resize((size, size), Image.BILINEAR, box=(left, top, left + across, top + down))
    if random.random() < 0.5:
        image = image.transpose(Image.FLIP_LEFT_RIGHT)
    pixels = np.asarray(image, dtype=np.float32)
    return ((pixels - 127.5) / 64).transpose(2, 0, 1)


def torchvision(path, size):
    import torch
    from torchvision.io import decode_jpeg, read_file
    from torchvision.transforms.v2 import functional as F

    image = decode_jpeg(read_file(str(path)))
    left, top, across, down = box(image.shape[2], image.shape[1])
    image = F.resized_crop(image, top, left, down, across, [size, size], antialias=False)
    if random.random() < 0.5:
        image = F.horizontal_flip(image)
    return (image.to(torch.float32) - 127.5) / 64


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["make", "pillow", "torchvision"])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=600)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    if args.what == "make":
        return make(args.folder, args.count, args.size)
    import numpy as np
    import torch

    torch.set_num_threads(1)
    read = pillow if args.what == "pillow" else torchvision
    paths, best = sorted(args.folder.rglob("*.jpg")), 0.0
    with concurrent.futures.ThreadPoolExecutor(args.threads) as pool:
        for _ in range(4):
            random.shuffle(paths)
            start = time.perf_counter()
            for first in range(0, len(paths), 64):
                rows = list(pool.map(lambda path: read(path, args.size), paths[first:first + 64]))
                _ = np.stack(rows) if args.what == "pillow" else torch.stack(rows)
            best = max(best, len(paths) / (time.perf_counter() - start))
    print(f"{args.what}: {best:.0f} images a second")


if __name__ == "__main__":
    main()
