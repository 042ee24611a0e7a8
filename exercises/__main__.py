"""Prints a sheet of exercises to practise, as Markdown, with the solutions at its end.

    python -m exercises 1.3 --count 5 > sheet.md
    python -m exercises 1.2 2.1 --count 3 --first 100 > sheet.md

The same numbers give the same exercises on every machine, so `check("1.3/1", ...)` judges them.
"""

import argparse
import sys

from exercises.checking import exercise_of
from helpers.arguments import CourseError


def sheet(numbers, count: int, first: int = 1) -> str:
    """Draw exercises, and write them down, all solutions behind them.

    Args:
        numbers: The numbers of lessons' exercises, such as ["1.3"].
        count: How many to draw of each kind.
        first: The number of the first one of each kind.

    Raises:
        CourseError: Exercises of that kind cannot be drawn, or there are none of these numbers.
    """
    drawn = [
        exercise_of(f"{number}/{first + n}") for number in numbers for n in range(max(count, 1))
    ]
    lines = ["# Exercises"]
    lines += [f"## Exercise {one.number} · {one.title}\n\n{one.text}" for one in drawn]
    lines += ["# Solutions"]
    lines += [f"## Exercise {one.number}\n\n{one.solution}" for one in drawn]
    return "\n\n".join(lines)


def main(arguments=None) -> None:
    """Read the command line, and print the sheet."""
    description, examples, *_ = __doc__.split("\n\n")
    parser = argparse.ArgumentParser("python -m exercises", description=description)
    parser.add_argument("numbers", nargs="+", help="numbers of exercises in the lessons: 1.3")
    parser.add_argument("--count", type=int, default=5, help="how many of each (default: 5)")
    parser.add_argument("--first", type=int, default=1, help="number of the first (default: 1)")
    options = parser.parse_args(arguments)
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8")  # also where it goes into a file on Windows
    try:
        print(sheet(options.numbers, options.count, options.first))
    except CourseError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
