#!/usr/bin/env python3
"""make_compatibility.py: prints Sources/TemperText/Tokenizers/Text/CompatibilityTable.swift, from Python's own tables of Unicode.

The table has each character whose compatibility decomposition differs from its canonical one. An entry is its code point, a colon, and the
code points that it becomes; where it follows the entry before, its own is left out. `*N.P.S` stands behind an entry that goes on for N code
points in a row, of whose texts the one at P grows by S each time. All numbers are hexadecimal.
"""
import unicodedata


def rows():
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        text = unicodedata.normalize("NFKD", chr(code))
        if text != unicodedata.normalize("NFD", chr(code)):
            yield code, [ord(character) for character in text]


def length_of_run(rows, at, place, step):
    code, text = rows[at]
    count = 1
    while at + count < len(rows):
        expected = text[:place] + [text[place] + count * step] + text[place + 1 :]
        if rows[at + count] != (code + count, expected):
            break
        count += 1
    return count


def entries(rows):
    at, follows = 0, None
    while at < len(rows):
        code, text = rows[at]
        count, place, step = max((length_of_run(rows, at, place, step), place, step) for place in range(len(text)) for step in (0, 1))
        entry = "" if code == follows else "%X:" % code
        entry += ",".join("%X" % value for value in text)
        yield entry + ("*%X.%X.%X" % (count, place, step) if count > 1 else "")
        at += count
        follows = code + count


def main():
    lines = [""]
    for entry in entries(list(rows())):
        if len(lines[-1]) + len(entry) > 130:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + entry
    print("/// Characters and what they become in Unicode's compatibility forms, as `Tests/Peers/make_compatibility.py` writes them; see there.")
    print("enum CompatibilityTable {")
    print('  static let entries: StaticString = """')
    for line in lines:
        print("    " + line)
    print('    """')
    print("}")


if __name__ == "__main__":
    main()
