"""What people wait for, each as a multiple of something that nobody can spare them."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LESSONS = Path(__file__).parent.parent / "notebooks"


def seconds(work, *arguments):
    """How long a function takes."""
    start = time.perf_counter()
    work(*arguments)
    return time.perf_counter() - start


def clock():
    return time.perf_counter(), time.process_time()


def since(start):
    """Seconds by the clock on the wall, and seconds of all processor cores together."""
    wall, processor = (now - then for now, then in zip(clock(), start, strict=True))
    return {"seconds": wall, "processor": processor}


def start():
    """The first cells of a lesson, on drawn images: multiples of importing TensorFlow."""
    os.environ["COURSE_DATA"] = "stand-in"
    tensorflow = seconds(__import__, "tensorflow")
    helpers_too = seconds(__import__, "helpers") + seconds(__import__, "exercises")
    import helpers

    return {
        "first cell": (tensorflow + helpers_too) / tensorflow,
        "digits of lesson 1": seconds(helpers.load_mnist, 6_000, 2_000) / tensorflow,
        "photos of lesson 5": seconds(helpers.load_cifar100, 5_000, 2_000) / tensorflow,
        "all digits": seconds(helpers.load_mnist) / tensorflow,
        "all photos": seconds(helpers.load_cifar100) / tensorflow,
    }


def ends_of_epochs(tuned):
    """Ten epochs of a small network on noise, with tf.data tuning its pipeline, or not.

    `helpers`, which is not imported here, has no pipeline tuned: see `helpers.notebook`.
    """
    import keras
    import tensorflow as tf

    keras.utils.set_random_seed(0)
    images, labels = keras.random.uniform((2_048, 28, 28, 1)), tf.range(2_048) % 10
    options = tf.data.Options()
    options.autotune.enabled = tuned
    dataset = tf.data.Dataset.from_tensor_slices((images, labels)).batch(32).with_options(options)
    convolutions = keras.layers.Conv2D(32, 3), keras.layers.Conv2D(64, 3), keras.layers.Flatten()
    model = keras.Sequential([keras.Input((28, 28, 1)), *convolutions, keras.layers.Dense(10)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    fit = lambda epochs: model.fit(dataset, shuffle=False, epochs=epochs, verbose=0)  # noqa: E731
    fit(1)
    start = clock()
    fit(10)
    return since(start)


def set_up(uv):
    """From `git clone` to a lesson in JupyterLab, by uv or pip: × importing TensorFlow."""
    folders = os.environ["PATH"].split(os.pathsep)
    folders = [folder for folder in folders if uv or not (Path(folder) / "uv").exists()]
    with tempfile.TemporaryDirectory() as place:
        caches = {"PIP_CACHE_DIR": f"{place}/cache", "UV_CACHE_DIR": f"{place}/cache"}
        environment = os.environ | caches | {"PATH": os.pathsep.join(folders)}

        def opened(name):
            course = Path(place, name)
            subprocess.run(["git", "clone", "--quiet", LESSONS.parent, course], check=True)
            command = [sys.executable, "course.py", "open", "01", "--no-browser"]
            pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
            pipes |= {"cwd": course, "env": environment, "start_new_session": True}
            with subprocess.Popen(command, **pipes) as server:
                next(line for line in server.stdout if "token=" in line)
                os.killpg(server.pid, signal.SIGTERM)

        taken = {name: seconds(opened, name) for name in ("without a cache", "with a cache")}
    tensorflow = seconds(__import__, "tensorflow")
    return {name: one / tensorflow for name, one in taken.items()}


TIME_FIT = """import keras, time
_fit, _taken = keras.Model.fit, []
def _timed_fit(*arguments, **options):
    start = time.perf_counter()
    history = _fit(*arguments, **options)
    _taken.append(time.perf_counter() - start)
    return history
keras.Model.fit = _timed_fit"""


def lesson(name):
    """A whole lesson on drawn images: × importing TensorFlow, and × what it spends in `fit`."""
    import nbformat
    from nbclient import NotebookClient

    os.environ["COURSE_DATA"] = "stand-in"
    notebook = nbformat.read(LESSONS / f"{name}.ipynb", as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    time_fit, in_fit = map(nbformat.v4.new_code_cell, (TIME_FIT, "print(sum(_taken))"))
    notebook.cells = [code[0], time_fit, *code[1:], in_fit]
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": LESSONS}})
    with client.setup_kernel():
        cells = enumerate(notebook.cells)
        taken = [seconds(client.execute_cell, cell, number) for number, cell in cells]
    tensorflow, fit = seconds(__import__, "tensorflow"), float(in_fit.outputs[0].text)
    slowest, ratios = max(taken) / tensorflow, {"all of it": sum(taken) / tensorflow}
    ratios |= {"all of it ÷ `fit`": sum(taken) / fit} if fit else {}
    return ratios | {"its slowest cell": slowest}


def checks():
    """Every answer in tests/answers, checked on drawn images: × importing TensorFlow."""
    os.environ["COURSE_DATA"] = "stand-in"
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

    model = build()  # not timed: what is first in a process waits for more than itself
    copy, building = keras.models.clone_model(model), seconds(build)
    helpers.compare_models(model, copy)  # not timed either
    return {
        "compared with a copy": seconds(helpers.compare_models, model, copy) / building,
        "drawn": seconds(helpers.plot_model, model) / building,
    }
