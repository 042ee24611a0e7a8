"""What people wait for, each as a multiple of something that nobody can spare them."""

import os
import time
from pathlib import Path

LESSONS = Path(__file__).parent.parent / "notebooks"


def seconds(work, *arguments):
    """How long a function takes."""
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def start():
    """The first cells of a lesson, on drawn images: multiples of importing TensorFlow."""
    os.environ["COURSE_DATA"] = "stand-in"
    tensorflow = seconds(__import__, "tensorflow")
    helpers_too = seconds(__import__, "helpers")
    import helpers

    return {
        "import helpers": helpers_too / tensorflow,
        "digits of lesson 1": seconds(helpers.load_mnist, 6_000, 2_000) / tensorflow,
        "photos of lesson 5": seconds(helpers.load_cifar100, 8_000, 2_000) / tensorflow,
        "all digits": seconds(helpers.load_mnist) / tensorflow,
        "all photos": seconds(helpers.load_cifar100) / tensorflow,
    }


def lesson(name):
    """A whole lesson on drawn images, and its slowest cell: multiples of importing TensorFlow."""
    import nbformat
    from nbclient import NotebookClient

    os.environ["COURSE_DATA"] = "stand-in"
    notebook = nbformat.read(LESSONS / f"{name}.ipynb", as_version=4)
    code = [(cell, n) for n, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": LESSONS}})
    with client.setup_kernel():
        taken = [seconds(client.execute_cell, *cell) for cell in code]
    tensorflow = seconds(__import__, "tensorflow")
    return {"all of it": sum(taken) / tensorflow, "its slowest cell": max(taken) / tensorflow}


def checks():
    """Every answer in tests/answers, checked: a multiple of importing TensorFlow."""
    tensorflow, taken = seconds(__import__, "tensorflow"), 0
    from authoring.lesson_exercises import Desk, tables

    for path in sorted(LESSONS.glob("*.ipynb")):
        desk, table = Desk(path), tables(int(path.name[:2]))
        for answers in (table.RIGHT, table.WRONG):
            for number in answers:
                for answer in answers[number].values():
                    code = answer if isinstance(answer, str) else answer[0]
                    taken += seconds(desk.try_answer, number, code)
    return {"every answer checked": taken / tensorflow}


def resnet():
    """A large network compared with a copy of itself, and drawn: multiples of building it."""
    import helpers

    import keras

    def build():
        return keras.applications.ResNet50(weights=None)

    model = build()  # not timed: the first model of a process waits for more than itself
    copy, building = keras.models.clone_model(model), seconds(build)
    return {
        "compared with a copy": seconds(helpers.compare_models, model, copy) / building,
        "drawn": seconds(helpers.plot_model, model) / building,
    }
