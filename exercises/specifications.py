"""A network as numbered points: in words, as code in any of the three styles, and as a model."""

import json
import math
from collections import Counter
from dataclasses import dataclass, field, replace

import keras
from keras import layers

NAMES = {  # of layers on `self`
    "Conv2D": "conv",
    "MaxPooling2D": "pool",
    "GlobalMaxPooling2D": "pool_all",
    "GlobalAveragePooling2D": "pool_all",
    "Flatten": "flatten",
    "Dense": "hidden",
    "BatchNormalization": "norm",
    "Dropout": "dropout",
}
AS_IN_TRAINING = ("BatchNormalization", "Dropout")  # which must be told whether the model trains


@dataclass(frozen=True)
class Point:
    """One point of a specification: a layer, and where it stands.

    Attributes:
        words: It, in words.
        kind: The name of the layer's class in `keras.layers`.
        args, settings: What goes between the brackets.
        calls: For each call of the layer, the names of what it takes (none for what the point
            before gave), and the name of what it gives.
    """

    words: str
    kind: str
    args: tuple = ()
    settings: dict = field(default_factory=dict)
    calls: tuple = (((), "x"),)

    def at(self, *takes: str, gives: str = "x", words: str = "{}"):
        """The same layer somewhere else; `{}` in `words` stands for its own words."""
        return replace(self, calls=((takes, gives),), words=words.format(self.words))

    def layer(self) -> keras.layers.Layer:
        """Make the layer."""
        return getattr(layers, self.kind)(*self.args, **self.settings)

    @property
    def code(self) -> str:
        """What makes the layer: `layers.Dense(10, activation="softmax")`."""
        given = [_written(value) for value in self.args]
        given += [f"{name}={_written(value)}" for name, value in self.settings.items()]
        return f"layers.{self.kind}({', '.join(given)})"

    def count(self, shape: tuple) -> tuple:
        """How many parameters the layer has for an input of a shape: a number, and as a sum."""
        if self.kind == "BatchNormalization":
            return 4 * shape[-1], f"4 * {shape[-1]}"
        if self.kind not in ("Conv2D", "Dense"):
            return 0, ""
        outputs, *window = self.args
        each = (*window * 2, shape[-1])
        return (math.prod(each) + 1) * outputs, f"({' * '.join(map(str, each))} + 1) * {outputs}"


def _written(value):
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _activated(activation):
    return f", `{activation}`" if activation else ", no activation"


def conv(filters, window, activation="relu", strides=1, padding="valid") -> Point:
    """A Conv2D with square windows."""
    words = f"convolution with {filters} filters of {window} × {window}"
    words += f" that move {strides} pixels at a time" * (strides > 1)
    words += f', `padding="{padding}"`' * (padding != "valid")
    settings = {"strides": strides, "padding": padding, "activation": activation}
    usual = {"strides": 1, "padding": "valid", "activation": None}
    settings = {name: value for name, value in settings.items() if value != usual[name]}
    return Point(words + _activated(activation), "Conv2D", (filters, window), settings)


def dense(units, activation="relu") -> Point:
    """A Dense layer."""
    words = f"{units} dense unit{'s' * (units > 1)}{_activated(activation)}"
    return Point(words, "Dense", (units,), {"activation": activation} if activation else {})


def pool(size=2) -> Point:
    """A MaxPooling2D with square windows."""
    return Point(f"max pooling with windows of {size} × {size}", "MaxPooling2D", (size,))


def dropout(rate) -> Point:
    """A Dropout."""
    return Point(f"dropout of {rate}", "Dropout", (rate,))


FLATTEN = Point("everything in one row", "Flatten")
LARGEST = Point("of each channel, only the largest number", "GlobalMaxPooling2D")
MEAN = Point("of each channel, only the mean", "GlobalAveragePooling2D")
NORM = Point("batch normalization", "BatchNormalization")


@dataclass(frozen=True)
class Specification:
    """A network, point for point, in the order in which its arrows are followed.

    Attributes:
        inputs: The shape of each input, without the batch, by name.
        points: Its layers. The last gives the output.
    """

    inputs: dict
    points: tuple

    def calls(self):
        """Yield each point with its calls: the names of what one takes, and of what it gives."""
        before = next(iter(self.inputs))
        for number, point in enumerate(self.points, start=1):
            last = number == len(self.points)
            calls = [(t or (before,), "outputs" if last else gives) for t, gives in point.calls]
            before = calls[-1][1]
            yield point, calls

    def model(self) -> keras.Model:
        """Make the network, with fresh weights."""
        values = {name: keras.Input(shape, name=name) for name, shape in self.inputs.items()}
        inputs = list(values.values())
        for point, calls in self.calls():
            layer = point.layer()
            for takes, gives in calls:
                taken = [values[name] for name in takes]
                values[gives] = layer(taken if len(taken) > 1 else taken[0])
        return keras.Model(inputs if len(inputs) > 1 else inputs[0], values["outputs"])

    def shapes(self) -> list:
        """For each point, the shape that it takes (the last input of several) and the one it gives.

        Both without the batch.
        """
        known, shapes = {name: (None, *shape) for name, shape in self.inputs.items()}, []
        for point, calls in self.calls():
            for takes, gives in calls:
                taken = [known[name] for name in takes]
                out = point.layer().compute_output_shape(taken if len(taken) > 1 else taken[0])
                known[gives] = tuple(out)
            shapes.append((taken[-1][1:], known[calls[-1][1]][1:]))
        return shapes

    def words(self) -> str:
        """The points, numbered, a line each."""
        lines = [f"{n}. {point.words};" for n, point in enumerate(self.points, start=1)]
        return "\n".join(lines)[:-1] + "."

    def as_list(self, name: str = "") -> str:
        """The code of it as a list, for a chain of layers."""
        (shape,) = self.inputs.values()
        lines = [f"keras.Input({shape})", *(point.code for point in self.points)]
        inside = "".join(f"    {line},\n" for line in lines)
        return f"{name} = ".removeprefix(" = ") + f"keras.Sequential([\n{inside}])"

    def as_graph(self, name: str = "") -> str:
        """The code of it as a graph."""
        lines = [f"{name} = keras.Input({shape})" for name, shape in self.inputs.items()]
        for point, calls in self.calls():
            maker = point.code
            if len(calls) > 1:
                lines.append(f"shared = {maker}")
                maker = "shared"
            gives = ", ".join(gives for _, gives in calls)
            lines.append(f"{gives} = " + ", ".join(f"{maker}({_taken(t)})" for t, _ in calls))
        made = f"keras.Model({_taken(tuple(self.inputs))}, outputs)"
        return "\n".join([*lines, f"{name} = ".removeprefix(" = ") + made])

    def as_class(self, name: str, of: str) -> str:
        """The code of it as a class, for a chain of layers, and of a model made from it."""
        names, kinds = [], [NAMES[point.kind] for point in self.points[:-1]]
        for place, kind in enumerate(kinds):
            nth = kinds[: place + 1].count(kind)
            names.append(f"{kind}_{nth}" if Counter(kinds)[kind] > 1 else kind)
        names.append("out")
        made = [
            f"        self.{name} = {point.code}"
            for name, point in zip(names, self.points, strict=True)
        ]
        trains = any(point.kind in AS_IN_TRAINING for point in self.points)
        used, taken = [], "inputs"
        for called, point in zip(names, self.points, strict=True):
            told = ", training=training" * (point.kind in AS_IN_TRAINING)
            used.append(f"        x = self.{called}({taken}{told})")
            taken = "x"
        used[-1] = used[-1].replace("x =", "return", 1)
        lines = [
            f"class {of}(keras.Model):",
            "    def __init__(self, **kwargs):",
            "        super().__init__(**kwargs)",
            *made,
            "",
            f"    def call(self, inputs{', training=False' * trains}):",
            *used,
            "",
            f"{name} = {of}()",
        ]
        return "\n".join(lines)


def _taken(names):
    return f"[{', '.join(names)}]" if len(names) > 1 else names[0]
