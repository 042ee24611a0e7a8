"""Starts JupyterLab as the README's command does, on a copy of the course, and drives it.

The page is JupyterLab as a learner gets it but for one setting: every cell is kept in the page,
also those that are out of sight, so that all can be looked at. What is open in it are the lessons
as they are stored, or a learner's own copy of them.
"""

import contextlib
import datetime
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import warnings
from pathlib import Path
from unittest import mock

import course

import nbformat

ROOT = Path(__file__).parent.parent
LONG = 600_000  # milliseconds; how long a machine may take for what is no matter of speed here
LOST = 60  # seconds; what an idle kernel has said is shown long before, or was lost
SETTINGS = {"notebook-extension/tracker": {"windowingMode": "none"}}

# What is seen of every cell: its number in brackets, and of its outputs the text and what is red
# (an error, or a line on stderr; JupyterLab makes no difference).
CELLS = """() => [...document.querySelectorAll('.jp-Notebook .jp-CodeCell')].map(cell => {
    const area = cell.querySelector('.jp-Cell-outputArea');
    const kinds = ['error', 'stderr'].map(kind => `[data-mime-type$="jupyter.${kind}"]`);
    return {
        prompt: cell.querySelector('.jp-InputPrompt').textContent,
        text: area.innerText,
        errors: [...area.querySelectorAll(kinds)].map(one => one.innerText),
    };
})"""

# What the dot in the notebook's upper corner says: "idle", "busy", "unknown".
STATUS = """() => document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status"""

# What is seen of every picture: whether it is drawn, how large, and what is read out for it.
PICTURES = """async () => {
    const seen = [];
    const notebook = document.querySelector('.jp-Notebook');
    const outputs = notebook.querySelectorAll('.jp-CodeCell .jp-Cell-outputArea');
    for (const [cell, area] of outputs.entries()) {
        for (const picture of area.querySelectorAll('.jp-OutputArea-output :is(img, svg)')) {
            if (picture.tagName === 'IMG') await picture.decode().catch(() => {});
            picture.scrollIntoView({block: 'center'});
            await new Promise(requestAnimationFrame);
            const [box, room] = [picture, area].map(one => one.getBoundingClientRect());
            const page = notebook.getBoundingClientRect();
            const middle = Math.max(box.top, page.top) + Math.min(box.bottom, page.bottom);
            const found = document.elementFromPoint(box.left + box.width / 2, middle / 2);
            seen.push({
                cell,
                drawn: picture.tagName !== 'IMG' || picture.naturalWidth > 0,
                width: box.width,
                height: box.height,
                inside: box.left >= room.left - 1 && box.right <= room.right + 1
                    && box.right <= page.right + 1,
                uncovered: picture.contains(found),
                alt: picture.getAttribute('alt') || picture.getAttribute('aria-label') || '',
            });
        }
    }
    return seen;
}"""


def readmes_commands():
    """The two that `python3 course.py` runs when all is installed, with this Python."""
    calls = []
    with (
        mock.patch.object(course, "set_up"),
        mock.patch.object(course.subprocess, "call", lambda command, cwd: calls.append(command)),
    ):
        course.main([])
    return [[sys.executable, *command[1:]] for command in calls]


class Server:
    """A running JupyterLab on a folder of lessons."""

    def __init__(self, folder, process, port, token, log):
        self.folder, self.process, self.port, self.token = folder, process, port, token
        self.log = log

    def address(self, lesson):
        """Where a lesson is opened, alone: a workspace of its own knows of no other open lesson.

        The command makes the lessons' folder the one that is served.
        """
        place = f"lab/workspaces/{secrets.token_hex(4)}/tree/{lesson}"
        return f"http://127.0.0.1:{self.port}/{place}?token={self.token}"

    def ask(self, path, method="GET"):
        """Ask Jupyter's server itself, for what is no matter of the page."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def shut_down_kernels(self):
        """End what runs, so that no lesson takes time or memory from the next one."""
        for session in self.ask("sessions"):
            self.ask(f"sessions/{session['id']}", "DELETE")


@contextlib.contextmanager
def jupyterlab(folder, lessons="notebooks"):
    """A `Server` on a copy of the lessons and what they import; it ends with the block.

    Args:
        folder: Where to put all that.
        lessons: "notebooks" for the lessons as they are stored, "my_lessons" for a learner's.
    """
    for name in ("notebooks", "helpers", "exercises", "learner", "stand_ins"):
        ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    own = folder / "jupyter"
    for name, values in SETTINGS.items():
        path = own / f"settings/@jupyterlab/{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    environment = {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"}
    environment |= {
        "COURSE_DATA": "stand-in",
        "COURSE_PROGRESS": "on",  # in what a test has made itself
        "PYTHONPATH": str(folder),
        "IPYTHONDIR": str(own / "ipython"),
        "JUPYTER_CONFIG_DIR": str(own / "config"),
        "JUPYTER_DATA_DIR": str(own / "data"),
        "JUPYTER_RUNTIME_DIR": str(own / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    options = ["--no-browser", f"--port={port}", f"--IdentityProvider.token={token}"]
    options += ["--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0"]
    copy, open_lab = readmes_commands()
    subprocess.run(copy, cwd=folder, env=environment, check=True)
    open_lab[3] = open_lab[3].replace("my_lessons", lessons)
    with (own / "log").open("w") as log:
        process = subprocess.Popen(
            [*open_lab, *options],
            cwd=folder,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = Server(folder / lessons, process, port, token, own / "log")
    try:
        _wait_until_it_answers(server)
        yield server
    finally:
        with contextlib.suppress(OSError):
            server.shut_down_kernels()
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(server):
    end = time.monotonic() + LONG / 1000
    while True:
        try:
            server.ask("status")
            return
        except (urllib.error.URLError, ConnectionError):
            pass
        if server.process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"JupyterLab does not start:\n{server.log.read_text()}")
        time.sleep(0.3)


class LostMessages(AssertionError):
    """The kernel has long been idle, and JupyterLab still waits for it."""


class Lesson:
    """A lesson that is open in JupyterLab, in a page of Playwright."""

    def __init__(self, server, page, name):
        self.server, self.page = server, page
        page.set_default_timeout(LONG)
        page.goto(server.address(name))
        stored = nbformat.read(server.folder / name, as_version=4)
        self.code = [cell for cell in stored.cells if cell.cell_type == "code"]
        self.count = len(stored.cells)
        self._wait_until_open()

    def _wait_until_open(self):
        self.wait_for(
            "count => document.querySelectorAll('.jp-Notebook .jp-Cell').length === count",
            self.count,
        )
        self.wait_until_idle()

    def wait_for(self, condition, argument=None):
        """Wait until a function in the page returns true.

        It is asked twice a second: Playwright's own way, with every picture that the page draws,
        takes the processor from the lesson.
        """
        start = time.monotonic()
        while not self.page.evaluate(condition, argument):
            waited = time.monotonic() - start
            late = waited > LONG / 1000
            if late or waited > LOST and self._kernel_has_been_idle_for() > LOST:
                raise (AssertionError if late else LostMessages)(
                    f"JupyterLab does not come to this: {condition}\n"
                    f"The notebook says {self.page.evaluate(STATUS)!r}, its cells "
                    f"{[seen['prompt'] for seen in self.cells()]}.\n"
                    f"Jupyter's server says {self.server.ask('kernels')}\n"
                    f"and wrote:\n{self.server.log.read_text()[-3000:]}"
                )
            time.sleep(0.5)

    def _kernel_has_been_idle_for(self):
        """Seconds, to Jupyter's server; 0 where no kernel runs yet, or it does something."""
        kernels = self.server.ask("kernels")
        if not kernels or kernels[0]["execution_state"] != "idle":
            return 0
        last = datetime.datetime.fromisoformat(kernels[0]["last_activity"])
        return (datetime.datetime.now(datetime.UTC) - last).total_seconds()

    def menu(self, *names):
        """Choose an entry of the menus: `menu("Kernel", "Interrupt Kernel")`."""
        bar = self.page.locator("#jp-MainMenu")
        bar.get_by_text(names[0], exact=True).click()
        for name in names[1:]:
            entry = self.page.locator(".lm-Menu .lm-Menu-itemLabel")
            entry.get_by_text(name, exact=True).hover()
            self.page.keyboard.press("Enter")  # a click right after opening is not taken

    def agree(self):
        """Press the button of a question that goes on."""
        self.page.locator(".jp-Dialog button.jp-mod-accept").click()

    def wait_until_idle(self):
        """Wait until no cell waits or runs, and the kernel is there and does nothing."""
        self.wait_for(
            """() => document.querySelector(
                '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
            ) && ![...document.querySelectorAll('.jp-Notebook .jp-InputPrompt')]
                .some(prompt => prompt.textContent.includes('*'))"""
        )

    def clear(self):
        """Clear all outputs and numbers, so that what is seen from then on is new."""
        self.menu("Edit", "Clear Outputs of All Cells")
        self.wait_for("() => !document.querySelector('.jp-Notebook .jp-OutputArea-child')")

    def restart(self):
        """Clear all outputs, restart the kernel, and wait until it is there again."""
        self.clear()
        before = self.server.ask("kernels")[0]["last_activity"]
        self.menu("Kernel", "Restart Kernel…")
        self.agree()
        end = time.monotonic() + LONG / 1000
        while self.server.ask("kernels")[0]["last_activity"] == before:
            assert time.monotonic() < end, "The kernel does not restart."
            time.sleep(0.2)
        self.wait_until_idle()

    def run_all(self):
        """Clear all outputs, run every cell, and wait for the end.

        Now and then JupyterLab misses what a new kernel says, and waits for ever: a learner would
        load the page again and restart the kernel, and so does this, once.
        """
        try:
            self._run_all()
        except LostMessages as lost:
            warnings.warn(f"Once more, from a new page and kernel. {lost}", stacklevel=2)
            self.page.reload()
            self._wait_until_open()
            self.restart()
            self._run_all()

    def _run_all(self):
        self.clear()
        self.menu("Run", "Run All Cells")
        self.wait_for(
            """() => [...document.querySelectorAll('.jp-Notebook .jp-InputPrompt')]
                .some(prompt => /[*0-9]/.test(prompt.textContent))"""
        )
        self.wait_until_idle()

    def number_of(self, name):
        """The place of a code cell, by its id, among all code cells."""
        return [cell["id"] for cell in self.code].index(name)

    def start(self, name):
        """Run one code cell, by its id, as a learner does: click into it, Shift+Enter."""
        cell = self.page.locator(".jp-Notebook .jp-CodeCell").nth(self.number_of(name))
        cell.locator(".jp-InputArea-editor .cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def write(self, name, code):
        """Replace the code of a cell, by its id."""
        cell = self.page.locator(".jp-Notebook .jp-CodeCell").nth(self.number_of(name))
        cell.locator(".jp-InputArea-editor .cm-content").click()
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.insert_text(code)

    def run(self, name):
        """Run one code cell, by its id, and wait for its end."""
        prompt = self.page.locator(".jp-CodeCell .jp-InputPrompt").nth(self.number_of(name))
        before = prompt.inner_text()
        self.start(name)
        self.wait_for(
            "([one, before]) => one.textContent !== before", [prompt.element_handle(), before]
        )
        self.wait_until_idle()

    def wait_for_text(self, name, text):
        """Wait until the outputs of a code cell, by its id, hold a text."""
        cell = self.page.locator(".jp-Notebook .jp-CodeCell").nth(self.number_of(name))
        cell.locator(".jp-Cell-outputArea").get_by_text(text).first.wait_for()

    def cells(self):
        """What is seen of every code cell, in order: see CELLS."""
        return self.page.evaluate(CELLS)

    def pictures(self):
        """What is seen of every picture, in order: see PICTURES."""
        return self.page.evaluate(PICTURES)
