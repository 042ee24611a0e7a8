"""Makes slides of the lessons, for a browser.

    python3 course.py slides            into the folder slides
    python3 course.py slides FOLDER     into another one

FOLDER/index.html leads to one page a lesson; it needs no network, and nothing outside FOLDER. The
slides are the lessons as they are stored: text, code and what it printed. Each cell's
`slideshow.slide_type` says what stands together (see slide_types.py); what does not fit on one
page is dealt out to several here. After "Guess first", what the code shows comes with the next key.
"""

import copy
import math
import re
import shutil
import sys
from pathlib import Path

from authoring import slide_types

import nbformat
from nbconvert.exporters import HTMLExporter
from pygments.formatters import HtmlFormatter

HERE = Path(__file__).parent
LESSONS = sorted((HERE.parent / "notebooks").glob("*.ipynb"))
FOLDER = HERE.parent / "slides"
TEMPLATE = HERE / "slide_show"

# What slides.css makes of a page, in pixels.
WIDTH, HEIGHT, GAP = 1184, 654, 14
TEXT_LINE, TEXT_LETTER, TABLE_ROW = 28, 11.4, 35
CODE_LINE, CODE_LETTER, CODE_FRAME, CODE_SIDES = 22, 10.55, 22, 36
PICTURE_SIDES = 32
HEADINGS = (68, 58, 50)
ZOOMS = (1.4, 1.2, 1, 0.88)
LEFTS = (500, 560, 620, 680, 740)

# A picture's scale: below the first its words are hard to read, the second is enough, and above the
# third a screen of 1920 x 1080 shows a PNG larger than it is.
SCALES = {"image/png": (0.9, 1.0, 1.33), "image/svg+xml": (0.7, 0.8, 1.2)}

FOLDED = re.compile(r"<details><summary>(.*?)</summary>\n\n(.*?)\n\n</details>", flags=re.S)


class Page:
    """What stands on one page: cells, each a block of one kind, and how they are laid out.

    Attributes:
        zoom, code_zoom: How much larger than usual text is, and code with what it prints.
        left: The width of the left column where pictures stand in a right one, else None.
        scale: That of the pictures; negative where there is no room for the rest.
    """

    def __init__(self, blocks):
        self.blocks = blocks
        self.pictures = [block for block in blocks if block.metadata.place.kind == "picture"]
        self.others = [block for block in blocks if block not in self.pictures]
        self._least = max((least_width(block) for block in self.others), default=1)
        for self.zoom in ZOOMS:
            self.left, self.scale = None, self._below()
            for left in LEFTS if self.pictures and self.others else ():
                scale = self._beside(left)
                if scale > self.scale + 0.05:
                    self.left, self.scale = left, scale
            if self.fits() and (not self.pictures or self.scale >= 0.9 * self._limits()[2]):
                break
        self.code_zoom = self._code_zoom(self.left or WIDTH)

    def _code_zoom(self, width):
        return max(1, min(self.zoom, width / self._least))

    def _below(self):
        taken = self._height_of_others(WIDTH) + GAP * (len(self.blocks) - len(self.others))
        if taken > HEIGHT:
            return -1
        if not self.pictures:
            return 1
        wide, high = self._size()
        return min(self._limits()[2], (HEIGHT - taken) / high, WIDTH / wide)

    def _beside(self, left):
        if self._least > left or self._height_of_others(left) > HEIGHT:
            return -1
        wide, high = self._size()
        return min(self._limits()[2], HEIGHT / high, (WIDTH - left - PICTURE_SIDES) / wide)

    def _height_of_others(self, width):
        zooms = self.zoom, self._code_zoom(width)
        return sum(height(block, width, *zooms) + GAP for block in self.others) - GAP

    def _size(self):
        sizes = [natural_size(block) for block in self.pictures]
        return max(wide for wide, _ in sizes), sum(high for _, high in sizes)

    def _limits(self):
        return min(SCALES[kind_of_picture(block)] for block in self.pictures)

    def fits(self, well=True):
        """Whether everything fits, and the pictures can be read (well)."""
        if not self.pictures:
            return self.scale > 0
        return self.scale >= self._limits()[1 if well else 0]


def natural_size(block):
    """Width and height of a picture in CSS pixels."""
    (output,) = block.outputs
    kind = kind_of_picture(block)
    if kind == "image/png":
        size = output.metadata[kind]
        return size["width"], size["height"]
    return svg_size(re.search(r"<svg[^>]*>", output.data[kind]).group())


def svg_size(tag):
    """Width and height in the first tag of an SVG."""
    return tuple(int(re.search(rf' {side}="(\d+)"', tag).group(1)) for side in ("width", "height"))


def kind_of_picture(block):
    """The media type of a picture."""
    return next(kind for kind in block.outputs[0].data if kind.startswith("image/"))


def height(block, width, zoom=1, code_zoom=1):
    """About how high a block without a picture is that is so wide, in pixels."""
    kind = block.metadata.place.kind
    if kind == "notes":
        return -GAP
    if kind == "code":
        return CODE_LINE * code_zoom * len(block.source.splitlines()) + CODE_FRAME
    if kind == "output":
        letters = int((width - 40) / CODE_LETTER / code_zoom)
        return CODE_LINE * code_zoom * sum(math.ceil(len(r) / letters) or 1 for r in rows_of(block))
    line, letter, total = TEXT_LINE * zoom, TEXT_LETTER * zoom, -12
    for part in paragraphs(block.source):
        lines = part.splitlines()
        if part.startswith("#"):
            total += HEADINGS[part.index(" ") - 1] - 12 * zoom
        elif part.startswith("```"):
            total += CODE_LINE * code_zoom * (len(lines) - 2) + CODE_FRAME
        elif part.startswith("|"):
            total += table_rows(lines, width / letter) * (TABLE_ROW - 4) * zoom + 4 * len(lines)
        elif re.match(r"(- |\d+\. )", part):
            total += sum(line * text_rows(one, width / zoom - 30) + 4 * zoom for one in lines)
        else:
            total += line * text_rows(part, width / zoom)
        total += 12 * zoom
    return total


def paragraphs(source):
    """The paragraphs of a text; a block of code is one, whatever is in it."""
    parts = []
    for place, part in enumerate(re.split(r"(^```.*?^```$)", source, flags=re.S | re.M)):
        parts += [part] if place % 2 else re.split(r"\n\n+", part)
    return [part.strip() for part in parts if part.strip()]


def table_rows(lines, letters):
    """About how many rows of text a table takes in a width of so many letters."""
    rows = [[len(cell.strip()) + 2 for cell in line.strip("|").split("|")] for line in lines]
    most = [max(column) for column in zip(*rows, strict=True)]
    shares = [max(1, letters * one / sum(most)) for one in most]
    if sum(most) <= letters:
        return len(rows) - 1
    return sum(max(map(math.ceil, map(_over, row, shares))) for row in rows) - 1


def _over(length, room):
    return length / room


def text_rows(text, width):
    """About how many rows a paragraph takes."""
    text = re.sub(r"\]\([^)]*\)", "", text)
    code = sum(len(word) for word in re.findall(r"`([^`]*)`", text))
    return math.ceil((len(text) * TEXT_LETTER + code * 1.5) / width)


def least_width(block):
    """The narrowest column in which nothing of a block is cut or broken, in pixels."""
    kind, lines = block.metadata.place.kind, []
    if kind == "code":
        lines = block.source.splitlines()
    elif kind == "output":
        lines = rows_of(block)
    elif "```" in block.source:
        lines = re.search(r"```\w*\n(.*?)```", block.source, flags=re.S).group(1).splitlines()
    return max(map(len, lines), default=0) * CODE_LETTER + CODE_SIDES


def rows_of(block):
    """The rows of text that a code cell's outputs are shown in."""
    rows = []
    for output in block.outputs:
        if output.output_type == "stream":
            text = re.sub(r"\x1b\[[\d;]*m", "", output.text)  # colours
        elif "text/html" in output.data:
            text = re.sub(r"<[^>]+>", "", output.data["text/html"]).strip("\n")
        else:
            text = output.data["text/plain"]
        rows += text.rstrip("\n").split("\n")
    return rows


def blocks_of(cell, later):
    """The blocks of one cell: text; or code, what it printed, and its pictures."""
    fragment = slide_types.of(cell) == "fragment"
    later = later or fragment
    if slide_types.is_note(cell):
        return [_block(cell, "notes", source=FOLDED.sub(r"**\1**\n\n\2", cell.source))]
    if cell.cell_type == "markdown":
        return [_block(cell, "text", fragment)]
    blocks, printed = [_block(cell, "code", fragment, outputs=[])], []
    for output in cell.outputs:
        if any(kind.startswith("image/") for kind in output.get("data", {})):
            kept = {k: v for k, v in output.data.items() if k.startswith("image/")}
            if "image/svg+xml" in kept:
                kept["image/svg+xml"] = in_columns(kept["image/svg+xml"])
            output = nbformat.from_dict({**output, "data": kept})
            blocks.append(_block(cell, "picture", later, source="", outputs=[output]))
        else:
            printed.append(_without_most_epochs(output))
    if printed:
        blocks.insert(1, _block(cell, "output", later, source="", outputs=printed))
    return blocks


def _without_most_epochs(output):
    """What a cell printed; of a long training only the first epoch and the last."""
    epochs = re.split(r"^(?=Epoch \d+/\d+$)", output.get("text", ""), flags=re.M)[1:]
    if len(epochs) <= 6:
        return output
    return nbformat.from_dict({**output, "text": epochs[0] + "...\n" + epochs[-1]})


def in_columns(svg):
    """A drawing of a model in two columns, where it is too tall to be read on a page in one."""
    tag = re.search(r"<svg[^>]*>", svg).group()
    wide, high = svg_size(tag)
    if high * SCALES["image/svg+xml"][0] <= HEIGHT:
        return svg
    width, depth = re.search(r'viewBox="0\.00 0\.00 (\S+) (\S+)"', tag).groups()
    down = float(re.search(r"translate\(\S+ (\S+)\)", svg).group(1))
    arrows = re.findall(r' d="M[-\d.]+,([-\d.]+)C[^"]*,([-\d.]+)"', svg)
    middles = [down + (float(start) + float(end)) / 2 for start, end in arrows]
    cut = min(middles, key=lambda one: abs(one - float(depth) / 2))
    rows = max(cut, float(depth) - cut)
    inside = svg[svg.index(tag) + len(tag) : svg.rindex("</svg>")]
    columns = "".join(
        f'<svg x="{place * float(width)}" y="0" width="{width}" height="{end - start}" '
        f'viewBox="0 {start} {width} {end - start}">{inside}</svg>'
        for place, (start, end) in enumerate([(0, cut), (cut, float(depth))])
    )
    opening = re.sub(r'viewBox="[^"]*"', f'viewBox="0 0 {2 * float(width)} {rows}"', tag)
    opening = re.sub(r' width="\d+"', f' width="{2 * wide}"', opening)
    opening = re.sub(r' height="\d+"', f' height="{round(high * rows / float(depth))}"', opening)
    return f"{opening}{columns}</svg>"


def _block(cell, kind, later=False, **changes):
    block = copy.deepcopy(cell)
    block.update(changes)
    place = {"kind": kind, "cell": cell["id"], "later": later, "before": "", "after": ""}
    block.metadata = nbformat.from_dict({"place": place})
    return block


def opened(cell):
    """A markdown cell as one or more cells: what it folds is unfolded, and comes with a key."""
    if cell.cell_type != "markdown" or slide_types.of(cell) in ("notes", "skip"):
        return [cell]
    cells = []
    for place, part in enumerate(FOLDED.split(cell.source)):
        one = copy.deepcopy(cell)
        if place % 3 == 1:  # the words of the summary; the folded text comes next
            summary = part
            continue
        one.source = f"### {summary}\n\n{part}" if place % 3 == 2 else part.strip()
        if cells:
            one.metadata.slideshow = nbformat.from_dict({"slide_type": "fragment"})
        if one.source:
            cells.append(one)
    return cells


def slides_of(lesson):
    """The slides of a lesson: for each, its type and its cells, notes behind their heading.

    Where a heading stands within a cell, what is above it still belongs to the slide before.
    """
    notes = {cell["id"]: cell for cell in lesson.cells if slide_types.is_note(cell)}
    slides = []
    for whole in lesson.cells:
        for cell in opened(whole):
            kind = slide_types.of(cell)
            if kind in ("notes", "skip"):
                continue
            heading = slide_types.HEADING.search(cell.source)
            if cell.cell_type == "markdown" and heading and heading.start() > 0:
                above = copy.deepcopy(cell)
                above.source = cell.source[: heading.start()].strip()
                cell.source = cell.source[heading.start() :]
                slides[-1][1].append(above)
            if kind in ("slide", "subslide") or not slides:
                slides.append((kind, []))
            slides[-1][1].append(cell)
            if cell.cell_type == "markdown" and cell["id"] + "-notes" in notes and heading:
                slides[-1][1].append(notes[cell["id"] + "-notes"])
    return slides


def pages_of(cells):
    """The pages of one slide: one where all fits, else as few as keep together what belongs."""
    later = "Guess first" in cells[0].source
    cells = [*cells]
    blocks = [block for cell in cells for block in blocks_of(cell, later)]
    if later and blocks[-1].metadata.place.kind == "text" and len(cells) > 1:
        blocks[-1].metadata.place.later = True
    whole = Page(blocks)
    if whole.fits():
        return [whole]
    groups = [[]]
    for cell in cells:
        code_done = any(one.cell_type == "code" for one in groups[-1])
        if code_done:
            groups.append([])
        groups[-1].append(cell)
    pages = []
    for group in groups:
        more = _pages_of_group(group, later)
        together = Page([*pages[-1].blocks, *more[0].blocks]) if pages else None
        if together and group[0].cell_type == "markdown" and together.fits():
            for block in more[0].blocks:
                block.metadata.place.later = any(b.metadata.place.later for b in pages[-1].blocks)
            pages[-1:] = [together]
            more = more[1:]
        pages += more
    return pages


def _pages_of_group(cells, later):
    """Pages for text, one code cell and what it shows, which need not fit on one page."""
    text = [b for cell in cells if cell.cell_type == "markdown" for b in blocks_of(cell, False)]
    code = [cell for cell in cells if cell.cell_type == "code"]
    if not code:
        return _dealt(text)
    source, *shown = blocks_of(code[0], False)
    hidden = blocks_of(code[0], later)[1:]
    ways = [
        [[*text, source, *hidden]],
        [[*text, source], [copy.deepcopy(source), *shown]],
        [text, [source, *hidden]],
        [[*text, source], shown],
    ]
    for well in (True, False):
        for way in ways:
            pages = [Page(blocks) for blocks in way if blocks]
            if all(page.fits(well) for page in pages):
                return pages
    together = Page([*text, source])
    first = [together] if together.fits() else [*_dealt(text), *_dealt([source])]
    printed = [block for block in shown if block.metadata.place.kind == "output"]
    drawn = [block for block in shown if block.metadata.place.kind == "picture"]
    if not shown:
        return first
    rest = Page(shown)
    return first + ([rest] if rest.fits(False) else _dealt(printed) + [Page([b]) for b in drawn])


def _dealt(blocks):
    """Pages for blocks of text, code or output, broken between paragraphs where they are long."""
    pages = []
    for block in blocks:
        for part in _parts(block):
            if pages and Page([*pages[-1], part]).fits():
                pages[-1].append(part)
            else:
                pages.append([part])
    return [Page(page) for page in pages]


def _parts(block):
    """A block in as few parts as fit: text in paragraphs, code and output broken at empty lines."""
    if Page([block]).fits():
        return [block]
    if block.metadata.place.kind == "text":
        return _paragraphs_dealt(block)
    output = block.metadata.place.kind == "output"
    lines = rows_of(block) if output else block.source.splitlines()
    parts = []
    for some in _halves(lines):
        part = copy.deepcopy(block)
        if output:
            text = "\n".join(some)
            part.outputs = [nbformat.v4.new_output("stream", name="stdout", text=text)]
        else:
            part.source = "\n".join(some)
        parts += _parts(part)
    return parts


def _halves(lines):
    """Lines in two parts, broken at the empty line nearest the middle, or in the middle."""
    breaks = [n for n, line in enumerate(lines) if not line.strip()] or range(1, len(lines))
    half = min(breaks, key=lambda n: abs(n - len(lines) / 2))
    return lines[:half], lines[half + (not lines[half].strip()) :]


def _paragraphs_dealt(block):
    """A text on as few pages as hold it; a heading stays with its text, a list with its lead."""
    pieces = []
    for part in paragraphs(block.source):
        lists = re.match(r"(- |\d+\. |\|)", part)
        if pieces and (pieces[-1].startswith("#") or (lists and not pieces[-1].endswith("."))):
            pieces[-1] += "\n\n" + part
        else:
            pieces.append(part)
    parts = []
    for piece in pieces:
        for wanted in _text_pieces(block, piece):
            together = copy.deepcopy(parts[-1] if parts else wanted)
            if parts:
                together.source += "\n\n" + wanted.source
            if parts and Page([together]).fits():
                parts[-1] = together
            else:
                parts.append(wanted)
    return parts


def _text_pieces(block, piece):
    """A piece of text as one block, or as several where it holds code too long for a page."""
    whole = copy.deepcopy(block)
    whole.source = piece
    code = re.search(r"^```(\w*)\n(.*?)^```$", piece, flags=re.S | re.M)
    if Page([whole]).fits() or not code:
        return [whole]
    parts = []
    for place, some in enumerate(_halves(code.group(2).splitlines())):
        part = copy.deepcopy(block)
        before = piece[: code.start()] if place == 0 else ""
        after = piece[code.end() :] if place else ""
        part.source = before + f"```{code.group(1)}\n" + "\n".join(some) + "\n```" + after
        parts.append(part)
    return parts


def title_of(lesson):
    """The heading of a lesson, as plain text."""
    heading = re.search(r"^# (.+)$", lesson.cells[0].source, flags=re.M).group(1)
    return re.sub(r"[`*]", "", heading)


def arranged(lesson):
    """The notebook of blocks from which nbconvert's template makes the page of a lesson."""
    title = title_of(lesson)
    show = nbformat.v4.new_notebook(metadata=copy.deepcopy(lesson.metadata))
    show.metadata.title = title
    running = title
    stack = ""
    for kind, cells in slides_of(lesson):
        heading = slide_types.HEADING.search(cells[0].source)
        if heading:
            running = f"{title.split(':')[0]} · {heading.group()[3:]}"
        for place, page in enumerate(pages_of(cells)):
            start = stack + "<section>" if kind == "slide" and place == 0 else ""
            stack = "</section>\n" if kind == "slide" else stack
            _lay_out(page, start, running)
            show.cells += page.blocks
    show.cells[-1].metadata.place.after += "</section>"
    for number, block in enumerate(show.cells):
        block["id"] = f"block-{number}"
    return show


def _lay_out(page, start, running):
    """Write into a page's blocks what stands around them."""
    limits = page._limits() if page.pictures else None
    for block in page.pictures:
        size = natural_size(block)
        block.metadata.place.size = [round(max(page.scale, limits[0]) * side) for side in size]
    if page.left is not None:
        page.blocks = [*page.others, *page.pictures]
        others, pictures = page.others, page.pictures
        others[0].metadata.place.before = f'<div class="side" style="width: {page.left}px">'
        others[-1].metadata.place.after = "</div>"
        pictures[0].metadata.place.before = '<div class="side">'
        pictures[-1].metadata.place.after = "</div>"
    first, last = page.blocks[0].metadata.place, page.blocks[-1].metadata.place
    beside = " beside" if page.left is not None else ""
    line = re.sub(r"[`*]", "", running)
    style = f"--zoom: {page.zoom}; --code-zoom: {page.code_zoom:.3f}"
    first.before = f'{start}<section><div class="page{beside}" style="{style}">' + first.before
    last.after += f'<p class="running">{line}</p></div></section>'


def html(lesson):
    """The page of a lesson's slides."""
    exporter = HTMLExporter(
        template_name=TEMPLATE.name, extra_template_basedirs=[str(TEMPLATE.parent)]
    )
    made, _ = exporter.from_notebook_node(arranged(lesson))
    return re.sub(r'href="(\w+)\.ipynb"', r'href="\1.html"', made)


def make(folder):
    """Write the slides of all lessons into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(TEMPLATE / "reveal", folder / "reveal", dirs_exist_ok=True)
    look = (TEMPLATE / "slides.css").read_text(encoding="utf-8")
    look += HtmlFormatter(style="default").get_style_defs(".highlight") + "\n"
    (folder / "slides.css").write_text(look, encoding="utf-8")
    entries = []
    for path in LESSONS:
        lesson = nbformat.read(path, as_version=4)
        (folder / f"{path.stem}.html").write_text(html(lesson), encoding="utf-8")
        title = title_of(lesson)
        entries.append(f'<li><a href="{path.stem}.html">{title}</a></li>')
    index = (TEMPLATE / "contents.html").read_text(encoding="utf-8")
    index = index.replace("<!-- lessons -->", "\n".join(entries))
    (folder / "index.html").write_text(index, encoding="utf-8")


if __name__ == "__main__":
    place = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else FOLDER
    make(place)
    print(f"The slides are in {place}: open index.html. Space goes on, S shows the notes.")
