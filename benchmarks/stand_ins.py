"""Do the drawn stand-ins behave as the real images do?"""

import os

from benchmarks import course_recipe, plain_recipe, tasks
from exercises.lesson_1 import digit_network
from exercises.lesson_5 import cifar_network

import numpy as np


def digits():
    """Train the digit network on drawn digits alone, and let it read MNIST's test images."""
    _, (x_test, y_test) = tasks.load("digits")
    os.environ["COURSE_DATA"] = "stand-in"
    (x, y), _ = tasks.load("digits")
    model = digit_network()
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(plain_recipe.prepare(x), y, batch_size=128, epochs=5, verbose=0)
    return {"accuracy": tasks.accuracy(model, x_test, y_test)}


def fit(x, y, test, epochs, reach=None):
    """Train the CIFAR network, and return it and its history; with `reach`, flips and shifts."""
    model = cifar_network()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    dataset = course_recipe.batches(x, y, plain_recipe.BATCH, reach)
    return model, model.fit(dataset, validation_data=test, epochs=epochs, verbose=0).history


def photos(data):
    """How well, and how badly, the CIFAR network learns from drawn or from real photos.

    Of the test images, 2,000 serve as validation images.
    """
    os.environ["COURSE_DATA"] = data
    (x, both), (x_test, both_test) = tasks.load("photos", label_mode="both")
    y, coarse = both[:, 0], np.zeros(100, int)
    coarse[y] = both[:, 1]
    x_test, y_test = plain_recipe.prepare(x_test[:2_000]), both_test[:2_000, 0]
    test = x_test, y_test
    _, all_of_them = fit(x, y, test, epochs=5)
    x, y = x[:10_000], y[:10_000]
    model, short = fit(x, y, test, epochs=5)
    answers = model.predict(x_test, verbose=0).argmax(axis=1)
    wrong, kin = answers != y_test, coarse[answers] == coarse[y_test]
    _, long = fit(x, y, test, epochs=25)
    _, augmented = fit(x, y, test, epochs=25, reach=3)
    best = int(np.argmin(long["val_loss"]))
    last, with_changes = (np.mean(run["val_accuracy"][-5:]) for run in (long, augmented))
    return {
        "accuracy after 5 epochs of 10,000 photos": short["val_accuracy"][-1],
        "accuracy after 5 epochs of 50,000 photos": all_of_them["val_accuracy"][-1],
        "epoch of the lowest validation loss, of 25": best + 1,
        "validation loss at that epoch": long["val_loss"][best],
        "validation loss at the end": long["val_loss"][-1],
        "training accuracy at the end": long["accuracy"][-1],
        "share of wrong answers in the right superclass": np.mean(kin[wrong]),
        "validation accuracy won by flips and shifts": with_changes - last,
    }
