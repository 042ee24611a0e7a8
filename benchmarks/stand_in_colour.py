"""Does the drawn stand-in for CIFAR-100 behave as the real set does? Trains a small network on it.

Measured, for the drawn images and, with --real FOLDER, for the real ones in FOLDER/cifar100.npz:

1. accuracy on 2,000 test images after 5 epochs on 5,000, 10,000 and 50,000 training images
2. overfitting on 10,000: the best epoch by validation loss, and both curves at the end
3. the share of wrong answers that fall on a class of the same superclass (by chance 4 %)
4. what random flips and shifts of 3 pixels gain in validation accuracy

Run from the repository's root: python benchmarks/stand_in_colour.py [--real FOLDER] [--epochs 25]
It takes some minutes, and writes benchmarks/results/stand_in_colour.json.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
sys.path.insert(0, str(Path(__file__).parents[1]))

from exercises.lesson_5 import cifar_network  # noqa: E402
from stand_ins.classes import COARSE_OF_FINE  # noqa: E402
from stand_ins.colour import draw_colour_images  # noqa: E402

import keras  # noqa: E402
import numpy as np  # noqa: E402

RESULTS = Path(__file__).parent / "results" / "stand_in_colour.json"
TEST_SIZE = 2_000
ROWS = {
    "accuracy_5000": "accuracy, 5 epochs on 5,000",
    "accuracy_10000": "accuracy, 5 epochs on 10,000",
    "accuracy_50000": "accuracy, 5 epochs on 50,000",
    "kin_among_wrong": "kin among wrong answers (5 epochs on 10,000)",
    "best_epoch": "best epoch by val_loss, on 10,000",
    "best_val_loss": "val_loss then",
    "last_val_loss": "val_loss at the end",
    "last_accuracy": "training accuracy at the end",
    "last_val_accuracy": "val_accuracy at the end (mean of 5 epochs)",
    "augmented_val_accuracy": "the same with flips and shifts",
    "augmentation_gain": "gain by flips and shifts",
}


def flip_and_shift(images, rng, reach=3):
    """Each image mirrored or not and moved by up to `reach` pixels, its edge repeated."""
    side = images.shape[1]
    padded = np.pad(images, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(1, 2))
    down, right = rng.integers(0, 2 * reach + 1, (2, len(images)))
    moved = np.moveaxis(windows[np.arange(len(images)), down, right], 1, -1)
    return np.where(rng.random((len(images), 1, 1, 1)) < 0.5, moved[:, :, ::-1], moved)


def train(x, y, test, epochs, augment=False):
    """The history and the trained network; test images serve as validation images."""
    keras.utils.set_random_seed(0)
    network, rng = cifar_network(), np.random.default_rng(0)
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = {}
    for _ in range(epochs):
        seen = flip_and_shift(x, rng) if augment else x
        epoch = network.fit(seen, y, batch_size=32, validation_data=test, verbose=0).history
        for key, values in epoch.items():
            history.setdefault(key, []).extend(values)
    return history, network


def measure(x_train, y_train, x_test, y_test, epochs):
    result = {}
    x_test = x_test.astype("float32") / 255
    for size in (5_000, 10_000, 50_000):
        x, y = x_train[:size].astype("float32") / 255, y_train[:size]
        history, network = train(x, y, (x_test, y_test), epochs=5)
        result[f"accuracy_{size}"] = history["val_accuracy"][-1]
        if size == 10_000:
            answers = network.predict(x_test, verbose=0).argmax(axis=1)
            coarse, wrong = np.array(COARSE_OF_FINE), answers != y_test
            kin = coarse[answers[wrong]] == coarse[y_test[wrong]]
            result["kin_among_wrong"] = float(kin.mean())
    x, y = x_train[:10_000].astype("float32") / 255, y_train[:10_000]
    history, _ = train(x, y, (x_test, y_test), epochs)
    result["best_epoch"] = int(np.argmin(history["val_loss"])) + 1
    result["best_val_loss"] = min(history["val_loss"])
    result["last_val_loss"] = history["val_loss"][-1]
    result["last_accuracy"] = history["accuracy"][-1]
    result["last_val_accuracy"] = float(np.mean(history["val_accuracy"][-5:]))
    history, _ = train(x, y, (x_test, y_test), epochs, augment=True)
    result["augmented_val_accuracy"] = float(np.mean(history["val_accuracy"][-5:]))
    result["augmentation_gain"] = result["augmented_val_accuracy"] - result["last_val_accuracy"]
    return {key: round(value, 4) for key, value in result.items()}


def drawn_images():
    labels = np.random.default_rng(0).integers(0, 100, 50_000 + TEST_SIZE)
    y_train, y_test = labels[:50_000], labels[50_000:]
    return draw_colour_images(y_train, 1), y_train, draw_colour_images(y_test, 2), y_test


def real_images(folder):
    with np.load(Path(folder) / "cifar100.npz") as data:
        y_train, y_test = data["y_train_fine"].ravel(), data["y_test_fine"].ravel()
        x_train, x_test = data["x_train"], data["x_test"][:TEST_SIZE]
    return x_train, y_train, x_test, y_test[:TEST_SIZE]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--real", metavar="FOLDER", help="a folder with cifar100.npz")
    parser.add_argument("--epochs", type=int, default=25, help="of the long runs; 25 if left out")
    arguments = parser.parse_args()

    start = time.perf_counter()
    draw_colour_images(np.arange(12_000) % 100)
    results = {
        "epochs": arguments.epochs,
        "seconds_to_draw_12000": round(time.perf_counter() - start, 2),
        "drawn": measure(*drawn_images(), arguments.epochs),
    }
    if arguments.real:
        results["real"] = measure(*real_images(arguments.real), arguments.epochs)

    sets = [name for name in ("drawn", "real") if name in results]
    print(f"{'':48}" + "".join(f"{name:>9}" for name in sets))
    for key, words in ROWS.items():
        print(f"{words:48}" + "".join(f"{results[name][key]:9.3f}" for name in sets))
    print(f"12,000 images drawn in {results['seconds_to_draw_12000']} s")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
