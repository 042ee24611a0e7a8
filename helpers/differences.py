"""How two opened models look side by side, and what the first difference is."""

import inspect
import itertools
from dataclasses import dataclass

from helpers.models import Graph, boxes_of, is_input

import keras

ANY_ORDER = ("Add", "Multiply", "Average", "Maximum", "Minimum")  # of what these take
ENOUGH = 64  # orders to look at, in a graph of very many merges


def orders_of(graph: Graph, of_all_merges=False):
    """Yield the boxes of a graph, inputs left out, in each order that says the same of it.

    A layer comes after all that it takes from, and a branch is followed to its end, so it plays no
    part which was called first. But of a sum, for instance, any branch may come first.

    Args:
        graph: An opened model.
        of_all_merges: Let branches that are laid end to end come in any order, too.
    """
    boxes = boxes_of(graph)
    of_step = {id(step): box for box in boxes for step in box.steps}
    ends = [of_step[id(step)] for step, _ in graph.outputs]
    merges = [
        box
        for box in boxes
        if len(set(box.sources)) > 1
        and (of_all_merges or box.calls > 1 or type(box.layer).__name__ in ANY_ORDER)
    ]
    ways = itertools.product(*(itertools.permutations(box.sources) for box in merges))
    seen = set()
    for way in itertools.islice(ways, ENOUGH):
        order = _along_the_arrows(ends, dict(zip(map(id, merges), way, strict=True)))
        if (key := tuple(map(id, order))) not in seen:
            seen.add(key)
            yield order


def _along_the_arrows(ends, turned):
    order, met = [], set()
    waiting = [(box, False) for box in reversed(ends)]
    while waiting:
        box, done = waiting.pop()
        if done:
            order.append(box)
        elif id(box) not in met:
            met.add(id(box))
            waiting.append((box, True))
            waiting += [(source, False) for source in reversed(turned.get(id(box), box.sources))]
    return [box for box in order if not is_input(box)]


@dataclass(eq=False)
class Stage:
    """One layer of a model as a specification names it, with the activations that follow it.

    Attributes:
        kind: The layer's type, such as "Conv2D".
        settings: What it was asked for, by name; initial values, names and seeds are left out.
        activations: The names of the activations that follow, none for linear.
        calls: How often it is called.
        sources: Where it takes from: the numbers of stages, counted from 1; the inputs are 0, -1,
            -2 and so on.
        layer: The layer itself.
    """

    kind: str
    settings: dict
    activations: tuple
    calls: int
    sources: tuple
    layer: keras.Operation

    @property
    def looks(self):
        """What two stages have in common that look alike."""
        return self.kind, self.settings, self.activations


def stages_of(boxes, inputs) -> list:
    """The stages that some boxes are, with activations drawn into the layers before them.

    Args:
        boxes: The boxes of a graph in an order from `orders_of`.
        inputs: For each input of the model, in the order to number them, its step.
    """
    stages, place = [], {id(step.layer): -number for number, step in enumerate(inputs)}
    taken = [id(source.layer) for box in boxes for source in box.sources]
    for box in boxes:
        sources = [place.get(id(source.layer), 0) for source in box.sources]
        activation = _pure_activation(box)
        alone = len(sources) == 1 and taken.count(id(box.sources[0].layer)) == 1
        if activation is not None and alone and sources[0] > 0:
            before = stages[sources[0] - 1]
            if before.activations[-1:] != activation or activation not in TWICE_IS_ONCE:
                before.activations += activation
            place[id(box.layer)] = sources[0]
            continue
        if _does_nothing(box.layer) and sources:
            place[id(box.layer)] = sources[0]
            continue
        own = getattr(box.layer, "activation", None)
        activations = _names_of(own) if own is not None else activation or ()
        kind = _kind_of(box)
        settings = {} if activation is not None or kind == "Flatten" else settings_of(box)
        if kind != type(box.layer).__name__ and kind in POOLINGS.values():
            settings = {"keepdims": settings["keepdims"]}
        stages.append(Stage(kind, settings, activations, box.calls, tuple(sources), box.layer))
        place[id(box.layer)] = len(stages)
    return stages


TWICE_IS_ONCE = (("relu",), ("relu6",))
POOLINGS = {"Max": "GlobalMaxPooling2D", "Mean": "GlobalAveragePooling2D"}


def _kind_of(box):
    kind = type(box.layer).__name__
    if kind in POOLINGS and keras.tree.flatten(getattr(box.layer, "axis", None)) == [1, 2]:
        return POOLINGS[kind]
    return "Flatten" if kind == "Reshape" and len(box.shapes[0][0]) == 1 else kind


# What a layer's configuration says of its name, its start and its training, not of its function.
BESIDE_THE_POINT = (
    *("name", "trainable", "dtype", "seed", "activation", "function", "unroll", "layout"),
    *("_initializer", "_regularizer", "_constraint", "data_format", "batch_shape", "zero_output"),
    *(
        "quantization_config",
        "adjustment",
        "implementation",
        "use_cudnn",
        "flash_attention",
        "backend",
        "vocabulary",
    ),
)


def settings_of(box) -> dict:
    """What a layer or operation was asked for: numbers, texts and tuples, by name.

    Those of a layer inside a wrapper have names such as "layer.units".
    """
    layer = box.layer
    if isinstance(layer, keras.layers.Layer):
        try:
            found = layer.get_config()
        except Exception:  # a class of one's own need not have a configuration, nor a lambda
            names = inspect.signature(type(layer).__init__).parameters
            found = {name: getattr(layer, name, None) for name in names}
            found = {name: value for name, value in found.items() if value is not None}
    else:
        found = {name: value for name, value in vars(layer).items() if not name.startswith("_")}
        for name, value in box.steps[0].arguments.items():
            found.setdefault("a number" if isinstance(name, int) else name, value)
    rank = len(box.steps[0].sources[0][0].shapes[0]) if box.steps[0].sources else None
    settings = dict(_plain_settings(found, rank))
    if type(layer).__name__ == "Reshape":
        settings = {"target_shape": box.shapes[0][0]}
    return settings


def _plain_settings(found, rank, before=""):
    for name, value in found.items():
        if str(name).endswith(BESIDE_THE_POINT):
            continue
        if isinstance(value, dict) and isinstance(value.get("config"), dict):
            yield before + name, value.get("class_name")
            yield from _plain_settings(value["config"], None, f"{before}{name}.")
        elif isinstance(value, bool | int | float | str | None):
            if "axis" in str(name) and isinstance(value, int) and rank and value < 0:
                value += rank
            yield before + str(name), value
        elif isinstance(value, list | tuple):
            flat = keras.tree.flatten(value)
            if all(isinstance(x, bool | int | float | str | None) for x in flat):
                value = tuple(x + rank if "axis" in name and rank and x < 0 else x for x in flat)
                yield before + name, value[0] if "axis" in name and len(value) == 1 else value


ACTIVATIONS = (
    *("relu", "relu6", "softmax", "sigmoid", "tanh", "elu", "selu", "gelu", "silu", "leakyrelu"),
    *("softplus", "softsign", "hardsigmoid", "hardsilu", "exponential", "logsoftmax", "celu"),
)


def _pure_activation(box):
    """The activation that a layer or operation is, as a tuple of names; None if it is more."""
    layer, kind = box.layer, type(box.layer).__name__.lower()
    if kind == "activation":
        return _names_of(layer.activation)
    known = OTHER_NAMES.get(kind, kind) in ACTIVATIONS
    return _names_of(layer) if known and len(box.sources) == 1 else None


OTHER_NAMES = {"swish": "silu", "exp": "exponential"}  # of an activation, or of its operation
OWN = "of its own"  # instead of the name of an activation that has none


def _names_of(activation):
    """The name of an activation (a text, function, layer or operation) as a tuple."""
    if activation is None:
        return ()
    if isinstance(activation, keras.Operation):
        name = type(activation).__name__.lower()
        slope, most = (getattr(activation, key, None) for key in ("negative_slope", "max_value"))
        if name == "relu" and most is not None:
            name = f"relu{most:g}"
        if name == "leakyrelu" or (name == "relu" and slope):
            name = "leakyrelu" if abs(slope - 0.2) < 1e-6 else f"leakyrelu with slope {slope:g}"
        axis = getattr(activation, "axis", -1)
        name += f" over axis {axis}" if name == "softmax" and axis != -1 else ""
    else:
        name = getattr(activation, "__name__", str(activation)).lower()
        name = OWN if "lambda" in name else name.replace("_", "")
    return () if name == "linear" else (OTHER_NAMES.get(name, name),)


def _does_nothing(layer):
    kind = type(layer).__name__
    return (
        kind in ("Identity", "ActivityRegularization")
        or (kind.endswith("Dropout") and getattr(layer, "rate", 1) == 0)
        or (kind == "Activation" and not _names_of(layer.activation))
    )


# Differences


@dataclass(frozen=True)
class Difference:
    """The first thing in which two models differ.

    Attributes:
        what: "input", "output", "missing", "extra", "swapped", "kind", "setting", "activation",
            "calls", "source", "order", "weights", "training", "answer" or "stops".
        where: The number of the layer in the first model, counted from 1; 0 for the whole model.
        mine, theirs: What the first and the second model have there: a `Stage`, or the value of a
            setting, a shape, an answer.
        key: The name of a setting, or what was asked.
        count: How many layers are missing.
        before: The stage before it in the first model.
        after: The stage after it in the second.
    """

    what: str
    where: int = 0
    mine: object = None
    theirs: object = None
    key: str = ""
    count: int = 1
    before: object = None
    after: object = None

    def __str__(self):
        """Tell it in words, without a full stop."""
        return WORDS[self.what](self)


def with_article(kind) -> str:
    """A layer's type as in "an Add"."""
    return f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind}"


def _activation(stage):
    if not stage.activations:
        return "no activation"
    return f"the activation {' and then '.join(stage.activations)}"


def _places(numbers):
    inputs = {0: "an input", -1: "the second input", -2: "the third input"}
    return " and ".join(inputs.get(number, f"layer {number}") for number in numbers) or "nothing"


def how_often(count) -> str:
    """A number of calls as in "twice"."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _setting(key, value):
    return f"{key}={value!r}"


WORDS = {
    "input": lambda d: f"the first takes inputs of shape {d.mine}, the second {d.theirs}",
    "output": lambda d: f"the first gives shape {d.mine}, the second {d.theirs}",
    "missing": lambda d: (
        f"layer {d.where}: the second model has {with_article(d.theirs.kind)} there, which is "
        "missing in the first" + f", and {d.count - 1} more after it" * (d.count > 1)
    ),
    "extra": lambda d: (
        f"layer {d.where}: {with_article(d.mine.kind)}, which only the first model has"
    ),
    "swapped": lambda d: (
        f"layers {d.where} and {d.where + 1}: {d.mine.kind} and {d.theirs.kind}, which come in the "
        "other order in the second model"
    ),
    "kind": lambda d: f"layer {d.where}: {d.mine.kind} where the other has {d.theirs.kind}",
    "setting": lambda d: (
        f"layer {d.where}: {d.mine.kind} with {_setting(d.key, d.mine.settings.get(d.key))} where "
        f"the other has {d.theirs.settings.get(d.key)!r}"
    ),
    "activation": lambda d: (
        f"layer {d.where}: {d.mine.kind} with {_activation(d.mine)} where the other has "
        f"{_activation(d.theirs)}"
    ),
    "calls": lambda d: (
        f"layer {d.where}: {d.mine.kind} is used {how_often(d.mine.calls)}, and "
        f"{how_often(d.theirs.calls)} in the other"
    ),
    "source": lambda d: (
        f"layer {d.where}: {d.mine.kind} takes from {_places(d.mine.sources)} where the other "
        f"takes from {_places(d.theirs.sources)}"
    ),
    "order": lambda d: (
        f"layer {d.where}: {d.mine.kind} takes from {_places(d.mine.sources)}, and in the other "
        f"order in the second model"
    ),
    "weights": lambda d: (
        f"the first has {d.mine:,} parameters, the second {d.theirs:,}"
        if d.mine != d.theirs
        else "their weights have other shapes"
    ),
    "training": lambda d: f"they differ in training only: {d.mine}",
    "answer": lambda d: (
        "the layers look alike, but with the same weights the first answers "
        f"{d.mine} and the second {d.theirs}, to {d.key}"
    ),
    "stops": lambda d: (
        f"the {'second' if d.mine is None else 'first'} stops at {d.key}: {d.mine or d.theirs}"
    ),
}


def difference_between(stages, others) -> Difference | None:
    """The first difference between the stages of two models, None if they look alike."""
    for place, (mine, theirs) in enumerate(zip(stages, others, strict=False)):
        what, key, count = _what_differs(stages, others, place, mine, theirs)
        if what:
            before, after = stages[place - 1] if place else None, (*others, None)[place + 1]
            return Difference(what, place + 1, mine, theirs, key, count, before, after)
    place, count = min(len(stages), len(others)), abs(len(others) - len(stages))
    if len(stages) < len(others):
        return Difference("missing", place + 1, None, others[place], count=count)
    if len(stages) > len(others):
        return Difference("extra", place + 1, stages[place], None, count=count)
    return None


def _what_differs(stages, others, place, mine, theirs):
    """What differs at a place, the name of the setting, and how many layers are missing."""
    gap = len(others) - len(stages)
    if mine.looks != theirs.looks:
        if _lacks_one(stages, others, place, lambda stage: stage.looks):
            return "missing", "", 1
        if _lacks_one(others, stages, place, lambda stage: stage.looks):
            return "extra", "", 1
    rest, others_rest = stages[place:], others[max(0, place + gap) :]
    if gap > 1 and [stage.looks for stage in rest] == [stage.looks for stage in others_rest]:
        return "missing", "", gap
    if mine.kind != theirs.kind:
        return _which_kind(stages, others, place), "", 1
    for key in {**theirs.settings, **mine.settings}:
        if mine.settings.get(key, theirs) != theirs.settings.get(key, mine):
            return "setting", key, 1
    if mine.activations != theirs.activations:
        return "activation", "", 1
    if mine.calls != theirs.calls:
        return "calls", "", 1
    if sorted(mine.sources) != sorted(theirs.sources):
        return "source", "", 1
    if mine.sources != theirs.sources and theirs.kind not in ANY_ORDER:
        return "order", "", 1
    return "", "", 1


def _which_kind(stages, others, place):
    """What it is that has another kind at a place."""
    kinds, other_kinds = [s.kind for s in stages], [s.kind for s in others]
    if _lacks_one(stages, others, place, lambda stage: stage.kind):
        return "missing"
    if kinds[place : place + 2] == other_kinds[place : place + 2][::-1]:
        return "swapped"
    if len(stages) > len(others) and kinds[place + 1 : place + 2] == other_kinds[place:][:1]:
        return "extra"
    return "kind"


def _lacks_one(stages, others, place, look):
    """Whether from a place on stages are like others, but for the one that these have there."""
    shorter, longer = [look(stage) for stage in stages], [look(stage) for stage in others]
    return (
        len(stages) < len(others) and shorter[place:] == longer[place + 1 :][: len(shorter) - place]
    )


def likeness(stages, others) -> int:
    """How much two lists of stages look alike: the higher, the more."""
    pairs = list(zip(stages, others, strict=False))
    return sum(
        (a.kind == b.kind) + (a.looks == b.looks) + (a.sources == b.sources) for a, b in pairs
    )
