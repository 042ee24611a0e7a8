"""Helpers of the course "Three ways to a Keras model": data, pictures and checkpoints.

Importing this package starts TensorFlow without its log lines, so import it first.
"""

from helpers.startup import start_tensorflow

start_tensorflow()

from helpers.checkpoints import confirm  # noqa: E402
from helpers.comparison import compare_models, first_difference  # noqa: E402
from helpers.datasets import load_cifar100, load_mnist  # noqa: E402
from helpers.distribution_pictures import plot_split, plot_timeline  # noqa: E402
from helpers.errors import CourseError, show_error  # noqa: E402
from helpers.evaluation_pictures import (  # noqa: E402
    plot_bars,
    plot_confusion,
    plot_metric,
    plot_pooling,
    plot_runs,
    plot_stopping,
)
from helpers.exercises import check, progress  # noqa: E402
from helpers.model_files import check_file  # noqa: E402
from helpers.model_pictures import plot_dot, plot_model  # noqa: E402
from helpers.new_process import predict_from_files, predict_in_new_process  # noqa: E402
from helpers.pictures import (  # noqa: E402
    plot_feature_maps,
    plot_history,
    plot_images,
    plot_kernel,
)
from helpers.preparation import batches, scale_images, split_validation  # noqa: E402
from helpers.timing import plot_speeds, seconds  # noqa: E402
from helpers.workers import Workers  # noqa: E402

__all__ = [
    "CourseError",
    "Workers",
    "batches",
    "check",
    "check_file",
    "compare_models",
    "confirm",
    "first_difference",
    "load_cifar100",
    "load_mnist",
    "plot_bars",
    "plot_confusion",
    "plot_dot",
    "plot_feature_maps",
    "plot_history",
    "plot_images",
    "plot_kernel",
    "plot_metric",
    "plot_model",
    "plot_pooling",
    "plot_runs",
    "plot_speeds",
    "plot_split",
    "plot_stopping",
    "plot_timeline",
    "predict_from_files",
    "predict_in_new_process",
    "progress",
    "scale_images",
    "seconds",
    "show_error",
    "split_validation",
]
