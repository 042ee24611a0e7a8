"""The files that people and services expect beside the course say what is so."""

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path

import course

import pytest
import yaml

ROOT = Path(__file__).parent.parent
AUTHORS = "The authors of Three ways to a Keras model"
FORMS = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))


def load(path):
    return yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def project():
    return tomllib.loads(read("pyproject.toml"))["project"]


def tasks():
    """The words that course.py knows."""
    return set(re.findall(r"python3 course\.py ([a-z-]+)", course.__doc__))


def check_command(command):
    """A command of ours names a file that is there and, of course.py, a task that it has."""
    words = command.split()
    if re.fullmatch(r"python3?", words[0]):
        words = words[1:]
        assert words[0] == "course.py" and words[1] in tasks(), command
    else:
        assert os.access(ROOT / words[0], os.X_OK), command
    assert all((ROOT / word).exists() for word in words if "/" in word), command


def test_code_and_prose_have_their_licences():
    assert read("LICENSE").startswith(f"MIT License\n\nCopyright (c) 2026 {AUTHORS}\n")
    prose = read("LICENSE-PROSE.txt")
    assert prose.startswith("Attribution 4.0 International\n")
    sections = re.findall(r"^Section (\d) -- ", prose, flags=re.M)
    assert sections == list("12345678")
    assert project()["license"] == "MIT AND CC-BY-4.0"
    assert project()["license-files"] == ["LICENSE", "LICENSE-PROSE.txt"]
    assert project()["authors"] == [{"name": AUTHORS}]


def test_the_citation_is_of_this_version():
    citation = load("CITATION.cff")
    assert {"cff-version", "message", "title", "authors"} <= set(citation)
    assert citation["version"] == project()["version"]
    assert citation["authors"] == [{"name": AUTHORS}]


def test_ci_runs_commands_that_exist_on_every_python():
    jobs = load(".github/workflows/ci.yml")["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    assert ".ci/run" in commands and "python3 course.py site" in commands
    for command in commands:
        check_command(command)
    pythons = jobs["everything"]["strategy"]["matrix"]["python"]
    oldest, newest = course.OLDEST[1], course.NEWEST[1]
    assert pythons == [f"3.{minor}" for minor in range(oldest, newest + 1)]
    for job in jobs.values():
        assert job["timeout-minutes"] <= 90
        assert [step["uses"].split("@")[0] for step in job["steps"] if "uses" in step] == [
            "actions/checkout",
            "actions/setup-python",
        ]


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_an_issue_form_asks_what_can_be_answered(path):
    form = load(path)
    assert form["name"] and form["description"] and form["body"]
    ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(set(ids)) == len(ids)
    for part in form["body"]:
        assert part["type"] in {"markdown", "input", "textarea", "dropdown", "checkboxes"}
        assert part["attributes"]["value" if part["type"] == "markdown" else "label"]
    assert any(part.get("validations", {}).get("required") for part in form["body"])


def test_there_is_a_form_for_each_kind_of_trouble():
    names = ["a_lesson_is_wrong", "an_exercise_check_is_wrong", "it_does_not_start"]
    assert [path.stem for path in FORMS] == names


def test_a_pull_request_is_asked_for_commands_that_exist():
    commands = re.findall(r"`(python3 [^`]+)`", read(".github/pull_request_template.md"))
    assert commands
    for command in commands:
        check_command(command)


def test_the_container_sets_the_course_up_with_a_python_that_can():
    container = json.loads(read(".devcontainer/devcontainer.json"))
    check_command(container["postCreateCommand"])
    version = tuple(map(int, container["image"].removeprefix("python:").split(".")))
    assert course.OLDEST <= version <= course.NEWEST


def test_binder_gets_the_one_list_of_packages():
    wanted = load("environment.yml")["dependencies"]
    (python,) = (one for one in wanted if str(one).startswith("python="))
    version = tuple(map(int, python.removeprefix("python=").split(".")))
    assert course.OLDEST <= version <= course.NEWEST
    assert {"pip": ["-r requirements.txt"]} in wanted
    assert "\n-e . " in read("requirements.txt")


def test_what_is_made_is_not_committed():
    made = [f"{folder}/index.html" for folder in ("site", "slides", "editions")]
    done = subprocess.run(["git", "check-ignore", *made], cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 128:
        pytest.skip("not a checkout of git")
    assert done.stdout.split() == made
