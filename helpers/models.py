"""What does a Keras model do, step by step, and are two models the same function?

This is the one module that touches what Keras keeps private. Each such place says why, and what
public way would end it.
"""

import inspect
import itertools
import linecache
import math
import re
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from unittest import mock

from helpers.notebook import CourseError

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.common import global_state
from keras.src.layers import layer as layer_module  # no public way to call a layer without a node

REQUIRED = inspect.Parameter.empty


@dataclass(eq=False)
class Step:
    """One call of one layer or operation.

    Attributes:
        layer: The `keras.Operation` that is called: a layer, an `InputLayer`, or what `ops.abs(x)`
            and `x + y` stand for.
        inside: The opened models and layers around it, the outermost first.
        sources: For each tensor that it takes, the step that gives it and the place among what
            that step gives.
        shapes: The shape of each tensor that it gives, the batch first.
        arguments: What it takes besides tensors, by name or place.
        variables: The variables of the layer, and those given to the operation.
        reason: Why a layer of one's own, or a model, is one step here; None where it need not be
            opened.
    """

    layer: keras.Operation
    inside: tuple = ()
    sources: list = field(default_factory=list)
    shapes: list = field(default_factory=list)
    arguments: dict = field(default_factory=dict)
    variables: list = field(default_factory=list)
    reason: str | None = None


@dataclass
class Graph:
    """A model, opened: its inputs and steps in the order of their calls, and where it ends.

    Attributes:
        inputs: The steps that stand for its inputs.
        steps: All other steps on the way to its outputs.
        outputs: For each output, the step that gives it and the place among what that gives.
        call: The positional and the named arguments of the model, as structures of `KerasTensor`.
        reason: Why the whole model is one closed step, or None.
    """

    inputs: list
    steps: list
    outputs: list
    call: tuple
    reason: str | None = None


# Opening


def open_model(model, input_shape=None, nested=True, training=False, closed=False) -> Graph:
    """Open a model of any style to the steps that it takes from its inputs to its outputs.

    It is called as Keras itself calls it, on tensors that have a shape but no numbers, and left as
    it was, except that one not built yet is built for `input_shape`.

    Args:
        model: A Sequential, Functional or subclassed `keras.Model`.
        input_shape: The shape of one input without the batch, or a list or dictionary of shapes.
            Needed only by a model that has seen no input yet. The keys of a dictionary may be
            those of the dictionary that the model takes, or the names of the arguments of `call`.
        nested: Open the models and layers inside, too. Keras's own layers stay closed.
        training: What a `call` is told that asks whether the model trains.
        closed: Where the model cannot be opened, return a graph of one closed step.

    Raises:
        CourseError: It is no model, no input is known, or it cannot be opened, and why.
    """
    check_it_is_a_model(model)
    with _left_as_it_was(model):
        arguments = _symbolic_arguments(model, input_shape)
        trace = _Trace(model, nested, arguments)
        try:
            with trace:
                outputs = call_model(model, arguments, training)
        except Exception as error:
            reason = _reason(error)
            if not closed:
                raise CourseError(f"{title(model)} cannot be opened: {reason}.") from error
            return _closed_graph(model, arguments, training, reason)
    return trace.graph(arguments, outputs)


def check_it_is_a_model(model, who: str = "This") -> None:
    """Raise a CourseError unless something is a Keras model with layers.

    Args:
        model: Anything.
        who: What needs the model, to begin the sentence.
    """
    if isinstance(model, type):
        got = f"the class {model.__name__}; make a model from it first: {model.__name__}()"
    elif any(kind.__module__.startswith("tf_keras") for kind in type(model).__mro__):
        got = "a model of tf_keras, which is Keras 2; build it with `import keras` instead"
    elif not isinstance(model, keras.Model):
        got = "None" if model is None else f"a {type(model).__name__}"
        got += "; make a model first, as in keras.Sequential([...]), and pass that"
    elif isinstance(model, keras.Sequential) and not model.layers:
        got = "a Sequential model without layers; add some first"
    elif not is_graph(model) and type(model).call is keras.Model.call:
        raise CourseError(f"{title(model)} does not have a `call()`: nobody can say what it does.")
    else:
        return
    raise CourseError(f"{who} needs a Keras model, and got {got}.")


def is_graph(model) -> bool:
    """Whether a model was made from `inputs` and `outputs` (Keras has no public name for that)."""
    return hasattr(model, "_inputs_struct")


def title(layer) -> str:
    """A layer or model, named in a sentence: "The Digits model 'mine'"."""
    kind = "model" if isinstance(layer, keras.Model) else "layer"
    name = "" if is_automatic(layer) else f" {layer.name!r}"
    return f"The {type(layer).__name__} {kind}{name}"


def is_automatic(layer) -> bool:
    """Whether a layer's name is the one that Keras gives, as conv2d_1 is."""
    plain, given = (re.sub(r"_", "", text).lower() for text in (type(layer).__name__, layer.name))
    return re.fullmatch(rf"({re.escape(plain)}|kerastensor)\d*", given) is not None and (
        plain[-1:].isdigit() or re.fullmatch(r".*?(_\d+)?", layer.name) is not None
    )


def layers_inside(layer) -> list:
    """The layers inside a model, or inside a layer of one's own; Keras's own stay closed."""
    if not is_opened(layer):
        return []
    inside = getattr(layer, "_layers", [])  # `Layer` has no public `layers`, only `Model` has
    return [one for one in inside if not isinstance(one, keras.layers.InputLayer)]


def is_opened(layer) -> bool:
    """Whether a layer is opened to its steps: a model, or a layer of one's own with layers."""
    if isinstance(layer, keras.Model):
        return True
    own = isinstance(layer, keras.layers.Layer) and not type(layer).__module__.startswith("keras.")
    return own and not isinstance(layer, keras.layers.Wrapper) and bool(layer._layers)


def all_layers(model) -> list:
    """A model and every layer in it, at any depth (`_flatten_layers` is private in Keras)."""
    return model._flatten_layers()


def call_model(model, arguments, training=None):
    """Call a model the way `fit` and `predict` do: `training` is told only to a call that asks."""
    args, kwargs = arguments
    asks = "training" in inspect.signature(model.call).parameters
    told = {"training": training} if asks and training is not None else {}
    return model(*args, **kwargs, **told)


class _Trace:
    """Writes down every call of a layer or operation on a symbolic tensor, while it is entered."""

    def __init__(self, root, nested, arguments):
        self.root, self.nested = root, nested
        self.steps, self.inside, self.paused = [], (), False
        self.inputs = [Step(_input_layer(x), shapes=[tuple(x.shape)]) for x in _tensors(arguments)]
        # By the id of a tensor: the step that gives it, the place there, and the tensor.
        self.given = {
            id(x): (step, 0, x) for x, step in zip(_tensors(arguments), self.inputs, strict=True)
        }

    def __enter__(self):
        """Have Keras tell of each call in place of adding a node to the layer's history."""
        trace = self

        def symbolic_call(operation, *args, **kwargs):
            return trace.call(operation, args, kwargs)

        def call(operation, *args, **kwargs):  # of a layer with weights on plain numbers
            if trace.paused or not getattr(operation, "weights", None):
                return plain_call(operation, *args, **kwargs)
            if not _tensors((args, kwargs)):
                args, kwargs = keras.tree.map_structure(_as_symbol, (args, kwargs))
            return plain_call(operation, *args, **kwargs)

        plain_call = keras.Operation.__call__
        self.stack = ExitStack()
        replace = lambda *names: self.stack.enter_context(mock.patch.object(*names))  # noqa: E731
        replace(keras.Operation, "symbolic_call", symbolic_call)
        replace(keras.layers.Layer, "symbolic_call", symbolic_call)
        replace(keras.Operation, "__call__", call)
        replace(layer_module, "Node", lambda **_: None)
        for name, error in NUMBERS_ASKED.items():
            replace(keras.KerasTensor, name, _raiser(error))
        for name in OPERATORS:  # so that `weight * x` asks x, as `x * weight` does
            replace(keras.Variable, name, _left_to_symbols(getattr(keras.Variable, name)))
        for name in ("assign", "assign_add", "assign_sub"):
            replace(keras.Variable, name, _unless_symbolic(getattr(keras.Variable, name)))
        replace(keras.layers.Layer, "add_loss", _unless_symbolic(keras.layers.Layer.add_loss))
        self.stack.enter_context(keras.StatelessScope())  # variables of Keras stay as they are
        return self

    def __exit__(self, *error):
        self.stack.close()

    def call(self, operation, args, kwargs):
        """What stands in for `symbolic_call`: open the layer, or write down one step."""
        if self.paused:
            return operation.compute_output_spec(*args, **kwargs)
        reason = None
        if operation is self.root or (self.nested and is_opened(operation)):
            length, given = len(self.steps), dict(self.given)
            self.inside += (operation,)
            try:
                return self.open(operation, args, kwargs)
            except Exception as error:
                if operation is self.root:
                    raise
                self.steps[length:], self.given, reason = [], given, _reason(error)
            finally:
                self.inside = self.inside[:-1]
        return self.close(operation, args, kwargs, reason)

    def open(self, layer, args, kwargs):
        """Follow a layer's own `call`, or walk along the graph of which a model was made."""
        if is_graph(layer) or isinstance(layer, keras.Sequential):
            return self.walk(layer, *args, **kwargs)
        return getattr(layer.call, "python_function", layer.call)(*args, **kwargs)

    def walk(self, model, inputs, training=None, mask=None):
        """Call the layers of a graph in their order; shapes that it knows are not worked out anew.

        `Functional.call` would do, and take as long as building the model does.
        """
        graph = model._functional if isinstance(model, keras.Sequential) else model
        tensors = {id(x): y for x, y in zip(graph.inputs, keras.tree.flatten(inputs), strict=True)}
        known = all(x.shape == tensors[id(x)].shape for x in graph.inputs)
        place = {id(operation): number for number, operation in enumerate(graph.operations)}
        for _, nodes in sorted(graph._nodes_by_depth.items(), reverse=True):
            for node in sorted(nodes, key=lambda node: place[id(node.operation)]):
                if node.is_input:
                    continue
                args, kwargs = node.arguments.fill_in(tensors)
                operation = node.operation
                if known and not (self.nested and is_opened(operation)):
                    outputs = [keras.KerasTensor(x.shape, x.dtype) for x in node.outputs]
                    self.add(operation, args, kwargs, outputs)
                else:
                    asked = getattr(operation, "_call_signature", NOTHING)
                    by_place = list(asked.parameters)[: len(args)]
                    if "training" in asked.parameters and "training" not in by_place:
                        kwargs = {**kwargs, "training": training}  # as `Functional` overrules it
                    outputs = keras.tree.flatten(operation(*args, **kwargs))
                tensors.update(zip(map(id, node.outputs), outputs, strict=True))
        return keras.tree.map_structure(lambda x: tensors[id(x)], graph._outputs_struct)

    def close(self, operation, args, kwargs, reason):
        """Write a call down as one step, with the shapes that Keras works out for it."""
        if type(operation).__name__ == "Cast" and _is_float(args[0].dtype):
            outputs = operation.compute_output_spec(*args, **kwargs)
            if _is_float(outputs.dtype):  # between precisions, which Keras does by itself
                if id(args[0]) in self.given:
                    self.given[id(outputs)] = (*self.given[id(args[0])][:2], outputs)
                return outputs
        self.paused = True
        try:
            outputs = operation.compute_output_spec(*args, **kwargs)
        finally:
            self.paused = False
        taken = {id(x) for x in _tensors((args, kwargs))}
        outputs = keras.tree.map_structure(
            lambda x: keras.KerasTensor(x.shape, x.dtype) if id(x) in taken else x, outputs
        )
        self.add(operation, args, kwargs, _tensors(outputs), reason)
        return outputs

    def add(self, operation, args, kwargs, outputs, reason=None):
        masks = {id(getattr(x, "_keras_mask", None)) for x in _tensors(args)}
        kwargs = {k: v for k, v in kwargs.items() if id(v) not in masks}  # Keras hands masks on
        flat = keras.tree.flatten((args, kwargs))
        variables = [x for x in flat if isinstance(x, keras.Variable)]
        step = Step(
            operation,
            self.inside[1:] if self.inside[:1] == (self.root,) else self.inside,
            [self.given[id(x)][:2] for x in flat if id(x) in self.given],  # others are constants
            [tuple(x.shape) for x in outputs],
            _beside_tensors(args, kwargs),
            [*getattr(operation, "variables", []), *variables],
            reason,
        )
        self.steps.append(step)
        self.given.update({id(x): (step, place, x) for place, x in enumerate(outputs)})

    def graph(self, arguments, outputs):
        """What was written down, without the steps that lead to no output."""
        ends = [self.given[id(x)][:2] for x in _tensors(outputs) if id(x) in self.given]
        wanted = {id(step) for step, _ in ends}
        for step in reversed(self.steps):
            if id(step) in wanted:
                wanted.update(id(source) for source, _ in step.sources)
        steps = [step for step in self.steps if id(step) in wanted]
        return Graph(self.inputs, steps, ends, arguments)


NOTHING = inspect.Signature()
OPERATORS = [
    f"__{r}{name}__"
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
    for r in ("", "r")
]


def _tensors(structure):
    return [x for x in keras.tree.flatten(structure) if isinstance(x, keras.KerasTensor)]


def _as_symbol(x):
    if tf.is_tensor(x) or isinstance(x, np.ndarray):
        return keras.KerasTensor(x.shape, keras.backend.standardize_dtype(x.dtype))
    return x


def _is_float(dtype):
    return "float" in str(dtype)


def _input_layer(tensor):
    """The InputLayer behind a `keras.Input` (no public attribute tells it), or a new one."""
    history = getattr(tensor, "_keras_history", None)
    if history and isinstance(history.operation, keras.layers.InputLayer):
        return history.operation
    return keras.layers.InputLayer(batch_shape=tensor.shape, dtype=tensor.dtype)


def _beside_tensors(args, kwargs):
    """The arguments of a call that are numbers, texts, slices or the like, by name or place."""
    named = [*enumerate(args), *kwargs.items()]
    symbols = keras.KerasTensor, keras.Variable
    return {
        name: value
        for name, value in named
        if value is not None and name != "training"
        if not any(isinstance(x, symbols) for x in keras.tree.flatten(value))
    }


def _closed_graph(model, arguments, training, reason):
    """A model that cannot be opened: one step, from its inputs to its outputs."""
    inputs = [Step(_input_layer(x), shapes=[tuple(x.shape)]) for x in _tensors(arguments)]
    step = Step(model, (), [(one, 0) for one in inputs], [], {}, list(model.variables), reason)
    try:
        asks = "training" in inspect.signature(model.call).parameters
        told = {"training": training} if asks else {}
        outputs = model.compute_output_spec(*arguments[0], **arguments[1], **told)
        step.shapes = [tuple(x.shape) for x in _tensors(outputs)]
    except Exception:  # Keras does not know the shapes either
        step.shapes = [()]
    return Graph(inputs, [step], [(step, n) for n in range(len(step.shapes))], arguments, reason)


# Why a model cannot be opened


class _NumbersAsked(Exception):
    """A symbolic tensor was asked for its numbers, and has none.

    Attributes:
        asked: What was asked, as words to follow "its call".
    """

    _keras_call_info_injected = True  # Keras leaves such errors as they are
    asked = "asks for the numbers in a tensor, and nothing has numbers while a model is opened"


class _Iffed(_NumbersAsked, TypeError):
    asked = (
        "asks `if` or `while` about the values in a tensor, and a model is opened without values"
    )


class _Converted(_NumbersAsked, ValueError):
    pass


class _ToNumPy(_NumbersAsked, ValueError):
    asked = (
        "hands a tensor to NumPy, which takes numbers only, where `keras.ops` takes symbols, too"
    )


NUMBERS_ASKED = {
    "__bool__": _Iffed,
    "__array__": _ToNumPy,
    "__tf_tensor__": _Converted,
    "__int__": _Converted,
    "__float__": _Converted,
}


def _raiser(error):
    def ask(tensor, *args, **kwargs):
        raise error("a tensor without numbers was asked for them")

    return ask


def _reason(error):
    """Say why a call could not be followed, from the error's type and the line it came from."""
    if isinstance(error, _Iffed):
        return f"its call {error.asked}{_own_line(error)[0]}"
    if isinstance(error, _NumbersAsked):
        line, library = _own_line(error)
        if library == "tensorflow":
            return (
                "its call hands a tensor to TensorFlow itself, which takes numbers only, where "
                f"`keras.ops` takes symbols, too{line}"
            )
        return f"its call {error.asked}{line}"
    text = re.sub(r"\x1b\[[\d;]*m", "", str(error))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(ABOUT_THE_CALL)] or lines
    return lines[0].rstrip(".") if lines else type(error).__name__


ABOUT_THE_CALL = ("Exception encountered when", "Could not auto")  # before what went wrong


def _own_line(error):
    """The innermost line of nobody's library on an error's way, and the library that it called."""
    found, library = "", ""
    frames = []
    trace = error.__traceback__
    while trace:
        frames.append((trace.tb_frame.f_globals.get("__name__", ""), trace))
        trace = trace.tb_next
    for place, (name, trace) in enumerate(frames):
        if name.partition(".")[0] not in ("keras", "tensorflow", "helpers", "numpy", "unittest"):
            code = trace.tb_frame.f_code
            text = linecache.getline(code.co_filename, trace.tb_lineno).strip()
            found = f' (in the line "{text}")' if text else ""
            library = (frames[place + 1][0] if place + 1 < len(frames) else "").partition(".")[0]
    return found, library


def _left_to_symbols(operator):
    def call(variable, other):
        if isinstance(other, keras.KerasTensor):
            return NotImplemented
        return operator(variable, other)

    return call


def _unless_symbolic(method):
    def call(owner, value):
        return owner if _tensors(value) else method(owner, value)

    return call


# Inputs


def _symbolic_arguments(model, input_shape):
    """The arguments to call a model with, as symbols; a model not built yet is built for them."""
    if model.built and is_graph(model):
        return (model._inputs_struct,), {}
    if model.built and isinstance(model, keras.Sequential):
        return (model.inputs[0],), {}
    possible = list(itertools.islice(_possible_arguments(model, input_shape), 100))
    if not possible:
        raise CourseError(_unknown_input(model))
    if len(possible) == 1 and all(layer.built for layer in all_layers(model)):
        return possible[0]
    fitting, first_error, was_built = [], None, model.built
    for arguments in possible:
        try:
            call_model(model, arguments, False)
            fitting.append(arguments)
        except Exception as error:
            first_error = first_error or error
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise CourseError(_unknown_input(model))
    if was_built:
        return possible[0]  # opening it meets the same error, and says so
    told = " and ".join(str(tuple(x.shape[1:])) for x in _tensors(possible[0]))
    reason = _reason(first_error)
    raise CourseError(f"{title(model)} does not take {told}: {reason}.") from first_error


def _possible_arguments(model, input_shape):
    """Yield the arguments that a class may be called with: as told, or as Keras has noted them.

    Keras notes the shape of the first argument only; those of the others, and of a model whose
    call it could not follow, are looked for among what the layers inside were built for.
    """
    needed = [
        name
        for name, parameter in inspect.signature(model.call).parameters.items()
        if parameter.default is REQUIRED and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        if name not in ("training", "mask")  # which Keras passes by itself
    ]
    dtype = model.input_dtype
    if input_shape is not None:
        by_name = isinstance(input_shape, dict) and len(needed) > 1
        if by_name and set(needed) <= set(input_shape):
            named = {
                name: keras.Input(tuple(shape), name=name) for name, shape in input_shape.items()
            }
            yield tuple(named.pop(name) for name in needed), named
            return
        try:
            inputs = _inputs_of_shapes(input_shape, 0, dtype)
        except Exception as error:
            raise CourseError(
                f"{input_shape!r} is no shape of an input: write sizes in brackets, as in "
                "input_shape=(28, 28, 1), or a list or dictionary of such shapes."
            ) from error
        several = isinstance(inputs, list) and len(needed) == len(inputs) > 1
        yield (tuple(inputs) if several else (inputs,)), {}
        return
    shapes = getattr(model, "_build_shapes_dict", None)  # no public way tells what a model saw
    first = list(shapes.values()) if shapes else []
    seen = [
        shape
        for layer in all_layers(model)
        for shape in list((getattr(layer, "_build_shapes_dict", None) or {}).values())[:1]
        if isinstance(shape, tuple) and all(isinstance(size, int | None) for size in shape)
    ]
    seen = [] if not model.built else list(dict.fromkeys((None, *shape[1:]) for shape in seen))
    missing = len(needed) - len(first) if first else min(len(needed), 1)
    if len(needed) > 3:
        return
    for rest in itertools.product(seen, repeat=max(0, missing)):
        shapes = [*first, *rest]
        if not shapes:
            return
        names = needed if len(needed) > 1 else [None]
        inputs = [_inputs_of_shapes(s, 1, dtype, n) for s, n in zip(shapes, names, strict=False)]
        yield tuple(inputs), {}


def _inputs_of_shapes(shapes, batch, dtype, name=None):
    """Make `keras.Input`s of a shape, or a list or dictionary of shapes with `batch` axes ahead."""
    if isinstance(shapes, dict):
        return {key: _inputs_of_shapes(shape, batch, dtype, key) for key, shape in shapes.items()}
    if any(isinstance(shape, list | tuple | dict) for shape in shapes):
        return [_inputs_of_shapes(shape, batch, dtype) for shape in shapes]
    dtype = dtype if _is_float(dtype) else "float32"
    return keras.Input(tuple(shapes)[batch:], name=name, dtype=dtype)


def _unknown_input(model):
    if model.built:
        return (
            f"{title(model)} was called, but Keras has kept no shape of its inputs: pass it, as in "
            "input_shape=(28, 28, 1), or a dictionary of shapes by the names of call's arguments."
        )
    return (
        f"{title(model)} has not seen an input yet, so its shapes are not known: call it once on a "
        "batch, or pass the shape of one input, as in input_shape=(28, 28, 1)."
    )


@contextmanager
def _left_as_it_was(*models):
    """Put back whatever calls change in models: attributes, histories, variables, names, seeds."""
    layers = {id(layer): layer for model in models for layer in all_layers(model)}.values()
    unbuilt = {id(layer) for layer in layers if not layer.built}
    kept = [(layer, dict(vars(layer))) for layer in layers if id(layer) not in unbuilt]
    inside = [(x, _copied(x)) for _, before in kept for x in before.values() if _is_container(x)]
    inside += [
        (nodes, list(nodes))
        for layer in layers
        if id(layer) in unbuilt
        for nodes in (layer._inbound_nodes, layer._outbound_nodes)
    ]
    flat = [x for _, before in kept for x in before.values()]
    flat += [
        x
        for _, content in inside
        for x in (content.values() if isinstance(content, dict) else content)
    ]
    plain = [(x, x.numpy()) for x in flat if isinstance(x, tf.Variable)]
    names = global_state.get_global_attribute("object_name_uids")  # what counts up in names
    counted = dict(names or {})
    try:
        yield
    finally:
        for layer, before in kept:
            if vars(layer).keys() != before.keys() or any(
                value is not before[name] for name, value in vars(layer).items()
            ):
                vars(layer).clear()
                vars(layer).update(before)
        for container, content in inside:
            _put_back(container, content)
        for variable, value in plain:
            variable.assign(value)
        if names is not None:
            names.clear()
            names.update(counted)


def _is_container(value):
    return isinstance(value, list | dict | set)


def _copied(container):
    return dict(container) if isinstance(container, dict) else list(container)


def _put_back(container, content):
    """Restore a list, dictionary or set, past the tracking of Keras's own kinds of them."""
    kind = next(kind for kind in (list, dict, set) if isinstance(container, kind))
    if len(container) == len(content) and kind is not set:
        now = container.values() if kind is dict else container
        before = content.values() if kind is dict else content
        if all(a is b for a, b in zip(now, before, strict=True)):
            return
    kind.clear(container)
    (kind.extend if kind is list else kind.update)(container, content)


# The steps as a person reads them


@dataclass(eq=False)
class Box:
    """One layer of an opened model, which may be called several times.

    Attributes:
        layer, inside: As those of a `Step`.
        steps: Its calls.
        sources: The boxes that it takes from, each as often as one call takes from it.
    """

    layer: keras.Operation
    inside: tuple
    steps: list = field(default_factory=list)
    sources: list = field(default_factory=list)

    @property
    def calls(self):
        """How often it is called."""
        return len(self.steps)

    @property
    def shapes(self):
        """For each call, the shapes of what comes out, without the batch."""
        return [[shape[1:] for shape in step.shapes] for step in self.steps]


def boxes_of(graph: Graph) -> list:
    """The layers of an opened model, inputs first, then in the order of their first calls."""
    boxes, of_step = {}, {}
    for step in [*graph.inputs, *graph.steps]:
        box = boxes.setdefault(id(step.layer), Box(step.layer, step.inside))
        box.steps.append(step)
        of_step[id(step)] = box
        feeds = [of_step[id(source)] for source, _ in step.sources if id(source) in of_step]
        for feed in dict.fromkeys(feeds):
            box.sources += [feed] * (feeds.count(feed) - box.sources.count(feed))
    return list(boxes.values())


def is_input(box) -> bool:
    """Whether a box stands for an input."""
    return isinstance(box.layer, keras.layers.InputLayer)


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
            stages[sources[0] - 1].activations += activation
            place[id(box.layer)] = sources[0]
            continue
        if _does_nothing(box.layer) and sources:
            place[id(box.layer)] = sources[0]
            continue
        own = getattr(box.layer, "activation", None)
        activations = _names_of(own) if own is not None else activation or ()
        kind = _kind_of(box)
        settings = {} if activation is not None or kind == "Flatten" else settings_of(box)
        stages.append(Stage(kind, settings, activations, box.calls, tuple(sources), box.layer))
        place[id(box.layer)] = len(stages)
    return stages


def _kind_of(box):
    kind = type(box.layer).__name__
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
        except Exception:  # a class of one's own need not have a configuration
            found = {}
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
    return _names_of(layer) if kind in ACTIVATIONS and len(box.sources) == 1 else None


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
        name = "of its own" if "lambda" in name else name.replace("_", "")
    return () if name == "linear" else ("silu" if name == "swish" else name,)


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
            "calls", "source", "order", "weights", "training" or "answer".
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


def _with_article(kind):
    return f"{'an' if kind[0] in 'AEIOU' else 'a'} {kind}"


def _activation(stage):
    if not stage.activations:
        return "no activation"
    return f"the activation {' and then '.join(stage.activations)}"


def _places(numbers):
    inputs = {0: "an input", -1: "the second input", -2: "the third input"}
    return " and ".join(inputs.get(number, f"layer {number}") for number in numbers) or "nothing"


def _how_often(count):
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _setting(key, value):
    return f"{key}={value!r}"


WORDS = {
    "input": lambda d: f"the first takes inputs of shape {d.mine}, the second {d.theirs}",
    "output": lambda d: f"the first gives shape {d.mine}, the second {d.theirs}",
    "missing": lambda d: (
        f"layer {d.where}: the second model has {_with_article(d.theirs.kind)} there, which is "
        "missing in the first" + f", and {d.count - 1} more after it" * (d.count > 1)
    ),
    "extra": lambda d: (
        f"layer {d.where}: {_with_article(d.mine.kind)}, which only the first model has"
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
        f"layer {d.where}: {d.mine.kind} is used {_how_often(d.mine.calls)}, and "
        f"{_how_often(d.theirs.calls)} in the other"
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


# What models answer


@dataclass
class Verdict:
    """Whether two models are the same function.

    Attributes:
        same: True, False, or None where it cannot be told.
        difference: The first `Difference`, if they are not the same.
        reason: Why it cannot be told, in words without a full stop.
    """

    same: bool | None
    difference: Difference | None = None
    reason: str = ""


def compare(first, second, input_shape=None, pair_inputs=None) -> Verdict:
    """Find out whether two models are the same function, whatever their weights are.

    The weights of the two are paired, set to the same random numbers for a while, and both are
    asked about inputs that make bends, ceilings and masks show, with and without training. The
    steps are looked at only to pair the weights, and to find words for a difference.

    Args:
        first, second, input_shape: As for `compare_models`.
        pair_inputs: A function that takes the inputs of the first and of the second, two lists of
            `Step`, and returns for each of the first the place of its partner in the second. As
            they come, or as their names or shapes tell, if left out.

    Raises:
        CourseError: One of them is not a model, or no input is known.
    """
    for model in (first, second):
        check_it_is_a_model(model, "The comparison")
    graphs = _opened_pair(first, second, input_shape)
    places = (pair_inputs or partners)(*(graph.inputs for graph in graphs))
    if places is None:
        shapes = [[step.shapes[0][1:] for step in graph.inputs] for graph in graphs]
        return Verdict(False, Difference("input", 0, *map(_one_or_all, shapes)))
    if broken := _not_finite(first, second):
        return Verdict(None, reason=broken)
    trial = _Trial((first, second), graphs, places)
    outcome = trial.run()
    if outcome is not None and outcome.same is not False:
        return outcome
    difference = _difference_in_words(graphs, places)
    if difference is None and outcome is None:
        counts = [model.count_params() for model in (first, second)]
        reasons = [step.reason for graph in graphs for step in graph.steps if step.reason]
        if counts[0] == counts[1] and reasons:
            return Verdict(
                None, reason=f"which weights belong together is not clear, as {reasons[0]}"
            )
        difference = Difference("weights", 0, *counts)
    return Verdict(False, difference or outcome.difference)


def _opened_pair(first, second, input_shape):
    """Open two models; one that has seen no input yet is built for the inputs of the other."""
    try:
        graph = _open(first, input_shape)
    except CourseError:
        other = _open(second, input_shape)
        return _open(first, _shapes_of(other)), other
    try:
        return graph, _open(second, input_shape)
    except CourseError:
        return graph, _open(second, _shapes_of(graph))


def _open(model, input_shape):
    return open_model(model, input_shape, training=True, closed=True)


def _shapes_of(graph):
    args, kwargs = graph.call
    shape = lambda x: tuple(x.shape[1:])  # noqa: E731
    if kwargs or len(args) > 1:
        return {x.name: shape(x) for x in _tensors(graph.call)}
    shapes = keras.tree.map_structure(shape, args[0])
    return shapes[0] if isinstance(args[0], list | tuple) and len(args[0]) == 1 else shapes


def _one_or_all(shapes):
    return shapes[0] if len(shapes) == 1 else shapes


def partners(inputs, others):
    """For each input of one model, the place of the one of another model that it goes with.

    They go together by name where both have the same names, else as they come if the shapes fit,
    else by shape. None if they do not fit.
    """
    if len(inputs) != len(others):
        return None
    names, other_names = ([step.layer.name for step in steps] for steps in (inputs, others))
    shapes, other_shapes = ([step.shapes[0] for step in steps] for steps in (inputs, others))
    if sorted(names) == sorted(other_names):
        places = [other_names.index(name) for name in names]
    elif all(map(_fit, shapes, other_shapes)):
        places = list(range(len(inputs)))
    else:
        fitting = [[_fit(shape, other) for other in other_shapes] for shape in shapes]
        if any(sum(row) != 1 for row in fitting):
            return None
        places = [row.index(True) for row in fitting]
    fit = all(_fit(shape, other_shapes[n]) for shape, n in zip(shapes, places, strict=True))
    return places if fit and len(set(places)) == len(places) else None


def _fit(shape, other):
    """Whether two shapes with the batch are the same, where None stands for any size."""
    return len(shape) == len(other) and all(
        a == b or None in (a, b) for a, b in zip(shape[1:], other[1:], strict=True)
    )


def _not_finite(*models):
    for model, which in zip(models, ("first", "second"), strict=True):
        for weight in model.weights:
            if _is_float(weight.dtype) and not np.isfinite(_numbers(weight)).all():
                return f"the weights of the {which} model are no numbers any more (NaN or infinite)"
    return None


def _numbers(x):
    x = np.asarray(x)
    return x if x.dtype.kind in "biufOSU" else x.astype("float32")  # bfloat16 becomes float32


def _difference_in_words(graphs, places):
    """The first difference between two graphs, in the orders of their steps most alike."""
    others = list(stages_of(next(orders_of(graphs[1])), graphs[1].inputs))
    inputs = graphs[0].inputs
    numbered = [inputs[places.index(n)] for n in range(len(inputs))]
    ways = [stages_of(order, numbered) for order in orders_of(graphs[0], of_all_merges=True)]
    best = max(ways, key=lambda stages: likeness(stages, others))
    return difference_between(best, others)


def packed(graph: Graph, values) -> tuple:
    """A value for each input of an opened model, as the arguments of a call (args, kwargs)."""
    return keras.tree.pack_sequence_as(graph.call, list(values))


# How the weights of a trial are drawn: how large a layer's answers are, how large its biases are,
# whether the weights of one channel share their sign, and the inputs, by `_inputs_for`.
DRAWS = (
    ((1.4,), 0.5, False, "ordinary"),
    ((1.4,), 0.3, True, "positive"),
    ((1.0,), 6.0, False, "ordinary"),
    ((0.02, 1.0, 9.0, 300.0), 0.5, False, "large"),
    ((1.0, 0.05), -6.0, False, "tiny"),
    ((300.0, 9.0, 1.0), 3.0, True, "ordinary"),
)
RANDOM = "the first answers otherwise each time, by random numbers that Keras does not draw"
MUCH = 1_500_000  # numbers that one example's steps give, from which on two draws must do
BLOCK = 99_991  # numbers that are drawn; a larger array repeats them


class _Trial:
    """Two models with the same weights for a while, and what they answer.

    Args:
        models, graphs: The two, and the two opened.
        places: For each input of the first, the place of its partner in the second.
    """

    def __init__(self, models, graphs, places):
        self.models, self.graphs, self.places = models, graphs, places
        self.tolerance = 5e-2 if any("16" in model.compute_dtype for model in models) else 1e-3
        for graph in graphs:
            if any("16" in str(getattr(s.layer, "compute_dtype", "")) for s in graph.steps):
                self.tolerance = 5e-2

    def run(self):
        """Try every way to pair the weights until the answers are the same.

        Returns:
            A `Verdict`, that of the first way unless another gives the same answers; None if the
            weights cannot be paired.
        """
        first_outcome = None
        with _left_as_it_was(*self.models), _values_kept(self.models), _no_randomness():
            for pairs in self.pairings():
                outcome = self.try_pairs(pairs)
                if outcome.same:
                    return outcome
                first_outcome = first_outcome or outcome
        return first_outcome

    def pairings(self):
        """Yield ways to pair the variables of the two, as lists of pairs, the likeliest first."""
        seen = set()
        mine = self.variables(0, next(orders_of(self.graphs[0]), []))
        orders = list(orders_of(self.graphs[1])) or [[]]
        ways = ((mine, self.variables(1, order)) for order in orders)
        by_model = [(list(model.variables) for model in self.models)]
        within = ((mine, order) for order in self.turned_within(orders[0]))
        for one, other in itertools.chain(ways, map(tuple, by_model), within):
            shapes = [[_squeezed(v) for v in variables] for variables in (one, other)]
            key = tuple(map(id, other))
            if shapes[0] == shapes[1] and key not in seen:
                seen.add(key)
                yield list(zip(one, other, strict=True))

    def turned_within(self, order):
        """The variables of the second model, those of each layer of one's own in every order."""
        own = [
            (variables, range(len(variables)))
            for step in self.graphs[1].steps
            if (variables := [v for v in step.variables if not _is_seed(v)])
            and not type(step.layer).__module__.startswith("keras.")
        ]
        plain = self.variables(1, order)
        ways = itertools.product(*(itertools.permutations(places) for _, places in own))
        for way in itertools.islice(ways, ENOUGH):
            turned = {}
            for (variables, _), places in zip(own, way, strict=True):
                turned |= {id(variables[n]): variables[place] for n, place in enumerate(places)}
            yield [turned.get(id(v), v) for v in plain]

    def variables(self, number, order):
        """The variables of a model in the order of its steps, then those that belong to none."""
        known = {id(variable) for variable in self.models[number].variables}
        found = [v for box in order for step in box.steps for v in step.variables]
        found = [v for v in found if id(v) in known or not _is_seed(v)]
        found += self.models[number].variables
        return [v for v in {id(v): v for v in found}.values() if not _is_seed(v)]

    def try_pairs(self, pairs):
        """Compare the answers of both with the same weights, drawn in several ways."""
        much = self.work() > MUCH
        told, numbers = None, False
        for seed, draw in enumerate(DRAWS[:3:2] if much else DRAWS):
            random = np.random.default_rng(seed)
            values = self.draw(random, pairs, draw)
            for variables, value in zip(pairs, values, strict=True):
                for variable in variables:
                    variable.assign(np.reshape(value, variable.shape))
            for inputs in _inputs_for(self.graphs, self.places, random, draw[3], much):
                for training in (False, True) if seed < (1 if much else 3) else (False,):
                    if training and not self.trains():
                        continue
                    outcome, some = self.one_question(
                        pairs, values, inputs, training, draw[3] == "large" or max(draw[0]) > 100
                    )
                    numbers = numbers or some
                    if outcome is not None and outcome.same is False:
                        return outcome
                    told = told or outcome
        if told:
            return told
        if not numbers:
            return Verdict(None, reason="their answers are no numbers (NaN or infinite)")
        return Verdict(True)

    def work(self):
        """How many numbers the steps of the first model give for one example."""
        shapes = [shape[1:] for step in self.graphs[0].steps for shape in step.shapes]
        return sum(math.prod(size or 8 for size in shape) for shape in shapes)

    def trains(self):
        """Whether either has something in it that may answer otherwise while it trains."""
        return any(
            "training" in inspect.signature(step.layer.call).parameters or step.reason
            for graph in self.graphs
            for step in graph.steps
        ) or any(_is_graph_free(model) for model in self.models)

    def one_question(self, pairs, values, inputs, training, overflow):
        """Ask both once; returns a Verdict or None, and whether there were numbers to compare."""
        answers = [self.ask(number, pairs, values, inputs, training) for number in (0, 1)]
        (mine, my_state, my_loss), (theirs, their_state, their_loss) = answers
        if isinstance(mine, str) and isinstance(theirs, str):
            return Verdict(None, reason=f"both stop at an input of the right shape: {mine}"), False
        if isinstance(mine, str) or isinstance(theirs, str):
            return Verdict(False, self.example(inputs, mine, theirs, training)), True
        if [a.shape for a in mine] != [b.shape for b in theirs]:
            shapes = [_one_or_all([a.shape[1:] for a in answer]) for answer in (mine, theirs)]
            return Verdict(False, Difference("output", 0, *shapes)), True
        agree, some = _agree(mine, theirs, self.tolerance, overflow)
        if not agree:
            again = self.ask(0, pairs, values, inputs, training)[0]
            if not isinstance(again, str) and not _agree(again, mine, self.tolerance)[0]:
                return Verdict(None, reason=RANDOM), False
            return Verdict(False, self.example(inputs, mine, theirs, training)), True
        if training and not _agree(my_state, their_state, self.tolerance)[0]:
            return Verdict(False, Difference("training", 0, "what they note meanwhile")), True
        if not np.isclose(my_loss, their_loss, rtol=1e-2, atol=1e-4, equal_nan=True):
            return Verdict(False, Difference("training", 0, "what they add to the loss")), True
        return None, some

    def ask(self, number, pairs, values, inputs, training):
        """What a model answers, or why it stops; what it notes; and what it adds to the loss."""
        for pair, value in zip(pairs, values, strict=True):
            if not pair[number].trainable:  # a call may have changed it
                pair[number].assign(np.reshape(value, pair[number].shape))
        model = self.models[number]
        try:
            answer = _answers(call_model(model, self.arranged(number, inputs), training))
        except Exception as error:
            return _reason(error), [], 0
        after = [_numbers(pair[number]) for pair in pairs if not pair[number].trainable]
        return answer, after, _added_loss(model)

    def arranged(self, number, inputs):
        """Inputs, listed as the first model has them, as the arguments of one of the models."""
        if number == 1:
            inputs = [inputs[self.places.index(n)] for n in range(len(inputs))]
        return packed(self.graphs[number], inputs)

    def draw(self, random, pairs, draw):
        """Draw a value for each pair of variables, each layer's answers of a size that is drawn."""
        sizes, bias, coherent, kind = draw
        level = {
            id(step): {"large": 100.0, "tiny": 1e-3}.get(kind, 1.0)
            for step in self.graphs[0].inputs
        }
        scales = {}
        for step in self.graphs[0].steps:
            arriving = max((level.get(id(source), 1.0) for source, _ in step.sources), default=1.0)
            new = [v for v in step.variables if id(v) not in scales and not _is_seed(v)]
            size = float(random.choice(sizes)) if new else arriving
            if type(step.layer).__name__.lower() in ("softmax", "sigmoid", "tanh"):
                size = min(size, 1.0)
            level[id(step)] = size
            scales.update({id(v): (size, max(arriving, 1e-6)) for v in new})
        return [_value(random, v, *scales.get(id(v), (1.0, 1.0)), bias, coherent) for v, _ in pairs]

    def example(self, inputs, mine, theirs, training):
        """The difference between two answers, as an example to look at."""
        if training:
            return Difference("training", 0, "Dropout, BatchNormalization or the like")
        key = f"an input of shape {_one_or_all([tuple(x.shape[1:]) for x in inputs])}"
        for a, b in zip(mine, theirs, strict=True) if not isinstance(mine, str) else ():
            if isinstance(theirs, str):
                break
            apart = np.abs(np.nan_to_num(a.astype("float64")) - np.nan_to_num(b.astype("float64")))
            if a.size and apart.max() > 0:
                place = np.unravel_index(apart.argmax(), apart.shape)
                return Difference("answer", 0, f"{a[place]:.4g}", f"{b[place]:.4g}", key)
        words = [x if isinstance(x, str) else "something" for x in (mine, theirs)]
        return Difference("answer", 0, *words, key)


def _is_graph_free(model):
    return not is_graph(model) and not isinstance(model, keras.Sequential)


def _is_seed(variable):
    return "uint32" in str(variable.dtype) or "seed_generator" in variable.path


def _squeezed(variable):
    """A variable's shape without axes of size 1, which change nothing."""
    return tuple(size for size in variable.shape if size != 1)


@contextmanager
def _values_kept(models):
    before = {id(v): (v, v.numpy()) for model in models for v in model.variables}
    try:
        yield
    finally:
        for variable, value in before.values():
            variable.assign(value)


@contextmanager
def _no_randomness():
    """Have Keras draw the same random numbers for the same shape, from whatever seed."""
    seed = tf.constant([7, 0], "uint32")
    with mock.patch.object(keras.random.SeedGenerator, "next", lambda self, ordered=True: seed):
        yield


def _value(random, variable, size, arriving, bias, coherent):
    """Draw a variable's value so that its layer answers in numbers of about a size."""
    shape = tuple(variable.shape)
    if not _is_float(variable.dtype):
        return variable.numpy()
    if "variance" in variable.name:
        return (arriving**2 * random.uniform(0.3, 2, shape)).astype("float32")
    if "moving_mean" in variable.name:
        return (arriving * random.normal(0, 0.5, shape)).astype("float32")
    if "gamma" in variable.name or len(shape) == 0:
        return (size * random.choice([-1, 1], shape) * random.uniform(0.5, 1.5, shape)).astype(
            "float32"
        )
    if len(shape) == 1:
        if abs(bias) < 1:
            return random.normal(0, bias * size, shape).astype("float32")
        return (bias * size * random.choice([-1.0, -0.4, 0.3, 1.0], shape)).astype("float32")
    fan_in = math.prod(shape[:-1])
    block = random.standard_normal(min(math.prod(shape), BLOCK), "float32")
    value = np.resize(block, shape) * np.float32(size / (math.sqrt(fan_in) * arriving))
    return np.abs(value) * random.choice([-1.0, 1.0], shape[-1]) if coherent else value


def _answers(outputs):
    return [_numbers(x) for x in keras.tree.flatten(outputs) if x is not None]


def _agree(mine, theirs, tolerance, overflow=False):
    """Whether two lists of answers are the same, and whether there was any number among them.

    With `overflow`, numbers may be so large that one way to compute gets no number any more.
    """
    some = False
    for a, b in zip(mine, theirs, strict=True):
        if a.dtype.kind not in "fiub" or b.dtype.kind not in "fiub":
            if not np.array_equal(a, b):
                return False, True
            some = True
            continue
        a, b = a.astype("float64"), b.astype("float64")
        finite = np.isfinite(a)
        if a.shape != b.shape or not (overflow or np.array_equal(finite, np.isfinite(b))):
            return False, True
        finite &= np.isfinite(b)
        a, b = a[finite], b[finite]
        some = some or a.size > 0 or finite.size == 0
        room = tolerance * np.abs(b) + 0.1 * tolerance * np.abs(b).max(initial=0) + 1e-6
        if (np.abs(a - b) > room).any():
            return False, True
    return True, some or not mine


def _added_loss(model):
    """What `add_loss` has added in the last call; regularizers are no part of the function."""
    losses = sum(float(loss) for loss in model.losses)
    return losses - sum(
        float(v.regularizer(v))
        for v in model.trainable_variables
        if getattr(v, "regularizer", None)
    )


def _inputs_for(graphs, places, random, kind, few=False):
    """Yield lists of inputs for two opened models that make things show, in batches of 3 and 1."""
    takers = []  # for each input, the layers of both models that take it
    for place, step in enumerate(graphs[0].inputs):
        ends = step, graphs[1].inputs[places[place]]
        steps = [s for graph in graphs for s in graph.steps]
        takers.append([s.layer for s in steps if any(source in ends for source, _ in s.sources)])
    for batch in (1,) if few else (3, 1) if kind in ("ordinary", "large") else (3,):
        if batch > 1:  # let all numbers and borders fit in
            batch = max(map(_batch_for, graphs[0].inputs, takers, itertools.repeat(batch)))
        yield [
            _input_for(step, layers, random, kind, step.shapes[0][0] or batch)
            for step, layers in zip(graphs[0].inputs, takers, strict=True)
        ]


def _batch_for(step, takers, batch):
    row = math.prod(size or 8 for size in step.shapes[0][1:]) or 1
    wanted = max((_count_of_numbers(one) for one in takers), default=0), len(_borders(takers))
    return max(batch, -(-min(max(wanted), 2_000) // row))


def _input_for(step, takers, random, kind, batch):
    """An input for the layers that take it: their words, their whole numbers, their borders."""
    dtype = step.layer.dtype
    shape = (batch, *(size or 8 for size in step.shapes[0][1:]))
    words = [str(w) for layer in takers for w in _words_of(layer)]
    if dtype == "string" or (words and "int" not in str(dtype)):
        words += ["Other, words!", "zzz"]
        single = any(isinstance(one, SINGLE_WORDS) for one in takers)
        chosen = [
            random.choice(words) if single else " ".join(random.permutation(words)[:9])
            for _ in range(math.prod(shape))
        ]
        return tf.constant(np.reshape(np.array(chosen, dtype=object), shape))
    if "bool" in str(dtype):
        return tf.constant(random.random(shape) < 0.5)
    count = max((_count_of_numbers(layer) for layer in takers), default=0)
    if count or "int" in str(dtype):
        numbers = [int(w) for w in words if w.lstrip("-").isdigit()] or np.arange(count or 12)
        numbers = random.permutation(np.resize(numbers, math.prod(shape)))
        if kind == "tiny":
            numbers = np.where(random.random(numbers.shape) < 0.4, 0, numbers)
        return tf.cast(np.reshape(numbers, shape), dtype)
    if borders := _borders(takers):
        return tf.cast(np.resize(borders, shape), dtype)
    value = random.uniform(0, 1, shape) if kind == "positive" else random.normal(0, 1, shape)
    value *= {"large": 100.0, "tiny": 1e-3}.get(kind, 1.0)
    marks = [x for layer in takers if _is_number(x := getattr(layer, "mask_value", None))]
    for mark in [*marks, 0.0] if kind in ("tiny", "positive") else ():
        value[random.random(value.shape[:-1]) < 0.25] = mark
    return tf.cast(value, dtype)


def _borders(takers):
    """Numbers on both sides of every border that some layers draw between bins."""
    borders = sum((list(getattr(one, "bin_boundaries", None) or ()) for one in takers), [])
    return sorted({x + step for x in borders for step in (-1e-3, 0.0, 0.1)})


SINGLE_WORDS = keras.layers.StringLookup, keras.layers.Hashing


def _is_number(x):
    return isinstance(x, int | float)


def _words_of(layer):
    """The words that a layer knows, or treats in its own way."""
    known = layer.get_vocabulary() if hasattr(layer, "get_vocabulary") else []
    marks = [getattr(layer, name, None) for name in ("mask_value", "mask_token", "oov_token")]
    return [*known, *(mark for mark in marks if isinstance(mark, str))]


def _count_of_numbers(layer):
    """How many whole numbers a layer tells apart, 0 for other layers."""
    inner = getattr(layer, "layer", layer)
    return getattr(inner, "input_dim", None) or getattr(inner, "num_tokens", None) or 0


# For readers


class CannotTell(CourseError):
    """Whether two models are the same function cannot be told here; the message says why."""


def compare_models(first, second, input_shape=None) -> None:
    """Print whether two models are the same function, and if not, the first difference.

    Args:
        first, second: Keras models of any style. Names, nesting, spelling and starting weights do
            not matter, nor does how they were compiled. A model that is not built yet is built for
            the input of the other one.
        input_shape: One input's shape without the batch dimension, needed only if neither model
            has seen an input yet.

    Raises:
        CourseError: One of them is not a model, or no input of it is known.
    """
    verdict = compare(first, second, input_shape)
    if verdict.same is None:
        print(f"? It cannot be told here whether they are the same function: {verdict.reason}.")
    elif verdict.same:
        boxes = boxes_of(_open(first, input_shape))
        count = sum(not is_input(box) for box in boxes)
        print(
            f"✓ The same function: {count} layer{'s' * (count != 1)}, {first.count_params():,} "
            "parameters, the same answers."
        )
    else:
        print(f"✗ Not the same function: {verdict.difference}.")


def first_difference(first, second, input_shape=None) -> Difference | None:
    """Find the first thing that two models differ in: an input, a layer, an arrow, an answer.

    Args:
        first, second, input_shape: As for `compare_models`.

    Returns:
        A `Difference`, which `print` tells in words, or None if there is none.

    Raises:
        CannotTell: It cannot be told here, and why.
        CourseError: As for `compare_models`.
    """
    verdict = compare(first, second, input_shape)
    if verdict.same is None:
        raise CannotTell(f"It cannot be told here whether they differ: {verdict.reason}.")
    return verdict.difference
