"""What measure.py runs in a process of its own, to time it."""

import importlib
import os
import time

import helpers
from benchmarks import loops, plain_recipe

import numpy as np


def load(task, images=None, **options):
    """`(x_train, y_train), (x_test, y_test)` of "digits" or "photos"."""
    sizes = images, None
    if "BENCHMARK_IMAGES" in os.environ:  # a quick try
        sizes = [int(os.environ["BENCHMARK_IMAGES"])] * 2
    return (helpers.load_mnist if task == "digits" else helpers.load_cifar100)(*sizes, **options)


def clock():
    return time.perf_counter(), time.process_time()


def since(start):
    """Seconds by the clock on the wall, and seconds of all processor cores together."""
    wall, processor = (now - then for now, then in zip(clock(), start, strict=True))
    return {"seconds": wall, "processor": processor}


def fastest(taken):
    """Of several rounds of the same work, the shortest: a disturbance can only make it longer."""
    return min(taken, key=lambda round: round["seconds"])


def accuracy(model, x, y):
    """The share of images that a model gets right; they become floats a few at a time."""
    parts = [plain_recipe.prepare(x[n : n + 200]) for n in range(0, len(x), 200)]
    answers = np.concatenate([model.predict_on_batch(part) for part in parts])
    return (answers.argmax(axis=1) == y).mean()


def train(recipe, task, **settings):
    """From images as they are loaded to a trained network, and what that gets right."""
    (x, y), test = load(task)
    recipe = importlib.import_module(f"benchmarks.{recipe}_recipe")
    start = clock()
    model = getattr(recipe, task)(x, y, **settings)
    result = since(start) | {"epochs": len(model.history.epoch)}
    return result | {"accuracy": accuracy(model, *test)}


def epoch(loop, batch, **settings):
    """One epoch of the CIFAR network, after one that is not timed: the fastest of three."""
    (x, y), _ = load("photos", 16_000)
    train_epoch = getattr(loops, loop)(x, y, batch, **settings)
    train_epoch()
    taken = []
    for _ in range(3):
        start = clock()
        train_epoch()
        taken.append(since(start))
    return fastest(taken)
