"""The ways in which an answer can fail, and short ways to say so."""

import inspect
import math
import re

import numpy as np


class NotAttempted(Exception):
    """The answer is still as the exercise gave it."""


class Wrong(Exception):
    """The first thing that is wrong with an answer.

    Args:
        told: What is wrong, as whole sentences that a beginner can act on, without the solution.
        hint: Where to look, more openly, for the second time.
    """

    def __init__(self, told: str, hint: str):
        super().__init__(told)
        self.told = told
        self.hint = hint


def require(holds, told: str, hint: str) -> None:
    """Raise `Wrong` unless something holds."""
    if not holds:
        raise Wrong(told, hint)


def first_line(error: Exception) -> str:
    """The first line of an error's message, without colours, and not longer than a line or two."""
    lines = re.sub(r"\x1b\[\d+m", "", str(error)).strip().splitlines()
    lines = [line for line in lines if not line.startswith("Exception encountered")] or lines
    line = next((line.strip() for line in lines if line.strip()), "no further words")
    return line if len(line) <= 200 else line[:197] + "..."


def describe(answer) -> str:
    """Say what an answer is, in a learner's words: "None", "the text 'relu'", "a list"."""
    if answer is None:
        return "None"
    if isinstance(answer, str):
        return f"the text {answer!r}"
    if isinstance(answer, bool | int | float):
        return f"the number {answer}" if not isinstance(answer, bool) else str(answer)
    if inspect.isclass(answer):
        return f"the class {answer.__name__} itself"
    if inspect.isfunction(answer):
        return f"the function {answer.__name__} itself"
    name = type(answer).__name__
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def call(function, *args, doing: str, **kwargs):
    """Call a learner's function, and put whatever it raises into words.

    Args:
        function: What to call.
        args, kwargs: What to call it with.
        doing: What is being tried, to stand before a comma: "called with three losses".

    Returns:
        What the function returned.

    Raises:
        Wrong: It cannot be called, or it raised an error.
    """
    if not callable(function):
        raise Wrong(
            f"The answer is {describe(function)}, and a function is asked for.",
            "Write `def name(...):` and pass the name without brackets to the check.",
        )
    try:
        return function(*args, **kwargs)
    except (NotAttempted, Wrong):
        raise
    except Exception as error:
        raise Wrong(
            f"{doing[0].upper()}{doing[1:]}, it stopped with an error, {type(error).__name__}: "
            f"{first_line(error)}",
            "Try the same in a cell of your own: there you see the line in which it stops.",
        ) from None


def as_number(answer, what: str) -> float:
    """Take a number in any spelling (int, float, NumPy, a tensor of one element).

    Args:
        answer: The learner's answer.
        what: What it is, to begin a sentence with: "The parameter count".

    Raises:
        Wrong: It is not one finite number.
    """
    if isinstance(answer, str):
        raise Wrong(
            f"{what} is {describe(answer)}, and a number is asked for.",
            "Write it without quotation marks, and without a comma between thousands.",
        )
    try:
        number = float(np.asarray(answer))
    except (TypeError, ValueError):
        raise Wrong(
            f"{what} is {describe(answer)}, and one number is asked for.",
            "Write a single number, or a sum that Python works out, such as (4 + 1) * 3.",
        ) from None
    require(
        math.isfinite(number),
        f"{what} is {number}, which is not a finite number.",
        "Something was divided by zero, or grew without bound, on the way.",
    )
    return number


def as_shape(answer, what: str) -> tuple:
    """Take a shape in any spelling: a tuple, a list, an array, with or without the batch's None.

    Args:
        answer: The learner's answer.
        what: What it is, to begin a sentence with: "The shape".

    Returns:
        A tuple of ints, without the batch dimension's None.

    Raises:
        Wrong: It is not a row of whole numbers.
    """
    if isinstance(answer, int | np.integer) and not isinstance(answer, bool):
        return (int(answer),)
    try:
        sizes = list(answer) if not isinstance(answer, str | dict | set) else None
        if sizes and sizes[0] is None:
            sizes = sizes[1:]
        if sizes is None or any(float(size) != int(size) for size in sizes):
            raise TypeError
        return tuple(int(size) for size in sizes)
    except (TypeError, ValueError):
        raise Wrong(
            f"{what} is {describe(answer)}, and a shape is asked for.",
            "A shape is whole numbers in brackets, such as (28, 28, 1).",
        ) from None
