"""Are two models the same function? Told by what they answer, with the same weights."""

import inspect
import itertools
import math
from contextlib import contextmanager
from dataclasses import dataclass, replace
from unittest import mock

from helpers.arguments import CourseError
from helpers.differences import (
    ENOUGH,
    Difference,
    difference_between,
    likeness,
    orders_of,
    stages_of,
)
from helpers.models import (
    all_layers,
    boxes_of,
    call_model,
    check_it_is_a_model,
    is_float,
    is_graph,
    is_input,
    left_as_it_was,
    open_model,
    packed,
    reason_of,
    tensors_in,
)

import keras
import numpy as np
import tensorflow as tf

# What models answer


@dataclass
class Verdict:
    """Whether two models are the same function.

    Attributes:
        same: True, False, or None where it cannot be told.
        difference: The first `Difference`, if they are not the same.
        reason: Why it cannot be told, in words without a full stop.
        graphs: The two models, opened, to whose layers a difference points.
    """

    same: bool | None
    difference: Difference | None = None
    reason: str = ""
    graphs: tuple = ()


def compare(first, second, input_shape=None) -> Verdict:
    """Find out whether two models are the same function, whatever their weights are.

    The weights of the two are paired, set to the same random numbers for a while, and both are
    asked about inputs that make bends, ceilings and masks show, with and without training. The
    steps are looked at only to pair the weights, and to find words for a difference.

    Args:
        first, second, input_shape: As for `compare_models`.

    Raises:
        CourseError: One of them is not a model, or no input is known.
    """
    for model in (first, second):
        check_it_is_a_model(model, "The comparison")
    graphs = _opened_pair(first, second, input_shape)
    return replace(_compared(first, second, graphs), graphs=graphs)


def _compared(first, second, graphs):
    places = partners(*(graph.inputs for graph in graphs))
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
        return {x.name: shape(x) for x in tensors_in(graph.call)}
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
            if is_float(weight.dtype) and not np.isfinite(_numbers(weight)).all():
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


# How the weights of a trial are drawn: how large the answers of layers are, in turns, so that each
# layer answers in hundreds once; how large their biases are, whether the weights of one channel
# share their sign, and the inputs, by `_inputs_for`.
DRAWS = (
    ((1.4,), 0.5, False, "ordinary"),
    ((1.4,), 0.3, True, "positive"),
    ((1.0,), 6.0, False, "ordinary"),
    ((300.0, 9.0), 0.5, False, "large"),
    ((1.0, 0.05), -6.0, False, "tiny"),
    ((9.0, 300.0), 3.0, True, "ordinary"),
    ((0.3, 3.0), 0.5, False, "ordinary"),
)
RANDOM = "the first answers otherwise each time, by random numbers that Keras does not draw"
MUCH = 300_000  # numbers that an example's steps give, from which on two draws do, one training
LITTLE = 20_000  # up to which larger batches cost next to nothing
DEPTHWISE = keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D
TRANSPOSED = (
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
)
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
        with left_as_it_was(*self.models), _values_kept(self.models), _no_randomness():
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
            key = frozenset(zip(map(id, one), map(id, other), strict=False))
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
        work, trains = self.work(), self.trains()
        much, many = work > MUCH, 16 if work < LITTLE else 3
        told, numbers, self.varied = None, False, False
        for seed, draw in self.draws(much):
            random = np.random.default_rng(seed)
            values = self.draw(random, pairs, draw)
            for variables, value in zip(pairs, values, strict=True):
                for variable in variables:
                    variable.assign(np.reshape(value, variable.shape))
            self.take_over()
            # one example, then two: a model may mix those of a batch, or give one number each
            batches = (seed % 2 + 1,) if much else (3, 1) if seed == 0 else (many,)
            for inputs in _inputs_for(self.graphs, self.places, random, draw[3], batches):
                asked = trains and (seed == 0 or (seed == 2 and not much))
                for training in ((True,) if much else (False, True)) if asked else (False,):
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

    def take_over(self):
        """Have layers that compute something from their weights ahead of a call do so anew."""
        for model in self.models:
            for layer in all_layers(model):
                if isinstance(layer, keras.layers.Normalization):
                    layer.finalize_state()

    def draws(self, much):
        """Yield the ways to draw, up to thrice while every answer is the same, whatever it is to.

        That may be a unit that is dead in each of them, and hides what comes before it.
        """
        ways = DRAWS[:3:2] if much else DRAWS
        for seed in range(3 * len(ways)):
            if seed % len(ways) == 0 and self.varied:
                return
            yield seed, ways[seed % len(ways)]

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
        firsts = [np.resize(a.flat[:1], a.shape) for a in mine]
        self.varied = self.varied or not _agree(mine, firsts, self.tolerance)[0]
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
            if not all(v.trainable for v in pair):  # a call may have changed it
                pair[number].assign(np.reshape(value, pair[number].shape))
        model = self.models[number]
        try:
            answer = _answers(call_model(model, self.arranged(number, inputs), training))
        except Exception as error:
            return reason_of(error), [], 0
        after = [_numbers(pair[number]) for pair in pairs if not all(v.trainable for v in pair)]
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
        scales, turns = {}, itertools.cycle(sizes)
        for step in self.graphs[0].steps:
            arriving = max((level.get(id(source), 1.0) for source, _ in step.sources), default=1.0)
            new = [v for v in step.variables if id(v) not in scales and not _is_seed(v)]
            size = next(turns) if new else arriving
            if type(step.layer).__name__.lower() in ("softmax", "sigmoid", "tanh"):
                size = min(size, 1.0)
            level[id(step)] = size
            for v in new:
                met = size if _comes_second(v, step) else max(arriving, 1e-6)
                scales[id(v)] = size, met, _channels(v, step.layer)
        usual = (1.0, 1.0, slice(-1, None))
        return [_value(random, v, *scales.get(id(v), usual), bias, coherent) for v, _ in pairs]

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
        reasons = [x if isinstance(x, str) else None for x in (mine, theirs)]
        return Difference("stops", 0, *reasons, key)


def _comes_second(variable, step):
    """Whether a weight meets what its own layer has computed with another, and not the input."""
    attends = isinstance(step.layer, keras.layers.MultiHeadAttention)
    return variable.name == "pointwise_kernel" or (
        attends and "/attention_output/" in variable.path
    )


def _channels(variable, layer):
    """The axis of a kernel that runs over the channels of what its layer answers.

    Of a depthwise one the last two do, as each channel is computed by itself.
    """
    if isinstance(layer, DEPTHWISE) or "depthwise" in variable.name:
        return slice(-2, None)
    return slice(-2, -1) if isinstance(layer, TRANSPOSED) else slice(-1, None)


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


def _value(random, variable, size, arriving, channels, bias, coherent):
    """Draw a variable's value so that its layer answers in numbers of about a size.

    `channels` are the axes that run over the channels of the answer; the others are added up.
    """
    shape = tuple(variable.shape)
    if not is_float(variable.dtype):
        return variable.numpy()
    if "variance" in variable.name:
        return (arriving**2 * random.uniform(0.3, 2, shape)).astype("float32")
    if "moving_mean" in variable.name:
        return (arriving * random.normal(0, 0.5, shape)).astype("float32")
    if "gamma" in variable.name or len(shape) == 0:
        return (size * random.choice([-1, 1], shape) * random.uniform(0.5, 1.5, shape)).astype(
            "float32"
        )
    if shape == (1,):  # a single unit that is dead would hide all that comes after it
        return (bias * size * random.choice([0.3, 1.0], shape)).astype("float32")
    if len(shape) == 1:
        if abs(bias) < 1:
            return random.normal(0, bias * size, shape).astype("float32")
        return (bias * size * random.choice([-1.0, -0.4, 0.3, 1.0], shape)).astype("float32")
    channels = range(len(shape))[channels]
    added = math.prod(n for axis, n in enumerate(shape) if axis not in channels)
    fan_in = 1 if "embedding" in variable.name else added
    block = random.standard_normal(min(math.prod(shape), BLOCK), "float32")
    value = np.resize(block, shape) * np.float32(size / (math.sqrt(fan_in) * arriving))
    if not coherent:
        return value
    signed = [n if axis in channels else 1 for axis, n in enumerate(shape)]
    return np.abs(value) * random.choice([-1.0, 1.0], signed)


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


def _inputs_for(graphs, places, random, kind, batches):
    """Yield, for each size of a batch, inputs for two opened models that make things show."""
    takers = []  # for each input, the layers of both models that take it
    for place, step in enumerate(graphs[0].inputs):
        ends = step, graphs[1].inputs[places[place]]
        steps = [s for graph in graphs for s in graph.steps]
        takers.append([s.layer for s in steps if any(source in ends for source, _ in s.sources)])
    for batch in batches:
        if batch > 1:  # let all numbers and borders fit in
            batch = max(map(_batch_for, graphs[0].inputs, takers, itertools.repeat(batch)))
        yield [
            _input_for(step, layers, random, kind, step.shapes[0][0] or batch)
            for step, layers in zip(graphs[0].inputs, takers, strict=True)
        ]


def _batch_for(step, takers, batch):
    row = math.prod(size or 8 for size in step.shapes[0][1:]) or 1
    wanted = [len(_borders(takers)), sum(len(_words_of(one)) for one in takers)]
    wanted += [_count_of_numbers(one) for one in takers]
    return max(batch, -(-min(max(wanted), 2_000) // row))


def _input_for(step, takers, random, kind, batch):
    """An input for the layers that take it: their words, their whole numbers, their borders."""
    dtype = step.layer.dtype
    shape = (batch, *(size or 8 for size in step.shapes[0][1:]))
    words = [str(w) for layer in takers for w in _words_of(layer)]
    if dtype == "string" or (words and "int" not in str(dtype)):
        words += ["Other, words!", "zzz"]
        count = math.prod(shape)
        chosen = np.resize(random.permutation(words), count).tolist()
        if not any(isinstance(one, SINGLE_WORDS) for one in takers):
            ways = str, str, str.upper, str.title, "{}!".format, "{},".format
            chosen = [
                " ".join(
                    ways[random.integers(len(ways))](one)
                    for one in [word, *random.permutation(words)[: random.integers(8)]]
                )
                for word in chosen
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
            the input of the other one. Arguments of `call` that have a default are left out.
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
