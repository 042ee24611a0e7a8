"""Fetches the real images into a folder, for a class without internet.

    python -m helpers.fetch FOLDER

Afterwards the environment variable COURSE_DATA_DIR names that folder.
"""

import argparse
import sys

from helpers.arguments import CourseError
from helpers.data import SOURCES, expanded, fetch_images

HOW_TO_USE = """
Before you start the course, say where the images are:
  Linux, macOS:        export COURSE_DATA_DIR='{folder}'
  Windows PowerShell:  $env:COURSE_DATA_DIR = '{folder}'
  Windows cmd:         set "COURSE_DATA_DIR={folder}"
"""


def main(argv: list[str] | None = None) -> int:
    """Run the command; the exit status is 0 if both data sets are there now, 1 if not."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.fetch",
        description="Fetch the real images of the course into a folder, as Keras does.",
        epilog="They take 200 MB there, and twice as much in Keras's own folder, ~/.keras.",
    )
    parser.add_argument("folder", metavar="FOLDER", help="made if it is not there")
    folder, status = expanded(parser.parse_args(argv).folder).absolute(), 0
    for source in SOURCES.values():
        try:
            print(f"{source.name}: {fetch_images(source, folder)}")
        except CourseError as error:
            print(f"{source.name}: {error}.", file=sys.stderr)
            status = 1
    if status == 0:
        print(HOW_TO_USE.format(folder=folder))
    return status


if __name__ == "__main__":
    sys.exit(main())
