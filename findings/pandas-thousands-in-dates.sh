#!/usr/bin/env bash
# pandas 3.1.1: `read_csv` with `thousands="."` takes every point out of a field before it asks whether the rest is a number, wherever the points stand.
# Dates written with points become whole numbers, without a word, and so do version numbers and addresses of computers.
#
# Seen, of `01.02.2024;1.234,50;2.10.3`:
#   day      int64      1022024
#   price    float64    1234.5
#   version  int64      2103
#
# A reader that follows pandas' options should still ask for groups of three digits. Ends with 1 where this has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pandas==3.1.1
cat > "$folder/ask.py" <<'PYTHON'
import io

import pandas

text = "day;price;version\n01.02.2024;1.234,50;2.10.3\n15.11.2024;99,90;2.9.11\n"
table = pandas.read_csv(io.StringIO(text), sep=";", decimal=",", thousands=".")
for name in table:
    print(f"{name:8} {str(table[name].dtype):10} {table[name][0]}")
PYTHON
"$folder/venv/bin/python" "$folder/ask.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
day      int64      1022024
price    float64    1234.5
version  int64      2103
SEEN
