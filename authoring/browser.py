"""A real Chromium for the tests marked `browser`, or a skip that says what is missing."""

import contextlib
import functools
import http.server
import os
import shutil
import threading
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def find():
    """The path of this machine's Chromium or None; COURSE_BROWSER in the environment names one."""
    return os.environ.get("COURSE_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)


def chromium():
    """The path of this machine's Chromium; where there is none, the test is skipped."""
    path = find()
    if not path:
        pytest.skip("no browser here: install Chromium (on Debian: apt-get install chromium)")
    return path


@contextlib.contextmanager
def open_browser():
    """A Playwright `Browser` that runs the machine's Chromium without a window."""
    path = chromium()
    reason = "needs the authors' packages: python3 course.py set-up authors"
    playwright = pytest.importorskip("playwright.sync_api", reason=reason)
    with playwright.sync_playwright() as session:
        browser = session.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@contextlib.contextmanager
def served(folder):
    """The address at which a folder is served, on this machine only."""
    handler = functools.partial(_Quiet, directory=str(Path(folder)))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
