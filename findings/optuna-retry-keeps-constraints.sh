#!/usr/bin/env bash
# optuna 5.0.0: a trial that is tried again after its process died keeps the constraints that the dead attempt had set.
# `RetryHeartbeatStaleTrialCallback` copies all system attributes of the dead trial, `constraints:NAME` among them, and `set_constraint` takes no
# notice of a value for a name that has one: a warning, for which optimize() does not stop, is all that is said.
#
# One expects that the second attempt, which runs the objective from its beginning, is judged by what it measures itself. Seen, where a process sets
# `seconds` to 1.5 and is killed, and the trial is run again and sets it to -1.0, which is met:
#   0 FAIL {'seconds': 1.5}
#   1 COMPLETE {'seconds': 1.5}
#   ValueError: No feasible trials are completed yet.
#
# Hit is who constrains what differs between attempts, such as seconds or memory, and runs trials on machines that may be taken away: the best trial
# may be one that counts as infeasible, or the reverse. A storage that tries a trial again should drop what the attempt before it had noted.
# Ends with 1 where this has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet optuna==5.0.0
cat > "$folder/ask.py" <<'PYTHON'
import os
import subprocess
import sys
import time
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
storage = optuna.storages.RDBStorage(
    f"sqlite:///{sys.argv[1]}", heartbeat_interval=1, grace_period=2,
    heartbeat_stale_trial_callback=optuna.storages.RetryHeartbeatStaleTrialCallback(max_retry=1))
study = optuna.create_study(storage=storage, study_name="s", load_if_exists=True)


def dies(trial):
    trial.suggest_float("x", 0, 1)
    trial.set_constraint("seconds", 1.5)
    os._exit(9)


def ends(trial):
    trial.set_constraint("seconds", -1.0)
    return trial.suggest_float("x", 0, 1)


if len(sys.argv) > 2:
    study.optimize(dies, n_trials=1)
subprocess.run([sys.executable, __file__, sys.argv[1], "dies"])
time.sleep(4)
study.optimize(ends, n_trials=1)
for trial in study.trials:
    print(trial.number, trial.state.name, trial.constraints)
try:
    print("best", study.best_trial.number)
except ValueError as error:
    print(f"ValueError: {error}")
PYTHON
"$folder/venv/bin/python" "$folder/ask.py" "$folder/studies.db" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
0 FAIL {'seconds': 1.5}
1 COMPLETE {'seconds': 1.5}
ValueError: No feasible trials are completed yet.
SEEN
