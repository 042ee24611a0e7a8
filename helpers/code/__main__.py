"""Prints a saved model as code: python -m helpers.code model.keras functional > model.py"""

import argparse
import sys
from pathlib import Path

from helpers.arguments import CourseError
from helpers.code.writer import STYLES, as_code
from helpers.models import reason_of

import keras


def main(argv: list[str] | None = None) -> int:
    """Run the command; the exit status is 0 if the code is printed, 2 if not."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.code",
        description="Print a saved Keras model as the code that makes it.",
    )
    parser.add_argument("file", metavar="FILE", help="such as model.keras")
    parser.add_argument("style", choices=STYLES, metavar="STYLE", help=", ".join(STYLES))
    told = parser.parse_args(argv)
    try:
        if not Path(told.file).is_file():
            raise CourseError(f"There is no file {told.file}.")
        try:
            model = keras.saving.load_model(told.file, compile=False, safe_mode=True)
        except Exception as error:
            raise CourseError(f"{told.file} cannot be opened: {reason_of(error)}.") from error
        print(as_code(model, told.style), end="")
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
