"""Makes gzip_files.json: gzip files by zlib, in hexadecimal, with what is in them. Usage: python gzip_files.py > gzip_files.json"""

import json
import struct
import zlib


def member(content, level=9, strategy=zlib.Z_DEFAULT_STRATEGY, flags=0, extra=b""):
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    body = deflate.compress(content) + deflate.flush()
    header = bytes([0x1F, 0x8B, 8, flags, 0, 0, 0, 0, 2, 255]) + extra
    if flags & 2:
        header += struct.pack("<H", zlib.crc32(header) & 0xFFFF)
    return header + body + struct.pack("<II", zlib.crc32(content), len(content))


def noise(count):
    """Bytes that do not compress: a linear congruential generator, its highest byte."""
    state, out = 1, bytearray()
    for _ in range(count):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out.append(state >> 23)
    return bytes(out)


text = b"".join(b"%d,%d,%s\n" % (i, i * i % 97, b"setosa" if i % 3 else b"virginica") for i in range(300))
random = noise(9000)
# Bytes with few bits set are frequent, so codewords take from 2 to 12 bits and more.
skewed = bytes(random[i] & random[i + 3000] & random[i + 6000] for i in range(3000))
cases = [
    ("empty", member(b""), b""),
    ("one byte", member(b"a"), b"a"),
    ("text, dynamic codes", member(text), text),
    ("text, level 1", member(text, 1), text),
    ("text, fixed codes", member(text, 9, zlib.Z_FIXED), text),
    ("text, literals only", member(text, 9, zlib.Z_HUFFMAN_ONLY), text),
    ("runs", member(b"\0" * 5000 + b"ab" * 2000, 9), b"\0" * 5000 + b"ab" * 2000),
    ("stored", member(noise(700), 0), noise(700)),
    ("codewords of many lengths", member(skewed), skewed),
    ("two members", member(b"one,") + member(b"two"), b"one,two"),
    ("every header field", member(b"x", flags=2 | 4 | 8 | 16, extra=b"\x04\x00abcdname.csv\0note\0"), b"x"),
]
print(json.dumps([{"name": name, "gzip": packed.hex(), "content": content.hex()} for name, packed, content in cases], indent=0))
