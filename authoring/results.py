"""Runs the notebooks that a class handed in, and writes how each exercise came out.

    python3 course.py results FOLDER

Handed-in code is run as it stands, with all that you may do on this machine: a stranger's belongs
in a container. Every *.ipynb of the folder and of the folders in it is tried, whatever its name:
which lesson it is, its cells tell. Each runs from the top, in a process of its own that is stopped,
whole, when it takes too long or too much memory; what was right by then counts. FOLDER/results.csv
has a line for each notebook, and FOLDER/results_1.png shows lesson 1, exercise by learner.
"""

import argparse
import contextlib
import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from authoring.lesson_exercises import LESSONS
from exercises.checking import EXERCISES, RIGHT, WRONG
from helpers.plots import BLUE, GREY, INK, RED, picture_of

import nbformat
import psutil
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

ROOT = LESSONS[0].parent.parent
CHECKED = re.compile(r"""\bcheck\(\s*["'](\d+\.\d+)["']""")
LOOKS = {  # of what can be said of an exercise: a sign, and a colour
    "right": ("✓", BLUE),
    "wrong": ("✗", RED),
    "error": ("!", "#8a5a00"),
    "not attempted": ("○", "white"),
    "not reached": ("–", GREY),
}


@dataclass
class Result:
    """What came of one notebook.

    Attributes:
        name: Its path within the folder.
        lesson: The lesson's number; None if it is none, or cannot be read.
        told: For each exercise's number, one of LOOKS.
        remarks: What went wrong with the notebook, in words.
        seconds, megabytes: How long it ran, and the most memory that it had.
    """

    name: str
    lesson: int | None = None
    told: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)
    seconds: float = 0
    megabytes: float = 0

    @property
    def right(self):
        """How many exercises are right."""
        return [*self.told.values()].count("right")

    def __str__(self):
        count = f"lesson {self.lesson}, {self.right} of {len(self.told)} right"
        return f"{self.name}: {'; '.join([count] * bool(self.told) + self.remarks)}"


@dataclass(frozen=True)
class Limits:
    """What one notebook may take: in all, for a cell, and of memory."""

    minutes: float = 15
    seconds: float = 300
    gigabytes: float = 4


def lesson_of(notebook):
    """The file of the lesson that a notebook is a copy of, or None.

    Its cells' ids tell. A program that does not keep them keeps the calls of `check`.
    """
    ids = {cell["id"] for cell in notebook.cells}
    shares = {}
    for path in LESSONS:
        own = {cell["id"] for cell in nbformat.read(path, as_version=4).cells}
        shares[path] = len(own & ids) / len(own)
    best = max(shares, key=shares.get)
    if shares[best] >= 0.5:
        return best
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    numbers = [number for number in CHECKED.findall(code) if number in EXERCISES]
    if not numbers or "exercises" not in code:
        return None
    ((lesson, _),) = Counter(number.split(".")[0] for number in numbers).most_common(1)
    return next(path for path in LESSONS if int(path.name[:2]) == int(lesson))


def with_checks(notebook, path):
    """Put a check that a notebook has lost below its exercise, as the lesson at `path` has it."""
    code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    checked = set(CHECKED.findall("\n".join(code)))
    for cell in nbformat.read(path, as_version=4).cells:
        lost = set(CHECKED.findall(cell.source)) - checked if cell.cell_type == "code" else ()
        exercise = cell["id"].removesuffix("-check")
        if lost and exercise in (one["id"] for one in notebook.cells):
            notebook.cells = [one for one in notebook.cells if one["id"] != cell["id"]]
            place = [one["id"] for one in notebook.cells].index(exercise)
            notebook.cells.insert(place + 1, cell)


def try_notebook(path, name, limits):
    """The `Result` of one file that was handed in."""
    result = Result(name)
    try:
        notebook = nbformat.v4.upgrade(nbformat.read(path, as_version=4))
        lesson = lesson_of(notebook)
    except Exception as error:  # whatever a damaged file comes to
        result.remarks.append(f"cannot be read as a notebook ({type(error).__name__})")
        return result
    if lesson is None:
        result.remarks.append("is not of this course")
        return result
    result.lesson = int(lesson.name[:2])
    with_checks(notebook, lesson)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        for beside in lesson.parent.glob("*.py"):
            shutil.copy(beside, place)
        nbformat.write(notebook, place / "notebook.ipynb")
        notes = run_apart(place, limits, result)
    judge(result, notebook, notes, limits)
    return result


def run_apart(folder, limits, result):
    """Run folder/notebook.ipynb within the limits; returns the notes of `run_handed_in`."""
    notes = folder / "notes.jsonl"
    process = subprocess.Popen(
        [sys.executable, "-m", "authoring.run_handed_in", "notebook.ipynb", notes.name]
        + [str(limits.seconds)],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg", "COURSE_PROGRESS": "off"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    begun, family, stopped = time.monotonic(), {psutil.Process(process.pid)}, ""
    try:
        while process.poll() is None and not stopped:
            for one in [*family]:
                with contextlib.suppress(psutil.Error):
                    family.update(one.children())
            size = sum(map(memory_of, family)) / 1e6
            result.megabytes = max(result.megabytes, size)
            if size > 1000 * limits.gigabytes:
                stopped = f"took more than {limits.gigabytes:g} GB of memory"
            elif time.monotonic() - begun > 60 * limits.minutes:
                stopped = f"took more than {limits.minutes:g} minutes"
            time.sleep(0.1)
    finally:  # at Ctrl + C, too
        end(process, family)
    result.seconds = time.monotonic() - begun
    lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
    told = []
    for line in lines:
        with contextlib.suppress(ValueError):  # the last line may be half a line
            told.append(json.loads(line))
    if stopped or (told and "states" not in told[-1]) or process.returncode:
        cell = f" in cell {told[-1]['cell']}" if told else " before its first cell"
        result.remarks.append((stopped or "its Python ended") + cell)
    return told


def memory_of(process):
    """The bytes that a process holds in memory; 0 if it has ended."""
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def end(process, family):
    """Kill a process, its group, and all that were seen to come from it."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    for one in family:
        with contextlib.suppress(psutil.Error):
            one.kill()
    process.wait()


def judge(result, notebook, notes, limits):
    """Say of each exercise of a lesson how it came out, by the notes of its run."""
    states, done, failed, late = {}, set(), set(), []
    for note in notes:
        if "states" in note:
            states.update(note["states"])
            done.add(note["cell"])
            failed |= {note["cell"]} if note["failed"] else set()
            late += [note["cell"]] if note["late"] else []
    if late:
        cells = f"cell{'s' * (len(late) > 1)} {', '.join(late)}"
        result.remarks.insert(0, f"interrupted after {limits.seconds:g} seconds: {cells}")
    for number in EXERCISES:
        lesson, place = number.split(".")
        if lesson != str(result.lesson):
            continue
        cells = {c["id"] for c in notebook.cells if number in CHECKED.findall(c.source)}
        told = {RIGHT: "right", WRONG: "wrong"}.get(states.get(number))
        if not told and failed & (cells | {f"exercise-{place}"}):
            told = "error"
        result.told[number] = told or ("not attempted" if cells <= done else "not reached")


def write_table(results, path):
    """Write a line for each notebook, as CSV that spreadsheets open."""
    most = max([len(one.told) for one in results], default=0)
    head = ["notebook", "lesson", "right", "of", *(f"exercise {n + 1}" for n in range(most))]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow([*head, "seconds", "MB at most", "remarks"])
        for one in results:
            told = [*one.told.values()] + [""] * (most - len(one.told))
            count = [one.lesson, one.right, len(one.told)] if one.told else [""] * 3
            cost = [round(one.seconds), round(one.megabytes)]
            rows.writerow([one.name, *count, *told, *cost, "; ".join(one.remarks)])


def draw(results, lesson):
    """The `Picture` of one lesson's results: exercise by learner, each with a word and a colour."""
    numbers = [number for number in EXERCISES if number.split(".")[0] == str(lesson)]
    high = len(results)
    figure = Figure((4 + 1.5 * len(numbers), 1.2 + 0.42 * high), layout="constrained")
    axes = figure.add_subplot(xlim=(0, len(numbers)), ylim=(high, 0))
    for row, one in enumerate(results):
        for column, number in enumerate(numbers):
            word = one.told[number]
            sign, colour = LOOKS[word]
            box = Rectangle((column + 0.03, row + 0.06), 0.94, 0.88, facecolor=colour)
            axes.add_patch(box).set_edgecolor(GREY)
            ink = INK if colour == "white" else "white"
            place = (column + 0.5, row + 0.5)
            axes.annotate(f"{sign} {word}", place, color=ink, ha="center", va="center", size=11)
    axes.set_yticks([row + 0.5 for row in range(high)], [shown_name(one.name) for one in results])
    right = [sum(one.told[number] == "right" for one in results) for number in numbers]
    heads = [f"{n}\n{count} of {high}" for n, count in zip(numbers, right, strict=True)]
    axes.set_xticks([column + 0.5 for column in range(len(numbers))], heads)
    axes.tick_params(length=0, labelsize=11, labeltop=True, labelbottom=False)
    axes.spines[:].set_visible(False)
    figure.suptitle(f"Lesson {lesson}: exercises, and how many have them right")
    return picture_of(figure, "; ".join(map(str, results)), f"results of lesson {lesson}")


def shown_name(name):
    """A notebook's path, short enough for a picture."""
    name = name.removesuffix(".ipynb")
    return name if len(name) <= 34 else f"…{name[-33:]}"


def handed_in(folder):
    """The notebooks of a folder and the folders in it, without what begins with a dot."""
    for path in sorted(folder.rglob("*.ipynb")):
        if not any(part.startswith(".") for part in path.relative_to(folder).parts):
            yield path


def make(folder, limits):
    """Try every notebook of a folder, and write the table and the pictures into it."""
    results = []
    for path in handed_in(folder):
        results.append(try_notebook(path, path.relative_to(folder).as_posix(), limits))
        print(results[-1], flush=True)
    write_table(results, folder / "results.csv")
    for lesson in sorted({one.lesson for one in results if one.told}):
        ours = [one for one in results if one.told and one.lesson == lesson]
        draw(ours, lesson).save(folder / f"results_{lesson}.png")
    return results


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="course.py results", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="with the notebooks, in folders or not")
    limits = {
        "minutes": "for a notebook",
        "seconds": "for a cell: then it is interrupted, and the next begins",
        "gigabytes": "of memory for a notebook",
    }
    for name, words in limits.items():
        usual = getattr(Limits, name)
        parser.add_argument(f"--{name}", type=float, default=usual, help=f"{words} ({usual})")
    asked = parser.parse_args()
    if not asked.folder.is_dir():
        parser.error(f"{asked.folder} is no folder.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # and take along what it has started
    print("Handed-in code is run as it stands: a stranger's belongs in a container.", flush=True)
    make(asked.folder, Limits(asked.minutes, asked.seconds, asked.gigabytes))
    print(f"The table is {asked.folder / 'results.csv'}, with a picture of each lesson beside it.")
