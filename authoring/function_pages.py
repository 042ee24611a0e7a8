"""Makes the site's pages of functions: one for each public name of a package, and a list of all.

What a page says is the docstring, which Sphinx's autodoc and napoleon read; see website/conf.py.
"""

import importlib
import inspect
import re

PACKAGES = ("helpers", "exercises")


def write(folder, lessons):
    """Write the pages into a new folder, as MyST Markdown.

    Args:
        folder: Where to.
        lessons: The notebooks by the names of their files, for links to those that use a function.
    """
    folder.mkdir()
    sources = {
        name: "\n".join(cell.source for cell in lesson.cells) for name, lesson in lessons.items()
    }
    lines, pages = ["# Functions", ""], []
    for package in map(importlib.import_module, PACKAGES):
        lines += [f"## `{package.__name__}`", "", inspect.getdoc(package), ""]
        lines += ["| name | what it is for | lessons |", "|---|---|---|"]
        for name in package.__all__:
            value = getattr(package, name)
            kind = "autoexception" if inspect.isclass(value) else "autofunction"
            used = [
                f"[{int(file[:2])}](../notebooks/{file})"
                for file, source in sources.items()
                if re.search(rf"\b{name}\(", source)
            ]
            text = f"# `{name}`\n\n```{{eval-rst}}\n.. {kind}:: {package.__name__}.{name}\n```\n"
            if used:
                lessons_using = "lesson" if len(used) == 1 else "lessons"
                text += f"\nUsed in {lessons_using} {', '.join(used)}. [All functions](index.md)\n"
            (folder / f"{name}.md").write_text(text, encoding="utf-8")
            purpose = inspect.getdoc(value).split("\n\n")[0].replace("\n", " ")
            lines.append(f"| [`{name}`]({name}.md) | {purpose} | {', '.join(used)} |")
            pages.append(name)
        lines.append("")
    lines += ["```{toctree}", ":hidden:", "", *pages, "```", ""]
    (folder / "index.md").write_text("\n".join(lines), encoding="utf-8")
