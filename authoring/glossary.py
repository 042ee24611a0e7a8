"""Makes the site's glossary from the lessons, in which a term is set in bold where it is born.

A term is what is bold in the text of a section, exercises, tables and folded text left out. It has
at most three words, and no point or colon at its end, as "**Guess first:**" has. From `strides=2`
in bold comes the term `strides`. What is bold again further on is the same term.
"""

import itertools
import re
from dataclasses import dataclass

NO_TERMS = re.compile(r"title|recap|exercise.*|.*-notes")  # ids of cells
NO_TEXT = re.compile(r"```.*?```|<details>.*?</details>|^\|.*?$", flags=re.S | re.M)
BOLD = re.compile(r"\*\*(?=\S)([^*]*[^*.:])\*\*")
BLOCK_END = re.compile(r"\n\s*\n|\n(?=- )")
POINTS_BACK = r"\W*(?:It|Its|They|This|That|These|Those|Each is)\b"
SENTENCE_END = re.compile(rf"(?:(?<=[.?!])|(?<=[.?!]\))|(?<=[.:]\*\*))\s+(?!{POINTS_BACK})")


@dataclass
class Term:
    """A term, and where it is born.

    Attributes:
        name: The term, as Markdown: "batch" or "`GradientTape`".
        text: The sentence in which it is born, with those that point back to it, as Markdown.
        place: The name of the lesson's page.
        anchor: The id of the term on that page.
    """

    name: str
    text: str
    place: str
    anchor: str


def mark_terms(lessons):
    """Put an anchor on each term where it is born, and return the terms, sorted.

    Args:
        lessons: The notebooks, in order, by the names of their pages; they are changed.
    """
    terms = {}
    for place, lesson in lessons.items():
        for cell in lesson.cells:
            for bold, text in _bold_in(cell):
                name = _name_of(bold, text)
                slug = re.sub(r"[\W_]+", "-", name.strip("`.")).lower()
                if slug.rstrip("s") not in terms:  # weight, weights
                    anchor = f"term-{slug}"
                    terms[slug.rstrip("s")] = Term(name, _plain(text), place, anchor)
                    marked = f"[**{bold}**]{{#{anchor}}}"
                    cell.source = cell.source.replace(f"**{bold}**", marked, 1)
    return sorted(terms.values(), key=lambda term: _letters(term.name))


def page(terms):
    """The glossary as a page of MyST Markdown, a section for each letter."""
    letters = {
        letter.upper(): list(group)
        for letter, group in itertools.groupby(terms, lambda term: _letters(term.name)[0])
    }
    lines = ["# Glossary", "", "Each term in the sentence in which the course first uses it."]
    lines += ["", " · ".join(f"[{letter}](#{letter.lower()})" for letter in letters)]
    for letter, group in letters.items():
        lines += ["", f"## {letter}", "", "```{glossary}"]
        for term in group:
            link = f"[Lesson {int(term.place[:2])}](#{term.anchor})"
            lines += [term.name, f"  {term.text} {link}", ""]
        lines += ["```"]
    return "\n".join(lines) + "\n"


def _bold_in(cell):
    """What is bold in a cell and may be a term, each with the text it stands in."""
    if cell.cell_type != "markdown" or NO_TERMS.fullmatch(cell["id"]):
        return
    for block in BLOCK_END.split(NO_TEXT.sub("", cell.source)):
        for text in SENTENCE_END.split(block.strip("- \n")):
            yield from ((bold, text) for bold in BOLD.findall(text) if bold.count(" ") < 3)


def _name_of(bold, text):
    """The term in what is bold: without an article, arguments, or the capital of a sentence."""
    name = re.sub(r"^(the|a) ", "", bold)
    name = re.sub(r'`"?([.\w]+).*`', r"`\1`", name)
    return name[0].lower() + name[1:] if text.startswith(f"**{bold}") else name


def _plain(text):
    """A text without bold, links, and a bracket of which the other half stands elsewhere."""
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text.replace("**", ""))
    if text.count("(") > text.count(")"):
        text = text.replace("(", "", 1)
    text = text.removesuffix(")") if text.count(")") > text.count("(") else text
    return text[1:-1] if re.fullmatch(r"\([^()]*\)", text) else text


def _letters(name):
    return re.sub(r"\W", "", name).lower()
