"""How long each lesson and its slowest cell take on this machine, in seconds and as shares.

    python benchmarks/lesson_times.py [--runs 5]

Runs every lesson from a fresh kernel, on stand-in data, and prints for each the median time of the
whole and of its slowest cell, with the smallest and largest; the seconds of every cell go into
results/lesson_times.json. House rule: no cell over 30 s and no lesson over 90 s on two cores.
Nothing here is a test: a busy machine is not a broken lesson.
"""

import argparse
import json
import os
import statistics
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

LESSONS = sorted((Path(__file__).parent.parent / "notebooks").glob("*.ipynb"))
RESULTS = Path(__file__).parent / "results/lesson_times.json"


def cell_seconds(path):
    """Run a lesson and return the seconds of each of its code cells, by the cell's id."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": path.parent}})
    seconds = {}
    with client.setup_kernel():
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type == "code":
                start = time.perf_counter()
                client.execute_cell(cell, number)
                seconds[cell["id"]] = time.perf_counter() - start
    return seconds


def spread(values):
    """The median of some numbers, with the smallest and the largest."""
    return f"{statistics.median(values):5.1f} s ({min(values):.1f} to {max(values):.1f})"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="runs of each lesson (default: 5)")
    runs = parser.parse_args().runs
    os.environ.setdefault("COURSE_DATA", "stand-in")
    results = {}
    for path in LESSONS:
        times = [cell_seconds(path) for _ in range(runs)]
        slowest = max(times[0], key=lambda name: statistics.median(run[name] for run in times))
        print(
            f"{path.stem:20} whole {spread([sum(run.values()) for run in times])}, "
            f"slowest cell {slowest!r} {spread([run[slowest] for run in times])}"
        )
        results[path.stem] = {name: [round(run[name], 2) for run in times] for name in times[0]}
    results = {"cores": os.cpu_count(), "runs": runs, "seconds of each cell": results}
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
