#!/usr/bin/env python3
"""pairs.py 'COMMAND A' 'COMMAND B' [PAIRS]: runs two benchmarks in turn, A B A B, and prints the ratios of their step times.

Each command must print a JSON line with step_ms; the last such line counts. A ratio is B's time over A's: above 1, A is faster.
Taking turns makes the ratio hold where a busy machine makes the times drift. Three pairs unless told otherwise.
"""
import json
import shlex
import statistics
import subprocess
import sys


def measure(command):
    """The step_ms that a command reports; ends the script with the command's own words if there is none."""
    finished = subprocess.run(shlex.split(command), capture_output=True, text=True)
    found = None
    for line in finished.stdout.splitlines():
        try:
            value = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(value, dict) and "step_ms" in value:
            found = float(value["step_ms"])
    if finished.returncode != 0 or found is None:
        sys.exit(f"{command}\nexit status {finished.returncode}, step_ms {found}\n{finished.stdout[-1000:]}{finished.stderr[-1000:]}")
    return found


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__.strip())
    first, second = sys.argv[1:3]
    ratios = []
    for turn in range(1, 1 + (int(sys.argv[3]) if len(sys.argv) == 4 else 3)):
        a, b = measure(first), measure(second)
        ratios.append(b / a)
        print(f"pair {turn}: A {a:.4f} ms, B {b:.4f} ms, B/A {b / a:.3f}", flush=True)
    print(json.dumps({"ratio_median": statistics.median(ratios), "ratio_min": min(ratios), "ratio_max": max(ratios)}))


if __name__ == "__main__":
    main()
