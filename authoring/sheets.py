"""Makes a sheet for each lesson, to teach from: sections, minutes, questions, what to skip.

    python3 course.py sheets            into the folder sheets
    python3 course.py sheets FOLDER     into another one

FOLDER/index.html holds them all, a page each, to print. All of it is read from the lessons: what
may be skipped has the tag `skip-when-late`, on the cell with the section's heading. Nothing later
needs what such a section makes.
"""

import html
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from authoring import slide_types
from authoring.lesson_exercises import LESSONS
from authoring.slides import NOTE, title_of

import nbformat

FOLDER = LESSONS[0].parent.parent / "sheets"
PLANS = {  # a name: the lessons of each day
    "Half a day": [[1, 2, 3]],
    "Two days": [[1, 2, 3], [4, 5, 6]],
    "A term": [[number] for number in range(1, 8)],
}
STYLE = """
body { font: 11pt/1.35 system-ui, sans-serif; margin: 2em auto; max-width: 60em; color: #1e293b; }
article { break-after: page; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #64748b; padding: 0.3em 0.5em; text-align: left; vertical-align: top; }
code { font-size: 95%; }
@page { size: A4; margin: 10mm; }
@media print { body { font-size: 7.8pt; margin: 0; max-width: none; } ul { columns: 2; } }
h1, h2, ul { margin: 0.3em 0; }
"""


@dataclass
class Section:
    """A section of a lesson, as its heading, its note and the tags of its first cell have it."""

    title: str
    minutes: int
    question: str
    wrong: str
    may_be_skipped: bool


def sections(lesson):
    """Every `Section` of a lesson that has a note, in order."""
    heading = None
    for cell in lesson.cells:
        if slide_types.is_note(cell):
            minutes, question, wrong, _ = NOTE.search(cell.source).groups()
            skip = "skip-when-late" in heading.metadata.get("tags", [])
            title = slide_types.HEADING.findall(heading.source)[-1].removeprefix("## ")
            yield Section(title, int(minutes), question, wrong, skip)
        elif cell.cell_type == "markdown" and slide_types.HEADING.search(cell.source):
            heading = cell


def goals(lesson):
    """What a lesson says one can do after it, a text each."""
    part = re.search(r"you can\*\*\n\n(.*?)\n\n", lesson.cells[0].source, flags=re.S).group(1)
    return [one.strip("-;. \n") for one in re.split(r"^- ", part, flags=re.M) if one.strip()]


def exercises(lesson):
    """The headings of a lesson's exercises: "1.1 · One line to prepare images"."""
    source = "\n".join(cell.source for cell in lesson.cells)
    return re.findall(r"^### Exercise (.+)$", source, flags=re.M)


def read():
    """The lessons, by number."""
    return {int(path.name[:2]): nbformat.read(path, as_version=4) for path in LESSONS}


def table_of_goals():
    """The table of what each lesson teaches, and the exercises that show it."""
    rows = ["| lesson | after it, one can | exercises |", "|---|---|---|"]
    for number, lesson in read().items():
        shown = "<br>".join(exercises(lesson))
        rows.append(f"| {number} | {'; '.join(goals(lesson))} | {shown} |")
    return "\n".join(rows)


def table_of_plans():
    """The table of plans: which lessons on which day, and how many minutes they are."""
    lessons = read()
    minutes = {n: sum(one.minutes for one in sections(lesson)) for n, lesson in lessons.items()}
    rows = ["| plan | lessons of each day | minutes of each day |", "|---|---|---|"]
    for name, days in PLANS.items():
        taught = "; ".join(", ".join(map(str, day)) for day in days)
        sums = "; ".join(str(sum(minutes[number] for number in day)) for day in days)
        rows.append(f"| {name} | {taught} | {sums} |")
    return "\n".join(rows)


def sheet(lesson):
    """The sheet of one lesson, as HTML."""
    rows, begun = [], 0
    for one in sections(lesson):
        late = "may be skipped" if one.may_be_skipped else ""
        cells = f"{begun}", one.title, f"{one.minutes}", one.question, one.wrong, late
        rows.append("".join(f"<td>{plain(cell)}</td>" for cell in cells))
        begun += one.minutes
    heads = "from", "section", "minutes", "ask", "a plausible wrong answer", "when late"
    table = "".join(f"<tr>{row}</tr>\n" for row in rows)
    skipped = sum(one.minutes for one in sections(lesson) if one.may_be_skipped)
    return (
        f"<article>\n<h1>{plain(title_of(lesson))}</h1>\n"
        f"<p>{begun} minutes; {skipped} of them may be skipped, and exercises are for home, too: "
        "each stands by itself.</p>\n"
        f"<table><tr>{''.join(f'<th>{head}</th>' for head in heads)}</tr>\n{table}</table>\n"
        f"<h2>After it, one can</h2>\n<ul>{listed(goals(lesson))}</ul>\n"
        f"<h2>Exercises</h2>\n<ul>{listed(exercises(lesson))}</ul>\n</article>\n"
    )


def listed(texts):
    """Texts as items of a list."""
    return "".join(f"<li>{plain(text)}</li>" for text in texts)


def plain(text):
    """A line of Markdown as HTML: code and emphasis, and nothing else."""
    words, *code = re.split(r"`([^`]+)`", html.escape(text, quote=False))
    shown = [emphasised(words)]
    for name, after in zip(code[::2], code[1::2], strict=True):
        shown += [f"<code>{name}</code>", emphasised(after)]
    return "".join(shown)


def emphasised(words):
    """Words without code in them, with what stands between asterisks emphasised."""
    return re.sub(r"(\*\*?)(\S(?:.*?\S)?)\1", r"<em>\2</em>", words)


def make(folder):
    """Write the sheets of all lessons into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    body = "".join(map(sheet, read().values()))
    page = '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Sheets</title>\n'
    page += f"<style>{STYLE}</style>\n{body}</html>\n"
    (folder / "index.html").write_text(page, encoding="utf-8")


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else FOLDER
    make(place)
    print(f"The sheets are in {place}: open or print index.html.")
