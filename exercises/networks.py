"""Is a learner's model the network that the specification describes? If not, what differs first?

The verdict is taken from what the models do: with the same weights they must give the same answers.
So every style and spelling counts. The layers are looked at only to find words for what is wrong.
"""

import inspect
import math
import re
from dataclasses import dataclass

from exercises.graphs import (
    ANY_ORDER,
    arranged,
    fits,
    inputs_used,
    is_input,
    orders_of,
    places_of_inputs,
)
from exercises.modes import judge_training
from exercises.verdicts import Wrong, describe, first_line, require, require_super
from helpers.notebook import CourseError
from helpers.opening import leaving_no_trace, told_training

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
FEW = 4  # outputs of a layer which may all be positive by chance, so that a relu does not show
ARITHMETIC = {
    "TrueDivide": "divides",
    "Divide": "divides",
    "Multiply": "multiplies",
    "Add": "adds to",
    "Subtract": "subtracts from",
}
AT_WORK_IN_TRAINING_ONLY = ("Dropout", "SpatialDropout2D", "GaussianNoise", "BatchNormalization")


@dataclass
class Step:
    """One layer of a model, with the activations that follow it."""

    kind: str
    settings: dict
    activations: tuple
    calls: int
    sources: tuple  # numbers of steps, counted from 1; inputs are 0, -1, -2 ...
    layer: keras.Operation

    @property
    def looks(self):
        return self.kind, self.settings, self.activations


def judge_network(answer, reference, style: str | None = None, in_parts: bool = False):
    """Judge whether a model is the same function as the reference, training included.

    Args:
        answer: What the learner gave.
        reference: A built Keras model with one layer for each point of the specification.
        style, in_parts: In which style it must be written, as `judge_style` takes them; in any
            style without them.

    Returns:
        The model, built.

    Raises:
        Wrong: It is no model, does not take the input, is written in another style, or is another
            function.
    """
    model = built_model(answer, reference.inputs)
    if style:
        judge_style(model, style, in_parts)
    orders, expected = orders_of(model), orders_of(reference)[0]
    if orders and _is_subclassed(model):
        _judge_tracking(model, orders[0])
    same = any(_same_function(model, reference, order, expected) for order in orders or [None])
    if not same and orders:
        _judge_layers(model, reference, expected)
    if not same:
        _judge_outputs(model, reference)
    if _is_subclassed(model):
        judge_training(model, arranged(model, _questions(reference), reference.inputs))
    if same:
        return model
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
    _judge_inputs(answer, inputs)
    shapes = [tuple(one.shape[1:]) for one in inputs]
    try:
        result = _symbolic_outputs(answer, inputs)
    except Exception as error:
        if isinstance(error, NotImplementedError) and "call" in str(error):
            raise Wrong(
                f"The class {type(answer).__name__} has no method `call`, so it cannot compute.",
                "Define `def call(self, inputs):`, indented as __init__ is, and spelled like this.",
            ) from None
        if any(sign in str(error) for sign in ("is not defined", "has no attribute")):
            raise Wrong(
                f"Its call stops with an error: {first_line(error)}.",
                "`training` is told to call at each call: call(self, inputs, training=False)."
                if "'training'" in str(error)
                else "Was it made in __init__, as `self.name = ...`, and is it spelled alike in "
                "both?",
            ) from None
        about_arguments = "positional argument" in str(error) or "required argument" in str(error)
        if about_arguments and not _takes_one_input(answer.call):
            raise Wrong(
                "Its call cannot be called with one input: look at what its brackets hold.",
                "Every method has `self` first, then what it takes.",
            ) from None
        words = _in_plain_words(error, answer)
        if not _is_subclassed(answer):
            raise Wrong(
                f"It does not take an input of shape {_shapes(shapes)}: {words}",
                "Go through its layers one by one with this shape: where does it not fit any more?",
            ) from None
        raise Wrong(
            f"Given an input of shape {_shapes(shapes)}, its call stops: {words}",
            "A layer keeps the number of channels it was built for: is one used twice, where "
            "another should come?"
            if "is built for" in words
            else "Go through its call line by line with this shape: where does it not fit any "
            "more?",
        ) from None
    if not keras.tree.flatten(result) or any(x is None for x in keras.tree.flatten(result)):
        raise Wrong(
            "Its call returns nothing.",
            "The last line of `call` is `return` and what the last layer gave.",
        )
    return answer


def _takes_one_input(function):
    try:
        inspect.signature(function).bind("input")
    except TypeError:
        return False
    return True


def _in_plain_words(error, model):
    """What Keras says of an input that does not fit, for somebody who has not met these words."""
    text = str(error)
    layer = re.search(r"layer '(\w+)'", text)
    at_fault = [one for one in model._flatten_layers() if layer and one.name == layer[1]]
    who = f"its layer {layer[1]}" if layer else ""
    if at_fault:
        name = _names_on_self(model).get(id(at_fault[0]))
        kind = type(at_fault[0]).__name__
        who = f"`self.{name}`" if name else f"a layer of the kind {kind}"
    axis = re.search(r"expected axis -1 .* value (\d+).* shape \((?:None, )?(.*)\)", text)
    if layer and axis:
        channels = f"{axis[1]} channel{'s' * (axis[1] != '1')}"
        return f"{who} is built for {channels}, and then gets ({axis[2]})."
    rank = re.search(r"expected (?:min_)?ndim=(\d).*found ndim=(\d).*shape received: (.*\))", text)
    if layer and rank:
        needs = {"3": "rows of vectors", "4": "images (height, width, channels)"}.get(
            rank[1], "more"
        )
        return f"{who} needs {needs}, and gets {rank[3]}."
    return f'Keras says "{first_line(error)}".'


def _names_on_self(model):
    """For the id of each layer in a class, the name on `self` of it, or of the part it is in."""
    return {
        id(one): name
        for name, part in vars(model).items()
        if isinstance(part, keras.layers.Layer) and not name.startswith("_")
        for one in part._flatten_layers()
    }


def _require_model(answer):
    if isinstance(answer, keras.Model):
        if isinstance(answer, keras.Sequential) and not answer.layers:
            raise Wrong(
                "It is a Sequential model without layers.",
                "Put them into the list: keras.Sequential([first layer, second layer, ...]).",
            )
        require_super(answer)
        return
    told = f"The answer is {describe(answer)}"
    hint = "Make a model, and give that to the check."
    if inspect.isclass(answer):
        hint = f"A class is a plan; brackets make a model from it: {answer.__name__}()."
        if answer in (keras.Model, keras.Sequential):
            hint = "What the model is to hold goes into brackets after it."
    elif inspect.isfunction(answer):
        hint = f"Call the function and pass on what it returns: {answer.__name__}()."
    elif isinstance(answer, keras.layers.Layer):
        hint = "One layer is not a model yet: put all the layers together in one."
        kinds = type(answer).__mro__
        if not kinds[0].__module__.startswith("keras."):
            parent = next(kind for kind in kinds if kind.__module__.startswith("keras."))
            name = kinds[0].__name__
            told = f"{name} builds on layers.{parent.__name__}, so this is a layer"
            hint = f"A class for models builds on keras.Model: class {name}(...):"
    elif isinstance(answer, list | tuple):
        hint = "A list of layers becomes a model inside keras.Sequential(...)."
        if any(isinstance(one, keras.Model) for one in answer):
            hint = "Give the check a single model, not several in a list."
    elif isinstance(answer, keras.KerasTensor):
        told = "The answer is what a layer gave (a KerasTensor)"
        hint = "This is what a layer gives back. keras.Model(inputs, outputs) makes a model of it."
    elif isinstance(answer, keras.callbacks.History):
        hint = "This is what `fit` returns: pass the model that was fitted instead."
    elif isinstance(answer, np.ndarray) or keras.ops.is_tensor(answer):
        hint = "This is what a model answers. Give it another name, and the model to the check."
    elif answer is None:
        hint = "Methods such as `add`, `compile` and `summary` return None: name the model itself."
    raise Wrong(f"{told}, and a Keras model is asked for.", hint)


def judge_style(model, style: str, in_parts: bool = False) -> None:
    """Judge in which style a model is written, where the exercise asks for one.

    Args:
        model: A Keras model.
        style: "list" (`Sequential`), "graph" (`keras.Model` of inputs and outputs) or "class" (with
            a `call` of its own).
        in_parts: Whether it may be made of other models.

    Raises:
        Wrong: It is written in another style, or only wraps another model.
    """
    got = _style_of(model)
    around = style == "class" and not type(model).__module__.startswith("keras.")
    require(
        got == style,
        f"It is a class around a {got}, without a call of its own."
        if around
        else f"It is written as a {got}, and here a {style} is asked for.",
        {
            "list": "keras.Sequential([...]) takes the layers in a list.",
            "graph": "From inputs = keras.Input(...) on, call each layer on what the one before it "
            "gave; keras.Model(inputs, outputs) makes the model.",
            "class": "Begin with `class` and a name, and keras.Model in brackets. Layers are made "
            "in __init__ and used in call; then make a model of the class.",
        }[style],
    )
    inner = [one for one in model.layers if not isinstance(one, keras.layers.InputLayer)]
    if not in_parts and len(inner) == 1 and isinstance(inner[0], keras.Model):
        raise Wrong(
            f"It is a {style} that holds a whole model, {_a(type(inner[0]).__name__)}, and here "
            "the layers themselves are to stand in it.",
            "Write one layer for each point of the specification, without another model around "
            "them.",
        )


def _style_of(model):
    """The style in which a model is written: "list", "graph" or "class"."""
    if isinstance(model, keras.Sequential):
        return "list"
    return "graph" if hasattr(model, "_nodes_by_depth") else "class"


def _is_subclassed(model):
    return _style_of(model) == "class"


def _shapes(shapes):
    return " and ".join(str(shape) for shape in shapes)


def _judge_inputs(model, inputs):
    """Compare the inputs that a model names with those asked for."""
    try:
        named = places_of_inputs(model, inputs)
    except CourseError:
        return  # it has not seen any input yet
    if len(named) != len(inputs):
        raise Wrong(
            f"It has {len(named)} input{'s' * (len(named) != 1)}, and the specification asks for "
            f"{len(inputs)}.",
            "One keras.Input for each input; keras.Model takes them as a list.",
        )
    taken = [place for _, place in named]
    left = [tuple(one.shape[1:]) for n, one in enumerate(inputs) if n not in taken]
    for shape in [shape for shape, place in named if place is None]:
        if shape[:1] == (None,) and any(len(shape) == len(asked) + 1 for asked in left):
            raise Wrong(
                f"Its input has the shape {shape}: that is one dimension too many.",
                "keras.Input wants the shape of one example. Keras adds the batch by itself.",
            )
        raise Wrong(
            f"It takes an input of shape {shape}, and the inputs here have another.",
            f"One example has the shape {left[0]} here."
            + " Its first call fixed that: make it anew." * _is_subclassed(model),
        )


def _judge_tracking(model, boxes):
    """Find layers made inside call, and layers that call forgets."""
    used = {id(box.layer) for box in boxes}
    for box in boxes:
        made = isinstance(box.layer, keras.layers.Layer)
        if made and box.layer.weights and not _is_inside(box.layer, model):
            raise Wrong(
                f"Its call makes a new {type(box.layer).__name__} every time it runs, with new "
                "weights, so it cannot learn.",
                "Make every layer in __init__, as `self.name = ...`; call only uses them.",
            )
    unused = [
        name
        for name, layer in vars(model).items()
        if isinstance(layer, keras.layers.Layer) and not name.startswith("_")
        if not any(id(one) in used for one in layer._flatten_layers())
    ]
    # A layer has weights once it was called; a model inside may have them from its own input.
    lost = [
        name
        for name in unused
        if getattr(model, name).weights and not isinstance(getattr(model, name), keras.Model)
    ]
    if unused:
        raise Wrong(
            f"What `self.{lost[-1]}` gives is lost: nothing on the way to the output takes it."
            if lost
            else f"The layer `self.{unused[0]}` is made in __init__, and call never uses it, or "
            "loses what it gives.",
            "In call, every layer takes what the layer before it gave, without a gap.",
        )


def _is_inside(layer, model):
    return any(layer is one for one in model._flatten_layers())


def _steps(boxes, inputs):
    """List the steps that some layers are, with activations drawn into them."""
    steps, place = [], {}
    for box in boxes:
        sources = [_place_of(source, place, inputs) for source in box.sources]
        activation = _pure_activation(box.layer)
        if activation is not None and sources and sources[0] > 0:
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
                box.layer,
            )
        )
        place[id(box)] = len(steps)
    return steps


def _place_of(source, place, inputs):
    if not is_input(source):
        return place.get(id(source), 0)
    shape = source.shapes[0][0]
    return -next((n for n, one in enumerate(inputs) if fits(shape, one.shape[1:])), 0)


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


def _in_training(boxes):
    """What works in training only, in order: kind, setting, place, size of what comes out."""
    found, weighted = [], 0
    for box in boxes:
        kind = type(box.layer).__name__
        if kind in AT_WORK_IN_TRAINING_ONLY and not _does_nothing(box.layer):
            setting = getattr(box.layer, "rate", None) or getattr(box.layer, "momentum", None)
            size = math.prod(size or 1 for size in box.shapes[0][0])
            found.append((kind, setting, weighted, size))
        weighted += bool(box.layer.weights) if isinstance(box.layer, keras.layers.Layer) else 0
    return found


def _judge_layers(model, reference, expected):
    """Say in words what the first difference is, in the order most like the specification's."""
    expected = _steps(expected, reference.inputs)
    ways = [_steps(order, reference.inputs) for order in orders_of(model, of_all_merges=True)]
    steps = max(ways, key=lambda steps: _likeness(steps, expected))
    _judge_use_of_inputs(model, reference)
    try:
        _judge_steps(steps, expected)
    except Wrong as wrong:
        told, hint = wrong.told, wrong.hint
        if _style_of(model) == "graph" and "missing" in told:
            told = f"On the way from input to output, {told}" if told[0].isdigit() else told
            hint += " If it stands in your cell: does a later line take what it gives?"
        if _is_subclassed(model):
            told, hint = _in_the_order_of_call(model, steps, told, hint)
        raise Wrong(told, hint) from None


def _in_the_order_of_call(model, steps, told, hint):
    """Name the layer, if call uses the layers in another order than they are made in."""
    names = _names_on_self(model)
    used = dict.fromkeys(names[id(step.layer)] for step in steps if id(step.layer) in names)
    number = re.match(r"Layer (\d+), an? (\w+),", told)
    if not number or list(used) == [name for name in vars(model) if name in used]:
        return told, hint
    layer = steps[int(number[1]) - 1].layer
    name = names.get(id(layer))
    if name is None:
        return told, hint
    who = f"`self.{name}`" if getattr(model, name) is layer else f"a {number[2]} in `self.{name}`"
    return (
        f"Layer {number[1]} in call, {who},{told[number.end() :]}",
        f"{hint} Does call use the layers in the order of the points?",
    )


def _judge_use_of_inputs(model, reference):
    used = [box.shapes[0][0] for box in inputs_used(model)]
    for one in reference.inputs:
        shape = tuple(one.shape[1:])
        require(
            any(fits(other, shape) for other in used),
            f"The input of shape {shape} is never used on the way to the output.",
            "Follow its arrows: what takes this input, and what takes that in turn?",
        )


def _likeness(steps, expected):
    pairs = list(zip(steps, expected, strict=False))
    return sum((a.kind == b.kind) + (a.looks == b.looks) for a, b in pairs)


def _judge_steps(steps, expected):
    """Say in words what the first difference between two lists of steps is."""
    for place, (mine, asked) in enumerate(zip(steps, expected, strict=False)):
        number = place + 1
        if mine.looks != asked.looks and _lacks_one(steps, expected, place, lambda s: s.looks):
            _say_that_one_is_missing(steps, expected, place)
        if mine.looks != asked.looks and _lacks_one(expected, steps, place, lambda s: s.looks):
            _say_that_one_is_too_many(steps, expected, place)
        gap = len(expected) - len(steps)
        rest, asked_rest = steps[place:], expected[place + gap :]
        if gap > 1 and [step.looks for step in rest] == [step.looks for step in asked_rest]:
            _say_that_one_is_missing(steps, expected, place, several=gap)
        if mine.kind != asked.kind:
            _say_which_layer(steps, expected, place)
        for key, value in asked.settings.items():
            if mine.settings.get(key, value) != value:
                default = DEFAULTS.get(key) == value
                raise Wrong(
                    f"Layer {number}, {_a(mine.kind)}, has {_setting(key, mine.settings[key])}.",
                    f"Point {number} does not ask for that: leave out {key}."
                    if default
                    else f"Point {number} asks for {_setting(key, value)}.",
                )
        if mine.activations != asked.activations:
            _say_which_activation(mine, asked, number)
        if mine.calls != asked.calls:
            raise Wrong(
                f"Layer {number}, {_a(mine.kind)}, is used {_times(mine.calls)}.",
                f"The specification uses it {_times(asked.calls)}.",
            )
        if sorted(mine.sources) != sorted(asked.sources):
            raise Wrong(
                f"Layer {number}, {_a(mine.kind)}, takes its input from the wrong place.",
                f"It should take what comes from {_sources(asked.sources)}.",
            )
        if mine.sources != asked.sources and asked.kind not in ANY_ORDER:
            raise Wrong(
                f"Layer {number}, {_a(mine.kind)}, takes its inputs in another order than "
                "asked for.",
                f"First comes what {_sources(asked.sources[:1])} gives.",
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


def _setting(key, value):
    if (key, value) == ("padding", "valid"):
        return "no padding"
    words = SETTINGS[key].format(value)
    return words.removesuffix("s") if words in ("1 units", "1 filters") else words


def _times(count):
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _sources(sources):
    inputs = {0: "the input", -1: "the second input", -2: "the third input"}
    return " and ".join(inputs.get(number, f"layer {number}") for number in sources)


def _lacks_one(steps, others, place, look):
    """Whether from a place on steps are like others, but for the one that these have there."""
    shorter, longer = [look(step) for step in steps], [look(step) for step in others]
    return (
        len(steps) < len(others) and shorter[place:] == longer[place + 1 :][: len(shorter) - place]
    )


def _say_that_one_is_missing(steps, expected, place, several=0):
    before = f"after layer {place} ({steps[place - 1].kind})" if place else "at the start"
    if place and max(expected[place].sources, default=1) <= 0:  # it takes an input
        before = "at the start of a branch"
    hint = f"Point {place + 1} asks for {_a(expected[place].kind)}."
    missing = f"{several} layers are" if several else "a layer is"
    told = f"On the way from input to output, {missing} missing {before}."
    raise Wrong(told, hint)


def _say_that_one_is_too_many(steps, expected, place):
    mine, asked = steps[place], expected[place]
    if mine.kind == asked.kind:
        raise Wrong(
            f"It has {_a(mine.kind)} too many, layer {place + 1} or one beside it.",
            f"Count the layers of this kind: point {place + 1} asks for the next that follows.",
        )
    before = place == 0 and not isinstance(mine.layer, keras.layers.Layer)
    raise Wrong(
        f"It {ARITHMETIC[mine.kind]} the input before the first layer, and no point asks for that."
        if before and mine.kind in ARITHMETIC
        else f"Layer {place + 1}, {_a(mine.kind)}, is not in the specification.",
        f"Point {place + 1} asks for {_a(asked.kind)}, which comes right after it.",
    )


def _say_which_layer(steps, expected, place):
    number, mine, asked = place + 1, steps[place], expected[place]
    kinds, asked_kinds = [s.kind for s in steps], [s.kind for s in expected]
    hint = f"Point {number} asks for {_a(asked.kind)}."
    if _lacks_one(steps, expected, place, lambda step: step.kind):
        _say_that_one_is_missing(steps, expected, place)
    if kinds[place : place + 2] == asked_kinds[place : place + 2][::-1]:
        told = f"Layers {number} and {number + 1} ({mine.kind} and {asked.kind}) are swapped."
        if expected[place + 1].sources == (number,):
            hint = f"{hint[:-1]}, and the {mine.kind} of point {number + 1} takes what that gives."
        raise Wrong(told, hint)
    if len(steps) > len(expected) and kinds[place + 1 : place + 2] == asked_kinds[place:][:1]:
        _say_that_one_is_too_many(steps, expected, place)
    raise Wrong(
        f"Layer {number} is {_a(mine.kind)}, and the specification has something else there.", hint
    )


def _say_which_activation(mine, asked, number):
    layer = f"Layer {number}, {_a(mine.kind)},"
    wanted = asked.activations[0] if asked.activations else None
    hint = f"Point {number} asks for {f'the activation {wanted}' if wanted else 'no activation'}."
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
    fresh = [keras.Input(one.shape[1:], dtype=one.dtype, name=one.name) for one in inputs]
    if not model.built:
        return model(fresh if len(fresh) > 1 else fresh[0])
    with leaving_no_trace(model):
        return model(arranged(model, fresh, inputs))


def _same_function(model, reference, order, expected):
    """Compare the answers of two models to random inputs, both with the same random weights.

    `order` and `expected` are their layers in an order in which they may correspond; `order` is
    None for a model that cannot be opened.
    """
    if order and _in_training(order) != _in_training(expected):
        return False
    mine, theirs = _weights_of(order) if order else model.weights, _weights_of(expected)
    if [w.shape for w in mine] != [w.shape for w in theirs] or model.count_params() != sum(
        math.prod(w.shape) for w in mine
    ):
        return False
    random = np.random.default_rng(0)
    before = [weight.numpy() for weight in mine]
    values = [_random_values(random, weight) for weight in theirs]
    try:
        # Two examples of ordinary size and, so that bends far from zero show too, two large ones.
        same = _same_answers(model, reference, mine, theirs, values, spreads=(1, 4))
        turned = [_turned(weight, value) for weight, value in zip(theirs, values, strict=True)]
        if same and any(a is not b for a, b in zip(turned, values, strict=True)):
            same = _same_answers(model, reference, mine, theirs, turned, spreads=(1,))
        return same
    except Exception:  # a model that breaks on numbers is not the one asked for
        return False
    finally:
        for weight, values in zip(mine, before, strict=True):
            weight.assign(values)


def _weights_of(boxes):
    return [weight for box in boxes for weight in getattr(box.layer, "weights", [])]


def _random_values(random, weight):
    if len(weight.shape) > 1:
        spread = math.sqrt(2 / math.prod(weight.shape[:-1]))
        return random.normal(0, spread, weight.shape).astype("float32")
    if "variance" in weight.name:
        return random.uniform(0.5, 1.5, weight.shape).astype("float32")
    return random.normal(0, 0.5, weight.shape).astype("float32")


def _turned(weight, value):
    """The value with its sign turned round, where few outputs may all have the same sign."""
    few = value.ndim and value.shape[-1] <= FEW and "variance" not in weight.name
    return -value if few else value


def _same_answers(model, reference, mine, theirs, values, spreads):
    for one, other, value in zip(mine, theirs, values, strict=True):
        one.assign(value)
        other.assign(value)
    random = np.random.default_rng(1)
    for spread in spreads:
        questions = _questions(reference, random, spread)
        answers = [
            [np.asarray(x) for x in keras.tree.flatten(_answer(one, questions, reference.inputs))]
            for one in (model, reference)
        ]
        for a, b in zip(*answers, strict=True):
            if a.shape != b.shape or not np.allclose(a, b, rtol=1e-3, atol=1e-4 * np.abs(b).max()):
                return False
    return True


def _answer(model, questions, inputs):
    return model(arranged(model, questions, inputs), **told_training(model, False))


def _questions(reference, random=None, spread=1):
    random = random or np.random.default_rng(0)
    return [_random_inputs(random, one, spread) for one in reference.inputs]


def _random_inputs(random, tensor, spread):
    shape = (1 if math.prod(tensor.shape[1:]) > 50_000 else 2, *tensor.shape[1:])
    if "int" in str(tensor.dtype):
        return random.integers(0, 4, shape).astype(tensor.dtype)
    return random.normal(0, spread, shape).astype("float32")
