#!/usr/bin/env bash
# transformers 5.24.0: a LLaMA config that has both `rope_parameters`, the key of version 5, and `rope_scaling`, the key of version 4, rotates by the
# old one. Nothing is said, though the two bases differ and the new key is the one that version 5 writes. An empty `rope_scaling` does not count.
#
# Seen:
#   both     20000.0
#   new      50000.0
#   old      20000.0
#   empty    50000.0
#
# A reader of config.json that prefers the newer key computes other positions from the same file. Ends with 1 where this has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet transformers==5.24.0
cat > "$folder/ask.py" <<'PYTHON'
from transformers import LlamaConfig

new = {"rope_theta": 50000.0, "rope_type": "default"}
old = {"rope_theta": 20000.0, "rope_type": "default"}
for name, keys in [
    ("both", {"rope_parameters": new, "rope_scaling": old}), ("new", {"rope_parameters": new}), ("old", {"rope_scaling": old}),
    ("empty", {"rope_parameters": new, "rope_scaling": {}}),
]:
    print(f"{name:8} {LlamaConfig(**keys).rope_parameters['rope_theta']}")
PYTHON
"$folder/venv/bin/python" "$folder/ask.py" 2> /dev/null | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
both     20000.0
new      50000.0
old      20000.0
empty    50000.0
SEEN
