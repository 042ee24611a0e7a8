"""Makes slides of the lessons, for a browser.

    python3 course.py slides                   into the folder slides
    python3 course.py slides FOLDER            into another one
    python3 course.py slides --pdf             and hand-outs and scripts to print (needs a Chromium)

FOLDER/index.html leads to one page a lesson; it needs no network, and nothing outside FOLDER. The
slides are the lessons as they are stored: text, code and what it printed. Each cell's
`slideshow.slide_type` says what stands together (see slide_types.py); slide_show/fit.js measures it
in the browser, and deals out what does not fit. After "Guess first", what the code shows comes with
the next key. FOLDER/questions.csv holds the notes' questions, to poll a class with.
"""

import argparse
import ast
import base64
import copy
import csv
import re
import shutil
import subprocess
from pathlib import Path
from xml.sax.saxutils import quoteattr

from authoring import browser, slide_types

import nbformat
from nbconvert.exporters import SlidesExporter
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

HERE = Path(__file__).parent
LESSONS = sorted((HERE.parent / "notebooks").glob("*.ipynb"))
FOLDER = HERE.parent / "slides"
TEMPLATE = HERE / "slide_show"

FOLDED = re.compile(r"<details><summary>(.*?)</summary>\n\n(.*?)\n\n</details>", flags=re.S)
NOTE = re.compile(
    r"· (?P<minutes>\d+) minutes.*?\*\*Ask:\*\* (?P<question>.*?)\n\n"
    r'\*\*A plausible wrong answer:\*\* "(?P<wrong_answer>.*?)" (?P<why>.*?)\n\n</details>',
    flags=re.S,
)
DRAWING = re.compile(r'<img[^>]*"data:image/svg\+xml;base64,([^"]*)"[^>]*>')


def shown_code(source):
    """Code as a slide shows it: without `FULL_SIZE`, words for pictures, and what confirm says."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic, say
        return source
    nodes = list(ast.walk(tree))
    said, edits = {"FULL_SIZE", "alt"}, []
    for node in nodes:
        if isinstance(node, ast.IfExp) and ast.unparse(node.test) == "FULL_SIZE":
            edits.append((node, ast.get_source_segment(source, node.orelse)))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "helpers.confirm":
            claim = ast.get_source_segment(source, node.args[0])
            line = f'helpers.confirm({claim}, "…")'
            long = "\n" in line or len(line) > 90
            edits.append((node, f'helpers.confirm(\n    {claim}, "…"\n)' if long else line))
            said |= {one.id for one in node.args[1:] if isinstance(one, ast.Name)}
    for node in nodes:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in said:
            if isinstance(node.value, ast.Constant | ast.JoinedStr):
                edits.append((node, ""))
    lines = source.encode().split(b"\n")
    for node, text in sorted(edits, key=lambda edit: -edit[0].lineno):
        first, last = node.lineno - 1, node.end_lineno - 1
        line = lines[first][: node.col_offset] + text.encode() + lines[last][node.end_col_offset :]
        lines[first : last + 1] = [line] if line.strip() else []
    return re.sub(r"\n{3,}", "\n\n", b"\n".join(lines).decode()).strip("\n")


def shown_output(output):
    """An output as a slide shows it: pictures as HTML, the ends of a long training, code coloured."""
    picture = picture_in(output)
    if picture:
        data, metadata = {"text/html": picture}, {"picture": True}
        return nbformat.v4.new_output("display_data", data, metadata=metadata)
    if output.output_type != "stream":
        return output
    text = re.sub(r"[^\n]*\r(?=[^\n])", "", output.text)  # of a progress bar its last state
    epochs = re.split(r"^(?=Epoch \d+/\d+$)", text, flags=re.M)[1:]
    if len(epochs) > 6:
        text = epochs[0] + "...\n" + epochs[-1]
    for code in (text, f"# {text}"):
        if is_code(code):
            data = {"text/html": highlight(code, PythonLexer(), HtmlFormatter())}
            return nbformat.v4.new_output("display_data", data)
    return nbformat.from_dict({**output, "text": text})


def picture_in(output):
    """The HTML of the picture that an output shows, or None."""
    data = output.get("data", {})
    drawing = DRAWING.fullmatch(data.get("text/html", "").strip())
    if drawing:
        return base64.b64decode(drawing.group(1)).decode()
    for kind in ("image/svg+xml", "image/png", "image/jpeg"):
        if kind in data:
            words = {"alt": data.get("text/plain", ""), **output.metadata.get(kind, {})}
            source = f"data:{kind};base64,{data[kind].replace(chr(10), '')}"
            return data[kind] if "svg" in kind else f"<img src={quoteattr(source)}" + "".join(
                f" {name}={quoteattr(str(words[name]))}"
                for name in ("alt", "width", "height")
                if name in words
            ) + ">"
    return None


def is_code(text):
    """Whether a text that was printed is Python."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return False
    return any(isinstance(node, ast.Assign | ast.FunctionDef) for node in tree.body)


def opened(cell):
    """A markdown cell as one or more: what it folds is unfolded, and comes with a key.

    Text above a heading that stands within the cell still belongs to the slide before.
    """
    if cell.cell_type != "markdown" or slide_types.of(cell) == "notes":
        return [cell]
    heading = slide_types.HEADING.search(cell.source)
    above, below = (heading.start(), slide_types.of(cell)) if heading else (0, None)
    parts = [(cell.source[:above], "-")] if above else []
    for place, part in enumerate(FOLDED.split(cell.source[above:])):
        kind = "fragment" if place else below or slide_types.of(cell)
        parts.append((f"### {part}" if place % 3 == 1 else part, kind))
        if place % 3 == 2:
            folded, (summary, _) = parts.pop(), parts.pop()
            parts.append((f"{summary}\n\n{folded[0]}", kind))
    parts = [(text.strip(), kind) for text, kind in parts if text.strip()]
    if parts[0][1] == "fragment":  # nothing but folded text: a solution's page
        parts[0] = (parts[0][0], slide_types.of(cell))
    cells = [copy.deepcopy(cell) for _ in parts]
    for one, (text, kind) in zip(cells, parts, strict=True):
        one.source, one.metadata.slideshow = text, nbformat.from_dict({"slide_type": kind})
    return cells


def arranged(lesson):
    """A lesson as a notebook of what its slides show, for nbconvert's `SlidesExporter`."""
    lesson = nbformat.v4.upgrade(copy.deepcopy(lesson))
    slide_types.complete(lesson)
    notes = {cell["id"]: cell for cell in lesson.cells if slide_types.of(cell) == "notes"}
    cells, running, later = [], [title_of(lesson).split(":")[0]], False
    for whole in lesson.cells:
        if whole.cell_type == "raw" or slide_types.of(whole) in ("notes", "skip"):
            continue
        for cell in opened(whole):
            kind = slide_types.of(cell)
            if kind in ("slide", "subslide"):
                later = "Guess first" in cell.source
            if cell.cell_type == "code":
                cell.source = shown_code(cell.source)
                cell.outputs = [shown_output(output) for output in cell.outputs]
            else:
                cell.source = re.sub(r" ?[^.\n]*`FULL_SIZE`[^.\n]*\.", "", cell.source)
            heading = cell.cell_type == "markdown" and slide_types.HEADING.search(cell.source)
            if heading:
                running[1:] = [heading.group()[3:]]
            cell.metadata.later = later or kind == "fragment"
            cell.metadata.running = re.sub(r"[`*]", "", " · ".join(running))
            cells.append(cell)
            if heading and f"{cell['id']}-notes" in notes:
                cells.append(notes.pop(f"{cell['id']}-notes"))
                cells[-1].source = FOLDED.sub(r"**\1**\n\n\2", cells[-1].source)
    for number, cell in enumerate(cells):
        cell.metadata.cell, cell["id"] = cell["id"], f"cell-{number}"
    lesson.cells = cells
    return lesson


def title_of(lesson):
    """The heading of a lesson, as plain text."""
    heading = re.search(r"^# (.+)$", lesson.cells[0].source, flags=re.M)
    return re.sub(r"[`*]", "", heading.group(1)) if heading else "Slides"


def html(lesson, folder=HERE.parent / "notebooks"):
    """The page of a lesson's slides; its pictures are looked for in the folder."""
    exporter = SlidesExporter(
        template_name=TEMPLATE.name,
        extra_template_basedirs=[str(TEMPLATE.parent)],
        exclude_anchor_links=True,
        display_data_priority=["text/html", "text/markdown", "text/plain"],
    )
    resources = {"metadata": {"path": str(folder), "name": title_of(lesson)}}
    made, _ = exporter.from_notebook_node(arranged(lesson), resources)
    return re.sub(r'href="(\w+)\.ipynb"', r'href="\1.html"', made)


def questions(lesson):
    """The questions of a lesson's notes: section, minutes, question, wrong answer and why."""
    section = ""
    for cell in lesson.cells:
        section = (slide_types.HEADING.findall(cell.source) or [section])[-1]
        if slide_types.is_note(cell) and (note := NOTE.search(cell.source)):
            yield {"lesson": title_of(lesson), "section": section[3:], **note.groupdict()}


def make(folder):
    """Write the slides of all lessons into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(TEMPLATE / "reveal", folder / "reveal", dirs_exist_ok=True)
    shutil.copy(TEMPLATE / "fit.js", folder)
    look = (TEMPLATE / "slides.css").read_text(encoding="utf-8")
    look += HtmlFormatter(style="default").get_style_defs(".highlight") + "\n"
    (folder / "slides.css").write_text(look, encoding="utf-8")
    entries, rows = [], []
    for path in LESSONS:
        lesson = nbformat.read(path, as_version=4)
        (folder / f"{path.stem}.html").write_text(html(lesson), encoding="utf-8")
        entries.append(f'<li><a href="{path.stem}.html">{title_of(lesson)}</a></li>')
        rows += questions(lesson)
    index = (TEMPLATE / "contents.html").read_text(encoding="utf-8")
    index = index.replace("<!-- lessons -->", "\n".join(entries))
    (folder / "index.html").write_text(index, encoding="utf-8")
    with open(folder / "questions.csv", "w", encoding="utf-8-sig", newline="") as file:
        table = csv.DictWriter(file, rows[0])
        table.writeheader()
        table.writerows(rows)


def print_pdf(folder):
    """Print each lesson's slides as a hand-out, and with the notes as a script."""
    words = {"hand-out": "", "script": "&showNotes=separate-page"}
    for path in sorted(folder.glob("0*.html")):
        for name, more in words.items():
            address = f"{path.as_uri()}?view=print&pdfSeparateFragments=false{more}"
            to = f"--print-to-pdf={path.with_name(f'{path.stem}-{name}.pdf')}"
            flags = ["--headless", "--no-pdf-header-footer", "--virtual-time-budget=60000"]
            command = [browser.chromium(), *browser.FLAGS, *flags, to, address]
            subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="course.py slides")
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--pdf", action="store_true", help="hand-outs and scripts, too")
    asked = parser.parse_args()
    make(asked.folder.resolve())
    if asked.pdf:
        print_pdf(asked.folder.resolve())
    print(f"The slides are in {asked.folder}: open index.html. Space goes on, S shows the notes.")
