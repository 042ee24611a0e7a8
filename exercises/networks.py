"""Is a learner's model the network that the specification describes? If not, what differs first?

The verdict is taken from what the models do: with the same weights they must give the same answers.
So every style and spelling counts. The layers are looked at only to find words for what is wrong.
"""

import inspect
import re

from exercises.modes import judge_training, require_default
from exercises.verdicts import Wrong, describe, first_line, require, require_super
from helpers.arguments import CourseError
from helpers.comparison import compare, partners
from helpers.differences import OWN, how_often, with_article
from helpers.models import (
    all_layers,
    boxes_of,
    call_model,
    open_model,
    packed,
    undecorated,
)

import keras
import numpy as np
import tensorflow as tf

# How a setting of a layer reads in a sentence; others read as they are written.
SETTINGS = {
    "filters": "{} filters",
    "units": "{} units",
    "kernel_size": "a window of {}",
    "pool_size": "a window of {}",
    "strides": "strides of {}",
    "padding": "the padding {!r}",
    "dilation_rate": "a dilation of {}",
    "rate": "the rate {}",
    "axis": "axis {}",
    "momentum": "a momentum of {}",
    "epsilon": "an epsilon of {}",
}
DEFAULTS = {
    "padding": "valid",
    "use_bias": True,
    "dilation_rate": (1, 1),
    "strides": (1, 1),
    "groups": 1,
    "scale": True,
    "center": True,
}
ARITHMETIC = {
    "TrueDivide": "divides",
    "Divide": "divides",
    "Multiply": "multiplies",
    "Add": "adds to",
    "Subtract": "subtracts from",
}


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
    with undecorated(answer):
        return _judge_network(answer, reference, style, in_parts)


def _judge_network(answer, reference, style, in_parts):
    model = built_model(answer, reference.inputs)
    if style:
        judge_style(model, style, in_parts)
    graph = open_model(model, training=True, closed=True)
    if _is_subclassed(model) and not graph.reason:
        _judge_tracking(model, boxes_of(graph))
    _judge_trainable(model)
    verdict = compare(model, reference)
    difference = verdict.difference
    if difference and difference.where:
        require(
            not graph.reason,
            f"Its answers are not those of the network that is asked for, and no check can see "
            f"why: {graph.reason}.",
            "In `call`, use the layers that the specification names, and no more.",
        )
        _judge_use_of_inputs(graph, reference)
        _judge_sharing(graph, open_model(reference, closed=True))
        told, hint = _in_words(difference, model)
        raise Wrong(told, hint)
    _judge_outputs(model, reference)
    if _is_subclassed(model):
        judge_training(model, _example(graph, reference))
    if verdict.same is None:
        raise Wrong(
            f"Whether it is the network that is asked for cannot be told: {verdict.reason}.",
            "Write it with the layers that the specification names.",
        )
    if not verdict.same:
        raise Wrong(
            "Its layers look right, but with the same weights its answers are not those of the "
            f"network that is asked for: {_parting(difference)}.",
            "Follow one image through it: is a layer called twice or passed by, is anything "
            "added, scaled or reshaped on the way?",
        )
    _judge_gradients(model, reference)
    return model


def _parting(difference):
    """How the answers part, as the end of a sentence."""
    if difference.what == "stops":
        return f"given several examples at once, {difference.key} each, it stops"
    if difference.what == "answer":
        return f"one of them is {difference.mine}, where {difference.theirs} is right"
    if difference.what == "weights":
        return f"it has {difference.mine:,} parameters, and there are to be {difference.theirs:,}"
    return f"they part while it trains, through {difference.mine}"


def _judge_trainable(model):
    """Find a layer that training leaves as it is."""
    for layer in all_layers(model):
        if not layer.trainable and layer.weights:
            kind = type(layer).__name__
            raise Wrong(
                f"Its {kind} is frozen, so it cannot learn.",
                "Training changes a layer's weights only while its `trainable` is True.",
            )


def _judge_gradients(model, reference):
    """Find a layer to which no gradient finds its way, when training traces the model."""
    weights, gradients = model.trainable_variables, []
    inputs = [tf.TensorSpec((2, *one.shape[1:]), one.dtype) for one in reference.inputs]
    graph = open_model(model, closed=True)
    places = partners(graph.inputs, open_model(reference).inputs)

    @tf.function
    def trace(*values):
        arguments = packed(graph, [values[place] for place in places])
        with tf.GradientTape() as tape:
            outputs = keras.tree.flatten(call_model(model, arguments, training=True))
        gradients.extend(tape.gradient(outputs, weights))

    try:
        trace.get_concrete_function(*inputs)
    except Exception:  # it can be called, but not traced
        return
    lost = {id(one) for one, gradient in zip(weights, gradients, strict=True) if gradient is None}
    for layer in sorted(all_layers(model), key=lambda one: isinstance(one, keras.Model)):
        require(
            lost.isdisjoint(map(id, layer.trainable_variables)),
            f"Its {type(layer).__name__} cannot learn: no gradient finds its way back to it.",
            "What stops gradients has no place between the layers.",
        )


def _example(graph, reference):
    """A batch of two that the model takes."""
    places = partners(graph.inputs, open_model(reference).inputs)
    random, values = np.random.default_rng(0), [None] * len(places)
    for place, to in enumerate(places):
        shape, dtype = reference.inputs[to].shape[1:], reference.inputs[to].dtype
        values[place] = random.normal(0, 1, (2, *shape)).astype(dtype)
    return packed(graph, values)


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
            require_default(answer)
            raise Wrong(
                "Its call cannot be called with one input: look at what its brackets hold.",
                "Every method has `self` first, then what it takes.",
            ) from None
        if "Only input tensors may be passed as positional" in str(error):
            raise Wrong(
                "Its call hands a layer something that is no tensor, without saying which argument "
                "that is.",
                "Only tensors go by their place in the brackets. Say `training=training`.",
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
    at_fault = [one for one in all_layers(model) if layer and one.name == layer[1]]
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
    line = first_line(error)
    if len(line) <= 100:
        return f'Keras says "{line}".'
    return f"{who or 'one of its steps'} cannot compute with what it gets."


def _names_on_self(model):
    """For the id of each layer in a class, the name on `self` of it, or of the part it is in."""
    return {
        id(one): name
        for name, part in vars(model).items()
        if isinstance(part, keras.layers.Layer) and not name.startswith("_")
        for one in all_layers(part)
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
            f"It is a {style} that holds a whole model, {with_article(type(inner[0]).__name__)}, "
            "and here the layers themselves are to stand in it.",
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
    if not model.built:
        return
    try:
        named = [step.shapes[0][1:] for step in open_model(model, closed=True).inputs]
    except CourseError:
        return  # nobody knows them yet
    if len(named) != len(inputs):
        raise Wrong(
            f"It has {len(named)} input{'s' * (len(named) != 1)}, and the specification asks for "
            f"{len(inputs)}.",
            "One keras.Input for each input; keras.Model takes them as a list.",
        )
    left = [tuple(one.shape[1:]) for one in inputs]
    astray = []
    for shape in named:
        fitting = [asked for asked in left if _fits(shape, asked)]
        if fitting:
            left.remove(fitting[0])
        else:
            astray.append(shape)
    for shape in astray:
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


def _fits(shape, asked):
    """Whether a shape is the one asked for; None stands for any size."""
    return len(shape) == len(asked) and all(
        a in (None, b) for a, b in zip(shape, asked, strict=True)
    )


def _judge_tracking(model, boxes):
    """Find layers made inside call, and layers that call forgets."""
    used = {id(box.layer) for box in boxes}
    for box in boxes:
        made = isinstance(box.layer, keras.layers.Layer) and not isinstance(
            box.layer, keras.layers.InputLayer
        )
        if made and box.layer.weights and not _is_inside(box.layer, model):
            kind = type(box.layer).__name__
            again = boxes_of(open_model(model, training=True, closed=True))
            raise Wrong(
                f"Its call uses a {kind} from outside the class, whose weights are not trained."
                if any(one.layer is box.layer for one in again)
                else f"Its call makes a new {kind} every time it runs, with new weights, so it "
                "cannot learn.",
                "Make every layer in __init__, as `self.name = ...`; call only uses them.",
            )
    unused = [
        name
        for name, layer in vars(model).items()
        if isinstance(layer, keras.layers.Layer) and not name.startswith("_")
        if not any(id(one) in used for one in all_layers(layer))
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
    return any(layer is one for one in all_layers(model))


def _in_words(difference, model):
    """What a difference from the specification is, and a hint, for a learner."""
    told, hint = TELLING[difference.what](difference)
    if _style_of(model) == "graph" and difference.what == "missing":
        hint += " If it stands in your cell: does a later line take what it gives?"
    if _is_subclassed(model) and difference.mine is not None and difference.what in BY_NAME:
        names = _names_on_self(model)
        name = names.get(id(difference.mine.layer))
        used = [names[id(layer)] for layer in _called(model) if id(layer) in names]
        made = [made for made in vars(model) if made in used]
        if name and list(dict.fromkeys(used)) != made:
            kind, where = difference.mine.kind, difference.where
            part = getattr(model, name) is not difference.mine.layer
            who = f"a {kind} in `self.{name}`" if part else f"`self.{name}`"
            rest = told.partition(",")[2].removeprefix(f" {with_article(kind)},")
            told = f"Layer {where} in call, {who},{rest}"
            hint += " Does call use the layers in the order of the points?"
    return told, hint


def _called(model):
    """The layers of a model in the order in which its call uses them."""
    return [box.layer for box in boxes_of(open_model(model, training=True, closed=True))]


def _about(difference):
    return f"Layer {difference.where}, {with_article(difference.mine.kind)},"


def _tell_missing(difference):
    place, theirs = difference.where - 1, difference.theirs
    if difference.mine is None:
        return (
            f"After its {place} layers something is still missing.",
            f"Go on with point {difference.where} of the specification.",
        )
    before = f"after layer {place} ({difference.before.kind})" if place else "at the start"
    if place and max(theirs.sources, default=1) <= 0:  # it takes an input
        before = "at the start of a branch"
    missing = f"{difference.count} layers are" if difference.count > 1 else "a layer is"
    return (
        f"On the way from input to output, {missing} missing {before}.",
        f"Point {difference.where} asks for {with_article(theirs.kind)}.",
    )


def _tell_extra(difference):
    number, mine, theirs = difference.where, difference.mine, difference.theirs
    if theirs is None:
        return (
            f"It has a layer too many: layer {number}, {with_article(mine.kind)}.",
            f"The specification ends with point {number - 1}.",
        )
    if mine.kind == theirs.kind:
        return (
            f"It has {with_article(mine.kind)} too many, layer {number} or one beside it.",
            f"Count the layers of this kind: point {number} asks for the next that follows.",
        )
    before = number == 1 and not isinstance(mine.layer, keras.layers.Layer)
    told = f"Layer {number}, {with_article(mine.kind)}, is one too many."
    if before and mine.kind in ARITHMETIC:
        told = (
            f"It {ARITHMETIC[mine.kind]} the input before the first layer, and no point asks for "
            "that."
        )
    return told, f"Point {number} asks for {with_article(theirs.kind)}, which comes right after it."


def _tell_swapped(difference):
    number, mine, theirs = difference.where, difference.mine, difference.theirs
    hint = f"Point {number} asks for {with_article(theirs.kind)}."
    if difference.after.sources == (number,):
        hint = f"{hint[:-1]}, and the {mine.kind} of point {number + 1} takes what that gives."
    return f"Layers {number} and {number + 1} ({mine.kind} and {theirs.kind}) are swapped.", hint


def _tell_kind(difference):
    return (
        f"{_about(difference)[:-1].replace(',', ' is')}, and another layer belongs there.",
        f"Point {difference.where} asks for {with_article(difference.theirs.kind)}.",
    )


def _tell_setting(difference):
    key, number = difference.key, difference.where
    mine, theirs = (stage.settings.get(key) for stage in (difference.mine, difference.theirs))
    return (
        f"{_about(difference)} has {_setting(key, mine)}.",
        f"Point {number} does not ask for that: leave out {key}."
        if DEFAULTS.get(key) == theirs
        else f"Point {number} asks for {_setting(key, theirs)}.",
    )


def _tell_activation(difference):
    mine, wanted = difference.mine.activations, difference.theirs.activations[:1]
    asked = f"the activation {wanted[0]}" if wanted else "no activation"
    hint = f"Point {difference.where} asks for {asked}."
    if not mine:
        return f"{_about(difference)} has no activation.", hint
    if len(mine) > 1 and len(set(mine)) == 1:
        return (
            f"{_about(difference)} is followed by {mine[0]} twice.",
            "It stands in the layer and once more after it: one of the two is enough.",
        )
    if not wanted:
        return f"{_about(difference)} has an activation ({mine[0]}) too many.", hint
    has = " and then ".join(mine)
    has = f"an activation {OWN}" if has == OWN else f"the activation {has}"
    return f"{_about(difference)} has {has}.", hint


def _tell_calls(difference):
    return (
        f"{_about(difference)} is used {how_often(difference.mine.calls)}.",
        f"The specification uses it {how_often(difference.theirs.calls)}.",
    )


def _tell_source(difference):
    return (
        f"{_about(difference)} takes its input from the wrong place.",
        f"It should take what comes from {_sources(difference.theirs.sources)}.",
    )


def _tell_order(difference):
    return (
        f"{_about(difference)} takes its inputs in another order than asked for.",
        f"First comes what {_sources(difference.theirs.sources[:1])} gives.",
    )


TELLING = {
    "missing": _tell_missing,
    "extra": _tell_extra,
    "swapped": _tell_swapped,
    "kind": _tell_kind,
    "setting": _tell_setting,
    "activation": _tell_activation,
    "calls": _tell_calls,
    "source": _tell_source,
    "order": _tell_order,
}
BY_NAME = ("kind", "setting", "activation", "calls", "source", "order")


def _judge_use_of_inputs(graph, reference):
    used = [source.shapes[0] for step in graph.steps for source, _ in step.sources]
    for one in reference.inputs:
        shape = tuple(one.shape[1:])
        require(
            any(_fits(other[1:], shape) for other in used),
            f"The input of shape {shape} is never used on the way to the output.",
            "Follow its arrows: what takes this input, and what takes that in turn?",
        )


def _judge_sharing(graph, reference):
    """Find a layer that is called twice, where each point is a layer of its own."""
    if any(box.calls > 1 for box in boxes_of(reference)):
        return
    for box in boxes_of(graph):
        require(
            box.calls == 1 or not getattr(box.layer, "weights", None),
            f"A single {type(box.layer).__name__} is used {how_often(box.calls)}, with the same "
            "weights each time.",
            "Each point of the specification is a layer of its own.",
        )


def _setting(key, value):
    if (key, value) == ("padding", "valid"):
        return "no padding"
    words = SETTINGS.get(key, f"{key}={{!r}}").format(value)
    return words.removesuffix("s") if words in ("1 units", "1 filters") else words


def _sources(sources):
    inputs = {0: "the input", -1: "the second input", -2: "the third input"}
    return " and ".join(inputs.get(number, f"layer {number}") for number in sources)


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
    graph = open_model(model, closed=True)
    wanted = keras.Model(inputs, [keras.layers.Identity()(one) for one in inputs])
    places = partners(graph.inputs, open_model(wanted).inputs)
    args, kwargs = packed(graph, [fresh[place] for place in places])
    return model(*args, **kwargs)
