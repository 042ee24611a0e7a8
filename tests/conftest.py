"""What several test files share: the site, built once."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the built site; where Sphinx is missing, the test is skipped."""
    reason = "needs the authors' packages: python3 course.py set-up authors"
    for package in ("sphinx", "myst_nb", "furo"):
        pytest.importorskip(package, reason=reason)
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "authoring.site", folder]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    return folder
