"""Runs a command and writes its CPU seconds and peak memory as JSON to a file.

    python3 -S -E Tests/Peers/measure.py FIGURES COMMAND [ARGUMENT ...]

A process takes over the peak of the one it was started from, so whoever measures a small program must itself be small: hence a script of its own,
without packages.
"""

import json
import os
import sys


def main():
    child = os.fork()
    if child == 0:
        os.execv(sys.argv[2], sys.argv[2:])
    _, status, usage = os.wait4(child, 0)
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        json.dump({"cpu_s": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1024}, file)
    sys.exit(os.waitstatus_to_exitcode(status) & 255)


if __name__ == "__main__":
    main()
