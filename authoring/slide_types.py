"""Which part each cell of a lesson has on the slides: its `metadata.slideshow.slide_type`.

The types are those of JupyterLab's property inspector, of RISE and of nbconvert: `slide` begins a
section, `subslide` the next page of it, `-` stands on the page of the cell before, `fragment` does
so at the next key, `notes` are for the speaker, `skip` is left out.
"""

import re

import nbformat

TYPES = ("slide", "subslide", "fragment", "-", "notes", "skip")
HEADING = re.compile(r"^## .+$", flags=re.M)


def is_note(cell):
    """Whether a cell holds notes for instructors."""
    return cell["id"].endswith("-notes")


def is_guess(cell):
    """Whether a cell does nothing but ask for guesses."""
    return cell.cell_type == "code" and cell.source.startswith('guess("')


def usual(cell, before):
    """The type of a cell whose author has set none; `before` is the cell before it, or None."""
    name = cell["id"]
    if is_note(cell):
        return "notes"
    if is_guess(cell) or re.fullmatch(r"exercise-\d+-check|progress(-text)?", name):
        return "skip"
    if cell.cell_type == "code":
        return "subslide" if before is None or before["id"] == "title" else "-"
    return "slide" if before is None or HEADING.search(cell.source) else "subslide"


def of(cell):
    """The type that a cell has, or None."""
    kind = cell.metadata.get("slideshow", {}).get("slide_type")
    return kind if kind in TYPES else None


def complete(notebook):
    """Give each cell of a notebook that has no type its usual one."""
    before = None
    for cell in notebook.cells:
        kind = of(cell) or usual(cell, before)
        cell.metadata["slideshow"] = nbformat.from_dict({"slide_type": kind})
        before = cell
