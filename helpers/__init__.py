"""Helpers of the course "Three ways to a Keras model": data, pictures and checkpoints.

Importing this package starts TensorFlow without its log lines, so import it first.
"""

from helpers.startup import start_tensorflow

start_tensorflow()

from helpers.checkpoints import confirm  # noqa: E402
from helpers.datasets import load_cifar100, load_mnist, split_validation  # noqa: E402
from helpers.errors import CourseError  # noqa: E402
from helpers.model_pictures import plot_model  # noqa: E402
from helpers.pictures import (  # noqa: E402
    plot_feature_maps,
    plot_history,
    plot_images,
    plot_kernel,
)

__all__ = [
    "CourseError",
    "confirm",
    "load_cifar100",
    "load_mnist",
    "plot_feature_maps",
    "plot_history",
    "plot_images",
    "plot_kernel",
    "plot_model",
    "split_validation",
]
