"""Opens a model of any style, a subclassed one included, to the graph of its layers."""

import inspect
import re
from contextlib import contextmanager
from dataclasses import dataclass, field

from helpers.notebook import CourseError

import keras


def layers_of(model, expand_nested=False, input_shape=None, training=False):
    """List the layers of a model, inputs included, in the order in which they are called.

    A subclassed model is opened by calling its `call` on symbolic inputs. The model is left as it
    was, except that one not built yet is built for `input_shape`.

    Args:
        model: A Sequential, Functional or subclassed `keras.Model`.
        expand_nested: List the layers inside nested models, and inside layers of one's own, in
            place of these.
        input_shape: One input's shape without the batch dimension, or a list or dict of shapes.
            Needed only by a model that is not Functional and has not seen an input yet.
        training: What a `call` is told that asks whether it trains.

    Returns:
        A list of `Box`.

    Raises:
        CourseError: The model's input is not known, or its `call` cannot be followed with symbolic
            inputs.
    """
    walk = _Walk(expand_nested, training)
    with opened(model, input_shape, training) as graph:
        walk.add(graph)
    return sorted(walk.boxes.values(), key=lambda box: len(box.sources) > 0)  # inputs first


@dataclass(eq=False)
class Box:
    """One layer of an opened model, which may be called several times."""

    layer: keras.Operation
    inside: tuple  # the opened layers around it, the outermost first
    sources: list = field(default_factory=list)  # the boxes it takes from
    shapes: list = field(default_factory=list)  # of each call, the shapes of what comes out
    calls: int = 0


@contextmanager
def opened(model, input_shape=None, training=False):
    """Yield the Functional graph of a model's layers, which lasts as long as the `with` block."""
    inputs = symbolic_inputs(model, input_shape)
    with leaving_no_trace(model):
        yield _graph_of(model, (inputs,), {}, training)


@contextmanager
def leaving_no_trace(model):
    """Take back what symbolic calls add to layers' histories, or `layer.output` would change."""
    layers = model._flatten_layers()
    histories = [nodes for one in layers for nodes in (one._inbound_nodes, one._outbound_nodes)]
    lengths = [len(nodes) for nodes in histories]
    try:
        yield
    finally:
        for nodes, length in zip(histories, lengths, strict=True):
            del nodes[length:]


def check_it_is_a_model(model, who):
    if isinstance(model, type):
        got = f"the class {model.__name__}; make a model from it first: {model.__name__}()"
    elif not isinstance(model, keras.Model):
        got = "None" if model is None else f"a {type(model).__name__}"
        got += "; make a model first, as in keras.Sequential([...]), and pass that"
    elif isinstance(model, keras.Sequential) and not model.layers:
        got = "a Sequential model without layers; add some first"
    else:
        return
    raise CourseError(f"{who} needs a Keras model, and got {got}.")


def symbolic_inputs(model, input_shape):
    """Make what a subclassed model is called on, and build the model if it is not built yet."""
    if model.built and (_is_functional(model) or isinstance(model, keras.Sequential)):
        return model.inputs
    shapes = input_shape
    if shapes is None and model.built and model._build_shapes_dict:
        seen = next(iter(model._build_shapes_dict.values()))
        if seen is not None:  # it is None where the first call failed
            shapes = _map_shapes(lambda shape, name: shape[1:], seen)
    if shapes is None:
        raise CourseError(
            f"{_title(model)} has not seen an input yet, so its shapes are not known: call it once "
            "on a batch, or pass the shape of one input, as in input_shape=(28, 28, 1)."
        )
    try:
        inputs = _map_shapes(lambda shape, name: keras.Input(shape, name=name), shapes)
        if not model.built:
            model(inputs, **told_training(model, False))
    except Exception as error:
        raise CourseError(f"{_title(model)} does not take {shapes}: {_reason(error)}") from error
    return inputs


def _map_shapes(function, shapes):
    if isinstance(shapes, dict):
        return {name: function(tuple(shape), name) for name, shape in shapes.items()}
    if any(isinstance(shape, list | tuple) for shape in shapes):
        return [function(tuple(shape), None) for shape in shapes]
    return function(tuple(shapes), None)


def _graph_of(layer, args, kwargs, training):
    """Find the graph of the layers inside a model or layer, if need be by calling it on these."""
    if _is_functional(layer):
        return layer
    if isinstance(layer, keras.Sequential):
        return keras.Model(layer.inputs, layer.outputs, name="opened")
    inputs = [x for x in keras.tree.flatten((args, kwargs)) if isinstance(x, keras.KerasTensor)]
    kwargs = {**kwargs, **told_training(layer, training)}
    try:
        with keras.StatelessScope():  # so that a variable that `call` changes stays as it is
            return keras.Model(inputs, layer.call(*args, **kwargs), name="opened")
    except Exception as error:
        raise CourseError(f"{_title(layer)} cannot be opened: {_reason(error)}") from error


def _reason(error):
    """Say in a learner's words why Keras could not follow a call."""
    text = re.sub(r"\x1b\[\d+m", "", str(error))
    if "bool" in text:
        return (
            "its call asks `if` or `while` about the values in a tensor, and a drawing is made "
            "without values. keras.ops.where or keras.ops.cond can take the place of `if`."
        )
    if any(sign in text for sign in ("TensorFlow function", "NumPy array", "'numpy'")):
        return (
            "its call uses TensorFlow or NumPy functions, which need values, and a drawing is made "
            "without values. Functions of keras.ops can take their place."
        )
    about_the_call = ("Exception enc", "Could not auto", "Arguments rec")
    told = [line for line in text.splitlines() if line and not line.startswith(about_the_call)]
    return told[0] if told else type(error).__name__


def _is_functional(layer):
    return hasattr(layer, "_nodes_by_depth")


def is_automatic(layer):
    """Tell whether a layer's name is the one that Keras gives, as conv2d_1 is."""
    plain = re.sub(r"(_\d+)?$", "", layer.name).replace("_", "")
    return plain in (type(layer).__name__.lower(), "kerastensor")


def _title(layer):
    name = "" if is_automatic(layer) else f" {layer.name!r}"
    kind = "model" if isinstance(layer, keras.Model) else "layer"
    return f"The {type(layer).__name__} {kind}{name}"


def layers_inside(layer):
    """List the layers inside a model or inside a layer of one's own; Keras's own stay closed."""
    if isinstance(layer, keras.Model) or not type(layer).__module__.startswith("keras."):
        inside = getattr(layer, "_layers", [])
        return [inner for inner in inside if not isinstance(inner, keras.layers.InputLayer)]
    return []


def told_training(layer, training):
    """What a layer's `call` is told of training, as keyword arguments; nothing unless it asks."""
    asks = "training" in inspect.signature(layer.call).parameters
    return {"training": training} if asks else {}


class _Walk:
    """Finds the layers of a model by walking along its graph."""

    def __init__(self, expand_nested, training):
        self.expand_nested = expand_nested
        self.training = training
        self.boxes = {}  # by the id of the layer
        self.opened = {}  # graphs, by the id of the layer that was opened

    def add(self, graph, sources=None, inside=()):
        """Add a graph's boxes, and return those that its outputs come from.

        `sources` are the boxes that feed its inputs; without them, its inputs become boxes.
        """
        made = dict(zip(map(id, graph.inputs), sources or (), strict=False))  # box of each tensor
        place = {id(operation): number for number, operation in enumerate(graph.operations)}
        for _, nodes in sorted(graph._nodes_by_depth.items(), reverse=True):
            for node in sorted(nodes, key=lambda node: place[id(node.operation)]):
                if node.is_input and sources:
                    continue
                feeds = [made[id(tensor)] for tensor in node.input_tensors]
                if self.expand_nested and layers_inside(node.operation):
                    ends = self.add(self._open(node), feeds, (*inside, node.operation))
                else:
                    ends = [self._box(node, feeds, inside)] * len(node.output_tensors)
                made.update(zip(map(id, node.output_tensors), ends, strict=True))
        return [made[id(tensor)] for tensor in graph.outputs]

    def _open(self, node):
        def stand_in(x):
            symbolic = isinstance(x, keras.KerasTensor)
            return keras.Input(x.shape[1:], x.shape[0], x.dtype) if symbolic else x

        if id(node.operation) not in self.opened:
            arguments = (node.arguments.args, node.arguments.kwargs)
            args, kwargs = keras.tree.map_structure(stand_in, arguments)
            graph = _graph_of(node.operation, args, kwargs, self.training)
            self.opened[id(node.operation)] = graph
        return self.opened[id(node.operation)]

    def _box(self, node, feeds, inside):
        box = self.boxes.setdefault(id(node.operation), Box(node.operation, inside))
        box.calls += 1
        for feed in dict.fromkeys(feeds):  # as often as one call takes from it
            box.sources += [feed] * (feeds.count(feed) - box.sources.count(feed))
        box.shapes.append([tensor.shape[1:] for tensor in node.output_tensors])
        return box
