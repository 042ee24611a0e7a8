"""Takes answers to exercises, says how they do in one or two sentences, and keeps the progress."""

import dataclasses
import dis
import inspect
import logging
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager

from exercises.verdicts import NotAttempted, Wrong, describe
from helpers.notebook import CourseError

import numpy as np

NOT_ATTEMPTED, WRONG, RIGHT = "○", "✗", "✓"
RETURN = ("LOAD_CONST", "RETURN_CONST", "RETURN_VALUE")  # in Python's bytecode
EXERCISES = {}  # every Exercise, by its number


@dataclasses.dataclass
class Exercise:
    """One exercise, what its check says, and how far the learner has come since the kernel began.

    Attributes:
        number: The lesson's number, a point, and the exercise's: "1.3".
        title: The heading that it has in the lesson.
        why: One sentence, said when the answer is right: why it matters.
        start: A first step, for whoever checks an empty answer twice.
        judge: A function of the answers, which raises `Wrong` for the first thing that is wrong.
        state: ○ not attempted, ✗ wrong, ✓ right.
        tries: For each hint, how often its fault was met since the last right answer.
        fault: The hint of the last wrong answer; None without one.
        given: The hints that `hint` has given since the last right answer.
    """

    number: str
    title: str
    why: str
    start: str
    judge: Callable
    state: str = NOT_ATTEMPTED
    tries: Counter = dataclasses.field(default_factory=Counter)
    fault: str | None = None
    given: set = dataclasses.field(default_factory=set)


def exercise(number: str, title: str, why: str, start: str):
    """Turn what judges answers into an exercise: a function, or one of `exercises.kinds`.

    See `Exercise` for the arguments.
    """

    def register(judge):
        EXERCISES[number] = Exercise(number, title, why, start, judge)
        return judge

    return register


def check(number: str, *answers) -> None:
    """Print whether an exercise is right, and if not, the first thing that is wrong.

    It prints one of: not attempted yet; right, and why it matters; what is wrong. When the same is
    wrong a second time, a stronger hint follows. Nothing that an answer does raises an error from
    here.

    Args:
        number: The exercise's number, such as "1.3".
        answers: What the exercise asks for: a model, a function, a class, numbers. `...` (three
            dots), or a function or class with nothing else in it, is an answer not begun. NumPy
            arrays at the end are what the check needs besides, such as validation images.

    Raises:
        CourseError: There is no exercise of that number.
    """
    one = _exercise(number)
    try:
        with _without_warnings():  # the verdict says it in other words
            _judge(one, answers)
    except NotAttempted:
        _tell(one, NOT_ATTEMPTED, "not attempted yet.", one.start)
    except Wrong as wrong:
        _tell(one, WRONG, wrong.told, wrong.hint)
    except Exception:  # a kind of answer that nobody thought of
        told = (
            f"The check cannot use this answer, {describe(answers[0]) if answers else 'nothing'}."
        )
        _tell(one, WRONG, told, "Compare its form with what the exercise asks for, point by point.")
    else:
        one.state, one.tries, one.fault, one.given = RIGHT, Counter(), None, set()
        print(f"{RIGHT} Exercise {one.number}: right. {one.why}")


def hint(number: str) -> None:
    """Print the next hint for an exercise: how to begin, then how to mend what is wrong first.

    Args:
        number: The exercise's number, such as "1.3".

    Raises:
        CourseError: There is no exercise of that number.
    """
    one = _exercise(number)
    steps = [one.start] if one.fault is None else [one.start, one.fault]
    left = [step for step in steps if step not in one.given]
    if left:
        one.given.add(left[0])
        print(f"Exercise {one.number}, a hint: {left[0]}")
    elif one.fault is None:
        print(f"Exercise {one.number}: the next hint is about your answer, so check one first.")
    else:
        print(
            f"Exercise {one.number}: that was the last hint on this answer. Change it and check it "
            "again, or unfold the solution below the check."
        )


def progress(lesson: int) -> None:
    """Print which exercises of a lesson are done, counted from when the kernel started.

    Args:
        lesson: The lesson's number, such as 1.

    Raises:
        CourseError: That lesson has no exercises.
    """
    ours = [one for one in EXERCISES.values() if one.number.split(".")[0] == str(lesson)]
    if not ours:
        lessons = sorted({one.number.split(".")[0] for one in EXERCISES.values()})
        raise CourseError(f"There are no exercises for {lesson!r}, only for {', '.join(lessons)}.")
    done = sum(one.state == RIGHT for one in ours)
    print(f"Lesson {lesson}: {done} of {len(ours)} exercises done.")
    words = {NOT_ATTEMPTED: "not yet", WRONG: "not right yet", RIGHT: "done"}
    for one in ours:
        print(f"{one.state} {one.number} {one.title}: {words[one.state]}")


def _exercise(number):
    number = str(number)
    if number not in EXERCISES:
        raise CourseError(
            f'There is no exercise {number!r}. The number is a text, such as check("1.1", '
            f"my_answer); there are {', '.join(EXERCISES)}."
        )
    return EXERCISES[number]


@contextmanager
def _without_warnings():
    log = logging.getLogger("tensorflow")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        log.setLevel(level)


def _judge(one, answers):
    beside = [answer for answer in answers[1:] if isinstance(answer, np.ndarray)]
    asked_for = answers[: len(answers) - len(beside)]
    blank = [_is_blank(answer) for answer in asked_for]
    if all(blank):
        raise NotAttempted
    if any(blank):
        place = blank.index(True) + 1
        raise Wrong(
            f"Of the {len(asked_for)} things asked for, number {place} is still empty.",
            "Every name between the brackets of the check needs an answer in the cell above it.",
        )
    one.judge(*answers)


def _is_blank(answer):
    if answer is ...:
        return True
    if inspect.isclass(answer):
        methods = {
            name: value
            for name, value in vars(answer).items()
            if inspect.isfunction(getattr(value, "python_function", value))
        }
        blank = [name for name, method in methods.items() if _is_blank(method)]
        if not methods:  # one that builds on a learner's own class may need none
            return answer.__base__.__module__.split(".")[0] in ("builtins", "keras")
        return len(blank) == len(methods) or not {"__init__", "build"}.issuperset(blank)
    answer = getattr(answer, "python_function", answer)  # inside a tf.function
    if inspect.isfunction(answer):
        steps = [step for step in dis.get_instructions(answer) if step.opname != "RESUME"]
        return all(step.opname in RETURN and step.argval is None for step in steps)
    return False


def _tell(one, state, told, hint):
    one.state = state
    one.fault = hint if state == WRONG else None
    one.tries[hint] += 1  # what is told has figures in it, which another try may change
    print(f"{state} Exercise {one.number}: {told}")
    if one.tries[hint] > 1:
        print(f"  Hint: {hint}")
    else:
        print(
            f"  Check it a second time for a {'first step' if state == NOT_ATTEMPTED else 'hint'}."
        )
