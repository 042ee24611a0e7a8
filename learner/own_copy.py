"""Makes a learner's own copy of the lessons, in my_lessons, and never overwrites what is there.

    python -m learner.own_copy              copy what my_lessons lacks; name what was corrected
    python -m learner.own_copy reset FILE   make that lesson anew; the old one is kept beside it

A copy has no outputs, not even those that answer no guess: figures and prose come back to the same
numbers again and again, and a cell without an output is one that has not been run yet. The notes
for instructors are left out, too. Files beside the lessons, such as worker.py, are the course's, as
`helpers` is: they follow it until the learner changes them.
"""

import contextlib
import copy
import hashlib
import json
import re
import sys
import time
from pathlib import Path

from learner import memory
from learner.progress_file import RECORD

import nbformat
from jupyter_core.paths import jupyter_data_dir
from nbformat.sign import NotebookNotary

LESSONS = Path(__file__).parent.parent / "notebooks"
FOLDER = LESSONS.parent / "my_lessons"


def for_learners(lesson):
    """A copy of a lesson (a notebook in memory) without outputs and without instructors' notes."""
    own = copy.deepcopy(lesson)
    own.cells = [cell for cell in own.cells if not cell["id"].endswith("-notes")]
    for cell in own.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return own


def fresh(path):
    """What a copy of a file holds, as bytes."""
    if path.suffix != ".ipynb":
        return path.read_bytes()
    lesson = for_learners(nbformat.read(path, as_version=4))
    return (nbformat.writes(lesson) + "\n").encode()


def make():
    """Copy what `FOLDER` lacks, and return the numbers of the lessons corrected since their copy.

    The file `RECORD` in it holds a fingerprint of every file as it was when it was copied.

    Raises:
        OSError: The folder cannot be written.
    """
    FOLDER.mkdir(exist_ok=True)
    before = _record()
    record, corrected = dict(before), []
    for path in [*sorted(LESSONS.glob("*.ipynb")), *sorted(LESSONS.glob("*.py"))]:
        own, new = FOLDER / path.name, fresh(path)
        if not own.exists() or (path.suffix == ".py" and _is_as_copied(own, record)):
            _write(own, new)
            record[path.name] = _fingerprint(new)
        elif record.setdefault(path.name, _fingerprint(new)) != _fingerprint(new):
            corrected += [int(path.name[:2])] if path.suffix == ".ipynb" else []
    if record != before:
        _save(record)
    return corrected


def reset(lesson):
    """Put a fresh copy in the place of a lesson's, and of the files that it uses, if changed.

    Args:
        lesson: The path of the lesson in `LESSONS`.

    Returns:
        The paths where the old ones are kept.

    Raises:
        OSError: The folder cannot be written.
    """
    make()
    record, kept = _record(), []
    cells = nbformat.read(lesson, as_version=4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    used = [path for path in LESSONS.glob("*.py") if re.search(rf"\b{path.stem}\b", code)]
    changed = [path for path in used if not _is_as_copied(FOLDER / path.name, record)]
    for path in [lesson, *changed]:
        own, new = FOLDER / path.name, fresh(path)
        if own.read_bytes() != new:
            kept.append(_free_name(own))
            own.rename(kept[-1])
            _write(own, new)
        record[path.name] = _fingerprint(new)
    _save(record)
    return kept


def _free_name(path):
    name = f"{path.stem}-{time.strftime('%Y-%m-%d')}"
    names = [name, *(f"{name}-{count}" for count in range(2, 1000))]
    places = [path.with_name(one + path.suffix) for one in names]
    return next(place for place in places if not place.exists())


def _write(path, content):
    """Write a file whole or not at all; a notebook is trusted, so that all in it is shown."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
    if path.suffix == ".ipynb":
        with contextlib.suppress(OSError):  # then it is not trusted, and works all the same
            Path(jupyter_data_dir()).mkdir(parents=True, exist_ok=True)
            with NotebookNotary() as notary:
                notary.sign(nbformat.reads(content.decode(), as_version=4))


def _fingerprint(content):
    return hashlib.sha256(content).hexdigest()


def _is_as_copied(path, record):
    return path.exists() and record.get(path.name) == _fingerprint(path.read_bytes())


def _record():
    try:
        record = json.loads((FOLDER / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _save(record):
    _write(FOLDER / RECORD, json.dumps(record, indent=1).encode())


def main(words):
    """Make the copy, or make one lesson of it anew, and say what there is to know."""
    try:
        for name in words[1:]:
            kept = reset(LESSONS / name)
            print(
                f"{FOLDER.name}/{name} is as new: if it is open, close its tab, and open it again."
            )
            for path in kept:
                print(f"What you had saved is kept beside it, as {path.name}.")
        if not words and (short := memory.too_little()):
            print(short)
        for number in [] if words else make():
            print(
                f"Lesson {number} has been corrected since your copy was made: `python3 course.py "
                f"reset {number:02}` gives you the new one and keeps yours beside it."
            )
    except OSError as error:
        sys.exit(
            f"{FOLDER} cannot be written ({error.strerror}): your own copy of the lessons goes "
            "there, so make room for it, or put the course into a folder of yours."
        )


if __name__ == "__main__":
    main(sys.argv[1:])
