"""The ways in which an answer can fail, and short ways to say so."""

import inspect
import math
import re
from contextlib import contextmanager

import numpy as np

# Errors of Python's own, whose messages a beginner can use; others are named only.
PLAIN = (NameError, AttributeError, TypeError, KeyError, IndexError, ZeroDivisionError)
# Lines in which Keras says where it was, before it says what went wrong.
ABOUT_THE_CALL = ("Exception encountered when", "Could not auto", "Error when deserializing")


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


@contextmanager
def about(what: str, hint: str | None = None):
    """Begin what is said of anything wrong inside the `with` block with what it is about.

    Args:
        what: Words to stand before a colon: "In the list".
        hint: A hint to take the place of those given inside.
    """
    try:
        yield
    except Wrong as wrong:
        raise Wrong(
            f"{what}: {wrong.told[0].lower()}{wrong.told[1:]}", hint or wrong.hint
        ) from None


def require(holds, told: str, hint: str) -> None:
    """Raise `Wrong` unless something holds."""
    if not holds:
        raise Wrong(told, hint)


def require_super(made) -> None:
    """Raise `Wrong` for a layer or model whose class does not call `super().__init__()`."""
    require(
        hasattr(made, "built"),  # one of the many things that it would have made
        f"The class {type(made).__name__} does not call `super().__init__()`, so Keras could not "
        "make it ready.",
        "That is the first line of __init__, before anything is put on `self`.",
    )


def first_line(error: Exception) -> str:
    """The first line of an error's message, without colours, and not longer than a line or two."""
    text = re.sub(r"\x1b\[\d+m|\{\{.*?\}\} *|\[Op:.*", "", str(error))
    lines = [line.strip().removeprefix("Exception encountered: ") for line in text.splitlines()]
    lines = [line for line in lines if line]
    told = [line for line in lines if not line.startswith(ABOUT_THE_CALL)] or lines
    line = told[0] if told else "no further words"
    return line if len(line) <= 200 else line[:197] + "..."


def describe(answer) -> str:
    """Say what an answer is, in a learner's words: "None", "the text 'relu'", "a list"."""
    if answer is None:
        return "None"
    if isinstance(answer, str):
        return f"the text {answer!r}"
    if isinstance(answer, int) and abs(answer) > 10**30:
        return "a number of more than thirty digits"
    if isinstance(answer, bool | int | float):
        return f"the number {answer}" if not isinstance(answer, bool) else str(answer)
    if inspect.isclass(answer):
        return f"the class {answer.__name__} itself"
    if inspect.isfunction(answer):
        return f"the function {answer.__name__} itself"
    name = type(answer).__name__
    if name in ("EagerTensor", "SymbolicTensor"):
        return "a tensor"
    if name == "ndarray":
        return "an array"
    return f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def call(function, *args, doing: str, known=(), **kwargs):
    """Call a learner's function, and put whatever it raises into words.

    Args:
        function: What to call.
        args, kwargs: What to call it with.
        doing: What is being tried, to stand before a comma: "called with three losses".
        known: Errors that learners often meet, as triples: a pattern in "NameError: name 'x' ...",
            what to say, in which \\1 stands for the pattern's first group (None for the usual
            words), and a hint.

    Returns:
        What the function returned.

    Raises:
        Wrong: It cannot be called, or it raised an error.
    """
    if not callable(function):
        if function is None or isinstance(function, str):
            raise Wrong(
                f"The answer is {describe(function)}, and a function is asked for.",
                "Write `def name(...):` and pass the name without brackets to the check.",
            )
        raise Wrong(
            f"The answer is {describe(function)}, perhaps what the function returned, and a "
            "function is asked for.",
            "The check calls the function by itself. Leave out a line such as `name = name(...)`, "
            "and run the cell again.",
        )
    try:
        return function(*args, **kwargs)
    except (NotAttempted, Wrong):
        raise
    except Exception as error:
        kind, line = type(error).__name__, first_line(error)
        message, short = f"{kind}: {line}", isinstance(error, PLAIN) and len(line) <= 100
        told = f"{doing[0].upper()}{doing[1:]}, it stopped with an error, "
        told += message if short else f"{kind}."
        for pattern, words, hint in known:
            if match := re.search(pattern, message):
                raise Wrong(match.expand(words) if words else told, hint) from None
        raise Wrong(
            told, "Try the same in a cell of your own: there you see the line in which it stops."
        ) from None


def unknown_name(inputs: str) -> tuple:
    """What `call` is to say, in its `known`, where a function does not know a name.

    Args:
        inputs: What the function is called with, in the plural: "the images".
    """
    hint = f"Inside the function, {inputs} go by the name that stands in its brackets."
    return "NameError", None, hint


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
            "Write it in digits, without quotation marks, and without a comma between thousands.",
        )
    try:
        number = float(np.asarray(answer))
    except Exception:  # a tensor without a value has an error of its own for it
        raise Wrong(
            f"{what} is {describe(answer)}, and one number is asked for.",
            "Write a single number, or a sum that Python works out, such as 2 + 3.",
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
    hint = "A shape is whole numbers in brackets, such as (28, 28, 1)."
    try:
        sizes = list(answer) if not isinstance(answer, str | dict | set) else None
        if sizes is None:
            raise TypeError
    except Exception:  # a tensor without a value has an error of its own for it
        raise Wrong(f"{what} is {describe(answer)}, and a shape is asked for.", hint) from None
    if sizes and sizes[0] is None:
        sizes = sizes[1:]
    for size in sizes:
        try:
            whole = float(size) == int(size)
        except (TypeError, ValueError, OverflowError):
            whole = False
        if not whole:
            odd = f"{size:g}" if isinstance(size, float) else describe(size)
            raise Wrong(
                f"{what} is {describe(answer)} with {odd} in it, and a shape is asked for.",
                f"{hint} A size that cannot be halved evenly is rounded down.",
            )
    return tuple(int(size) for size in sizes)
