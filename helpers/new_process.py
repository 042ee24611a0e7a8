"""Does a saved model still work where nothing but its file and its classes are known?"""

import ast
import inspect
import json
import linecache
import subprocess
import sys
import tempfile
from pathlib import Path

from helpers.notebook import CourseError

import numpy as np

IMPORTS = "import keras\nimport numpy as np\nfrom keras import layers, ops\n"
SCRIPT = """
import json
import helpers
from pathlib import Path
from sources import *

x = np.load("questions.npy")
for number, (path, builder) in enumerate(json.loads(Path("files.json").read_text("utf-8"))):
    if builder:
        model = globals()[builder]()
        model(x[:1])  # a class has no weights before its first call
        model.load_weights(path)
    else:
        model = keras.saving.load_model(path)
    np.save(f"answers{number}.npy", model.predict(x, verbose=0))
"""


def predict_in_new_process(model, x, classes=()):
    """Save a model, load it in a new Python process, and have it predict there.

    Args:
        model: A built Keras model with one input and one output.
        x: An array that `model.predict` takes.
        classes: The classes of your own that are in it, base classes first. Their source goes
            into the new process, after `import keras, numpy as np` and `from keras import layers,
            ops`, which is all that they may use.

    Returns:
        What `predict` returned there: a float32 array.

    Raises:
        CourseError: The model could not be loaded there, or could not predict; with Keras's words.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return predict_from_files([path], x, classes)[0]


def predict_from_files(files, x, classes=()):
    """Load saved models in one new Python process, and have each of them predict there.

    Args:
        files: The paths of `.keras` files. Or, for `.weights.h5` files, a dict that gives for each
            path the function, or class, which builds its model when it is called without
            arguments; the new process gets its source, too.
        x: An array that every one of the models takes.
        classes: The classes of your own that are in them; see `predict_in_new_process`.

    Returns:
        A list with what `predict` returned there for each file, in order: float32 arrays.

    Raises:
        CourseError: A model could not be loaded there, or could not predict; with Keras's words.
    """
    builders = dict(files) if isinstance(files, dict) else dict.fromkeys(files)
    sources = dict.fromkeys([*classes, *filter(None, builders.values())])  # each of them once
    names = [
        (str(Path(path).resolve()), builder and builder.__name__)
        for path, builder in builders.items()
    ]
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        np.save(folder / "questions.npy", x)
        (folder / "files.json").write_text(json.dumps(names), encoding="utf-8")
        source = "\n\n".join([IMPORTS, *map(_source, sources)])
        (folder / "sources.py").write_text(source, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=folder, capture_output=True, text=True
        )
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or ["it said nothing"]
            said = next((line for line in lines if "Error: " in line), lines[-1])
            raise CourseError(f"The new process could not use the saved model. It says: {said}")
        return [np.load(folder / f"answers{number}.npy") for number in range(len(names))]


def _source(one):
    """The source of a class or a function, also of one that was written in a notebook's cell."""
    functions = [one] if inspect.isfunction(one) else filter(inspect.isfunction, vars(one).values())
    first = next(iter(functions), None)
    if first is None:
        raise CourseError(f"The class {one.__name__} has no method of its own to find it by.")
    lines = linecache.getlines(first.__code__.co_filename)
    for node in ast.walk(ast.parse("".join(lines))):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name == one.__name__:
            start = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            return "".join(lines[start - 1 : node.end_lineno])
    raise CourseError(f"The source of {one.__name__} was not found: run its cell again.")
