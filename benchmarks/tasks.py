"""What measure.py runs in a process of its own, to time it."""

import importlib
import json
import os
import subprocess
from pathlib import Path

import helpers
from benchmarks import loops, plain_recipe
from benchmarks.waiting import clock, since

import keras
import numpy as np

IMAGES = 6_400  # of a timed epoch


def load(task, images=None, **options):
    """`(x_train, y_train), (x_test, y_test)` of "digits" or "photos"."""
    sizes = images, None
    if "BENCHMARK_IMAGES" in os.environ:  # a quick try
        sizes = [int(os.environ["BENCHMARK_IMAGES"])] * 2
    return (helpers.load_mnist if task == "digits" else helpers.load_cifar100)(*sizes, **options)


def fastest(taken):
    """Of several rounds of the same work, the shortest: a disturbance can only make it longer."""
    return min(taken, key=lambda round: round["seconds"])


def accuracy(model, x, y):
    """The share of images that a model gets right; they become floats a few at a time."""
    parts = [plain_recipe.prepare(x[n : n + 200]) for n in range(0, len(x), 200)]
    answers = np.concatenate([model.predict_on_batch(part) for part in parts])
    return (answers.argmax(axis=1) == y).mean()


def recipe_of(name, task):
    return getattr(importlib.import_module(f"benchmarks.{name}_recipe"), task)


def train(recipe, task, **settings):
    """From images as they are loaded to a trained network, and what that gets right."""
    (x, y), test = load(task)
    model = recipe_of(recipe, task)(x, y, **settings)
    return {"epochs": len(model.history.epoch), "accuracy": accuracy(model, *test)}


class Stopwatch(keras.callbacks.Callback):
    """Times the last epoch of `fit`."""

    def on_epoch_begin(self, epoch, logs=None):
        self.start = clock()

    def on_epoch_end(self, epoch, logs=None):
        self.taken = since(self.start)


def elsewhere(name):
    """The epoch of `yardstick.py`, by the Python that the environment variable YARDSTICK names."""
    command = [os.environ["YARDSTICK"], Path(__file__).parent / "yardstick.py", name, str(IMAGES)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def recipe_epoch(recipe, task):
    """The second epoch of a recipe: the first has extra work to do."""
    (x, y), _ = load(task, IMAGES)
    watch = Stopwatch()
    recipe_of(recipe, task)(x, y, epochs=2, callbacks=[watch])
    return watch.taken


def epoch(loop, batch, **settings):
    """One epoch of the CIFAR network, after one that is not timed: the faster of two."""
    (x, y), _ = load("photos", IMAGES)
    train_epoch = getattr(loops, loop)(x, y, batch, **settings)
    train_epoch()
    taken = []
    for _ in range(2):
        start = clock()
        train_epoch()
        taken.append(since(start))
    return fastest(taken)
