"""Does a saved model still work where nothing but its file and its classes are known?"""

import ast
import inspect
import linecache
import subprocess
import sys
import tempfile
from pathlib import Path

from helpers.errors import CourseError

import numpy as np

IMPORTS = "import keras\nimport numpy as np\nfrom keras import layers, ops\n"
SCRIPT = """
import helpers
from classes import *

model = keras.saving.load_model("model.keras")
np.save("answers.npy", model.predict(np.load("questions.npy"), verbose=0))
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
        folder = Path(folder)
        model.save(folder / "model.keras")
        np.save(folder / "questions.npy", x)
        source = "\n\n".join(_source(one) for one in classes)
        (folder / "classes.py").write_text(f"{IMPORTS}\n\n{source}", encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], cwd=folder, capture_output=True, text=True
        )
        if done.returncode != 0:
            lines = done.stderr.strip().splitlines() or ["it said nothing"]
            said = next((line for line in lines if "Error: " in line), lines[-1])
            raise CourseError(f"The new process could not use the saved model. It says: {said}")
        return np.load(folder / "answers.npy")


def _source(one):
    """The source of a class, also of one that was written in a notebook's cell."""
    methods = [method for method in vars(one).values() if inspect.isfunction(method)]
    if not methods:
        raise CourseError(f"The class {one.__name__} has no method of its own to find it by.")
    lines = linecache.getlines(methods[0].__code__.co_filename)
    for node in ast.walk(ast.parse("".join(lines))):
        if isinstance(node, ast.ClassDef) and node.name == one.__name__:
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            return "".join(lines[first - 1 : node.end_lineno])
    raise CourseError(f"The source of the class {one.__name__} was not found: run its cell again.")
