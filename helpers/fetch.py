"""Fetches the real images into a folder, for a class without internet.

    python -m helpers.fetch FOLDER [mnist cifar100]

Afterwards the environment variable COURSE_DATA_DIR names that folder. A file gets its final name
only when it is whole; until then it lies in FOLDER/.fetching, which every start clears away.
"""

import argparse
import shutil
import sys
from pathlib import Path

from helpers.data import SOURCES, NotThere, Source, download, in_words, read_arrays
from helpers.notebook import CourseError

import numpy as np

HOW_TO_USE = """
Before you start the course, say where the images are:
  Linux, macOS:        export COURSE_DATA_DIR='{folder}'
  Windows PowerShell:  $env:COURSE_DATA_DIR = '{folder}'
  Windows cmd:         set "COURSE_DATA_DIR={folder}"
"""


def fetch(source: Source, folder: Path, force: bool = False) -> str:
    """Put the npz file of one data set into a folder, unless it is there already.

    Args:
        source: one of `SOURCES`.
        folder: where to; it is made if need be.
        force: replace a damaged or foreign file of that name.

    Returns:
        What was done, in two words.

    Raises:
        CourseError: the file could not be fetched or kept, or a bad one is in the way.
    """
    try:
        read_arrays(source, folder / source.file)
        return "already there"
    except NotThere:
        pass
    except CourseError as error:
        if not force:
            raise CourseError(f"{error}, and was left as it is: --force replaces it") from None
    fetching = folder / ".fetching"
    try:
        shutil.rmtree(fetching, ignore_errors=True)  # what a killed run has left
        fetching.mkdir(parents=True)
        archive = download(source, fetching)
        whole = fetching / source.file
        if archive != whole:
            np.savez(whole, **read_arrays(source, archive))
        whole.replace(folder / source.file)
    except OSError as error:
        raise CourseError(f"{folder} cannot be written ({in_words(error)})") from None
    finally:
        shutil.rmtree(fetching, ignore_errors=True)
    return "fetched"


def main(argv: list[str] | None = None) -> int:
    """Run the command; the exit status is 0 if every file is there now, 1 if not."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.fetch",
        description="Fetch the real images of the course into a folder, as Keras does.",
        epilog="They take 11 MB (mnist) and 185 MB (cifar100, and as much again meanwhile).",
    )
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="made if it is not there")
    parser.add_argument(
        "sets", nargs="*", metavar="SET", help="mnist or cifar100; both if left out"
    )
    parser.add_argument("--force", action="store_true", help="replace files that are damaged")
    args = parser.parse_args(argv)
    unknown = [name for name in args.sets if name not in SOURCES]
    if unknown:
        parser.error(f"there is no set {unknown[0]!r}: choose from {', '.join(SOURCES)}")
    folder = args.folder.expanduser().absolute()
    status = 0
    for name in args.sets or SOURCES:
        source = SOURCES[name]
        try:
            print(f"{source.name}: {fetch(source, folder, args.force)}")
        except CourseError as error:
            print(f"{source.name}: {error}.", file=sys.stderr)
            status = 1
        except KeyboardInterrupt:
            print(f"{source.name}: stopped; nothing half-made is left.", file=sys.stderr)
            return 130
    if status == 0:
        print(HOW_TO_USE.format(folder=folder))
    return status


if __name__ == "__main__":
    sys.exit(main())
