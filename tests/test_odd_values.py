"""Whatever a public function is fed, it works, or says what is wrong in a sentence of ours."""

import dataclasses
import inspect
import re
import warnings
from collections import Counter

import exercises
import helpers
import pictures
from exercises import checking, guesses
from helpers import data, plots
from helpers.arguments import CourseError
from helpers.code import SourceCode
from helpers.plots import Picture

import keras
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from matplotlib.figure import Figure

NAN, INF = float("nan"), float("inf")
IMAGES = np.random.default_rng(0).integers(0, 256, (12, 8, 6), dtype="uint8")
LABELS = np.arange(12) % 10
CURVES = {"loss": [0.3, 0.2], "accuracy": [0.8, 0.9], "val_loss": [0.4, 0.2], "val_mae": [3, 2]}


def network(*more):
    stack = [layers.Conv2D(2, 3), *more, layers.Flatten(), layers.Dense(2)]
    return keras.Sequential([keras.Input((8, 6, 1)), *stack])


class Unbuilt(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = layers.Dense(2)

    def call(self, x):
        return self.dense(x)


class OfTwo(Unbuilt):
    def call(self, x, y):
        return self.dense(x) + self.dense(y)


NETWORK = network()
PAIR = {"first": NETWORK, "second": network(), "input_shape": None}
GOOD = {  # of every public function, arguments that it takes
    helpers.as_code: {"model": NETWORK, "style": "list", "input_shape": None},
    helpers.compare_models: PAIR,
    helpers.confirm: {"holds": True, "claim": "So it is", "otherwise": "Look again."},
    helpers.first_difference: PAIR,
    helpers.load_cifar100: {"train_size": 3, "test_size": 2, "label_mode": "fine"},
    helpers.load_images: {"name": "mine", "train_size": 3, "test_size": 2},
    helpers.load_mnist: {"train_size": 3, "test_size": 2},
    helpers.plot_bars: {"measures": {"seconds": {"small": 1, "large": 2}}},
    helpers.plot_difference: PAIR,
    helpers.plot_feature_maps: {"model": NETWORK, "image": np.ones((8, 6, 1)), "layer": 0}
    | {"columns": 8, "most": 32},
    helpers.plot_history: {"history": CURVES, "metric": "loss", "guessing": 0.1}
    | {"subplots": False, "mode": "auto", "validation_freq": 1},
    helpers.plot_images: {"images": IMAGES[:2], "labels": [5, 0], "predictions": [5, 3]}
    | {"class_names": [f"class {n}" for n in range(10)], "columns": 6, "title": "Digits"},
    helpers.plot_model: {"model": NETWORK, "expand_nested": False, "show_shapes": True}
    | {"show_activations": True, "show_trainable": False, "direction": "TB", "input_shape": None},
    helpers.scale_images: {"images": IMAGES},
    helpers.scaled_batches: {"images": IMAGES, "labels": LABELS, "batch_size": 4, "shuffle": True},
    helpers.seconds: {"function": list, "repeats": 2},
    helpers.show_error: {"function": print, "arguments": (1,), "part": "a part"},
    helpers.split_validation: {"x": IMAGES, "y": LABELS, "fraction": 0.3, "seed": 0},
    exercises.check: {"number": "1.2", "answers": (1, 2)},
    exercises.guess: {"number": "1.a", "value": 3},
    exercises.hint: {"number": "1.2"},
    exercises.practice: {"number": "1.2"},
    exercises.progress: {"lesson": 1},
    pictures.plot_confusion: {"true": [0, 1], "predicted": [0, 1], "class_names": ["a", "b"]},
    pictures.plot_kernel: {"image": np.eye(4), "kernel": np.eye(2), "stride": 1},
    Picture.save: {"self": Picture(b"", "A dot.", "a dot"), "path": "dot.png"},
    SourceCode.save: {"self": SourceCode("model = 3\n"), "path": "model.py"},
}
ODD = [None, True, 0, -1, 1.5, NAN, INF, 10**30, 10**400, 1j, "", "text", "\0", b"text", object()]
ODD += [[], [None], [[1], [2, 3]], ["a", "a"], [NAN], ["fox"] * 12, {}, {"a": None}, {1, 2}]
ODD += [{"loss": None}, {"x": None, "y": 3}, {3: "a"}, range(3), (), int, len, lambda x: x, ...]
ODD += [np.zeros(()), np.zeros((2, 0)), np.zeros((1, 12)), np.zeros([2] * 6), np.full(12, NAN)]
ODD += [np.array(["a", 1], object), IMAGES, IMAGES[0], IMAGES / 255, LABELS, tf.constant("fox")]
ODD += [tf.zeros((12, 2)), keras.Input((2,)), keras.callbacks.History(), keras.callbacks.History]
ODD += [keras.Model, layers.Dense(3), keras.Sequential(), Unbuilt(), NETWORK, Figure, CourseError]


def public_functions():
    for room in (helpers, exercises):
        yield from filter(inspect.isfunction, (getattr(room, name) for name in room.__all__))
    for name, value in vars(pictures).items():
        if inspect.isfunction(value) and value.__module__ == "pictures" and name[0] != "_":
            yield value
    for kind in (Picture, SourceCode):  # what functions give, and its methods
        yield from (f for name, f in vars(kind).items() if inspect.isfunction(f) and name[0] != "_")


@pytest.fixture(autouse=True)
def nothing_is_left_behind(monkeypatch, tmp_path):
    """Data sets are small, files go into an empty folder, and progress stays as it was."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COURSE_DATA", "stand-in")
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    parts = {"x_train": IMAGES, "y_train": LABELS, "x_test": IMAGES, "y_test": LABELS}
    np.savez(tmp_path / "mine.npz", **parts)
    for name, source in data.SOURCES.items():
        small = dataclasses.replace(source, counts={"train": 20, "test": 10})
        monkeypatch.setitem(data.SOURCES, name, small)
    for number, one in checking.EXERCISES.items():
        again = dataclasses.replace(one, tries=Counter(), given=set())
        monkeypatch.setitem(checking.EXERCISES, number, again)
    monkeypatch.setattr(plots, "SCREEN_SCALE", 0.1)
    monkeypatch.setattr(guesses, "_waiting", {})
    monkeypatch.setattr(guesses, "_guessing", False)
    before = dict(mpl.rcParams)
    yield
    assert plt.get_fignums() == [] and dict(mpl.rcParams) == before


def call(function, /, **changed):
    arguments = GOOD[function] | changed
    bound = inspect.BoundArguments(inspect.signature(function), arguments)
    return function(*bound.args, **bound.kwargs)


def what_is_wrong(function, /, **changed):
    """Nothing, where the call works or raises a sentence of ours; else what came instead."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "Glyph")  # that a font lacks
        try:
            call(function, **changed)
        except CourseError as error:
            told = re.match(r"[A-Z\w'(/].*[.!?]$", str(error), re.S) and len(str(error)) < 600
            promised = re.search("CourseError|CannotTell", function.__doc__)
            return None if told and promised else f"{changed!r:.99}: not so told: {error!s:.99}"
        except Exception as error:
            return f"{changed!r:.99}: {type(error).__name__}: {error}"


def test_no_public_function_is_forgotten_and_each_tells_what_it_takes():
    functions = list(public_functions())
    assert set(functions) == set(GOOD) and len(functions) > 25
    for function in functions:
        names = set(inspect.signature(function).parameters)
        assert names == set(GOOD[function]), function.__name__
        for name in names - {"self"}:
            assert re.search(rf"\b{name}\b", function.__doc__), (function.__name__, name)


@pytest.mark.parametrize("function", GOOD, ids=lambda function: function.__qualname__)
def test_an_odd_value_works_or_gets_a_sentence(function, capsys):
    call(function)
    wrong = []
    for name, parameter in inspect.signature(function).parameters.items():
        several = parameter.kind is parameter.VAR_POSITIONAL
        for odd in ODD if name not in ("self", "input_shape") else []:
            wrong.append(what_is_wrong(function, **{name: (odd,) if several else odd}))
    assert not any(wrong), "\n".join(filter(None, wrong))


@pytest.mark.parametrize("model", [Unbuilt, OfTwo])
def test_so_does_an_odd_shape_of_an_input(model, capsys):
    wrong = []
    for odd in ODD:
        for function in (helpers.as_code, helpers.plot_model):
            wrong.append(what_is_wrong(function, model=model(), input_shape=odd))
        two = {"first": model(), "second": model()}
        wrong.append(what_is_wrong(helpers.compare_models, **two, input_shape=odd))
    assert not any(wrong), "\n".join(filter(None, wrong))
