"""Helpers of the course "Three ways to a Keras model": data, pictures and checkpoints.

Importing this package starts TensorFlow without its log lines, so import it first.
"""

from helpers.arguments import CourseError
from helpers.notebook import (
    confirm,
    seconds,
    show_error,
    show_tables_without_colours,
    start_tensorflow,
    tell_of_gpus,
)

start_tensorflow()
tell_of_gpus()

from helpers.code import as_code
from helpers.comparison import compare_models, first_difference
from helpers.data import (
    load_cifar100,
    load_images,
    load_mnist,
    scale_images,
    scaled_batches,
    split_validation,
)
from helpers.drawing import plot_difference, plot_model
from helpers.plots import (
    give_figures_words,
    plot_bars,
    plot_feature_maps,
    plot_history,
    plot_images,
)

give_figures_words()
show_tables_without_colours()

__all__ = [
    "CourseError",
    "as_code",
    "compare_models",
    "confirm",
    "first_difference",
    "load_cifar100",
    "load_images",
    "load_mnist",
    "plot_bars",
    "plot_difference",
    "plot_feature_maps",
    "plot_history",
    "plot_images",
    "plot_model",
    "scale_images",
    "scaled_batches",
    "seconds",
    "show_error",
    "split_validation",
]
