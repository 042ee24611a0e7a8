"""The README's two commands, and what they say to a Python they cannot use."""

import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import course

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture
def environment(monkeypatch):
    """A copy of the environment, for the course to change."""
    monkeypatch.setattr(os, "environ", os.environ.copy())


@pytest.mark.parametrize("version", [(2, 7, 18), (3, 10, 0), (3, 14, 1), (4, 0, 0)])
def test_a_python_without_tensorflow_gets_one_sentence(version):
    reason = course.reason_it_cannot_run(version, "Linux", "x86_64")
    assert f"this is Python {version[0]}.{version[1]}," in reason
    assert "3.11, 3.12 or 3.13" in reason and "\n" not in reason


@pytest.mark.parametrize("machine", [("Darwin", "x86_64"), ("Windows", "ARM64")])
def test_a_machine_without_tensorflow_gets_one_sentence(machine):
    reason = course.reason_it_cannot_run((3, 12, 0), *machine)
    assert reason.startswith("TensorFlow 2.21 is not made for") and "\n" not in reason


@pytest.mark.parametrize("minor", [11, 12, 13])
@pytest.mark.parametrize(
    "machine",
    [("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64"), ("Windows", "AMD64")],
)
def test_the_others_are_let_in(minor, machine):
    assert course.reason_it_cannot_run((3, minor, 0), *machine) is None


def test_pyproject_asks_for_the_same_pythons():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">=3.11,<3.14"' in text
    assert (course.OLDEST, course.NEWEST) == ((3, 11), (3, 13))


def test_an_unknown_word_gets_the_help():
    done = subprocess.run(
        [sys.executable, ROOT / "course.py", "tests"], capture_output=True, text=True
    )
    assert done.returncode == 1 and "python3 course.py test " in done.stderr


@pytest.mark.parametrize(("user", "asked"), [(0, True), (1000, False)])
def test_in_a_container_where_everybody_is_root_jupyterlab_starts_too(monkeypatch, user, asked):
    calls = []
    monkeypatch.setattr(course, "set_up", lambda for_authors: None)
    monkeypatch.setattr(course.os, "geteuid", lambda: user, raising=False)
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: calls.append(command) or 0)
    assert course.main([]) == 0
    copied, opened = calls
    assert copied[1:] == ["-m", "learner.own_copy"]
    assert opened[1:4] == ["-m", "jupyterlab", str(Path("my_lessons/01_sequential.ipynb"))]
    assert ("--allow-root" in opened) == asked


@pytest.mark.parametrize(
    ("words", "lesson", "options"),
    [
        ([], "01_sequential", []),
        (["open", "05"], "05_cifar100", []),
        (
            ["open", "5", "--no-browser", "--port=9000"],
            "05_cifar100",
            ["--no-browser", "--port=9000"],
        ),
        (["open", "--no-browser"], "01_sequential", ["--no-browser"]),
        (["--no-browser"], "01_sequential", ["--no-browser"]),
    ],
)
def test_a_lesson_is_opened_and_options_go_through(words, lesson, options, monkeypatch):
    calls = []
    monkeypatch.setattr(course, "set_up", lambda for_authors: None)
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: calls.append(command) or 0)
    course.main(words)
    assert Path(calls[-1][3]).stem == lesson
    assert [word for word in calls[-1] if word in options] == options


def test_several_lessons_can_be_made_anew(monkeypatch):
    calls = []
    monkeypatch.setattr(course, "set_up", lambda for_authors: None)
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: calls.append(command) or 0)
    course.main(["reset", "03", "5"])
    files = ["03_subclassing.ipynb", "05_cifar100.ipynb"]
    assert [command[1:] for command in calls] == [["-m", "learner.own_copy", "reset", *files]]


@pytest.mark.parametrize("words", [["open", "9"], ["reset", "nine"], ["reset"], ["open", "0x"]])
def test_an_unknown_lesson_gets_one_sentence(words, monkeypatch):
    monkeypatch.setattr(course, "set_up", lambda for_authors: pytest.fail("too early"))
    with pytest.raises(SystemExit, match=r"There is no lesson '.*': give .* 01, 02, .* 07\.$"):
        course.main(words)


def test_where_the_copy_cannot_be_made_nothing_is_opened(monkeypatch):
    calls = []
    monkeypatch.setattr(course, "set_up", lambda for_authors: None)
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: calls.append(command) or 1)
    assert course.main([]) == 1 and len(calls) == 1


def test_another_jupyterlab_on_the_path_is_not_started(tmp_path, monkeypatch):
    calls = []
    monkeypatch.setattr(course, "set_up", lambda for_authors: None)
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: calls.append(command) or 0)
    course.main([])
    for name in ("jupyter", "jupyter-lab"):
        other = tmp_path / name
        other.write_text("#!/bin/sh\necho another\n", encoding="utf-8")
        other.chmod(0o755)
    environment = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, *calls[-1][1:3], "--version"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == importlib.metadata.version("jupyterlab")


def test_what_is_installed_already_is_not_installed_again(tmp_path, monkeypatch):
    monkeypatch.setattr(course, "VENV", str(tmp_path))
    calls = []
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: calls.append(command) or 0)
    course.set_up()
    assert any("requirements.txt" in command for command in calls)
    calls.clear()
    course.set_up()
    assert calls == []


def test_what_uv_installs_is_compiled_as_what_pip_installs(tmp_path, monkeypatch):
    monkeypatch.setattr(course, "VENV", str(tmp_path))
    monkeypatch.setattr(course.shutil, "which", lambda name: name)
    calls = []
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: calls.append(command) or 0)
    course.install("requirements.txt")
    assert "--compile-bytecode" in calls[0]


def test_authors_get_their_packages_on_top_once(tmp_path, monkeypatch):
    monkeypatch.setattr(course, "VENV", str(tmp_path))
    calls = []
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: calls.append(command) or 0)
    assert course.main(["set-up"]) == 0
    calls.clear()
    assert course.main(["set-up", "authors"]) == 0
    assert [command[-1] for command in calls] == ["requirements-authors.txt"]
    calls.clear()
    assert course.main(["set-up", "authors"]) == 0
    assert calls == []


@pytest.mark.parametrize(
    ("wheels", "lists"),
    [(None, ["requirements.txt", "requirements-authors.txt"]), ("wheels", ["requirements.txt"])],
    ids=["from the internet", "from a folder, which has not got them"],
)
def test_when_the_lists_change_authors_keep_their_packages(tmp_path, monkeypatch, wheels, lists):
    monkeypatch.setattr(course, "VENV", str(tmp_path))
    calls = []
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: calls.append(command) or 0)
    course.set_up(for_authors=True)
    monkeypatch.setattr(course, "fingerprint", lambda requirements: "of other lists")
    calls.clear()
    course.set_up(wheels=wheels)
    assert [command[-1] for command in calls if "install" in command] == lists


def test_a_set_up_that_failed_says_so_and_is_done_again(tmp_path, monkeypatch):
    monkeypatch.setattr(course, "VENV", str(tmp_path))
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: 1)
    for _ in range(2):
        with pytest.raises(SystemExit, match="could not be set up"):
            course.set_up()


def test_what_was_set_for_other_programs_is_no_matter(environment, tmp_path, monkeypatch):
    os.environ.update(dict.fromkeys(course.OTHERS, "elsewhere"), PIP_INDEX_URL="https://ours/")
    monkeypatch.setattr(course, "HERE", str(tmp_path))
    os.environ.pop("UV_DEFAULT_INDEX", None)
    os.environ["HOME"] = os.environ["USERPROFILE"] = str(tmp_path)
    course.clear_the_way()
    assert not set(course.OTHERS) & set(os.environ) and os.environ["HOME"] == str(tmp_path)
    assert os.environ["UV_DEFAULT_INDEX"] == "https://ours/"


def test_who_has_no_home_gets_one_beside_the_lessons(environment, tmp_path, monkeypatch):
    monkeypatch.setattr(course, "HERE", str(tmp_path))
    os.environ["HOME"] = os.environ["USERPROFILE"] = str(tmp_path / "gone")
    course.clear_the_way()
    assert os.environ["HOME"] == str(tmp_path / ".home") and (tmp_path / ".home").is_dir()


def test_a_folder_that_cannot_be_written_gets_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(course, "VENV", str(tmp_path / ".venv"))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    monkeypatch.setattr(course, "run_or_stop", lambda command: pytest.fail("too late"))
    with pytest.raises(SystemExit, match="cannot be written: put the course into a folder of you"):
        course.set_up()


def test_what_the_system_has_ended_gets_a_sentence(monkeypatch, capsys):
    monkeypatch.setattr(course, "set_up", lambda for_authors: None)
    monkeypatch.setattr(course.subprocess, "call", lambda command, cwd: course.ENDED)
    assert course.main(["ready"]) == course.ENDED
    assert "most often because memory ran out" in capsys.readouterr().out


def test_packages_are_listed_in_one_place():
    environment = (ROOT / "environment.yml").read_text(encoding="utf-8")
    listed = re.findall(r"^ +- (.+)$", environment, flags=re.M)
    assert listed == ["conda-forge", "python=3.12", "pip", "pip:", "-r requirements.txt"]
    assert "\ndependencies = [" not in (ROOT / "pyproject.toml").read_text(encoding="utf-8")


def test_ci_runs_the_readmes_test_command():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "\npython3 course.py test\n" in readme and "\npython3 course.py test\n" in ci
