"""What an argument may be: each kind is judged here, once, and refused in one sentence."""

import inspect
import reprlib
from numbers import Integral, Real
from pathlib import Path

import numpy as np


class CourseError(Exception):
    """Something the reader can mend. Its message says what happened and what to do."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of a traceback."""
        return [str(self)]


def kind_of(value):
    """A value in a word or two, for messages: "None", "'acc'", "a list", "the class Dense"."""
    if isinstance(value, bool | int | float | str | None):
        return reprlib.repr(value)
    if isinstance(value, type):
        return f"the class {value.__name__}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def numbers(values, what, finite=True):
    """Make an array of numbers; `what` names it in the message of the `CourseError`."""
    try:
        array = np.asarray(values)
        array = array if array.dtype.kind in "buif" else array.astype(float)
    except Exception:  # of any kind, for the values may be any library's
        raise CourseError(
            f"{what} must be numbers in an array, its rows of one length, not {kind_of(values)}."
        ) from None
    if finite and not np.isfinite(array).all():
        raise CourseError(f"{what} must be finite, and some numbers are NaN or infinite.")
    return array


def one_number(value, what):
    """Make a float, or raise a `CourseError`."""
    array = numbers(value, what)
    if array.size != 1:
        raise CourseError(f"{what} must be one number, not {kind_of(value)}.")
    return float(array.reshape(()))


def is_whole(value, least=1, most=float("inf")):
    """Whether a value is a whole number, of Python's or NumPy's, in a range."""
    return isinstance(value, Integral) and not isinstance(value, bool) and least <= value <= most


def count(number, what, least=1, most=float("inf")):
    """Make an integer from `least` to `most`, or raise a `CourseError`."""
    if not is_whole(number, least, most):
        up = "up" if most == float("inf") else f"to {most:,}"
        raise CourseError(
            f"{what} must be a whole number from {least} {up}, not {kind_of(number)}."
        )
    return int(number)


def yes_or_no(value, what):
    """Make a bool, or raise a `CourseError`."""
    if not isinstance(value, bool | np.bool_):
        raise CourseError(f"{what} must be True or False, not {kind_of(value)}.")
    return bool(value)


def text_of(value, what):
    """Make a text of a text or a number, or raise a `CourseError`."""
    if not isinstance(value, str | Real):
        raise CourseError(f"{what} must be a text or a number, not {kind_of(value)}.")
    return str(value)


def one_of(value, what, choices):
    """Give a text back that is among `choices`, or raise a `CourseError`."""
    if not isinstance(value, str) or value not in choices:
        *others, last = map(repr, choices)
        told = f"{', '.join(others)} or {last}"
        raise CourseError(f"{what} must be {told}, not {kind_of(value)}.")
    return value


def to_call(function, who):
    """Raise a `CourseError` unless this can be called; `who` is the name of what wants to."""
    if not callable(function):
        raise CourseError(
            f"{who} needs a function to call, not {kind_of(function)}: write {who}(f), not "
            f"{who}(f())."
        )


def to_call_alone(function, who):
    """The same of what is called without arguments."""
    to_call(function, who)
    try:
        inspect.signature(getattr(function, "call", function)).bind()  # `call`: that of a layer
    except ValueError:
        return  # some of Python's own do not tell
    except TypeError:
        raise CourseError(
            f"{who} calls a function without arguments, and {kind_of(function)} needs some: write "
            f"{who}(lambda: f(x)), with f and x your own."
        ) from None


def classes(values, what, names=None):
    """Make integers (n,) from classes (n,) or (n, 1), or from probabilities.

    These are (n, classes), or (n,) or (n, 1) for class 1. `names` are the classes' names, or None.
    """
    array = numbers(values, what)
    if array.ndim == 2 and array.size:
        array = array[:, 0] if array.shape[1] == 1 else array.argmax(axis=1)
    if array.ndim != 1 or not array.size:
        raise CourseError(
            f"{what} must be classes (n,) or probabilities (n, classes), and they have the shape "
            f"{array.shape}."
        )
    whole = np.rint(array).astype(int)
    if not (np.all(array == whole) or np.all((array >= 0) & (array <= 1))):
        raise CourseError(f"{what} must be whole numbers or probabilities, and they are neither.")
    for one in (whole.min(), whole.max()):
        if names is not None and not 0 <= one < len(names):
            raise CourseError(f"There are {len(names)} class_names, and none for class {one}.")
    return whole


def texts_of(class_names):
    """Make a list of texts, a name for each class, or raise a `CourseError`."""
    try:
        texts = [text_of(name, "a name").replace("_", " ") for name in class_names]
    except Exception:  # of any kind, as in numbers()
        texts = []
    if not texts or isinstance(class_names, str | bytes | dict):
        raise CourseError(
            f"class_names must be a list, a name for each class, not {kind_of(class_names)}."
        )
    if len(set(texts)) < len(texts):
        raise CourseError("Two classes have the same name in class_names: give each its own.")
    return texts


def write(path, content):
    """Write bytes into a file, whatever was in it before, and return its path.

    Raises:
        CourseError: It cannot be written there.
    """
    try:
        Path(path).write_bytes(content)
    except (OSError, TypeError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CourseError(f"The file {kind_of(path)} cannot be written ({reason}).") from None
    return Path(path)
