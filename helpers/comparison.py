"""Are two models the same function, in whatever style each is written?"""

from dataclasses import dataclass

from helpers.notebook import CourseError
from helpers.opening import check_it_is_a_model, layers_of, symbolic_inputs

import keras
import numpy as np

# What a layer's configuration says of its name, its start and its training, not of its function.
BESIDE_THE_POINT = ("name", "trainable", "dtype", "seed", "_initializer", "_regularizer")


@dataclass
class _Step:
    """One layer of a model: its type, what it was asked for, and where its inputs come from."""

    layer: keras.Operation
    kind: str
    settings: dict
    sources: list  # numbers of layers, counted from 1; inputs are 0
    calls: int


def compare_models(first, second, input_shape=None) -> None:
    """Print whether two models are the same function, and if not, the first difference.

    Args:
        first, second: Keras models of any style. Names of layers, nesting and starting weights do
            not matter. A model that is not built yet is built for the input of the other one.
        input_shape: One input's shape without the batch dimension, needed only if neither model
            has seen an input yet.

    Raises:
        CourseError: One of them is not a model, or cannot be opened to its layers.
    """
    difference = first_difference(first, second, input_shape)
    if difference:
        print(f"✗ Not the same function: {difference}.")
    else:
        print(
            f"✓ The same function: {len(_steps(first))} layers in the same order, "
            f"{first.count_params():,} parameters, the same answers."
        )


def first_difference(first, second, input_shape=None) -> str | None:
    """Find the first thing that two models differ in: inputs, a layer, an arrow, or the answers.

    To compare the answers, the weights of the first are copied into the second for a moment.

    Args:
        first, second, input_shape: As for `compare_models`.

    Returns:
        The difference in words, without a full stop, or None if there is none.

    Raises:
        CourseError: As for `compare_models`.
    """
    for model in (first, second):
        check_it_is_a_model(model, "The comparison")
    shapes = input_shape or _input_shapes(first) or _input_shapes(second)
    one, other = _steps(first, shapes), _steps(second, shapes)
    return (
        _different_inputs(_input_shapes(first), _input_shapes(second))
        or _different_layers(one, other)
        or _different_answers(first, second, one, other)
    )


def _input_shapes(model):
    """The shapes of a model's inputs without the batch dimension, or None if it has seen none."""
    try:
        inputs = symbolic_inputs(model, None)
    except CourseError:
        return None
    shapes = keras.tree.map_structure(lambda tensor: tuple(tensor.shape[1:]), inputs)
    return shapes[0] if isinstance(shapes, list) and len(shapes) == 1 else shapes


def _steps(model, input_shape=None):
    boxes = layers_of(model, expand_nested=True, input_shape=input_shape)
    boxes = [box for box in boxes if not isinstance(box.layer, keras.layers.InputLayer)]
    number = {box: place for place, box in enumerate(boxes, start=1)}
    return [
        _Step(
            box.layer,
            type(box.layer).__name__,
            _settings(box.layer),
            [number.get(source, 0) for source in box.sources],
            box.calls,
        )
        for box in boxes
    ]


def _settings(layer):
    try:
        settings = layer.get_config()
    except NotImplementedError:  # a class of one's own need not have a configuration
        settings = {}
    return {k: v for k, v in settings.items() if not k.endswith(BESIDE_THE_POINT)}


def _different_inputs(one, other):
    if _flat(one) != _flat(other):
        return f"the first takes inputs of shape {one}, the second {other}"
    return None


def _flat(shapes):
    """A list of shapes, whether there was one, a list or a dictionary of them."""
    if isinstance(shapes, dict):
        return list(shapes.values())
    return shapes if isinstance(shapes, list) else [shapes]


def _different_layers(one, other):
    for number, (a, b) in enumerate(zip(one, other, strict=False), start=1):
        if a.kind != b.kind:
            return f"layer {number}: {a.kind} where the other has {b.kind}"
        for key, value in a.settings.items():
            there = b.settings.get(key)
            if value != there:
                return f"layer {number}: {a.kind} with {key}={value} where the other has {there}"
        if a.calls != b.calls:
            return f"layer {number}: {a.kind} is used {a.calls} times, and {b.calls} in the other"
        if a.sources != b.sources:
            return (
                f"layer {number}: {a.kind} takes from {_named(a.sources)} where the other takes "
                f"from {_named(b.sources)}"
            )
    if len(one) != len(other):
        longer, which = (one, "first") if len(one) > len(other) else (other, "second")
        number = min(len(one), len(other))
        return (
            f"layer {number + 1}: {longer[number].kind}, which only the {which} model has (the "
            f"first has {len(one)} layers, the second {len(other)})"
        )
    return None


def _named(sources):
    return " and ".join(f"layer {number}" if number else "an input" for number in sources)


def _different_answers(first, second, one, other):
    """Compare the answers to random inputs, with the weights copied across meanwhile."""
    for number, (a, b) in enumerate(zip(one, other, strict=True), start=1):
        if [w.shape for w in a.layer.weights] != [w.shape for w in b.layer.weights]:
            return f"layer {number}: {a.kind} has weights of other shapes than in the second model"
    if first.count_params() != second.count_params():
        return (
            f"the first has {first.count_params():,} parameters, the second "
            f"{second.count_params():,}, in weights that belong to no layer"
        )
    before = second.get_weights()
    try:
        for a, b in zip(one, other, strict=True):
            b.layer.set_weights(a.layer.get_weights())
        answers = [_answers(model) for model in (first, second)]
    finally:
        second.set_weights(before)
    if [a.shape for a in answers[0]] != [b.shape for b in answers[1]]:
        return "the layers are the same, but their answers have other shapes"
    furthest = max(np.abs(a - b).max() for a, b in zip(*answers, strict=True))
    scale = max(1.0, *(np.abs(a).max() for a in answers[0]))
    if furthest > 1e-4 * scale:
        return (
            "the layers are the same, but with the same weights their answers are not "
            f"(they are up to {furthest:.2g} apart): is one of them used in another way?"
        )
    return None


def _answers(model):
    """Ask a model about two random examples, always the same ones."""
    random = np.random.default_rng(0)
    numbers = keras.tree.map_structure(
        lambda tensor: random.random((2, *(size or 8 for size in tensor.shape[1:])), "float32"),
        symbolic_inputs(model, None),
    )
    numbers = numbers[0] if isinstance(numbers, list) and len(numbers) == 1 else numbers
    return [np.asarray(answer) for answer in keras.tree.flatten(model(numbers, training=False))]
