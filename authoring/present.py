"""Opens a lesson in JupyterLab to be taught live: large, and with nothing in it that answers.

    python3 course.py present 02    further words go to JupyterLab, such as --no-browser

It opens a copy, with code of 24 pixels or more, no outputs, no notes for instructors, and every
answer folded. The copy is trusted, so that pictures show. JupyterLab's settings are those of this
start, and your own stay as they are. Both the copy and the settings go when JupyterLab is stopped.
"""

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from authoring import slide_types
from authoring.lesson_exercises import LESSONS

import nbformat
from nbformat.sign import NotebookNotary

SIZE = "24px"
SETTINGS = {
    "apputils-extension/themes": {
        "overrides": {"code-font-size": SIZE, "content-font-size1": SIZE, "ui-font-size1": "15px"}
    },
    "apputils-extension/notification": {"fetchNews": "false"},
    "notebook-extension/tracker": {
        "codeCellConfig": {"lineNumbers": False, "lineWrap": True},
        "windowingMode": "none",
    },
}


def cleared(lesson):
    """A copy of a lesson (a notebook in memory) without outputs and without instructors' notes."""
    shown = copy.deepcopy(lesson)
    shown.cells = [cell for cell in shown.cells if not slide_types.is_note(cell)]
    for cell in shown.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return shown


def prepare(path, folder):
    """Lay out a lesson and JupyterLab's settings in a folder.

    Returns:
        The environment for a JupyterLab that keeps everything of its own in that folder.
    """
    lessons, settings, data = (folder / name for name in ("lessons", "settings", "data"))
    for made in (lessons, data):
        made.mkdir()
    for beside in path.parent.glob("*.py"):
        shutil.copy(beside, lessons)
    shown = cleared(nbformat.read(path, as_version=4))
    nbformat.write(shown, lessons / path.name)
    for name, values in SETTINGS.items():
        file = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")
    NotebookNotary(data_dir=str(data)).sign(shown)
    own = {
        "JUPYTERLAB_SETTINGS_DIR": settings,
        "JUPYTERLAB_WORKSPACES_DIR": folder / "workspaces",
        "JUPYTER_CONFIG_DIR": folder / "config",
        "JUPYTER_DATA_DIR": data,
    }
    return os.environ | {name: str(place) for name, place in own.items()}


def main(words):
    """Present the lesson whose name begins with the first word; the others go to JupyterLab."""
    found = [path for path in LESSONS if words and path.name.startswith(words[0])]
    if len(found) != 1:
        numbers = ", ".join(path.name[:2] for path in LESSONS)
        sys.exit(f"Say which lesson to present, by its number ({numbers}): course.py present 02")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environment = prepare(found[0], Path(folder))
        command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}/lessons"]
        command += [f"--LabApp.default_url=/doc/tree/{found[0].name}"]
        command += ["--KernelManager.transport_encryption=auto"]
        return subprocess.call([*command, *words[1:]], env=environment)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
