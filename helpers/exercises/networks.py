"""Is a learner's model the network that the specification describes? If not, what differs first?

The verdict is taken from what the models do: with the same weights they must give the same answers.
So every style and spelling counts. The layers are looked at only to find words for what is wrong.
"""

import inspect
import math
import re
from dataclasses import dataclass

from helpers.errors import CourseError
from helpers.exercises.verdicts import Wrong, describe, first_line, require
from helpers.opening import layers_of, leaving_no_trace, symbolic_inputs

import keras
import numpy as np

# How a setting of a layer reads in a sentence. Others do not change what a layer computes.
SETTINGS = {
    "filters": "{} filters",
    "units": "{} units",
    "kernel_size": "a window of {}",
    "pool_size": "a window of {}",
    "strides": "strides of {}",
    "padding": "the padding {!r}",
    "dilation_rate": "a dilation of {}",
    "use_bias": "use_bias={}",
    "rate": "the rate {}",
    "axis": "axis {}",
    "momentum": "a momentum of {}",
    "epsilon": "an epsilon of {}",
}
DEFAULTS = {"padding": "valid", "use_bias": True, "dilation_rate": (1, 1), "strides": (1, 1)}
ACTIVATIONS = ("relu", "softmax", "sigmoid", "tanh", "elu", "selu", "gelu", "silu", "leakyrelu")
AT_WORK_IN_TRAINING_ONLY = ("Dropout", "SpatialDropout2D", "GaussianNoise", "BatchNormalization")


@dataclass
class Step:
    """One layer of a model, with the activations that follow it."""

    kind: str
    settings: dict
    activations: tuple
    calls: int
    sources: tuple  # numbers of steps, counted from 1; inputs are 0


def judge_network(answer, reference):
    """Judge whether a model of any style is the same function as the reference, training included.

    Args:
        answer: What the learner gave.
        reference: A built Keras model with one layer for each point of the specification.

    Returns:
        The model, built.

    Raises:
        Wrong: It is no model, does not take the input, or is another function.
    """
    model = built_model(answer, reference.inputs)
    steps, expected = _steps(model), _steps(reference)
    _judge_tracking(model, steps)
    same = steps is None or _in_training(model) == _in_training(reference)
    if same and _same_function(model, reference):
        return model
    if steps is not None:
        _judge_steps(steps, expected)
    _judge_outputs(model, reference)
    raise Wrong(
        "Its layers look right, but with the same weights its answers are not those of the network "
        "that is asked for: something happens between the layers.",
        "Follow one image through it: is a layer called twice or passed by, is anything added, "
        "scaled or reshaped on the way?",
    )


def built_model(answer, inputs):
    """Take a model, and build it for the inputs if it is not built yet.

    Args:
        answer: What the learner gave.
        inputs: A list of Keras tensors of the shapes that the model is to take.

    Returns:
        The model.

    Raises:
        Wrong: It is not a model, or does not take these inputs.
    """
    _require_model(answer)
    shapes = [tuple(one.shape[1:]) for one in inputs]
    _judge_inputs(answer, shapes)
    try:
        result = _symbolic_outputs(answer, inputs)
    except Exception as error:
        told = "call" if _is_subclassed(answer) else "layers"
        if isinstance(error, NotImplementedError) and "call" in str(error):
            raise Wrong(
                f"The class {type(answer).__name__} has no method `call`, so it cannot compute.",
                "Define `def call(self, inputs):`, indented as __init__ is, and spelled like this.",
            ) from None
        raise Wrong(
            f"It does not take an input of shape {_shapes(shapes)}: {_in_plain_words(error)}",
            f"Go through its {told} one by one with this shape: where does it not fit any more?",
        ) from None
    if not keras.tree.flatten(result) or any(x is None for x in keras.tree.flatten(result)):
        raise Wrong(
            "Its call returns nothing.",
            "The last line of `call` is `return` and what the last layer gave.",
        )
    return answer


def _in_plain_words(error):
    """What Keras says of an input that does not fit, for somebody who has not met these words."""
    text = str(error)
    layer = re.search(r"layer '(\w+)'", text)
    rank = re.search(r"expected (?:min_)?ndim=(\d).*found ndim=(\d).*shape received: (.*\))", text)
    if layer and rank:
        needs = {"3": "rows of vectors", "4": "images (height, width, channels)"}.get(
            rank[1], "more"
        )
        return f"its layer {layer[1]} needs {needs}, and gets {rank[3]}."
    return f'Keras says "{first_line(error)}".'


def _require_model(answer):
    if isinstance(answer, keras.Model):
        if isinstance(answer, keras.Sequential) and not answer.layers:
            raise Wrong(
                "It is a Sequential model without layers.",
                "Put them into the list: keras.Sequential([first layer, second layer, ...]).",
            )
        return
    hint = "Make a model, and give that to the check."
    if inspect.isclass(answer):
        hint = f"A class is a plan; brackets make a model from it: {answer.__name__}()."
    elif inspect.isfunction(answer):
        hint = f"Call the function and pass on what it returns: {answer.__name__}()."
    elif isinstance(answer, keras.layers.Layer):
        hint = "One layer is not a model yet: put all the layers together in one."
    elif isinstance(answer, list | tuple):
        hint = "A list of layers becomes a model inside keras.Sequential(...)."
    elif isinstance(answer, keras.KerasTensor):
        hint = "This is what a layer gives back. keras.Model(inputs, outputs) makes a model of it."
    elif isinstance(answer, keras.callbacks.History):
        hint = "This is what `fit` returns: pass the model that was fitted instead."
    elif answer is None:
        hint = "Methods such as `add`, `compile` and `summary` return None: name the model itself."
    raise Wrong(f"The answer is {describe(answer)}, and a Keras model is asked for.", hint)


def _is_subclassed(model):
    return not hasattr(model, "_nodes_by_depth") and not isinstance(model, keras.Sequential)


def _shapes(shapes):
    return " and ".join(str(shape) for shape in shapes)


def _judge_inputs(model, shapes):
    """Compare the shapes that a model names with those asked for."""
    try:
        named = keras.tree.flatten(symbolic_inputs(model, None))
    except CourseError:
        return  # it has not seen any input yet
    got = [tuple(one.shape[1:]) for one in named]
    if len(got) != len(shapes):
        raise Wrong(
            f"It has {len(got)} input{'s' * (len(got) != 1)}, and the specification asks for "
            f"{len(shapes)}.",
            "One keras.Input for each input; keras.Model takes them as a list.",
        )
    for mine, asked in zip(got, shapes, strict=True):
        if len(mine) == len(asked) + 1 and mine[0] is None:
            raise Wrong(
                f"Its input has the shape {mine}: that is one dimension too many.",
                "keras.Input wants the shape of one example. Keras adds the batch by itself.",
            )
        fits = len(mine) == len(asked) and all(
            a in (None, b) for a, b in zip(mine, asked, strict=True)
        )
        require(
            fits,
            f"It takes an input of shape {mine}, and the specification names another.",
            f"One example has the shape {asked} here.",
        )


def _judge_tracking(model, steps):
    """Find layers made inside call, and layers that call forgets."""
    if not _is_subclassed(model) or steps is None:
        return
    used = {id(box.layer) for box in _boxes(model)}
    for box in _boxes(model):
        made = isinstance(box.layer, keras.layers.Layer)
        if made and box.layer.weights and not _is_inside(box.layer, model):
            raise Wrong(
                f"Its call makes a new {type(box.layer).__name__} every time it runs, with new "
                "weights, so it cannot learn.",
                "Make every layer in __init__, as `self.name = ...`; call only uses them.",
            )
    for name, layer in vars(model).items():
        if isinstance(layer, keras.layers.Layer) and id(layer) not in used:
            inner = [one for one in layer._flatten_layers() if id(one) in used]
            if not inner and not name.startswith("_"):
                raise Wrong(
                    f"The layer `self.{name}` is made in __init__, and call never uses it.",
                    "In call, every layer takes what the layer before it gave, without a gap.",
                )


def _is_inside(layer, model):
    return any(layer is one for one in model._flatten_layers())


def _boxes(model):
    boxes = layers_of(model, expand_nested=True)
    return [box for box in boxes if not isinstance(box.layer, keras.layers.InputLayer)]


def _steps(model):
    """List the steps of a model with activations drawn into them, or None if it stays closed."""
    try:
        boxes = _boxes(model)
    except CourseError:
        return None
    steps, place = [], {}
    for box in boxes:
        sources = [place.get(id(source), 0) for source in box.sources]
        activation = _pure_activation(box.layer)
        if activation is not None and sources and sources[0]:
            steps[sources[0] - 1].activations += activation
            place[id(box)] = sources[0]
            continue
        if _does_nothing(box.layer):
            place[id(box)] = sources[0] if sources else 0
            continue
        config = _config(box.layer)
        own = config.get("activation")
        settings = {key: config[key] for key in SETTINGS if key in config}
        steps.append(
            Step(
                _kind(box),
                {key: _plain(value) for key, value in settings.items()},
                _named(own) if own is not None else activation or (),
                box.calls,
                tuple(sources),
            )
        )
        place[id(box)] = len(steps)
    return steps


def _kind(box):
    kind = type(box.layer).__name__
    return "Flatten" if kind == "Reshape" and len(box.shapes[0][0]) == 1 else kind


def _config(layer):
    try:
        return layer.get_config()
    except Exception:  # a class of the learner's need not have one
        return {}


def _plain(value):
    return tuple(value) if isinstance(value, list) else value


def _named(activation):
    """The name of an activation as a tuple, empty for none."""
    if isinstance(activation, dict):
        activation = activation.get("config", activation.get("class_name"))
        activation = activation if isinstance(activation, str) else "its own"
    name = str(activation).lower().replace("_", "")
    return () if name == "linear" else (name,)


def _pure_activation(layer):
    """The activation that a layer or operation is, as a tuple of names; None if it is more."""
    kind = type(layer).__name__
    if kind == "Activation":
        return _named(_config(layer).get("activation"))
    return (kind.lower(),) if kind.lower() in ACTIVATIONS else None


def _does_nothing(layer):
    kind = type(layer).__name__
    return kind == "Identity" or (kind.endswith("Dropout") and getattr(layer, "rate", 1) == 0)


def _in_training(model):
    """What works in training only, in order: kind, setting, place, size of what comes out."""
    found, weighted = [], 0
    for box in _boxes(model):
        kind = type(box.layer).__name__
        if kind in AT_WORK_IN_TRAINING_ONLY and not _does_nothing(box.layer):
            setting = getattr(box.layer, "rate", None) or getattr(box.layer, "momentum", None)
            size = math.prod(size or 1 for size in box.shapes[0][0])
            found.append((kind, setting, weighted, size))
        weighted += bool(box.layer.weights) if isinstance(box.layer, keras.layers.Layer) else 0
    return found


def _judge_steps(steps, expected):
    """Say in words what the first difference between the layers is."""
    for place, (mine, asked) in enumerate(zip(steps, expected, strict=False)):
        number = place + 1
        if mine.kind != asked.kind:
            _say_which_layer(steps, expected, place)
        for key, value in asked.settings.items():
            if mine.settings.get(key, value) != value:
                default = DEFAULTS.get(key) == value
                raise Wrong(
                    f"Layer {number}, {_a(mine.kind)}, has "
                    f"{SETTINGS[key].format(mine.settings[key])}.",
                    f"Point {number} does not ask for that: leave out {key}."
                    if default
                    else f"Point {number} asks for {SETTINGS[key].format(value)}.",
                )
        if mine.activations != asked.activations:
            _say_which_activation(mine, asked, number)
        if mine.calls != asked.calls:
            raise Wrong(
                f"Layer {number}, {_a(mine.kind)}, is used {_times(mine.calls)}.",
                f"The specification uses it {_times(asked.calls)}.",
            )
        if mine.sources != asked.sources:
            raise Wrong(
                f"Layer {number}, {_a(mine.kind)}, takes its input from the wrong place.",
                f"It should take what comes from {_sources(asked.sources)}.",
            )
    if len(steps) < len(expected):
        raise Wrong(
            f"After its {len(steps)} layers something is still missing.",
            f"Go on with point {len(steps) + 1} of the specification.",
        )
    if len(steps) > len(expected):
        extra = steps[len(expected)]
        raise Wrong(
            f"It has a layer too many: layer {len(expected) + 1}, {_a(extra.kind)}.",
            f"The specification ends with point {len(expected)}.",
        )


def _a(kind):
    return f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind}"


def _times(count):
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _sources(sources):
    return " and ".join(f"layer {number}" if number else "the input" for number in sources)


def _say_which_layer(steps, expected, place):
    number, mine, asked = place + 1, steps[place], expected[place]
    kinds, asked_kinds = [s.kind for s in steps], [s.kind for s in expected]
    hint = f"Point {number} asks for {_a(asked.kind)}."
    if kinds[place : place + 2] == asked_kinds[place : place + 2][::-1]:
        told = f"Layers {number} and {number + 1} ({mine.kind} and {asked.kind}) are swapped."
        raise Wrong(told, hint)
    missing = kinds[place:] == asked_kinds[place + 1 :][: len(kinds) - place]
    if len(steps) < len(expected) and missing:
        before = f"after layer {place} ({steps[place - 1].kind})" if place else "at the start"
        raise Wrong(f"A layer is missing {before}.", hint)
    if len(steps) > len(expected) and kinds[place + 1 : place + 2] == asked_kinds[place:][:1]:
        raise Wrong(
            f"Layer {number}, {_a(mine.kind)}, is not in the specification.",
            f"Point {number} asks for {_a(asked.kind)}, which comes right after it.",
        )
    raise Wrong(
        f"Layer {number} is {_a(mine.kind)}, and the specification has something else there.", hint
    )


def _say_which_activation(mine, asked, number):
    layer = f"Layer {number}, {_a(mine.kind)},"
    wanted = asked.activations[0] if asked.activations else None
    hint = f"Point {number} asks for {f'the activation {wanted}' if wanted else 'none'}."
    if not mine.activations:
        raise Wrong(f"{layer} has no activation.", hint)
    if len(mine.activations) > 1 and len(set(mine.activations)) == 1:
        raise Wrong(
            f"{layer} is followed by {mine.activations[0]} twice.",
            "It stands in the layer and once more after it: one of the two is enough.",
        )
    if not wanted:
        raise Wrong(f"{layer} has an activation ({mine.activations[0]}) too many.", hint)
    raise Wrong(f"{layer} has the activation {' and then '.join(mine.activations)}.", hint)


def _judge_outputs(model, reference):
    got, asked = (
        [tuple(x.shape[1:]) for x in keras.tree.flatten(_symbolic_outputs(one, reference.inputs))]
        for one in (model, reference)
    )
    require(
        got == asked,
        f"What comes out has the shape {_shapes(got)}, and the specification leads to another.",
        f"It leads to {_shapes(asked)}. Follow the shapes from layer to layer.",
    )


def _symbolic_outputs(model, inputs):
    """Call a model on fresh inputs of the same shapes, which builds it if it was not built yet."""
    fresh = [keras.Input(one.shape[1:], dtype=one.dtype) for one in inputs]
    if not model.built:
        return model(fresh if len(fresh) > 1 else fresh[0])
    with leaving_no_trace(model):
        return model(fresh if len(fresh) > 1 else fresh[0])


def _same_function(model, reference):
    """Compare the answers of two models to random inputs, both with the same random weights."""
    mine, theirs = _weights_in_order(model), _weights_in_order(reference)
    if [w.shape for w in mine] != [w.shape for w in theirs] or model.count_params() != sum(
        math.prod(w.shape) for w in mine
    ):
        return False
    random = np.random.default_rng(0)
    before = [weight.numpy() for weight in mine]
    try:
        for one, other in zip(mine, theirs, strict=True):
            values = _random_values(random, other)
            one.assign(values)
            other.assign(values)
        return _same_answers(model, reference, random)
    except Exception:  # a model that breaks on numbers is not the one asked for
        return False
    finally:
        for weight, values in zip(mine, before, strict=True):
            weight.assign(values)


def _weights_in_order(model):
    try:
        layers = [box.layer for box in _boxes(model)]
    except CourseError:
        return model.weights
    return [weight for layer in layers for weight in getattr(layer, "weights", [])]


def _random_values(random, weight):
    if len(weight.shape) > 1:
        spread = math.sqrt(2 / math.prod(weight.shape[:-1]))
        return random.normal(0, spread, weight.shape).astype("float32")
    if "variance" in weight.name:
        return random.uniform(0.5, 1.5, weight.shape).astype("float32")
    return random.normal(0, 0.5, weight.shape).astype("float32")


def _same_answers(model, reference, random):
    """Two examples of ordinary size and, so that bends far from zero show too, two large ones."""
    for spread in (1, 4):
        questions = [_random_inputs(random, one, spread) for one in reference.inputs]
        questions = questions if len(questions) > 1 else questions[0]
        answers = [
            [np.asarray(x) for x in keras.tree.flatten(one(questions, training=False))]
            if _takes_training(one)
            else [np.asarray(x) for x in keras.tree.flatten(one(questions))]
            for one in (model, reference)
        ]
        for a, b in zip(*answers, strict=True):
            if a.shape != b.shape or not np.allclose(a, b, rtol=1e-3, atol=1e-4 * np.abs(b).max()):
                return False
    return True


def _takes_training(model):
    return not _is_subclassed(model) or "training" in inspect.signature(model.call).parameters


def _random_inputs(random, tensor, spread):
    shape = (1 if math.prod(tensor.shape[1:]) > 50_000 else 2, *tensor.shape[1:])
    if "int" in str(tensor.dtype):
        return random.integers(0, 4, shape).astype(tensor.dtype)
    return random.normal(0, spread, shape).astype("float32")
