#!/usr/bin/env bash
# scikit-learn 1.9.1: QuantileTransformer(output_distribution="normal") maps a column that is constant in training to -5.2, the farthest place there is,
# and any number above the constant to +5.2, however small the difference.
#
# One expects a constant column to become 0, as StandardScaler makes it, which is the median of the normal distribution and that of the column. Seen:
#   [-5.199, -5.199, -5.199]
#   [-5.199, 5.199]
#   [0.0, 0.0, 0.0]
#
# Hit is who standardizes the columns of a table for a network: a column without information enters the first layer as a bias of five deviations, and
# a first new value moves it by ten. Constant columns are to be left out before, or mapped to 0.
# Ends with 1 where this has changed.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet scikit-learn==1.9.1
cat > "$folder/ask.py" <<'PYTHON'
import numpy
from sklearn.preprocessing import QuantileTransformer, StandardScaler

constant = numpy.full((200, 1), 7.0)
fitted = QuantileTransformer(n_quantiles=20, output_distribution="normal").fit(constant)


def shown(values):
    return [round(float(value), 3) for value in values.ravel()]


print(shown(fitted.transform(constant[:3])))
print(shown(fitted.transform(numpy.array([[7.0], [7.001]]))))
print(shown(StandardScaler().fit_transform(constant)[:3]))
PYTHON
"$folder/venv/bin/python" "$folder/ask.py" | tee "$folder/seen"
diff "$folder/seen" - <<'SEEN'
[-5.199, -5.199, -5.199]
[-5.199, 5.199]
[0.0, 0.0, 0.0]
SEEN
