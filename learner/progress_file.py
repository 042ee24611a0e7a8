"""Keeps the progress in a learner's own copy of the lessons, in the file progress.json.

    python -m learner.progress_file     what is done in my_lessons

The file has a line for every exercise and guess that was tried: its number, its state and how many
tries it took, never an answer. It is read and written only where a kernel starts in a learner's
copy (there, `RECORD` says what was copied), and not where the environment variable COURSE_PROGRESS
is "off". If it is damaged or cannot be written, one line says so, and the lesson goes on.
"""

import json
import os
import re
import sys
from pathlib import Path

FOLDER = Path.cwd()  # where the kernel started; a lesson may go into a folder of its own
RECORD = ".copied.json"
NAME = "progress.json"
SWITCH = "COURSE_PROGRESS"
NOT_ATTEMPTED, WRONG, RIGHT = "○", "✗", "✓"

_said = set()  # each thing that goes wrong is said once


def is_kept():
    """Whether this kernel keeps progress: it started in a learner's copy, and may."""
    return (FOLDER / RECORD).exists() and os.environ.get(SWITCH) != "off"


def read():
    """What the file holds: for each number, its state and its tries."""
    path = FOLDER / NAME
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        states = {number: (one["state"], int(one["tries"])) for number, one in kept.items()}
        if not {state for state, _ in states.values()} <= {WRONG, RIGHT}:
            raise ValueError("a state that there is not")
        return states
    except FileNotFoundError:
        return {}
    except OSError as error:
        _say(f"Your progress cannot be read from {NAME} ({error.strerror}).")
    except (ValueError, TypeError, KeyError, AttributeError):
        _say(
            f"{NAME} is damaged: it is put aside as {NAME}.damaged, and your progress is counted "
            "anew."
        )
        _put_aside(path)
    return {}


def recall(table):
    """Give what this kernel has not seen tried yet the state in which it was left.

    Args:
        table: Exercises or guesses by number, each with a `state` and `attempts`.
    """
    for number, (state, tries) in (read() if is_kept() else {}).items():
        if number in table and table[number].state == NOT_ATTEMPTED:
            table[number].state, table[number].attempts = state, tries


def keep(one):
    """Note how an exercise or a guess stands: its `number`, `state` and `attempts`."""
    if not is_kept():
        return
    states = read() | {one.number: (one.state, one.attempts)}
    rows = [
        f'"{number}": {json.dumps({"state": state, "tries": tries}, ensure_ascii=False)}'
        for number, (state, tries) in sorted(states.items())
    ]
    part = FOLDER / f".{NAME}.part"
    try:
        part.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
        part.replace(FOLDER / NAME)
    except OSError as error:
        _say(f"Your progress cannot be kept in {NAME} ({error.strerror}).")


def overview(states, exercises):
    """One line for each lesson: how many of its exercises are done, and its guesses right.

    Args:
        states: For the number of each exercise or guess that was tried, its state.
        exercises: The numbers of all exercises.
    """
    lines = []
    for lesson in sorted({number.split(".")[0] for number in exercises}):
        ours = [number for number in exercises if number.split(".")[0] == lesson]
        done = sum(states.get(number) == RIGHT for number in ours)
        line = f"Lesson {lesson}: {done} of {len(ours)} exercises done."
        guesses = [
            state
            for number, state in states.items()
            if re.fullmatch(rf"{lesson}\.[a-z]", number) and state != NOT_ATTEMPTED
        ]
        if guesses:
            line += f" Guesses: {guesses.count(RIGHT)} of {len(guesses)}."
        lines.append(line)
    return "\n".join(lines)


def _say(sentence):
    if sentence not in _said:
        _said.add(sentence)
        print(sentence)


def _put_aside(path):
    try:
        path.replace(path.with_name(f"{NAME}.damaged"))
    except OSError as error:
        _say(f"Your progress cannot be kept in {NAME} ({error.strerror}).")


def main():
    """Print what is done in my_lessons."""
    global FOLDER
    lessons = Path(__file__).parent.parent / "notebooks"
    FOLDER = lessons.with_name("my_lessons")
    if not FOLDER.exists():
        sys.exit("You have no copy of the lessons yet: `python3 course.py` makes it, and opens it.")
    exercises = []
    for path in sorted(lessons.glob("*.ipynb")):
        ids = [cell["id"] for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]
        count = sum(re.fullmatch(r"exercise-\d+", name) is not None for name in ids)
        exercises += [f"{int(path.name[:2])}.{place + 1}" for place in range(count)]
    print(overview({number: state for number, (state, _) in read().items()}, exercises))


if __name__ == "__main__":
    main()
