"""Run every lesson on the real data, from a fresh kernel, and store what it shows.

    python3 course.py refresh              every lesson, then the README's generated parts
    python3 course.py refresh 01 02        these lessons, then the README
    python3 course.py refresh readme       the README only

The environment variable COURSE_DATA_DIR names a folder with the real data.

Stored outputs are what people see who read a lesson on a web page, and what nbval compares with.
Only what a reader sees is kept: no times, no versions, no frames of a progress bar but the last.
A picture that shows what it showed stays as it is, so that differences are about what has changed.
"""

import copy
import os
import sys
from pathlib import Path

from authoring import readme, slide_types
from authoring.stored import picture_in, shows_the_same

import nbformat
from nbclient import NotebookClient
from nbval.plugin import coalesce_streams
from traitlets.config import Config

LESSONS = Path(__file__).parent.parent / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# Without it, each kernel warns of what others on this machine might overhear.
KERNEL = Config(KernelManager={"transport_encryption": "auto"})


def run(path):
    """Execute a notebook file in place of its old outputs.

    Raises:
        nbclient.exceptions.CellExecutionError: A cell failed; the file is left as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    before = copy.deepcopy(notebook)
    where = {"metadata": {"path": path.parent}}
    NotebookClient(notebook, timeout=3600, resources=where, config=KERNEL).execute()
    tidy(notebook)
    keep_pictures(before, notebook)
    nbformat.write(notebook, path)


def keep_pictures(before, after):
    """Put a lesson's pictures of before in the place of those that show the same."""
    old = {cell["id"]: cell.get("outputs", []) for cell in before.cells}
    for cell in after.cells:
        for was, is_now in zip(old[cell["id"]], cell.get("outputs", []), strict=False):
            pictures = picture_in(was), picture_in(is_now)
            if all(pictures) and shows_the_same(*pictures):
                is_now.data["text/html"] = was.data["text/html"]


def tidy(notebook):
    """Drop what changes from run to run or is there twice.

    That is metadata of the machine, the frames of bars, and a picture without its words (matplotlib
    shows one beside the picture that `helpers` gives words).
    Of a cell's metadata stay its tags and its part on the slides; one without gets its usual part.
    """
    notebook.metadata = nbformat.from_dict(METADATA)
    for cell in notebook.cells:
        kept = {k: v for k, v in cell.metadata.items() if k in ("slideshow", "tags")}
        cell.metadata = nbformat.from_dict(kept)
        if cell.cell_type == "code":
            cell.outputs = coalesce_streams(cell.outputs)
            for output in cell.outputs:
                if picture_in(output):
                    output.metadata = nbformat.from_dict({})
                    output.data.pop("image/png", None)
    slide_types.complete(notebook)


def main(words):
    """Refresh the lessons whose names begin with one of the words, or all."""
    os.environ["COURSE_DATA"] = "real"
    for path in sorted(LESSONS.glob("*.ipynb")):
        if not words or path.name.startswith(tuple(words)):
            print(path.name)
            run(path)
    readme.refresh()


if __name__ == "__main__":
    main(sys.argv[1:])
