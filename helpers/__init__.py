"""Helpers of the course "Three ways to a Keras model": data, pictures and checkpoints.

Importing this package starts TensorFlow without its log lines, so import it first.
"""

from helpers.notebook import start_tensorflow

start_tensorflow()

from helpers.comparison import compare_models, first_difference  # noqa: E402
from helpers.data import batches, load_cifar100, load_mnist, scale_images, split_validation  # noqa: E402  # noqa: E402
from helpers.drawing import plot_dot, plot_model  # noqa: E402
from helpers.model_files import check_file  # noqa: E402
from helpers.new_process import predict_from_files, predict_in_new_process  # noqa: E402
from helpers.notebook import CourseError, confirm, seconds, show_error  # noqa: E402
from helpers.plots import (  # noqa: E402
    give_figures_words,
    plot_bars,
    plot_feature_maps,
    plot_history,
    plot_images,
    plot_split,
    plot_timeline,
)
from helpers.workers import Workers  # noqa: E402

give_figures_words()

__all__ = [
    "CourseError",
    "Workers",
    "batches",
    "check_file",
    "compare_models",
    "confirm",
    "first_difference",
    "load_cifar100",
    "load_mnist",
    "plot_bars",
    "plot_dot",
    "plot_feature_maps",
    "plot_history",
    "plot_images",
    "plot_model",
    "plot_split",
    "plot_timeline",
    "predict_from_files",
    "predict_in_new_process",
    "scale_images",
    "seconds",
    "show_error",
    "split_validation",
]
