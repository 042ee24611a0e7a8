"""Starts TensorFlow without its log lines, and makes sure that Keras runs on it."""

import os
import sys
import tempfile
from contextlib import contextmanager

from helpers.errors import CourseError

SHOW_LOG = "COURSE_SHOW_LOG"
DEVICES = "COURSE_DEVICES"


def start_tensorflow() -> None:
    """Import TensorFlow, Keras and matplotlib, and find the devices, without a log line.

    TensorFlow's C++ code writes to file descriptor 2, which Python's `sys.stderr` does not see,
    so the descriptor itself is held back meanwhile. What was held back is written out after all
    when the start fails. Set the environment variable COURSE_SHOW_LOG=1 to see every line.

    TensorFlow makes its list of devices once. COURSE_DEVICES=2 asks for two of a kind beforehand:
    where there are fewer GPUs, none is used, and the CPU is shown as two devices.

    Raises:
        CourseError: KERAS_BACKEND names another backend, Keras already runs on another one, or
            COURSE_DEVICES is no number of devices.
    """
    backend = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise CourseError(
            f"The environment variable KERAS_BACKEND is {backend!r}, and this course needs "
            "'tensorflow': set it to 'tensorflow', or remove it, and restart the kernel."
        )
    if os.environ.get(SHOW_LOG):
        _import_and_find_devices()
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # 2: errors only, from here on
    with held_back_unless_it_fails():
        _import_and_find_devices()


def _import_and_find_devices() -> None:
    import keras
    import tensorflow as tf

    if keras.backend.backend() != "tensorflow":
        raise CourseError(
            f"Keras is already running on {keras.backend.backend()!r}, and this course needs "
            "'tensorflow': restart the kernel and run the first cell first."
        )
    if not os.environ.get(SHOW_LOG):
        tf.get_logger().setLevel("WARNING")  # in a notebook, its Python side logs more than that
    if DEVICES in os.environ:
        _arrange_devices(tf, os.environ[DEVICES])
    tf.config.list_logical_devices()


def _arrange_devices(tf, count) -> None:
    """See to it that there are so many devices of one kind: GPUs, or else parts of the CPU."""
    if not count.isdecimal() or int(count) < 1:
        raise CourseError(f"{DEVICES} is {count!r}: give a whole number from 1 up, say 2.")
    if len(tf.config.list_physical_devices("GPU")) < int(count):
        tf.config.set_visible_devices([], "GPU")
        cpu = tf.config.list_physical_devices("CPU")[0]
        parts = [tf.config.LogicalDeviceConfiguration()] * int(count)
        tf.config.set_logical_device_configuration(cpu, parts)


@contextmanager
def held_back_unless_it_fails():
    """Keep what is written to file descriptor 2 from the page, except when the block raises."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held_back:
        real = os.dup(2)
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(real, 2)
            held_back.seek(0)
            sys.stderr.write(held_back.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(real, 2)
            os.close(real)
