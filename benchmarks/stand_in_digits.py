"""Does a network that has seen only drawn digits read real ones?

Trains the digit network on stand_ins.digits alone, measures it on the test images of real
MNIST and writes the figures to benchmarks/results/stand_in_digits.json:

    python benchmarks/stand_in_digits.py --real FOLDER     (FOLDER holds mnist.npz)
"""

import argparse
import json
import platform
import time
from pathlib import Path

from exercises.lesson_1 import digit_network
from stand_ins.digits import draw_digits

import keras
import numpy as np
import tensorflow as tf

RESULTS = Path(__file__).resolve().parent / "results" / "stand_in_digits.json"


def as_input(images):
    """uint8 (n, 28, 28) -> float32 (n, 28, 28, 1), 0 to 1."""
    return images[..., None] / np.float32(255)


def one_run(seed, options, real_images, real_labels):
    """Train on drawn digits, measure on real ones: the figures of one run."""
    keras.utils.set_random_seed(seed)
    labels = np.random.default_rng(seed).integers(0, 10, options.train_size)
    start = time.perf_counter()
    images = draw_digits(labels, seed)
    drawing = time.perf_counter() - start

    network = digit_network()
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    start = time.perf_counter()
    network.fit(
        as_input(images),
        labels,
        batch_size=options.batch_size,
        epochs=options.epochs,
        verbose=2,
    )
    training = time.perf_counter() - start

    read = network.predict(as_input(real_images), batch_size=500, verbose=0).argmax(axis=1)
    right = read == real_labels
    return {
        "seed": seed,
        "accuracy": round(float(right.mean()), 4),
        "accuracy_per_digit": [
            round(float(right[real_labels == digit].mean()), 4) for digit in range(10)
        ],
        "drawn_per_second": round(options.train_size / drawing),
        "training_seconds": round(training, 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--real", type=Path, required=True, help="folder with mnist.npz")
    parser.add_argument("--train-size", type=int, default=60_000, help="drawn digits to train on")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--runs", type=int, default=1, help="runs, with seeds 0, 1, ...")
    options = parser.parse_args()

    with np.load(options.real / "mnist.npz") as real:
        real_images, real_labels = real["x_test"], real["y_test"]

    runs = []
    print("run  all    " + "".join(f"{digit:<7}" for digit in range(10)) + "drawn/s")
    for seed in range(options.runs):
        run = one_run(seed, options, real_images, real_labels)
        runs.append(run)
        per_digit = "  ".join(f"{share:.3f}" for share in run["accuracy_per_digit"])
        print(f"{seed:3d}  {run['accuracy']:.3f}  {per_digit}  {run['drawn_per_second']}")

    record = {
        "trained_on": "drawn digits only (stand_ins.digits)",
        "measured_on": f"the {len(real_labels)} test images of real MNIST",
        "train_size": options.train_size,
        "epochs": options.epochs,
        "batch_size": options.batch_size,
        "runs": runs,
        "versions": {
            "python": platform.python_version(),
            "numpy": np.__version__,
            "keras": keras.__version__,
            "tensorflow": tf.__version__,
        },
    }
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(record, indent=2) + "\n")
    print(f"Written to {RESULTS}")


if __name__ == "__main__":
    main()
