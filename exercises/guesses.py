"""Takes guesses, and says below the next cell how near they were.

A guess costs nothing: left alone, `guess("1.a", ...)` prints nothing. What is guessed stands in
`guesses_rows.py`, the answer as an expression, so that it is what the learner's own run has shown.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from exercises.verdicts import Wrong, as_number, as_shape, describe
from helpers.arguments import kind_of
from learner import progress_file
from learner.progress_file import NOT_ATTEMPTED, RIGHT, WRONG

import numpy as np

GUESSES = {}  # every Guess, by its number
YES = {"yes": True, "y": True, "true": True, "no": False, "n": False, "false": False}

_waiting = {}  # by number, each value whose answer has not been seen yet
_guessing = False  # whether the cell that runs now is one with a guess


@dataclass
class Guess:
    """What is to be guessed, and how the learner's last guess went.

    Attributes:
        number: The lesson's number, a point, and a letter: "1.a".
        about: What it is about, in one word to stand after "look again at": "shapes".
        read: A function that takes a value, the learner's or the right one, in any spelling, and
            raises `Wrong` for one of another kind.
        show: A function that writes a value so read.
        answer: A Python expression for the right value, once the cell below the guess has run.
        state: ○ none yet, ✗ wrong, ✓ right; a number is right within 10 %.
        attempts: How many guesses there were.
    """

    number: str
    about: str
    read: Callable
    show: Callable
    answer: str
    state: str = NOT_ATTEMPTED
    attempts: int = 0


def ask(name, about, /, *, number=None, shape=None, choice=None, yes=None, among=()) -> None:
    """Make a guess known.

    Args:
        name: Its number, such as "1.a".
        about: What it is about, in one word.
        number, shape, choice, yes: Exactly one of them, which says of what kind the answer is: a
            Python expression, evaluated in the notebook when the cell below the guess has run.
        among: Of a choice, all there is to choose from.
    """
    kinds = [
        (number, _read_number, _show_number),
        (shape, lambda value: as_shape(value, "Your guess"), str),
        (choice, lambda value: _read_choice(value, among), str),
        (yes, _read_yes, lambda value: "yes" if value else "no"),
    ]
    ((answer, read, show),) = [kind for kind in kinds if kind[0] is not None]
    GUESSES[name] = Guess(name, about, read, show, answer)


def guess(number: str, value=...) -> None:
    """Note a guess; below the next cell stands how near it was.

    Args:
        number: The guess's number, such as "1.a".
        value: A number, a shape, one of the things to choose from, or "yes" or "no". `...` (three
            dots) is no guess.
    """
    global _guessing
    _guessing = True
    if value is ...:
        return
    one = GUESSES.get(str(number))
    if one is None:
        print(f"There is no guess {kind_of(str(number))}: leave its number as the lesson has it.")
        return
    try:
        _waiting[one.number] = one.read(value)
    except Wrong as wrong:
        _waiting.pop(one.number, None)
        print(f"{wrong.told} {wrong.hint}")
    except Exception:  # a kind of value that nobody thought of
        print(f"Your guess cannot be used: it is {describe(value)}.")
    else:
        print("Noted.")
        if shell := _shell():
            shell.events.register("post_run_cell", _after_a_cell)


def answer_to(number: str):
    """The right value of a guess, as the notebook has it now.

    Raises:
        Exception: Whatever the notebook's names raise, if the cell below the guess has not run.
    """
    one = GUESSES[number]
    return one.read(eval(one.answer, _shell().user_ns))


def tell(lesson) -> None:
    """Print how many guesses of a lesson were right, and what to look at; nothing without any."""
    ours = [one for one in GUESSES.values() if one.number.split(".")[0] == str(lesson)]
    made = [one for one in ours if one.state != NOT_ATTEMPTED]
    if made:
        right = sum(one.state == RIGHT for one in made)
        words = " and ".join(dict.fromkeys(one.about for one in made if one.state == WRONG))
        again = f"; look again at {words}" * bool(words)
        print(f"Guesses: {right} of {len(made)}{again}.")


def _shell():
    ipython = sys.modules.get("IPython")
    return ipython and ipython.get_ipython()


def _after_a_cell(result):
    """Say how near the guesses were that wait, unless the cell guessed itself, or failed."""
    global _guessing
    if _guessing or not result.success:
        _guessing = False
        return
    for number, value in [*_waiting.items()]:
        try:
            answer = answer_to(number)
        except Exception:  # the cell that shows it has not run yet
            continue
        del _waiting[number]
        one = GUESSES[number]
        mark, comparison = _compared(value, answer, one.show)
        print(f"{mark}Your guess: {one.show(value)}. {comparison}")
        progress_file.recall(GUESSES)
        one.state, one.attempts = RIGHT if mark else WRONG, one.attempts + 1
        progress_file.keep(one)


def _compared(value, answer, show):
    """A tick for a guess that is right or near, else nothing, and a sentence."""
    if show(value) == show(answer):
        return "✓ ", "So it is."
    near = ""
    if isinstance(answer, float) and abs(value - answer) <= abs(answer) / 10:
        near = ": within 10 %"
    return "✓ " * bool(near), f"It is {show(answer)}{near}."


def _read_number(value):
    return as_number(value, "Your guess")


def _show_number(value):
    return f"{value:,.0f}" if value == round(value) or abs(value) >= 1000 else f"{value:.3g}"


def _read_choice(value, among):
    for one in among:
        if str(value).strip().lower() == str(one).lower():
            return one
    told = f"Your guess is {describe(value)}, which is not among what there is to choose from."
    raise Wrong(told, f"Choose {' or '.join(map(repr, among))}.")


def _read_yes(value):
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, str) and value.strip().lower() in YES:
        return YES[value.strip().lower()]
    raise Wrong(f"Your guess is {describe(value)}, and yes or no is asked for.", 'Write "yes".')
