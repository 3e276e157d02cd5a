#!/usr/bin/env bash
# tokenizers 0.23.3: the NFKC normalizer leaves characters alone that came with Unicode 12 or later and have a compatibility form, such as the square
# era name Reiwa or the raised MR sign. Python's unicodedata (14.0 in Python 3.11, 15 and later in others) turns them into their forms.
#
# Seen, by normalizers.NFKC() and by unicodedata:
#   U+33FF   gal             gal
#   U+1F16B  MD              MD
#   U+32FF   \u32ff          \u4ee4\u548c
#   U+1F16C  \U0001f16c      MR
#   U+1FBF0  \U0001fbf0      0
#
# Ids of such texts differ where an own implementation follows the current standard. Ends with 1 where this has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet tokenizers==0.23.3
cat > "$folder/ask.py" <<'PYTHON'
import unicodedata

from tokenizers import normalizers

for code in (0x33FF, 0x1F16B, 0x32FF, 0x1F16C, 0x1FBF0):
    text = chr(code)
    seen = [f(text).encode("ascii", "backslashreplace").decode() for f in (
        normalizers.NFKC().normalize_str, lambda text: unicodedata.normalize("NFKC", text))]
    print(f"U+{code:04X}".ljust(8), seen[0].ljust(15), seen[1])
PYTHON
"$folder/venv/bin/python" "$folder/ask.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
U+33FF   gal             gal
U+1F16B  MD              MD
U+32FF   \u32ff          \u4ee4\u548c
U+1F16C  \U0001f16c      MR
U+1FBF0  \U0001fbf0      0
SEEN
