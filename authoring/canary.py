"""Says which fact of which lesson a run of the tests has found to be no longer so.

    python3 course.py test --junit-xml canary.xml
    .venv/bin/python -m authoring.canary canary.xml

Prints a title, which names the versions, and below it a line for all that fell; the exit status is
1 if something did. Once a week, CI runs this with the newest packages, and opens an issue with it.
"""

import re
import sys
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

import nbformat

ROOT = Path(__file__).parent.parent
COLOURS = re.compile(r"(?:\x1b|#x1B)\[[\d;]*m")  # as a report has them
STORED = re.compile(r"^ *\+ (.*)$", flags=re.M)  # a line of the lesson, where nbval compares
NEW = re.compile(r"^ *- (.*)$", flags=re.M)
CELL = re.compile(r"^Cell \d+: (.*)$", flags=re.M)
DIFFERS = re.compile(r"^.*(?:output fields|number of outputs).*$", flags=re.M)
CROSS = re.compile(r"^✗ .*$", flags=re.M)
ERROR = re.compile(r"^\w+(?:Error|Exception|Interrupt)\b: .*$", flags=re.M)  # ends a traceback


def place(case):
    """Where a test stands, in words: "lesson 3, cell `built`" for one of a lesson's."""
    found = re.search(r"(\d\d)_\w+\.ipynb", case.get("classname"))
    name = case.get("name")
    if found:
        number, path = int(found[1]), ROOT / "notebooks" / found[0]
        cell = re.fullmatch(r"Cell (\d+)", name)
        if not cell:  # the solution of an exercise, or the answer to a guess
            return f"lesson {number}, {name[:1].lower()}{name[1:]}"
        cells = nbformat.read(path, as_version=4).cells
        code = [one["id"] for one in cells if one.cell_type == "code"]
        return f"lesson {number}, cell `{code[int(cell[1])]}`"
    fact = re.fullmatch(r"test_lesson_(\d)_(\w+)", name)
    if fact:
        return f"lesson {fact[1]}, a fact that it tells: {fact[2].replace('_', ' ')}"
    return f"{case.get('classname').replace('.', '/')}.py, `{name}`"


def reason(failure):
    """What fell there, in a line, from what pytest or nbval reports."""
    text = COLOURS.sub("", failure.text or "")
    _, compared, pairs = text.partition("test_output failed:")
    if compared:
        was, now = (_short("".join(kind.findall(pairs)[:1])) for kind in (STORED, NEW))
        return f"the lesson shows `{was}`, and now it is `{now}`"
    message = COLOURS.sub("", failure.get("message") or "it gave no reason").splitlines()
    told = [pattern.findall(text) for pattern in (CELL, DIFFERS, CROSS, ERROR)]
    return f"`{_short([*message[:1], *sum(told, [])][-1])}`"


def _short(line):
    line = " ".join(line.replace("`", "'").split())
    return line if len(line) <= 160 else f"{line[:159]}…"


def fallen(report):
    """A line for each test that failed, in order.

    Args:
        report: The path of what `pytest --junit-xml` wrote.
    """
    cases = ElementTree.parse(report).iter("testcase")
    found = [(case, one) for case in cases for one in case if one.tag in ("failure", "error")]
    return [f"- {place(case)}: {reason(failure)}" for case, failure in found]


def main(report):
    """Print what fell, and return the exit status."""
    lines = fallen(report)
    names = {"TensorFlow": "tensorflow", "Keras": "keras", "NumPy": "numpy"}
    used = ", ".join(f"{name} {version(package)}" for name, package in names.items())
    python = ".".join(map(str, sys.version_info[:2]))
    print(f"With {used} on Python {python}, {'this falls' if lines else 'nothing falls'}\n")
    print("\n".join(lines))
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
