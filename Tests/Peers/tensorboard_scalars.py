"""Reads the scalars of a folder of TensorBoard event files with EventAccumulator and with the HTTP server, by either of its loaders, and prints all
of them as JSON: reader -> tag -> [[step, value], ...].

usage: tensorboard_scalars.py FOLDER
"""

import json
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator


def accumulated(folder):
    events = EventAccumulator(folder, size_guidance={"scalars": 0})
    events.Reload()
    return {tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def served(folder, fast):
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "tensorboard.main", "--logdir", folder, "--port", str(port), "--load_fast", fast,
         "--samples_per_plugin", "scalars=100000"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def get(path, **query):
        address = f"http://127.0.0.1:{port}/data/plugin/scalars/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(address, timeout=5) as answer:
            return json.load(answer)

    def scalars():
        return {
            tag: [[step, value] for _, step, value in get("scalars", run=run, tag=tag)]
            for run, tags in get("tags").items() for tag in tags}

    try:
        before = {}
        for _ in range(60):
            time.sleep(0.5)
            try:
                found = scalars()
            except OSError:
                continue
            # It answers while it is still reading.
            if found and found == before:
                return found
            before = found
        raise SystemExit("the server did not answer")
    finally:
        server.terminate()
        server.wait()


folder = sys.argv[1]
print(json.dumps({
    "accumulator": accumulated(folder), "server": served(folder, "true"), "slow_server": served(folder, "false")}))
