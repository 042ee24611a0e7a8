"""A model as the lines of code that make it: each step of it, and each layer's settings."""

import contextlib
import functools
import importlib
import inspect
import re
from dataclasses import dataclass, field, replace

from helpers.arguments import CourseError
from helpers.models import (
    Given,
    is_automatic,
    is_graph,
    open_call,
    open_model,
    operation_behind,
    title,
)

import keras
import numpy as np

REQUIRED = inspect.Parameter.empty
PLAIN = (bool, int, float, str, type(None))
MUCH = 64  # numbers or words that are still written out

# Expressions, and the lines that they stand in


@dataclass(eq=False)
class Value:
    """What a line gives a name to: a tensor, or a layer or model that is called several times."""

    hint: str = ""
    name: str = ""


@dataclass(frozen=True)
class Parameter:
    """A parameter of a block in the place of a setting: `4 * filters`, `f"{name}_conv"`."""

    name: str
    times: int = 1
    before: str = ""
    after: str = ""


@dataclass
class Made:
    """A call as it will be written.

    Attributes:
        head: What is called: a text, a `Value`, or what another call gives. "+" and the like stand
            for operators, "[]" for an index.
        settings: The arguments, by place or by name.
        names: The names of all arguments, in order.
        leading: How many may come without their names.
        defaults: What arguments are that are left out, by name.
    """

    head: object
    settings: dict
    names: tuple = ()
    leading: int = 0
    defaults: dict = field(default_factory=dict)


@dataclass(eq=False)
class Line:
    """One statement.

    Attributes:
        gives: The values that it gives names to.
        made: The call on its right side.
        layer: The layer, or the `Unit` of a model, that is called or made.
        makes: Whether it makes a layer that other lines call.
        build: The shape for which a class must build the layer before it is called, as Keras cannot
            do so within the call of another.
        parts: Of a call of a block, the lines that it stands for; of a loop, the calls.
        row: Of a call of a block, its parameters.
        rows: Of a loop, those of each time.
    """

    gives: list
    made: Made
    layer: object = None
    makes: bool = False
    build: tuple = ()
    parts: list = field(default_factory=list)
    row: dict = field(default_factory=dict)
    rows: list = field(default_factory=list)


@dataclass(eq=False)
class Unit:
    """A model as lines: the whole one, or one inside it.

    Attributes:
        model: The model.
        inputs: What makes each input.
        values: The name of each input.
        call: The positional and the named arguments, as structures of values.
        lines: The lines.
        answer: A structure of what it gives.
        label: The name that a person gave the model, if one did.
        frozen: Whether all of it is frozen.
        name, parameters: Those of its class or function.
        row: The values of these parameters for this unit.
        alike: The unit whose class or function makes this one, too.
    """

    model: object
    inputs: list
    values: list
    call: tuple
    lines: list = field(default_factory=list)
    answer: object = None
    label: object = None
    frozen: bool = False
    name: str = ""
    parameters: list = field(default_factory=list)
    row: dict = field(default_factory=dict)
    alike: "Unit" = None


TRAINING = Value(name="training")  # what the call of a class is told

INFIX = {
    "Add": "+",
    "Subtract": "-",
    "Multiply": "*",
    "TrueDivide": "/",
    "FloorDivide": "//",
    "Mod": "%",
    "Power": "**",
    "Matmul": "@",
    "Greater": ">",
    "GreaterEqual": ">=",
    "Less": "<",
    "LessEqual": "<=",
}


def written(x) -> str:
    """An expression as code."""
    if isinstance(x, Value):
        return x.name
    if isinstance(x, Parameter):
        if x.before or x.after:
            return f'f"{x.before}{{{x.name}}}{x.after}"'
        return x.name if x.times == 1 else f"{x.times} * {x.name}"
    if isinstance(x, Made):
        return _written_call(x)
    if isinstance(x, dict):
        return "{" + ", ".join(f"{written(k)}: {written(v)}" for k, v in x.items()) + "}"
    if isinstance(x, list):
        return "[" + ", ".join(map(written, x)) + "]"
    if isinstance(x, tuple):
        return "(" + ", ".join(map(written, x)) + ("," if len(x) == 1 else "") + ")"
    if isinstance(x, Name):
        return str(x)
    if isinstance(x, str):
        plain = repr(x)
        return f'"{plain[1:-1]}"' if plain[0] == "'" and '"' not in x else plain
    if isinstance(x, float) and (x != x or x in (float("inf"), -float("inf"))):
        return f'float("{x}")'
    return "..." if x is ... else repr(x)


def _written_call(made):
    settings = made.settings
    if made.head == "[]":
        key = settings[1]
        keys = key if isinstance(key, tuple) and key else (key,)
        return f"{written(settings[0])}[{', '.join(map(_written_key, keys))}]"
    if made.head in INFIX.values() and 1 in settings:
        left, right = written(settings[0]), written(settings[1])
        if made.head != "**":
            return f"{left} {made.head} {right}"
        left = f"({left})" if left.startswith("-") else left
        return f"{left} ** {right}" if "(" in left + right else f"{left}**{right}"
    if made.head == "-":
        return f"-{written(settings[0])}"
    given = [written(settings[key]) for key in settings if isinstance(key, int)]
    named = [key for key in settings if isinstance(key, str)]
    named.sort(key=lambda key: made.names.index(key) if key in made.names else len(made.names))
    for place, key in enumerate(list(named)):
        if place >= made.leading or made.names[place : place + 1] != (key,):
            break
        given.append(written(settings[key]))
        named.remove(key)
    given += [f"{key}={written(settings[key])}" for key in named]
    return f"{written_head(made.head)}({', '.join(given)})"


def written_head(head):
    """What is called, as code."""
    return head if isinstance(head, str) else head.name if isinstance(head, Unit) else written(head)


def _written_key(key):
    if isinstance(key, slice):
        parts = ["" if x is None else written(x) for x in (key.start, key.stop)]
        return ":".join([*parts, written(key.step)] if key.step is not None else parts)
    return written(key)


def values_in(x) -> list:
    """The values in an expression, in order."""
    if isinstance(x, Value):
        return [x]
    if isinstance(x, Made):
        return values_in(x.head) + values_in(list(x.settings.values()))
    if isinstance(x, dict):
        return values_in(list(x.values()))
    return [v for one in x for v in values_in(one)] if isinstance(x, list | tuple) else []


def changed(x, change):
    """An expression with `change` in the place of its values (None: as it is)."""
    if isinstance(x, Value):
        return change.get(x, x)
    if isinstance(x, Made):
        settings = {key: changed(value, change) for key, value in x.settings.items()}
        return replace(x, head=changed(x.head, change), settings=settings)
    if isinstance(x, dict):
        return {key: changed(value, change) for key, value in x.items()}
    return type(x)(changed(one, change) for one in x) if isinstance(x, list | tuple) else x


# Settings: a layer or another object of Keras as the call that makes it


class Unwritable(Exception):
    """Something cannot be written as code; the message says why, to follow the name of a layer."""


class Settings:
    """Writes layers, initializers and the like as calls, and keeps what is imported for them."""

    def __init__(self):
        self.space = {"keras": keras, "layers": keras.layers, "ops": keras.ops, "np": np}
        self.own = {}  # the classes and functions that are not of Keras, by name
        self.known = {}

    def made(self, thing) -> Made:
        """The call that makes a layer, or another object with a configuration.

        It is tried: what it makes must have the same configuration.

        Raises:
            Unwritable: There is none.
        """
        kind = type(thing)
        if isinstance(thing, keras.layers.Lambda):
            raise Unwritable("holds a function of Python, and no settings")
        try:
            config = dict(thing.get_config())
        except Exception:
            raise Unwritable("has no configuration") from None
        key = (kind, repr({k: v for k, v in config.items() if k != "name"}), _vocabulary(thing))
        key += () if kind.__module__.startswith("keras.") else (id(thing),)
        if key not in self.known:
            try:
                self.known[key] = self._made(kind, thing, config)
            except Unwritable as error:
                self.known[key] = error
        made = self.known[key]
        if isinstance(made, Unwritable):
            raise made
        layer = isinstance(thing, keras.Operation)
        if layer and not is_automatic(thing) and "name" in config:
            made = replace(made, settings={**made.settings, "name": thing.name})
        return made

    def _made(self, kind, thing, config):
        parameters = inspect.signature(kind.__init__).parameters
        asked = {
            name: one
            for name, one in list(parameters.items())[1:]
            if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
        }
        takes_more = any(one.kind == one.VAR_KEYWORD for one in parameters.values())
        config = {k: v for k, v in config.items() if k != "name"}
        if kind is keras.layers.MultiHeadAttention and thing.built:
            shape = next(iter(thing.get_build_config()["shapes_dict"].values()))
            if tuple(config["attention_axes"] or ()) == tuple(range(1, len(shape) - 1)):
                config["attention_axes"] = None  # as it is where nothing was said
        if words := _vocabulary(thing):
            config["vocabulary"] = list(words)
        names = [*asked, *(k for k in config if k not in asked and takes_more)]
        settings = {k: self.value(config[k], getattr(thing, k, None)) for k in names if k in config}
        needed = {k for k, one in asked.items() if one.default is REQUIRED}
        if needed - set(settings):
            raise Unwritable(f"does not tell its {sorted(needed - set(settings))[0]!r}")
        leading = sum(k in needed or k in LEADING for k in list(asked)[:2])
        leading = 0 if kind is keras.layers.MultiHeadAttention else leading
        defaults = {k: _shorter(k, one.default) for k, one in asked.items()}
        made = Made(self.name_of(kind), {}, tuple(names), leading, defaults)

        def make(settings):
            text = written(replace(made, settings=settings))
            try:
                again = eval(text, self.space)
            except Exception as error:
                why = " ".join(str(error).split())[:150].rstrip(".")
                raise Unwritable(f"cannot be made again as {text[:80]}: {why}") from None
            return again, _unnamed(again.get_config())

        target = _unnamed(config)

        def fits(settings):
            with contextlib.suppress(Unwritable):
                return make(settings)[1] == target

        try:
            base = make({k: settings[k] for k in names if k in needed})[1]
            kept = {k: v for k, v in settings.items() if k in needed or _unlike(base, target, k)}
        except Unwritable:  # as CategoryEncoding() is, which needs what has a default
            usual = {k: one.default for k, one in asked.items()}
            kept = {k: v for k, v in settings.items() if v != usual.get(k, target)}
        for _ in range(3):  # what one setting changes of another, as pool_size does of strides
            now = make(kept)[1]
            more = [k for k in names if k in settings and _unlike(now, target, k)]
            kept = {k: settings[k] for k in names if k in kept or k in more}
            if not more:
                break
        for key in [k for k in kept if k not in needed]:
            less = {k: v for k, v in kept.items() if k != key}
            kept = less if fits(less) else kept
        for key, value in list(kept.items()):
            for inner in value.settings if isinstance(value, Made) else ():
                less = {k: v for k, v in kept[key].settings.items() if k != inner}
                less = {**kept, key: replace(value, settings=less)}
                kept = less if fits(less) else kept
            shorter = _shorter(key, kept[key])
            while shorter != kept[key] and fits({**kept, key: shorter}):
                kept = {**kept, key: shorter}
                shorter = _shorter(key, shorter)
        again, config = make(kept)
        if config != target:
            raise Unwritable("made again from its configuration, has another one")
        if not kind.__module__.startswith("keras."):
            _check_attributes(thing, again)
        return replace(made, settings=kept)

    def value(self, x, thing=None):
        """A setting as an expression.

        Args:
            x: What the configuration says.
            thing: The attribute of that name, where there is one.
        """
        if isinstance(x, dict) and x.get("class_name") == "DTypePolicy":
            return x["config"]["name"]
        if isinstance(x, dict) and "class_name" in x:
            return self._object(x, thing)
        if inspect.isfunction(thing) or isinstance(x, str) and callable(thing):
            return x if isinstance(x, str) else self.function(thing)
        if isinstance(x, dict):
            return {k: self.value(v) for k, v in x.items()}
        if isinstance(x, list | tuple):
            return type(x)(self.value(one) for one in x)
        return constant(x, arrays=False)

    def _object(self, x, thing):
        if x["class_name"] == "function" or x["class_name"].startswith("__"):
            if callable(thing):
                return self.function(thing)
            raise Unwritable(f"holds something that is no setting ({x['class_name']})")
        kind = type(thing)
        if kind.__name__ != x["class_name"]:
            kind = _class_of(x)
        if isinstance(thing, keras.Model):
            raise Unwritable(f"wraps a model, {thing.name!r}, and not a layer")
        if kind.__name__ != x["class_name"]:
            raise Unwritable(f"holds a {x['class_name']}, which cannot be found")
        if x["class_name"] == "StackedRNNCells":
            return [self.value(one) for one in x["config"]["cells"]]
        again = thing if type(thing) is kind and hasattr(thing, "get_config") else None
        if again is None or _unnamed(again.get_config()) != _unnamed(x["config"]):
            again = kind.from_config(x["config"])
        made = self.made(again)
        if isinstance(again, keras.layers.Layer):
            name = re.sub(r"^(forward|backward)_", "", again.name)
            if re.fullmatch(rf"{snake(kind.__name__)}(_\d+)?", name):
                made = replace(
                    made, settings={k: v for k, v in made.settings.items() if k != "name"}
                )
        room = getattr(keras, (x.get("module") or "").removeprefix("keras."), None)
        if not made.settings and hasattr(room, "get"):
            with contextlib.suppress(Exception):  # "constant" alone is none
                if room.get(snake(kind.__name__)).get_config() == again.get_config():
                    return snake(kind.__name__)
        return made

    def function(self, function):
        """A function as an expression: a word for one of Keras, a name for one's own."""
        name = getattr(function, "__name__", "")
        if getattr(keras.activations, name, None) is function:
            return name
        if getattr(keras.ops, name, None) is function:
            return Name(f"ops.{name}")
        if isinstance(function, keras.layers.Layer):
            return self.made(function)
        if not name.isidentifier() or function.__qualname__ != name:
            raise Unwritable("holds a function without a name")
        return Name(self.name_of(function))

    def name_of(self, thing) -> str:
        """The name of a class or function, which is imported if it is not one of Keras."""
        name = thing.__name__
        if getattr(keras.layers, name, None) is thing:
            return f"layers.{name}"
        for place in ("", "initializers.", "regularizers.", "constraints.", "dtype_policies."):
            room = getattr(keras, place[:-1], None) if place else keras
            if getattr(room, name, None) is thing:
                return f"keras.{place}{name}"
        if thing.__qualname__ != name or "." in thing.__qualname__:
            raise Unwritable(f"is of the class {name}, which was made inside a function")
        if self.space.setdefault(name, thing) is not thing:
            raise Unwritable(f"is of the class {name}, a name that something else has, too")
        self.own[name] = thing
        return name


class Name(str):
    """A name in code, which is written without quotes."""


LEADING = ("pool_size", "size", "padding", "cropping", "rate")
SIZES = ("kernel_size", "strides", "dilation_rate", *LEADING)


def _shorter(key, value):
    """A size in a shorter way: 3 for (3, 3)."""
    if key in SIZES and isinstance(value, tuple) and len(set(value)) == 1:
        return value[0]
    return value


def _unlike(base, target, key):
    return key not in base or key not in target or base[key] != target[key]


BESIDE = ("name", "vocabulary_size", "build_config", "shared_object_id")


def _unnamed(config):
    """A configuration without names, and with lists for tuples."""
    if isinstance(config, dict):
        config = {k: v for k, v in config.items() if k not in BESIDE}
        if config.get("class_name") == "DTypePolicy":
            return config["config"]["name"]
        if isinstance(config.get("axis"), list | tuple) and len(config["axis"]) == 1:
            config["axis"] = config["axis"][0]
        return {k: _unnamed(v) for k, v in config.items()}
    if isinstance(config, list | tuple):
        return [_unnamed(one) for one in config]
    return config.tolist() if isinstance(config, np.ndarray | np.generic) else config


def _vocabulary(layer):
    """The words that a layer has learned by `adapt`, which its configuration does not tell."""
    if not hasattr(layer, "get_vocabulary") or layer.get_config().get("vocabulary") is not None:
        return ()
    words = layer.get_vocabulary(include_special_tokens=False)
    if len(words) > MUCH:
        raise Unwritable(f"has learned {len(words):,} words, too many to write out")
    if getattr(layer, "output_mode", "") == "tf_idf" and words:
        raise Unwritable("has learned how often words come, which is not written out")
    return tuple(w.item() if isinstance(w, np.generic) else w for w in words)


def _check_attributes(layer, again):
    """Raise unless a layer of one's own, made again, has the same plain attributes."""
    for name, value in vars(again).items():
        if name.startswith("_") or name in ("name", "built", "trainable"):
            continue
        told = vars(layer).get(name, value)
        if isinstance(value, PLAIN) and isinstance(told, PLAIN) and told != value:
            raise Unwritable(f"does not tell its {name!r} in get_config()")


def _class_of(config):
    """The class that a serialized object is of (no public function finds one by itself)."""
    module, name = config.get("module") or "__main__", config["class_name"]
    found = keras.saving.get_registered_object(config.get("registered_name") or name)
    if found is None:
        try:
            found = getattr(importlib.import_module(module), name, None)
        except ImportError:
            found = None
    if found is None:
        raise Unwritable(f"holds a {name}, which cannot be found")
    return found


def snake(name) -> str:
    """The words of a class name, as in max_pooling2d."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z0-9])(?=[A-Z][a-z])", "_", name).lower()


def constant(x, arrays=True):
    """A number, text, index or small table as an expression.

    Raises:
        Unwritable: It is none, or too large.
    """
    if x is ... or isinstance(x, PLAIN):
        return x
    if isinstance(x, np.generic):
        return x.item()
    if isinstance(x, slice):
        return slice(*(constant(one) for one in (x.start, x.stop, x.step)))
    if isinstance(x, list | tuple):
        return type(x)(constant(one, arrays) for one in x)
    if isinstance(x, dict):
        return {k: constant(v, arrays) for k, v in x.items()}
    if isinstance(x, keras.Variable):
        raise Unwritable(f"uses a weight of its own, {x.name!r}")
    if isinstance(x, keras.KerasTensor):
        raise Unwritable("goes on from numbers that its call has made")
    if keras.ops.is_tensor(x) or isinstance(x, np.ndarray):
        table = keras.ops.convert_to_numpy(x)
        if table.dtype.kind not in "biuf" or table.size > MUCH:
            raise Unwritable(f"holds a table of {table.size:,} numbers")
        if not arrays:
            return table.tolist()
        return Made("np.array", {0: table.tolist(), "dtype": str(table.dtype)})
    raise Unwritable(f"is called with a {type(x).__name__}, which is no setting")


# Reading a model


class Again(Exception):
    """Something read shows that a model must be read another way."""


class Reader:
    """Reads a model into units of lines.

    Args:
        model, input_shape: As for `as_code`.

    Attributes:
        settings: What is imported.
        root: The unit of the whole model.
        units: The units of the models inside, by the id of the model, the innermost first.
    """

    def __init__(self, model, input_shape):
        self.settings = Settings()
        self.melted = set()  # the ids of models inside that are written as a part of another
        while True:
            self.units, self.first_calls, self.owners = {}, {}, [model]
            try:
                self.root = self.unit(model, *self.opened(model, input_shape=input_shape))
                self.look_for_crossings()
                return
            except Again:
                continue

    def opened(self, layer, call=None, input_shape=None):
        """Open a layer; returns its graph, and what each step that pins it is told of training.

        A class is opened twice, to see whether its call takes the same steps each time.
        """
        if is_graph(layer) or isinstance(layer, keras.Sequential):
            for kind in type(layer).__mro__:
                if kind.__module__.startswith("keras."):
                    break
                if "call" in vars(kind):
                    raise self.refusal("it has a graph and a call() of its own")
            graph = open_model(layer, input_shape, nested=False)
            told = {id(s): s.call[1].get("training") for s in graph.steps}
            usual = {id(s): _usual_training(s.layer) for s in graph.steps}
            return graph, {k: v for k, v in told.items() if v is not None and v != usual[k]}
        graphs = []
        for training in (False, True):
            if call is None:
                graphs.append(open_model(layer, input_shape, nested=False, training=training))
            else:
                graphs.append(open_call(layer, call, training))
        if aside := [words for graph in graphs for words in graph.aside]:
            raise self.refusal(f"its call {aside[0]}, which its steps alone do not", layer)
        if _looks(graphs[0]) != _looks(graphs[1]):
            raise self.refusal("its call takes other steps while training, or each time", layer)
        pinned = {}
        for calm, busy in zip(graphs[0].steps, graphs[1].steps, strict=True):
            told = calm.call[1].get("training"), busy.call[1].get("training")
            if told not in ((None, None), (False, True)):
                if told[0] != told[1]:
                    raise self.refusal("its call turns training round", layer)
                pinned[id(calm)] = told[0]
        return graphs[0], pinned

    def refusal(self, reason, layer=None):
        """The error to raise where something cannot be written."""
        name = title(layer if layer is not None else self.owners[-1])
        return CourseError(f"{name} cannot be written out: {reason}.")

    def unit(self, model, graph, pinned) -> Unit:
        """Read a graph into a unit."""
        single = len(graph.inputs) == 1
        values = [Value("inputs" if single else "") for _ in graph.inputs]
        for value, step in zip(values, graph.inputs, strict=True):
            if not single and not is_automatic(step.layer):
                value.hint = step.layer.name
        unit = Unit(model, [_input_made(step) for step in graph.inputs], values, ())
        known = {(id(step), 0): value for step, value in zip(graph.inputs, values, strict=True)}
        flat = iter(values)
        is_symbol = lambda x: isinstance(x, keras.KerasTensor)  # noqa: E731
        unit.call = keras.tree.map_structure(
            lambda x: next(flat) if is_symbol(x) else x, graph.call
        )
        graphic = is_graph(model) or isinstance(model, keras.Sequential)
        if graphic and single:
            unit.call = ((values[0],), {}) if not _has_keys(unit.call) else unit.call
        self.owners.append(model)
        lines = []
        self.read(graph, pinned, known, lines)
        self.owners.pop()
        unit.answer = keras.tree.map_structure(lambda x: self.looked_up(x, known), graph.answer)
        if graphic and isinstance(unit.answer, list | tuple) and len(unit.answer) == 1:
            unit.answer = unit.answer[0]  # as Keras does
        unit.lines = ordered(lines, unit.answer)
        unit.label = None if is_automatic(model) else model.name
        _freeze(unit)
        if not graphic:
            for made, value in zip(unit.inputs, values, strict=True):
                takers = [one.layer for one in unit.lines if value in values_in(one.made)]
                if takers and all(isinstance(one, keras.layers.Embedding) for one in takers):
                    made.settings.setdefault("dtype", "int32")
        return unit

    def read(self, graph, pinned, known, lines):
        """Read the steps of a graph into lines; `known` tells what stands for each tensor."""
        for step in graph.steps:
            try:
                self.read_step(step, pinned.get(id(step)), known, lines)
            except Unwritable as error:
                layer = step.layer if isinstance(step.layer, keras.layers.Layer) else None
                raise self.refusal(f"it {error}", layer) from None

    def looked_up(self, x, known):
        """What stands for a tensor; other arguments as expressions."""
        if not isinstance(x, Given):
            return constant(x)
        if (id(x.step), x.place) not in known:
            raise Unwritable("takes a tensor that is made inside another layer")
        return known[id(x.step), x.place]

    def read_step(self, step, training, known, lines):
        """Read one step."""
        args, kwargs = step.call
        kwargs = {k: v for k, v in kwargs.items() if v is not None and k != "training"}
        kwargs |= {} if training is None else {"training": training}
        call = keras.tree.map_structure(lambda x: self.looked_up(x, known), (args, kwargs))
        layer, answer = step.layer, step.answer
        if not isinstance(layer, keras.layers.Layer):
            layer, made = None, self.operation(step, *call)
        else:
            layer, made = self.layer_called(step, known, lines)
            if made is None:
                return  # it was opened into lines of its own
            if isinstance(layer, Unit):
                call, answer = _packed_for(layer, *call), layer.answer
            made = Made(made, dict(enumerate(call[0])) | call[1])
        flat = keras.tree.flatten(answer)
        hint = step.layer.name if layer and not is_automatic(step.layer) else ""
        if isinstance(answer, list | tuple) and len(answer) == len(flat) > 1:
            values = [Value(hint) for _ in flat]
            places = values
        else:
            values = [Value(hint)]
            paths = [path for path, _ in keras.tree.flatten_with_path(answer)]
            places = [functools.reduce(_indexed, path, values[0]) for path in paths]
        lines.append(Line(values, made, layer, build=_to_build(step)))
        known.update({(id(step), n): place for n, place in enumerate(places)})

    def layer_called(self, step, known, lines):
        """The layer or unit that a step calls, and what makes it; None if its lines are read."""
        layer = step.layer
        if id(layer) in self.melted:
            return self.melt(step, known, lines)
        if isinstance(layer, keras.Model):
            try:
                unit = self.unit_called(step)
                return unit, Made(unit, {})
            except CourseError:
                if is_graph(layer) or isinstance(layer, keras.Sequential):
                    raise
                try:
                    return layer, self.settings.made(layer)
                except Unwritable:
                    pass
                raise
        try:
            return layer, self.settings.made(layer)
        except Unwritable as error:
            if type(layer).__module__.startswith("keras.") and not isinstance(
                layer, keras.layers.Lambda
            ):
                raise
            try:
                return self.melt(step, known, lines)
            except CourseError as why:
                if str(why).startswith(title(layer)):
                    raise CourseError(
                        f"{title(layer)} cannot be written out: it {error}, and its call cannot "
                        f"be followed either ({str(why).rstrip('.').partition(': ')[2]})."
                    ) from None
                raise

    def unit_called(self, step):
        """The unit of a model inside, read at its first call."""
        model, graphic = step.layer, True
        if not is_graph(model) and not isinstance(model, keras.Sequential):
            graphic = False
            flat = keras.tree.flatten(step.call)
            looks = [x.symbol.shape if isinstance(x, Given) else x for x in flat]
            first = self.first_calls.setdefault(id(model), looks)
            told = {k: v for k, v in step.call[1].items() if k != "training"}
            plain = [x for x in keras.tree.flatten((step.call[0], told)) if x is not None]
            if first != looks or not all(isinstance(x, Given) for x in plain):
                self.melted.add(id(model))
                raise Again
        if id(model) not in self.units:
            unit = self.unit(model, *self.opened(model, None if graphic else step.call))
            self.units[id(model)] = unit
        return self.units[id(model)]

    def melt(self, step, known, lines):
        """Read what a call of a layer does into the lines of the model around it."""
        layer, call = step.layer, (step.call[0], dict(step.call[1]))
        call[1].pop("training", None)
        masks = getattr(layer, "supports_masking", False)
        graphic = is_graph(layer) or isinstance(layer, keras.Sequential)
        if masks and not graphic and type(layer) is not keras.layers.Lambda:
            raise self.refusal("it hands masks on in a way of its own", layer)
        graph, pinned = self.opened(layer, None if graphic else call)
        taken = [x for x in keras.tree.flatten(call) if isinstance(x, Given)]
        known.update(
            {
                (id(one), 0): self.looked_up(x, known)
                for one, x in zip(graph.inputs, taken, strict=True)
            }
        )
        self.owners.append(layer)
        self.read(graph, pinned, known, lines)
        self.owners.pop()
        ends = [x for x in keras.tree.flatten(graph.answer) if x is not None]
        for place, end in enumerate(ends):
            known[id(step), place] = self.looked_up(end, known)
        return None, None

    def look_for_crossings(self):
        """Melt a model inside that shares a layer with what is around it, and read again."""
        homes = {}
        for unit in [*self.units.values(), self.root]:
            for line in unit.lines:
                layer = line.layer.model if isinstance(line.layer, Unit) else line.layer
                if layer is None:
                    continue
                home = homes.setdefault(id(layer), unit)
                if home is not unit:
                    self.melted.add(id(home.model))
                    raise Again
        seen = {}
        for unit in [*self.units.values(), self.root]:
            for line in unit.lines:
                if line.layer is not None and not isinstance(line.layer, Unit):
                    for weight in line.layer.weights:
                        if seen.setdefault(id(weight), line.layer) is not line.layer:
                            raise self.refusal(
                                f"it shares the weight {weight.path!r} with another layer, "
                                "though neither holds the other",
                                line.layer,
                            )

    def operation(self, step, args, kwargs) -> Made:
        """The call or operator of `keras.ops` for a step that is no layer."""
        infix = _is_plain(step.call[0])
        made = self._operation(step.layer, args, kwargs, infix)
        trial = keras.tree.map_structure(
            lambda x: Value(name=f"_{id(x)}") if isinstance(x, Given) else constant(x), step.call
        )
        space = {
            value.name: keras.KerasTensor(x.symbol.shape, x.symbol.dtype)
            for value, x in zip(
                keras.tree.flatten(trial), keras.tree.flatten(step.call), strict=True
            )
            if isinstance(value, Value)
        }
        text = written(self._operation(step.layer, *trial, infix))
        try:
            again = keras.tree.flatten(eval(text, {**self.settings.space, **space}))[0]
            again = operation_behind(again)
        except Exception:
            again = None
        if type(again) is not type(step.layer) or _options(again) != _options(step.layer):
            raise Unwritable(f"takes the step {type(step.layer).__name__}, which has no words here")
        return made

    def _operation(self, operation, args, kwargs, infix):
        kind, options = type(operation).__name__, _options(operation)
        left = args[0] if args else None
        if kind == "GetItem":
            return Made("[]", dict(enumerate(args)))
        if kind == "Negative":
            return Made("-", {0: left})
        if infix and kind in INFIX and len(args) == 2 and not (kwargs or options):
            return Made(INFIX[kind], dict(enumerate(args)))
        name, function = _function_for(kind)
        asked = inspect.signature(function).parameters
        bound = inspect.signature(operation.call).bind(*args, **kwargs)
        given = {**bound.arguments, **options}
        settings, named = {}, False
        for key, one in asked.items():
            if one.kind is one.VAR_POSITIONAL:
                rest = given.pop(key, given.pop("operands", ()))
                settings |= dict(enumerate(rest, len(settings)))
            elif key in given:
                value = given.pop(key)
                if one.default is REQUIRED and not named:
                    settings[len(settings)] = value
                elif one.default is REQUIRED or not _is(value, one.default):
                    settings[key], named = value, True
                else:
                    named = True
        if any(value is not None for value in given.values()):
            raise Unwritable(f"takes the step {kind}, which has no words here")
        return Made(name, settings, tuple(asked))


def _to_build(step):
    """The shape for which a layer must be built ahead in a class, () for most layers."""
    inner = step.layer
    while isinstance(inner, keras.layers.Wrapper):
        inner = inner.layer
    if not isinstance(inner, keras.layers.Normalization) and not getattr(
        step.layer, "stateful", False
    ):
        return ()
    return tuple(
        next(x for x in keras.tree.flatten(step.call) if isinstance(x, Given)).symbol.shape
    )


def _usual_training(layer):
    """What a layer takes `training` to be that is told nothing, which Keras notes as if told."""
    asked = inspect.signature(layer.call).parameters.get("training")
    return asked and asked.default


def _has_keys(call):
    return any(isinstance(x, dict) for x in call[0])


def _packed_for(unit, args, kwargs):
    """The arguments of a call of a unit, in the structure in which it takes them."""
    told = {k: v for k, v in kwargs.items() if k in ("training", "mask")}
    taken = {k: v for k, v in kwargs.items() if k not in told}
    flat = keras.tree.flatten((args, taken))
    if len(flat) != len(unit.values):
        raise Unwritable(f"is called with {', '.join(taken) or 'more'} beside its inputs")
    args, kwargs = keras.tree.pack_sequence_as(unit.call, flat)
    return args, kwargs | told


def _freeze(unit):
    """Where a whole model is frozen, say so of the model, and not of each layer."""
    calls = [line for line in unit.lines if isinstance(line.made.head, Made)]
    frozen = [
        line.layer.frozen if isinstance(line.layer, Unit) else not line.layer.trainable
        for line in calls
    ]
    unit.frozen = not unit.model.trainable and all(frozen)
    for line in calls if unit.frozen else ():
        kept = {k: v for k, v in line.made.head.settings.items() if k != "trainable"}
        line.made = replace(line.made, head=replace(line.made.head, settings=kept))


def _is_plain(operands):
    """Whether an operator does the same to tensors of TensorFlow as to symbols of Keras."""
    kinds = {str(x.symbol.dtype) for x in operands if isinstance(x, Given)}
    numbers = [x for x in operands if not isinstance(x, Given)]
    if len(kinds) != 1 or not all(type(x) in (int, float) for x in numbers):
        right = operands[1:]  # a table of numbers may stand on the right
        return (
            len(right) == 1 and isinstance(right[0], np.ndarray) and kinds == {str(right[0].dtype)}
        )
    return "float" in kinds.pop() or not numbers


def _is(value, default):
    return isinstance(value, PLAIN) and value == default and type(value) is type(default)


def _options(operation):
    """What an operation was made with, beside its name."""
    try:
        return {k: v for k, v in operation.get_config().items() if k != "name"}
    except Exception:
        raise Unwritable(f"takes the step {type(operation).__name__}, which has no words") from None


@functools.cache
def _function_for(kind):
    """The public function of Keras that makes an operation of a kind, and its name."""
    rooms = {"ops": keras.ops, "keras.activations": keras.activations}
    rooms |= {f"ops.{name}": getattr(keras.ops, name) for name in ("image", "linalg", "nn")}
    wanted = {"absolute": "abs"}.get(kind.lower(), kind.lower())
    rooms = rooms if kind != "ReLU" else {"keras.activations": keras.activations}
    for room, module in rooms.items():
        for name in dir(module):
            if name.replace("_", "") == wanted and inspect.isfunction(getattr(module, name)):
                return f"{room}.{name}", getattr(module, name)
    raise Unwritable(f"takes the step {kind}, which has no words here")


def _indexed(x, key):
    return Made("[]", {0: x, 1: key})


def _input_made(step):
    """What makes an input."""
    layer = step.layer
    batch, *shape = layer.batch_shape
    settings = {"shape": tuple(shape)}
    settings |= {} if batch is None else {"batch_size": batch}
    settings |= {} if str(layer.dtype) == "float32" else {"dtype": str(layer.dtype)}
    settings |= {key: True for key in ("sparse", "ragged", "optional") if getattr(layer, key, None)}
    settings |= {} if is_automatic(layer) else {"name": layer.name}
    return Made("keras.Input", settings, ("shape", *list(settings)[1:]), 1)


def ordered(lines, answer) -> list:
    """Lines in the order in which a person writes them: each branch is followed to its end.

    Those that lead to no answer are left out.
    """
    maker = {value: line for line in lines for value in line.gives}
    done, found = set(), []
    waiting = [(maker[v], False) for v in reversed(values_in_structure(answer)) if v in maker]
    while waiting:
        line, finished = waiting.pop()
        if finished:
            found.append(line)
        elif line not in done:
            done.add(line)
            waiting.append((line, True))
            sources = [maker[v] for v in values_in(line.made) if v in maker]
            waiting += [(source, False) for source in reversed(sources)]
    return found


def values_in_structure(x) -> list:
    """The values in what a model takes or gives, sorted as Keras does."""
    return [v for one in keras.tree.flatten(x) for v in values_in(one)]


def _looks(graph):
    """A graph as a text, in which nothing is told of training."""
    number = {id(step): n for n, step in enumerate([*graph.inputs, *graph.steps])}

    def look(x):
        if isinstance(x, Given):
            return f"<{number.get(id(x.step))}.{x.place}>"
        if keras.ops.is_tensor(x) or isinstance(x, np.ndarray):
            return keras.ops.convert_to_numpy(x).tobytes()
        return id(x) if isinstance(x, keras.Variable | keras.KerasTensor) else repr(x)

    looks = []
    for step in graph.steps:
        layer = step.layer
        plain = {k: v for k, v in step.call[1].items() if k != "training"}
        same = id(layer)
        if not isinstance(layer, keras.layers.Layer):
            same = (
                type(layer).__name__,
                repr({k: v for k, v in vars(layer).items() if k[0] != "_" and k != "name"}),
            )
        looks.append((same, keras.tree.map_structure(look, (step.call[0], plain))))
    return repr((looks, keras.tree.map_structure(look, graph.answer)))
