"""One measurement, in the process that compare.py starts for it and for nothing else."""

import importlib
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

LESSONS = Path(__file__).parent.parent / "notebooks"
QUICK = 1_000  # images in a quick run


def one(kind, settings, seed, quick=False):
    """Run one measurement, and return its figures with the peak memory of this process."""
    settings = dict(settings)
    if "threads" in settings:
        limit_threads(settings.pop("threads"))
    if kind in ("train", "ablation", "epoch", "memory"):
        import keras

        keras.utils.set_random_seed(seed)
    return KINDS[kind](settings, quick) | peak_memory()


def limit_threads(threads):
    """Choose the number of threads, which TensorFlow takes only before it starts."""
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def peak_memory():
    """The most memory that this process has held at once, in MB; nothing on Windows.

    On Linux a process inherits the figure of the one that started it, which therefore is kept
    small: compare.py imports no TensorFlow until it draws.
    """
    try:
        import resource
    except ImportError:
        return {}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return {"memory": round(peak / (2**20 if sys.platform == "darwin" else 2**10), 1)}


def load(task, images=None, quick=False):
    """The training images asked for, and the test images."""
    import helpers

    sizes = (QUICK, QUICK) if quick else (images, None)
    return (helpers.load_mnist if task == "digits" else helpers.load_cifar100)(*sizes)


def clock():
    return time.perf_counter(), time.process_time()


def since(start):
    """Seconds by the clock on the wall, and seconds of all processor cores together."""
    wall, processor = (now - then for now, then in zip(clock(), start, strict=True))
    return {"seconds": round(wall, 3), "processor": round(processor, 3)}


def train(settings, quick):
    """From images as they are loaded to a trained network, and what that gets right."""
    way, task = importlib.import_module(settings.pop("way")), settings.pop("task")
    (x, y), (x_test, y_test) = load(task, settings.pop("images", None), quick)
    if quick:
        settings["epochs"] = 1
    start = clock()
    model = getattr(way, task)(x, y, **settings)
    result = since(start) | {"epochs": len(model.history.epoch)}
    return result | {"accuracy": accuracy(model, x_test, y_test)}


def accuracy(model, x_test, y_test):
    import helpers

    answers = model.predict(helpers.scaled_batches(x_test, y_test, 200), verbose=0).argmax(axis=1)
    return round(float((answers == y_test).mean()), 4)


def fastest(taken):
    """Of the times of several rounds of the same work, the shortest on the wall.

    What disturbs a measurement can only make it longer, so the fastest comes nearest to the work
    itself (as the documentation of Python's `timeit` says).
    """
    return min(taken, key=lambda time: time["seconds"])


def ablation(settings, quick):
    """A training of a few epochs: the fastest after the first, and what the network gets right."""
    way, task = importlib.import_module(settings.pop("way")), settings.pop("task")
    (x, y), (x_test, y_test) = load(task, settings.pop("images"), quick)
    model, taken = getattr(way, task)(x, y, **settings)
    return fastest(taken[1:]) | {"accuracy": accuracy(model, x_test, y_test)}


def epoch(settings, quick):
    """One epoch of the CIFAR network, after one that is not timed: the fastest of three."""
    way, task = importlib.import_module(settings.pop("way")), settings.pop("task")
    (x, y), _ = load("cifar", settings.pop("images"), quick)
    train_epoch = getattr(way, task)(x, y, **settings)
    train_epoch()
    taken = []
    for _ in range(3):
        start = clock()
        train_epoch()
        taken.append(since(start))
    return fastest(taken)


def memory(settings, quick):
    """All of CIFAR-100 loaded and prepared, and one step of training; or only the imports."""
    import helpers

    import course_way
    import posts_way

    if settings["way"] == "imports":
        return {}
    (x, y), (x_test, y_test) = load("cifar", quick=quick)
    if settings["way"] == "posts":
        x, x_test = posts_way.prepare(x), posts_way.prepare(x_test)
        options = {"batch_size": posts_way.BATCH, "steps_per_epoch": 1, "verbose": 0}
        posts_way.compiled(posts_way.cifar_network()).fit(x, y, **options)
    else:
        train_set = course_way.batches(x, y, 256, 1)
        test_set = helpers.scaled_batches(x_test, y_test, 200)
        model = course_way.train(course_way.cifar_model(), train_set.take(1), 1, 0.006, 0.1)
        model.evaluate(test_set.take(1), verbose=0)
    return {}


def start(settings, quick):
    """Something that a learner waits for at the beginning of a lesson."""
    import tensorflow  # noqa: F401

    what = settings["what"]
    os.environ["COURSE_DATA"] = "stand-in"
    start = clock()
    import helpers

    if what == "import helpers":
        return since(start)
    if what == "plot_model":
        import keras

        model = keras.applications.ResNet50(weights=None)
        start = clock()
        helpers.plot_model(model)
    else:
        start = clock()
        getattr(helpers, what)(*settings["sizes"])
    return since(start)


def lessons(settings, quick):
    """Every lesson under nbval, in one pytest, `at_once` lessons at a time."""
    which = [LESSONS / "01_sequential.ipynb"] if quick else [LESSONS]
    environment = os.environ | {"COURSE_DATA": "stand-in"}
    environment.pop("COURSE_DATA_DIR", None)
    options = ["-n", str(settings["at_once"]), "--dist", "loadfile", "-q"]
    command = [sys.executable, "-m", "pytest", *options, *which]
    start = clock()
    done = subprocess.run(
        command, cwd=LESSONS.parent, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"the lessons do not pass:\n{done.stdout[-2000:]}")
    return {"seconds": since(start)["seconds"]}


def machine(settings, quick):
    """The machine in words, and whether it has a GPU that TensorFlow can use."""
    import keras
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")
    names = [tf.config.experimental.get_device_details(gpu).get("device_name") for gpu in gpus]
    return {
        "words": f"{os.cpu_count()} CPU cores ({platform.machine()}, {platform.system()}), "
        f"{' and '.join(map(str, names)) or 'no GPU'}, Python {platform.python_version()}, "
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}",
        "gpu": bool(gpus),
    }


KINDS = {
    "train": train,
    "ablation": ablation,
    "epoch": epoch,
    "memory": memory,
    "start": start,
    "lessons": lessons,
    "machine": machine,
}
