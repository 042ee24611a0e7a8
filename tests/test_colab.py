"""Colab and Kaggle: what the cell on top does there and at home, and where the badges lead."""

import importlib.util
from pathlib import Path

from authoring import colab, readme

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager

ADDRESS = "https://github.com/someone/course"


@pytest.fixture
def public(monkeypatch, tmp_path):
    """The course, as if it had a public address."""
    text = (colab.ROOT / "pyproject.toml").read_text(encoding="utf-8")
    monkeypatch.setattr(colab, "ROOT", tmp_path)
    setting = f'[project.urls]\nRepository = "{ADDRESS}"\n\n[tool.setuptools]'
    text = text.replace("[tool.setuptools]", setting)
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")


def test_without_an_address_there_is_no_badge():
    assert colab.address() is None
    assert colab.badges("01_sequential.ipynb") == ""
    for path in colab.LESSONS:
        opening = nbformat.read(path, as_version=4).cells[0].source
        assert colab.with_badges(opening, path.name) == opening
    assert "colab.research" not in readme.README.read_text(encoding="utf-8")


def test_with_an_address_badges_stand_on_the_readme_and_on_lessons(public):
    text = readme.with_generated_parts(readme.README)
    kaggle = f"https://kaggle.com/kernels/welcome?src={ADDRESS}/blob/colab/01_sequential.ipynb"
    assert (
        f"[![Open in Kaggle](https://kaggle.com/static/images/open-in-kaggle.svg)]({kaggle})"
        in text
    )
    assert text.count("[![Open in ") == 3
    opening = colab.with_badges("# Lesson 5 · A", "05_cifar100.ipynb")
    place = "github/someone/course/blob/colab/05_cifar100.ipynb"
    assert f"[open in Colab](https://colab.research.google.com/{place})" in opening
    assert "![" not in opening  # a picture would ask another machine
    assert colab.with_badges(opening, "05_cifar100.ipynb") == opening


def test_when_the_address_goes_its_badges_go(public, monkeypatch):
    opening = colab.with_badges("# Lesson 5 · A\n\nText.", "05_cifar100.ipynb")
    monkeypatch.undo()
    assert colab.with_badges(opening, "05_cifar100.ipynb") == "# Lesson 5 · A\n\nText."


def test_on_the_site_badges_are_words(public):
    pytest.importorskip("sphinx", reason="needs the authors' packages")
    from authoring import site

    text = site.with_links_for_the_site(colab.badges("01_sequential.ipynb"))
    assert "![" not in text and text.count("[Open in ") == 3


@pytest.mark.parametrize("given", ["http://example.org", "https://github.com/someone", "course"])
def test_an_address_that_badges_cannot_lead_to_is_refused(given, public, tmp_path):
    project = tmp_path / "pyproject.toml"
    project.write_text(project.read_text("utf-8").replace(ADDRESS, given), encoding="utf-8")
    with pytest.raises(SystemExit, match="such as https://github.com/OWNER/NAME"):
        colab.badges("01_sequential.ipynb")


def test_the_edition_needs_an_address_and_holds_every_lesson(tmp_path):
    with pytest.raises(SystemExit, match="begins with https://"):
        colab.make(tmp_path, "")
    colab.make(tmp_path, ADDRESS)
    made = sorted(tmp_path.iterdir())
    assert [path.name for path in made] == [path.name for path in colab.LESSONS]
    for path, was in zip(made, colab.LESSONS, strict=True):
        lesson = nbformat.read(path, as_version=4)
        nbformat.validate(lesson)
        assert lesson.cells.pop(1)["id"] == "colab"
        assert lesson == nbformat.read(was, as_version=4)


class Shell:
    """Stands for IPython: it keeps what a cell gives to the shell; a clone makes the folder."""

    def __init__(self, network):
        self.said, self.network = [], network

    def system(self, command):
        self.said.append(command)
        if self.network:
            Path("course/notebooks").mkdir(parents=True, exist_ok=True)

    def run_line_magic(self, name, rest, **options):
        self.said.append(f"{name} {rest}")


FETCH = [
    f"git clone -q --depth 1 {ADDRESS} course",
    '"{sys.executable}" -m pip install -q pydot pygraphviz ./course',
]
TOLD = {True: "nothing need be restarted", False: "could not be fetched"}


def run(network, found, monkeypatch, folder):
    """Run the cell where `helpers` is found or not, before and after; what it asks of the shell."""
    monkeypatch.chdir(folder)
    answers = iter(found)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: next(answers))
    shell = Shell(network)
    code = TransformerManager().transform_cell(colab.CELL.format(address=ADDRESS))
    exec(code, {"get_ipython": lambda: shell})
    return shell.said


@pytest.mark.parametrize("network", [True, False])
def test_the_cell_fetches_the_course_where_it_is_not(network, monkeypatch, tmp_path, capsys):
    said = run(network, [None, network or None], monkeypatch, tmp_path)
    assert said == FETCH + network * ["cd -q course/notebooks"]
    assert TOLD[network] in capsys.readouterr().out


def test_the_cell_does_nothing_where_the_course_is(monkeypatch, tmp_path, capsys):
    assert run(True, [True], monkeypatch, tmp_path) == []
    assert capsys.readouterr().out == ""


def test_after_a_restart_the_cell_goes_to_the_lessons_only(monkeypatch, tmp_path):
    (tmp_path / "course/notebooks").mkdir(parents=True)
    assert run(True, [True], monkeypatch, tmp_path) == ["cd -q course/notebooks"]
