"""What does a Keras model do, step by step? Opens any model, as Keras itself calls it.

This is the one module that touches what Keras keeps private. Each such place says why, and what
public way would end it.
"""

import functools
import inspect
import itertools
import linecache
import re
import reprlib
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from unittest import mock

from helpers.arguments import CourseError, is_whole, kind_of

import keras
import numpy as np
import tensorflow as tf
from keras.src.backend.common import global_state
from keras.src.layers import layer as layer_module  # no public way to call a layer without a node

REQUIRED = inspect.Parameter.empty


@dataclass(frozen=True)
class Given:
    """One of the tensors that a step gives: which step, the place there, and the symbol for it."""

    step: "Step"
    place: int
    symbol: keras.KerasTensor = field(compare=False)


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
        call: Its positional and its named arguments, with a `Given` for each tensor of a step.
        answer: What it gives, as a structure of `Given`.
    """

    layer: keras.Operation
    inside: tuple = ()
    sources: list = field(default_factory=list, repr=False)
    shapes: list = field(default_factory=list)
    arguments: dict = field(default_factory=dict)
    variables: list = field(default_factory=list)
    reason: str | None = None
    call: tuple = field(default=((), {}), repr=False)
    answer: object = field(default=None, repr=False)


@dataclass
class Graph:
    """A model, opened: its inputs and steps in the order of their calls, and where it ends.

    Attributes:
        inputs: The steps that stand for its inputs.
        steps: All other steps on the way to its outputs.
        outputs: For each output, the step that gives it and the place among what that gives.
        call: The positional and the named arguments of the model, as structures of `KerasTensor`.
        reason: Why the whole model is one closed step, or None.
        answer: What the model gives, as a structure of `Given`.
        aside: What calls do besides giving tensors, as words to follow "its call".
    """

    inputs: list
    steps: list
    outputs: list
    call: tuple
    reason: str | None = None
    answer: object = None
    aside: list = field(default_factory=list)


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
    with left_as_it_was(model):
        arguments = _symbolic_arguments(model, input_shape)
        trace = _Trace(model, nested, arguments)
        try:
            with trace:
                outputs = call_model(model, arguments, training)
        except Exception as error:
            reason = reason_of(error)
            if not closed:
                raise CourseError(f"{title(model)} cannot be opened: {reason}.") from error
            return _closed_graph(model, arguments, training, reason)
    return trace.graph(arguments, outputs)


def open_call(layer, call, training=False) -> Graph:
    """Open one layer or model to what a call of it does, whatever is in that being closed steps.

    Args:
        layer: A built layer or model, of any style.
        call: The `call` of a step: its positional and its named arguments.
        training: As for `open_model`.

    Raises:
        CourseError: It cannot be opened, and why.
    """
    args, kwargs = keras.tree.map_structure(
        lambda x: keras.KerasTensor(x.symbol.shape, x.symbol.dtype) if isinstance(x, Given) else x,
        call,
    )
    arguments = args, {name: value for name, value in kwargs.items() if name != "training"}
    with left_as_it_was(layer):
        trace = _Trace(layer, False, arguments)
        try:
            with trace:
                outputs = call_model(layer, arguments, training)
        except Exception as error:
            raise CourseError(f"{title(layer)} cannot be opened: {reason_of(error)}.") from error
    return trace.graph(arguments, outputs)


def operation_behind(tensor):
    """The layer or operation that gave a symbolic tensor (`_keras_history` has no public name)."""
    return tensor._keras_history.operation


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
        got = f"{kind_of(model)}; make a model first, as in keras.Sequential([...]), and pass that"
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


@contextmanager
def undecorated(*models):
    """While this context lasts, each call that is a `tf.function` is the plain function inside it.

    (What a `tf.function` has noted once, it does again, whatever was symbolic or held back then.)
    """
    kinds = {type(model) for model in models}
    for model in models:
        if getattr(model, "_layers", None) is not None:  # else Keras has not made it ready
            kinds |= {type(one) for one in all_layers(model)}
    with ExitStack() as stack:
        for kind in kinds:
            call = inspect.getattr_static(kind, "call", None)
            if function := getattr(call, "python_function", None):
                stack.enter_context(mock.patch.object(kind, "call", function))
        yield


def compiled_with(model, argument):
    """What the last `compile` was given (`model.loss` may be one from before, if it got none)."""
    return model._compile_config.config.get(argument)


def call_model(model, arguments, training=None):
    """Call a model the way `fit` and `predict` do: `training` is told only to a call that asks."""
    args, kwargs = arguments
    asks = "training" in inspect.signature(model.call).parameters
    told = {"training": training} if asks and training is not None else {}
    return model(*args, **kwargs, **told)


def asks_for_training(layer) -> bool:
    """Whether the call of a layer has an argument `training`."""
    return "training" in inspect.signature(layer.call).parameters


class _Trace:
    """Writes down every call of a layer or operation on a symbolic tensor, while it is entered."""

    def __init__(self, root, nested, arguments):
        self.root, self.nested = root, nested
        self.steps, self.inside, self.paused, self.building = [], (), False, False
        self.aside = []
        tensors = tensors_in(arguments)
        self.inputs = [Step(_input_layer(x), shapes=[tuple(x.shape)]) for x in tensors]
        # By the id of a tensor: the step that gives it, the place there, and the tensor.
        self.given = {id(x): (step, 0, x) for x, step in zip(tensors, self.inputs, strict=True)}

    def __enter__(self):
        """Have Keras tell of each call in place of adding a node to the layer's history."""
        trace = self

        def symbolic_call(operation, *args, **kwargs):
            if trace.building and isinstance(operation, keras.layers.Layer):
                return operation.compute_output_spec(*args, **kwargs)
            if trace.building:
                return plain_symbolic_call(operation, *args, **kwargs)
            return trace.call(operation, args, kwargs)

        @functools.wraps(keras.Sequential.build)
        def build(model, *args, **kwargs):  # a list made in a call becomes a graph, with nodes
            trace.building = True
            try:
                return plain_build(model, *args, **kwargs)
            finally:
                trace.building = False

        def call(operation, *args, **kwargs):  # of a layer with weights on plain numbers
            if trace.paused or trace.building or not getattr(operation, "weights", None):
                return plain_call(operation, *args, **kwargs)
            if not tensors_in((args, kwargs)):
                args, kwargs = keras.tree.map_structure(_as_symbol, (args, kwargs))
            return plain_call(operation, *args, **kwargs)

        plain_call, plain_build = keras.Operation.__call__, keras.Sequential.build
        plain_symbolic_call, node = keras.Operation.symbolic_call, layer_module.Node
        self.stack = ExitStack()
        replace = lambda *names: self.stack.enter_context(mock.patch.object(*names))  # noqa: E731
        replace(keras.Operation, "symbolic_call", symbolic_call)
        replace(keras.layers.Layer, "symbolic_call", symbolic_call)
        replace(keras.Operation, "__call__", call)
        replace(keras.Sequential, "build", build)
        replace(layer_module, "Node", lambda **told: node(**told) if trace.building else None)
        for name, error in NUMBERS_ASKED.items():
            replace(keras.KerasTensor, name, _raiser(error))
        for name in OPERATORS:  # so that `weight * x` asks x, as `x * weight` does
            replace(keras.Variable, name, _left_to_symbols(getattr(keras.Variable, name)))
        for name in ("assign", "assign_add", "assign_sub"):
            method = _unless_symbolic(getattr(keras.Variable, name))
            replace(keras.Variable, name, self.noted("changes a variable", method))
        add_loss = _unless_symbolic(keras.layers.Layer.add_loss)
        replace(keras.layers.Layer, "add_loss", self.noted("adds to the loss", add_loss))
        draw = keras.random.SeedGenerator.next
        replace(keras.random.SeedGenerator, "next", self.noted("draws random numbers", draw))
        self.stack.enter_context(keras.StatelessScope())  # variables of Keras stay as they are
        return self

    def __exit__(self, *error):
        self.stack.close()

    def noted(self, words, method):
        """A method that is written down when a call that is followed uses it."""

        @functools.wraps(method)
        def call(owner, *args, **kwargs):
            if not (self.paused or self.building) and words not in self.aside:
                self.aside.append(words)
            return method(owner, *args, **kwargs)

        return call

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
                self.steps[length:], self.given, reason = [], given, reason_of(error)
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
                given, named = node.arguments.args, node.arguments.kwargs
                masks = _masks_of((given, named))
                kwargs = {k: v for k, v in kwargs.items() if not _is_handed_on(k, named[k], masks)}
                operation = node.operation
                plain = len(node.outputs) == 1 or type(operation).__module__.startswith("keras.")
                if known and plain and not (self.nested and is_opened(operation)):
                    outputs = [keras.KerasTensor(x.shape, x.dtype) for x in node.outputs]
                    answer = outputs[0] if len(outputs) == 1 else outputs
                    self.add(operation, args, kwargs, answer)
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
        if type(operation).__name__ == "Cast" and is_float(args[0].dtype):
            outputs = operation.compute_output_spec(*args, **kwargs)
            if is_float(outputs.dtype):  # between precisions, which Keras does by itself
                if id(args[0]) in self.given:
                    self.given[id(outputs)] = (*self.given[id(args[0])][:2], outputs)
                return outputs
        self.paused = True
        try:
            outputs = operation.compute_output_spec(*args, **kwargs)
        finally:
            self.paused = False
        taken = {id(x) for x in tensors_in((args, kwargs))}
        outputs = keras.tree.map_structure(
            lambda x: keras.KerasTensor(x.shape, x.dtype) if id(x) in taken else x, outputs
        )
        self.add(operation, args, kwargs, outputs, reason)
        return outputs

    def add(self, operation, args, kwargs, outputs, reason=None):
        masks = _masks_of((args, kwargs))
        kwargs = {k: v for k, v in kwargs.items() if not _is_handed_on(k, v, masks)}
        answer = outputs
        outputs = tensors_in(outputs)
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
        step.call = keras.tree.map_structure(self.origin, (args, kwargs))
        self.steps.append(step)
        self.given.update({id(x): (step, place, x) for place, x in enumerate(outputs)})
        step.answer = keras.tree.map_structure(self.origin, answer)

    def origin(self, x):
        """Where a symbolic tensor comes from, as a `Given`; anything else as it is."""
        return Given(*self.given[id(x)][:2], x) if id(x) in self.given else x

    def graph(self, arguments, outputs):
        """What was written down, without the steps that lead to no output."""
        ends = [self.given[id(x)][:2] for x in tensors_in(outputs) if id(x) in self.given]
        wanted = {id(step) for step, _ in ends}
        for step in reversed(self.steps):
            if id(step) in wanted:
                wanted.update(id(source) for source, _ in step.sources)
        steps = [step for step in self.steps if id(step) in wanted]
        answer = keras.tree.map_structure(self.origin, outputs)
        return Graph(self.inputs, steps, ends, arguments, None, answer, self.aside)


NOTHING = inspect.Signature()
OPERATORS = [
    f"__{r}{name}__"
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul")
    for r in ("", "r")
]


def _masks_of(arguments):
    """The ids of the masks that tensors carry (no public function tells a mask)."""
    return {id(getattr(x, "_keras_mask", None)) for x in tensors_in(arguments)}


def _is_handed_on(name, value, masks):
    """Whether an argument is the masks of the tensors, which Keras adds to a call by itself."""
    flat = keras.tree.flatten(value)
    return "mask" in name and all(x is None or id(x) in masks for x in flat)


def tensors_in(structure) -> list:
    """The symbolic tensors in a structure of lists, tuples and dictionaries."""
    return [x for x in keras.tree.flatten(structure) if isinstance(x, keras.KerasTensor)]


def _as_symbol(x):
    if tf.is_tensor(x) or isinstance(x, np.ndarray):
        return keras.KerasTensor(x.shape, keras.backend.standardize_dtype(x.dtype))
    return x


def is_float(dtype) -> bool:
    """Whether a data type is one of those with a point."""
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
    inputs = [Step(_input_layer(x), shapes=[tuple(x.shape)]) for x in tensors_in(arguments)]
    step = Step(model, (), [(one, 0) for one in inputs], [], {}, list(model.variables), reason)
    try:
        asks = "training" in inspect.signature(model.call).parameters
        told = {"training": training} if asks else {}
        outputs = model.compute_output_spec(*arguments[0], **arguments[1], **told)
        step.shapes = [tuple(x.shape) for x in tensors_in(outputs)]
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


class _ToTensorFlow(_Converted):
    pass


class _ToNumPy(_NumbersAsked, ValueError):
    asked = (
        "hands a tensor to NumPy, which takes numbers only, where `keras.ops` takes symbols, too"
    )


NUMBERS_ASKED = {
    "__bool__": _Iffed,
    "__array__": _ToNumPy,
    "__tf_tensor__": _ToTensorFlow,
    "__int__": _Converted,
    "__float__": _Converted,
}


def _raiser(error):
    def ask(tensor, *args, **kwargs):
        raise error("a tensor without numbers was asked for them")

    return ask


def reason_of(error):
    """Say why a call could not be followed, from the error's type and the line it came from."""
    if isinstance(error, _Iffed):
        return f"its call {error.asked}{_own_line(error)[0]}"
    if isinstance(error, _NumbersAsked):
        line, library = _own_line(error)
        if isinstance(error, _ToTensorFlow) and library in ("tensorflow", "helpers"):
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
        return owner if tensors_in(value) else method(owner, value)

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
    try:
        with _Trace(model, True, possible[0]):
            call_model(model, possible[0], False)
    except _NumbersAsked as error:  # a truer reason than that of Keras, which fails at the same
        raise CourseError(f"{title(model)} cannot be opened: {reason_of(error)}.") from error
    except Exception:
        pass
    told = " and ".join(str(tuple(x.shape[1:])) for x in tensors_in(possible[0]))
    reason = reason_of(first_error)
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
        try:
            if by_name and set(needed) <= set(input_shape):
                named = {
                    name: keras.Input(_sizes(shape), name=name)
                    for name, shape in input_shape.items()
                }
                arguments = tuple(named.pop(name) for name in needed), named
            else:
                inputs = _inputs_of_shapes(input_shape, 0, dtype)
                several = isinstance(inputs, list) and len(needed) == len(inputs) > 1
                arguments = tuple(inputs) if several else (inputs,), {}
        except Exception as error:
            raise CourseError(
                "input_shape must be sizes in brackets, as in input_shape=(28, 28, 1), or a list "
                f"or dictionary of such shapes, not {reprlib.repr(input_shape)}."
            ) from error
        yield arguments
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
    dtype = dtype if is_float(dtype) else "float32"
    return keras.Input(_sizes(shapes)[batch:], name=name, dtype=dtype)


def _sizes(shape):
    """A shape as a tuple; ValueError for anything else."""
    sizes = tuple(shape)
    whole = all(size is None or is_whole(size) for size in sizes)
    if isinstance(shape, bytes | set) or not whole:
        raise ValueError(f"{shape!r} is no shape")
    return sizes


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
def left_as_it_was(*models):
    """Put back whatever calls change in models: attributes, histories, variables, names, seeds.

    Meanwhile, calls that are `tf.function`s are undecorated: they would keep what is traced now.
    """
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
        with undecorated(*models):
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
    return isinstance(value, (list, dict, set))  # noqa: UP038 (a union is made anew each time)


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
    sources: list = field(default_factory=list, repr=False)

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


def packed(graph: Graph, values) -> tuple:
    """A value for each input of an opened model, as the arguments of a call (args, kwargs)."""
    return keras.tree.pack_sequence_as(graph.call, list(values))
