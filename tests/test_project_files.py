"""The files that services read beside the course fit the course."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import course

import pytest
import yaml

ROOT = Path(__file__).parent.parent
JOBS = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))["jobs"]


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def commands():
    """Every command that a service runs."""
    steps = [step for job in JOBS.values() for step in job["steps"]]
    lines = [line for step in steps for line in step.get("run", "").splitlines()]
    return [*lines, json.loads(read(".devcontainer/devcontainer.json"))["postCreateCommand"]]


def test_commands_of_services_name_what_is_there():
    known = re.findall(r"python3 course\.py ([a-z-]+)", course.__doc__)
    for command in commands():
        words = command.split()
        if "course.py" in words:
            task, *paths = words[words.index("course.py") + 1 :]
            assert task in known, command
            assert all((ROOT / path).exists() for path in paths if path.startswith("tests/"))


def test_services_take_pythons_that_can():
    everywhere = JOBS["units"]["strategy"]["matrix"]["python"]
    oldest, newest = course.OLDEST[1], course.NEWEST[1]
    assert everywhere == [f"3.{minor}" for minor in range(oldest, newest + 1)]
    container = json.loads(read(".devcontainer/devcontainer.json"))["image"]
    others = re.findall(r"python[=:](3\.\d+)", container + read("environment.yml"))
    assert len(others) == 2 and set(others) <= set(everywhere)


def test_the_citation_is_of_this_version():
    project = tomllib.loads(read("pyproject.toml"))["project"]
    assert yaml.safe_load(read("CITATION.cff"))["version"] == project["version"]


def test_what_is_made_is_not_committed():
    folders = ("site", "slides", "sheets", "editions", "my_lessons")
    made = [f"{folder}/index.html" for folder in folders]
    done = subprocess.run(["git", "check-ignore", *made], cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 128:
        pytest.skip("not a checkout of git")
    assert done.stdout.split() == made
