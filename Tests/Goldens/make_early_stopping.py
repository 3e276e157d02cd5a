#!/usr/bin/env python3
"""Writes early_stopping.json: where Keras' own EarlyStopping callback stops on a fixed curve of validation losses.

Needs keras with the torch backend. Epochs count from 0; stop_epoch is null where the curve ends first. best_epoch and best are the
callback's, which follows the lowest loss by more than min_delta.
"""
import os

os.environ.setdefault("KERAS_BACKEND", "torch")
import keras

from golden_format import write_object

CURVE = [1.0, 0.8, 0.7, 0.65, 0.66, 0.64, 0.67, 0.70, 0.69, 0.72, 0.75, 0.74, 0.78, 0.80, 0.82]
CASES = [
    {"patience": 0}, {"patience": 1}, {"patience": 3}, {"patience": 20}, {"patience": 2, "min_delta": 0.02},
    {"patience": 3, "start_from_epoch": 8}, {"patience": 3, "baseline": 0.6}]


class Model:
    """The little that the callback asks of a model."""
    stop_training = False

    def get_weights(self):
        return []

    def set_weights(self, weights):
        pass


def case(options):
    callback, model = keras.callbacks.EarlyStopping(monitor="val_loss", mode="min", restore_best_weights=True, **options), Model()
    callback.set_model(model)
    callback.on_train_begin()
    stop = None
    for epoch, loss in enumerate(CURVE):
        callback.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            stop = epoch
            break
    return {"min_delta": 0.0, "baseline": None, "start_from_epoch": 0, **options, "stop_epoch": stop, "best_epoch": callback.best_epoch,
            "best": float(callback.best)}


def main():
    write_object("early_stopping.json", {
        "source": f"keras.callbacks.EarlyStopping, Keras {keras.__version__}", "monitor": "val_loss", "mode": "min", "val_loss": CURVE,
        "cases": {"_".join(f"{key}_{value}" for key, value in options.items()): case(options) for options in CASES}})


if __name__ == "__main__":
    main()
