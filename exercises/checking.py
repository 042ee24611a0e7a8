"""Takes answers to exercises, says how they do in one or two sentences, and keeps the progress."""

import dataclasses
import dis
import inspect
import logging
import re
import warnings
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from random import Random, SystemRandom

from exercises import guesses
from exercises.verdicts import NotAttempted, Wrong, describe
from helpers.arguments import CourseError, kind_of
from learner import progress_file
from learner.progress_file import NOT_ATTEMPTED, RIGHT, WRONG

import numpy as np
from IPython.display import display

RETURN = ("LOAD_CONST", "RETURN_CONST", "RETURN_VALUE")  # in Python's bytecode
EXERCISES = {}  # every Exercise of a lesson, by its number
DRAWS = {}  # what draws further ones, by the number of the lesson's own
PRACTISED = {}  # every Exercise that was drawn, by its number, such as "1.3/17"


@dataclasses.dataclass
class Exercise:
    """One exercise, what its check says, and how far the learner has come.

    Attributes:
        number: The lesson's number, a point, and the exercise's: "1.3"; with "/17" behind it for
            the 17th that can be drawn of its kind.
        title: The heading that it has in the lesson.
        why: One sentence, said when the answer is right: why it matters.
        start: A first step, for whoever checks an empty answer twice.
        judge: A function of the answers, which raises `Wrong` for the first thing that is wrong.
        state: ○ not attempted, ✗ wrong, ✓ right.
        attempts: How often an answer was checked, empty ones not counted.
        tries: For each hint, how often its fault was met since the last right answer.
        fault: The hint of the last wrong answer; None without one.
        given: The hints that `hint` has given since the last right answer.
        text, solution: The exercise and its solution as Markdown, if it was drawn.
    """

    number: str
    title: str
    why: str
    start: str
    judge: Callable
    state: str = NOT_ATTEMPTED
    attempts: int = 0
    tries: Counter = dataclasses.field(default_factory=Counter)
    fault: str | None = None
    given: set = dataclasses.field(default_factory=set)
    text: str = ""
    solution: str = ""

    def __repr__(self):
        """The text of an exercise that was drawn."""
        return f"Exercise {self.number} · {self.title}\n\n{self.text}"

    def _repr_markdown_(self):
        """The same for a notebook, with the solution folded below."""
        return (
            f"**Exercise {self.number} · {self.title}**\n\n{self.text}\n\n"
            f"<details><summary>Solution</summary>\n\n{self.solution}\n\n</details>"
        )


def exercise(number: str, title: str, why: str, start: str):
    """Turn what judges answers into an exercise: a function, or one of `exercises.kinds`.

    See `Exercise` for the arguments.
    """

    def register(judge):
        EXERCISES[number] = Exercise(number, title, why, start, judge)
        return judge

    return register


@dataclasses.dataclass
class Drawn:
    """An exercise as it was drawn.

    Attributes:
        text: What it asks for, as Markdown.
        judge: As that of an `Exercise`.
        code: The solution.
        because: Why, in a sentence or two.
    """

    text: str
    judge: Callable
    code: str
    because: str


def drawn(number: str, title: str, why: str, start: str, names: tuple):
    """Turn a function that draws an exercise into the source of all exercises of its kind.

    Args:
        number, title, why, start: As for `Exercise`; the number is that of the lesson's own.
        names: What the answers are called, in the order in which the check wants them.
    """

    def register(draw):
        def drawn_as(other):
            one = draw(Random(other))
            answers = "\n".join(f"{name} = ..." for name in names)
            asked = f'```python\n{answers}\ncheck("{other}", {", ".join(names)})\n```'
            return Exercise(
                other,
                title,
                f'{why} For another: practice("{number}").',
                start,
                one.judge,
                text=f"{one.text}\n\n{asked}",
                solution=f"```python\n{one.code}\n```\n\n{one.because}",
            )

        DRAWS[number] = drawn_as
        return draw

    return register


def practice(number: str) -> None:
    """Show another exercise of the same kind as one of a lesson, for `check` to judge.

    Args:
        number: The number of a lesson's exercise, such as "1.3", for a new one; or the number that
            one had, such as "1.3/17", for the same one again, on any machine.

    Raises:
        CourseError: There is no such number, or exercises of that kind cannot be drawn.
    """
    number = str(number)
    if "/" not in number:
        number = f"{number}/{SystemRandom().randint(1, 9_999)}"
    display(exercise_of(number))


def check(number: str, *answers) -> None:
    """Print whether an exercise is right, and if not, the first thing that is wrong.

    It prints one of: not attempted yet; right, and why it matters; what is wrong. When the same is
    wrong a second time, a stronger hint follows. Nothing that an answer does raises an error from
    here.

    Args:
        number: The exercise's number, such as "1.3", or "1.3/17" for one to practise.
        answers: What the exercise asks for: a model, a function, a class, numbers. `...` (three
            dots), or a function or class with nothing else in it, is an answer not begun. NumPy
            arrays at the end are what the check needs besides, such as validation images.

    Raises:
        CourseError: There is no exercise of that number.
    """
    one = exercise_of(number)
    progress_file.recall(EXERCISES)
    try:
        with _without_warnings():  # the verdict says it in other words
            remark = _judge(one, answers)
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
        one.tries, one.fault, one.given = Counter(), None, set()
        _note(one, RIGHT)
        print(f"{RIGHT} Exercise {one.number}: right. {one.why}{f' {remark}' if remark else ''}")


def hint(number: str) -> None:
    """Print the next hint for an exercise: how to begin, then how to mend what is wrong first.

    Args:
        number: The exercise's number, such as "1.3".

    Raises:
        CourseError: There is no exercise of that number.
    """
    one = exercise_of(number)
    steps = [one.start] if one.fault is None else [one.start, one.fault]
    left = [step for step in steps if step not in one.given]
    if left:
        one.given.add(left[0])
        print(f"Exercise {one.number}, a hint: {left[0]}")
    elif one.state == RIGHT:
        print(f"Exercise {one.number} is done: there is nothing left to hint at.")
    elif one.fault is None:
        print(f"Exercise {one.number}: the next hint is about your answer, so check one first.")
    else:
        print(
            f"Exercise {one.number}: that was the last hint on this answer. Change it and check it "
            "again, or unfold the solution."
        )


def progress(lesson: int | None = None) -> None:
    """Print which exercises of a lesson are done, or how many of every lesson.

    In a learner's own copy of the lessons this counts from the first day (see
    `learner.progress_file`), elsewhere from when the kernel started.

    Args:
        lesson: The lesson's number, such as 1; None for all lessons.

    Raises:
        CourseError: That lesson has no exercises.
    """
    progress_file.recall(EXERCISES)
    progress_file.recall(guesses.GUESSES)
    if lesson is None:
        tried = EXERCISES | guesses.GUESSES
        states = {number: one.state for number, one in tried.items()}
        print(progress_file.overview(states, EXERCISES))
        return
    ours = [one for one in EXERCISES.values() if one.number.split(".")[0] == str(lesson)]
    if not ours:
        lessons = sorted({one.number.split(".")[0] for one in EXERCISES.values()})
        raise CourseError(
            f"There are no exercises for {kind_of(lesson)}, only for {', '.join(lessons)}."
        )
    done = sum(one.state == RIGHT for one in ours)
    others = [one for one in PRACTISED.values() if one.number.split(".")[0] == str(lesson)]
    practised = sum(one.state == RIGHT for one in others)
    more = f", and {practised} practised" if practised else ""
    print(f"Lesson {lesson}: {done} of {len(ours)} exercises done{more}.")
    words = {NOT_ATTEMPTED: "not yet", WRONG: "not right yet", RIGHT: "done"}
    for one in ours:
        tries = f", {one.attempts} {'try' if one.attempts == 1 else 'tries'}" * bool(one.attempts)
        print(f"{one.state} {one.number} {one.title}: {words[one.state]}{tries}")
    guesses.tell(lesson)


def exercise_of(number: str) -> Exercise:
    """The exercise of a number; one to practise is drawn when it is first asked for.

    Raises:
        CourseError: There is no exercise of that number, or it cannot be drawn.
    """
    number = str(number)
    if "/" in number:
        return _drawn(number)
    if number not in EXERCISES:
        raise CourseError(
            f'There is no exercise {kind_of(number)}. The number is a text, such as check("1.1", '
            f"my_answer); there are {', '.join(EXERCISES)}."
        )
    return EXERCISES[number]


def _drawn(number):
    """The exercise that a number stands for, drawn when it is first asked for."""
    kind, _, drawn = number.partition("/")
    if kind not in DRAWS:
        raise CourseError(
            f"Exercise {kind_of(kind)} cannot be practised. Those that can are "
            f"{', '.join(sorted(DRAWS))}."
        )
    if not re.fullmatch(r"[1-9][0-9]{0,8}", drawn):
        raise CourseError(
            f"{kind_of(number)} is no exercise to practise: after the / stands a whole number from "
            f'1 up, such as "{kind}/17". These can be practised: {", ".join(sorted(DRAWS))}.'
        )
    if number not in PRACTISED:
        PRACTISED[number] = DRAWS[kind](number)
    return PRACTISED[number]


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
    return one.judge(*answers)


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


def _note(one, state):
    one.attempts += not one.state == state == RIGHT  # to look again is no try
    one.state = state
    progress_file.keep(one)


def _tell(one, state, told, hint):
    if state == WRONG:  # an empty answer takes nothing back
        _note(one, state)
    one.fault = hint if state == WRONG else None
    one.tries[hint] += 1  # what is told has figures in it, which another try may change
    print(f"{state} Exercise {one.number}: {told}")
    if one.tries[hint] > 1:
        print(f"  Hint: {hint}")
    else:
        print(
            f"  Check it a second time for a {'first step' if state == NOT_ATTEMPTED else 'hint'}."
        )
