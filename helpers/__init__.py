"""Helpers of the course "Three ways to a Keras model": data, pictures and checkpoints.

Importing this package starts TensorFlow without its log lines, so import it first.
"""

from helpers.startup import start_tensorflow

start_tensorflow()

from helpers.batches import batches  # noqa: E402
from helpers.checkpoints import confirm  # noqa: E402
from helpers.datasets import load_cifar100, load_mnist  # noqa: E402
from helpers.errors import CourseError  # noqa: E402
from helpers.evaluation_pictures import (  # noqa: E402
    plot_bars,
    plot_confusion,
    plot_pooling,
    plot_stopping,
)
from helpers.model_pictures import plot_model  # noqa: E402
from helpers.pictures import (  # noqa: E402
    plot_feature_maps,
    plot_history,
    plot_images,
    plot_kernel,
)
from helpers.preparation import scale_images, split_validation  # noqa: E402
from helpers.timing import plot_speeds, seconds  # noqa: E402

__all__ = [
    "CourseError",
    "batches",
    "confirm",
    "load_cifar100",
    "load_mnist",
    "plot_bars",
    "plot_confusion",
    "plot_feature_maps",
    "plot_history",
    "plot_images",
    "plot_kernel",
    "plot_model",
    "plot_pooling",
    "plot_speeds",
    "plot_stopping",
    "scale_images",
    "seconds",
    "split_validation",
]
