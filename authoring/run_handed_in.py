"""Runs one notebook that a learner handed in, and notes after each cell how its exercises do.

Started by `authoring.results`, in a process and a folder of its own; whatever that process comes
to, what it has noted by then counts.
"""

import json
import signal
import sys
import threading
from _thread import interrupt_main
from pathlib import Path

import nbformat
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config


def interrupt():
    """Interrupt the cell that runs, as the button of JupyterLab does."""
    if hasattr(signal, "pthread_kill"):  # this one wakes a sleeping cell, too
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
    else:
        interrupt_main()


def states():
    """What each exercise's check said last, by its number; nothing before a cell imports them."""
    checking = sys.modules.get("exercises.checking")
    return {one.number: one.state for one in checking.EXERCISES.values()} if checking else {}


def run(notebook, notes, seconds):
    """Run the code cells in order, each for so many seconds, and write a line before and after.

    Args:
        notebook: The notebook, in memory.
        notes: The open file to write to, one JSON object a line: `{"cell": its id}` before a cell;
            after it `states`, what each exercise's check said last; `failed`, whether it raised an
            error; `late`, whether it was interrupted.
    """
    config = Config(HistoryManager={"enabled": False})
    shell = InteractiveShell.instance(config=config)
    shell.showtraceback = lambda *args, **kwargs: None  # nobody reads it, and it takes a while
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        print(json.dumps({"cell": cell["id"]}), file=notes, flush=True)
        late = []
        timer = threading.Timer(seconds, lambda late=late: (late.append(True), interrupt()))
        timer.daemon = True
        timer.start()
        try:
            failed = not shell.run_cell(cell.source, store_history=True).success
        except KeyboardInterrupt:
            failed = True
        timer.cancel()
        note = {"cell": cell["id"], "failed": failed, "late": bool(late), "states": states()}
        print(json.dumps(note), file=notes, flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background, it is ignored
    path, notes, seconds = sys.argv[1:]
    with Path(notes).open("w", encoding="utf-8") as file:
        run(nbformat.read(path, as_version=4), file, float(seconds))
