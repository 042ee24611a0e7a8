"""The engine on other people's models: opened as Keras calls them, compared by what they do."""

from helpers import CourseError, compare_models, first_difference
from helpers.comparison import CannotTell, _Trial
from helpers.differences import orders_of
from helpers.models import open_model

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops


def chain(*stages, shape=(6,), dtype="float32"):
    """A list of layers; a function becomes an operation in a graph."""
    inputs = x = keras.Input(shape, dtype=dtype)
    for stage in stages:
        x = stage(x)
    return keras.Model(inputs, x)


def image(*stages):
    return chain(*stages, shape=(9, 9, 2))


def depthwise(kind=layers.DepthwiseConv2D, **settings):
    """A network in which many channels are computed one by one, and normalized after that."""
    last = layers.BatchNormalization(), layers.GlobalAveragePooling2D(), layers.Dense(2)
    return chain(kind(kernel_size=3, use_bias=False, **settings), *last, shape=(36, 36, 400))


def tokens(*stages):
    return chain(layers.Embedding(12, 4), *stages, shape=(5,), dtype="int32")


def words(**settings):
    known = ["red", "green", "blue", "red green"]
    layer = layers.TextVectorization(output_sequence_length=3, vocabulary=known, **settings)
    return chain(
        layer, layers.Embedding(9, 3), layers.Flatten(), layers.Dense(1), shape=(1,), dtype="string"
    )


def conv(count=3, size=3, **settings):
    return layers.Conv2D(count, size, **settings)


def adapted(mean, spread):
    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(0).normal(mean, spread, (50, 6)).astype("float32"))
    return layer


def attention(heads):
    layer = layers.MultiHeadAttention(heads, 4)
    return lambda x: layer(x, x)


def zero_or_one(pooling):
    """One unit that is dead, or not, for whole batches."""
    ends = layers.Rescaling(0.5, -1), layers.ReLU(), layers.UnitNormalization()
    hidden = layers.Dense(4, "relu"), layers.Dense(4), layers.Dense(1, "softplus", use_bias=False)
    return chain(*hidden, pooling, layers.Activation("selu"), *ends, shape=(6, 4))


class Scale(layers.Layer):
    """A layer of one's own with two weights of one shape, made in either order."""

    def __init__(self, backwards=False, power=1):
        super().__init__()
        self.names = ["shift", "factor"] if backwards else ["factor", "shift"]
        self.power = power

    def build(self, shape):
        for name in self.names:
            setattr(self, name, self.add_weight(shape=shape[-1:], name=name))

    def call(self, x):
        return self.factor * x**self.power + self.shift


class Positions(layers.Layer):
    """Weights that hang on no input."""

    def __init__(self, backwards=False):
        super().__init__()
        self.token, self.place = layers.Embedding(12, 4), layers.Embedding(5, 4)
        self.step = -1 if backwards else 1

    def call(self, x):
        return self.token(x) + self.place(ops.arange(5))[:: self.step]


class Twice(keras.Model):
    """One layer called two times, or two layers."""

    def __init__(self, shared):
        super().__init__()
        self.first = layers.Dense(6, activation="tanh")
        self.second = self.first if shared else layers.Dense(6, activation="tanh")

    def call(self, x):
        return self.second(self.first(x))


class Decorated(Twice):
    @tf.function
    def call(self, x):
        return self.second(self.first(x))


def on(shape, model):
    model(np.zeros((1, *shape), "float32"))
    return model


def position(backwards=False):
    return chain(Positions(backwards), layers.Flatten(), layers.Dense(2), shape=(5,), dtype="int32")


SAME = {
    "a call that is a tf.function": lambda: (on((6,), Decorated(False)), on((6,), Twice(False))),
    "a layer whose call is one": lambda: (
        chain(on((6,), Decorated(False)), layers.Dense(2)),
        chain(on((6,), Twice(False)), layers.Dense(2)),
    ),
    "an activation apart": lambda: (
        chain(layers.Dense(4, activation="relu")),
        chain(layers.Dense(4), layers.ReLU()),
    ),
    "a function for a word": lambda: (
        chain(layers.Dense(4, activation=ops.silu)),
        chain(layers.Dense(4), layers.Activation("swish")),
    ),
    "flattened by shape": lambda: (
        image(conv(), layers.Flatten(), layers.Dense(2)),
        image(conv(), layers.Reshape((-1,)), layers.Dense(2)),
    ),
    "a convolution of one point": lambda: (image(conv(4, 1)), image(layers.Dense(4))),
    "a sum in another order": lambda: (
        chain(layers.Dense(6), lambda x: x + 1.5),
        chain(layers.Dense(6), lambda x: 1.5 + x),
    ),
    "weights of one's own": lambda: (chain(Scale()), chain(Scale(backwards=True))),
    "positions": lambda: (position(), position()),
    "adapted to other data": lambda: (
        chain(adapted(0, 1), layers.Dense(4)),
        chain(adapted(7, 3), layers.Dense(4)),
    ),
    "dropout of nothing": lambda: (
        chain(layers.Dense(4), layers.Dropout(0.0), layers.Dense(2)),
        chain(layers.Dense(4), layers.Dense(2)),
    ),
    "dropout with seeds": lambda: (
        chain(layers.Dropout(0.4, seed=1), layers.Dense(2)),
        chain(layers.Dropout(0.4, seed=2, name="named"), layers.Dense(2)),
    ),
    "wrapped": lambda: (
        chain(layers.TimeDistributed(layers.Dense(3, name="one")), shape=(4, 2)),
        chain(layers.TimeDistributed(layers.Dense(3, name="two")), shape=(4, 2)),
    ),
    "axes counted from either end": lambda: (
        image(layers.LayerNormalization(axis=-1)),
        image(layers.LayerNormalization(axis=3)),
    ),
    "texts": lambda: (words(), words()),
    "a fixed batch": lambda: tuple(
        keras.Sequential([keras.Input((4, 3), batch_size=2), layers.GRU(3, stateful=True)])
        for _ in range(2)
    ),
}

DIFFERENT = {
    "a bend under a maximum": lambda: (
        image(conv(4, activation="relu"), layers.GlobalMaxPooling2D(), layers.Dense(2)),
        image(conv(4), layers.GlobalMaxPooling2D(), layers.Dense(2)),
    ),
    "a ceiling at a hundred": lambda: (
        chain(layers.Dense(4), layers.ReLU(max_value=100), layers.Dense(2)),
        chain(layers.Dense(4), layers.ReLU(), layers.Dense(2)),
    ),
    "what makes a unit answer 0 or 1": lambda: (
        zero_or_one(layers.GlobalMaxPooling1D()),
        zero_or_one(layers.GlobalAveragePooling1D()),
    ),
    "clipped elsewhere": lambda: (
        chain(layers.Dense(4), lambda x: ops.clip(x, 0, 1), layers.Dense(2)),
        chain(layers.Dense(4), lambda x: ops.clip(x, -1, 1), layers.Dense(2)),
    ),
    "below zero only": lambda: (
        chain(layers.Dense(4, activation="elu"), layers.Dense(2)),
        chain(layers.Dense(4, activation="selu"), layers.Dense(2)),
    ),
    "a bend, channel by channel": lambda: (depthwise(activation="tanh"), depthwise()),
    "a bend in a separable one": lambda: (
        depthwise(layers.SeparableConv2D, filters=400, activation="tanh"),
        depthwise(layers.SeparableConv2D, filters=400),
    ),
    "over the batch": lambda: (chain(layers.Softmax()), chain(layers.Softmax(axis=0))),
    "over the batch, of large images": lambda: tuple(
        chain(*over, layers.GlobalAveragePooling2D(), layers.Dense(1), shape=(400, 400, 2))
        for over in ([lambda x: ops.cumsum(x, axis=0)], [])
    ),
    "groups": lambda: (image(conv(4, groups=2)), image(conv(4))),
    "no scale": lambda: (
        image(layers.BatchNormalization(scale=False)),
        image(layers.BatchNormalization()),
    ),
    "in training only": lambda: (
        chain(layers.Dense(4), layers.BatchNormalization(momentum=0.5)),
        chain(layers.Dense(4), layers.BatchNormalization(momentum=0.9)),
    ),
    "another rate": lambda: (
        chain(layers.Dropout(0.2), layers.Dense(3)),
        chain(layers.Dropout(0.5), layers.Dense(3)),
    ),
    "called twice": lambda: (on((6,), Twice(True)), on((6,), Twice(False))),
    "a power of one's own": lambda: (chain(Scale()), chain(Scale(power=2))),
    "positions counted backwards": lambda: (position(), position(backwards=True)),
    "words in reverse": lambda: (
        tokens(layers.LSTM(3), layers.Dense(1)),
        tokens(layers.LSTM(3, go_backwards=True), layers.Dense(1)),
    ),
    "capitals": lambda: (words(), words(standardize="strip_punctuation")),
    "pairs of words": lambda: (words(), words(ngrams=2)),
    "another border": lambda: (
        chain(layers.Discretization([-1.0, 0.0]), layers.Embedding(3, 2), shape=(1,)),
        chain(layers.Discretization([-1.0, 0.5]), layers.Embedding(3, 2), shape=(1,)),
    ),
    "a small epsilon": lambda: (
        chain(layers.Dense(4), layers.LayerNormalization(epsilon=1e-3)),
        chain(layers.Dense(4), layers.LayerNormalization(epsilon=1e-6)),
    ),
    "what is added to the loss": lambda: (
        chain(layers.Dense(4), layers.ActivityRegularization(0.1)),
        chain(layers.Dense(4), layers.ActivityRegularization(0.0)),
    ),
}


@pytest.mark.parametrize("pair", SAME)
def test_the_same_function(pair):
    first, second = SAME[pair]()
    assert first_difference(first, second) is None


@pytest.mark.parametrize("pair", DIFFERENT)
def test_different_functions(pair):
    first, second = DIFFERENT[pair]()
    words = str(first_difference(first, second))
    assert 20 < len(words) < 300 and "{" not in words and "\x1b" not in words


def test_a_spelling_of_the_same_activation_is_not_told_as_the_difference():
    first = chain(layers.Dense(4, "exponential"), layers.Dense(3, "relu"))
    second = chain(layers.Dense(4), ops.exp, layers.Dense(3))
    assert "layer 2" in str(first_difference(first, second))


@pytest.mark.parametrize(
    ("shape", "make"),
    [
        ((40,), lambda: layers.Dense(40)),
        ((9, 40), lambda: layers.Conv1D(40, 3)),
        ((9, 40), lambda: layers.Conv1DTranspose(40, 3)),
        ((9, 9, 8), lambda: layers.Conv2D(8, 3, groups=2)),
        ((9, 9, 8), lambda: layers.Conv2DTranspose(128, 3)),
        ((9, 9, 8), lambda: layers.DepthwiseConv2D(3)),
        ((9, 9, 8), lambda: layers.SeparableConv2D(8, 3, depth_multiplier=2)),
        ((9, 40), lambda: layers.EinsumDense("abc,cd->abd", (None, 40))),
        ((9, 8), lambda: attention(1)),
        ((9, 8), lambda: attention(3)),
    ],
)
def test_answers_are_of_the_size_that_is_drawn(shape, make):
    """In the second of two layers: so large that a ceiling shows, so small that another does."""
    model = chain(layers.Dense(4), make(), shape=shape)
    graph = open_model(model, training=True, closed=True)
    trial, random = _Trial((model, model), (graph, graph), [0]), np.random.default_rng(0)
    pairs = [(v, v) for v in trial.variables(0, next(orders_of(graph)))]
    for sizes in ((9.0, 300.0), (300.0, 0.05)):
        values = trial.draw(random, pairs, (sizes, 0.1, False, "ordinary"))
        for (variable, _), value in zip(pairs, values, strict=True):
            variable.assign(value)
        answers = model(random.normal(0, 1, (8, *shape)).astype("float32"))
        assert sizes[1] / 6 < np.std(answers) < sizes[1] * 6


@pytest.mark.parametrize("place", range(1, 7))
def test_a_ceiling_at_a_hundred_is_seen_behind_each_layer(place):
    models = []
    for ceiling in (100, None):
        stack = [layers.Dense(5) for _ in range(6)]
        stack.insert(place, layers.ReLU(max_value=ceiling))
        models.append(chain(*stack))
    assert f"layer {place}" in str(first_difference(*models))


@pytest.mark.parametrize(
    ("stage", "why"),
    [
        (lambda x: ops.log(-1 - ops.square(x)), "no numbers"),
        (layers.Lambda(lambda x: x + tf.random.normal(tf.shape(x))), "random"),
    ],
)
def test_what_cannot_be_told(stage, why, capsys):
    models = [chain(stage) for _ in range(2)]
    with pytest.raises(CannotTell, match=why):
        first_difference(*models)
    compare_models(*models)
    assert capsys.readouterr().out.startswith("? It cannot be told here")


class Keeps(keras.Model):
    """A call that changes whatever can be changed."""

    def __init__(self):
        super().__init__()
        self.out, self.calls = layers.Dense(2), tf.Variable(0.0, trainable=False)
        self.mean = keras.metrics.Mean(name="mean")
        self.last, self.seen = None, []

    def call(self, x):
        self.last = self.out(x)
        self.seen.append(self.last)
        self.calls.assign_add(1.0)
        self.mean.update_state(ops.mean(self.last))
        self.add_loss(ops.mean(self.last))
        return self.last


class Inherits(Decorated):
    """A call that is a `tf.function`, in the parent class."""


@pytest.mark.parametrize("kind", [Decorated, Inherits])
def test_a_tf_function_keeps_nothing_of_being_opened(kind):
    model, x = kind(False), np.ones((2, 6), "float32")
    open_model(model, (6,))
    before = np.array(model(x))
    model.set_weights([0.3 + weight for weight in model.get_weights()])
    assert not np.allclose(before, model(x))


def test_a_model_is_left_as_it_was():
    model = on((3,), Keeps())
    before = {**vars(model)}, [v.numpy() for v in model.variables], list(model.seen), model.losses
    name = layers.Dense(1).name
    open_model(model)
    assert first_difference(model, model) is None
    assert int(layers.Dense(1).name.split("_")[-1]) == int(name.split("_")[-1]) + 1
    assert vars(model) == before[0] and model.seen == before[2] and float(model.calls) == 1
    assert all(map(np.array_equal, before[1], [v.numpy() for v in model.variables]))
    assert len(model.losses) == len(before[3])


class Asks(keras.Model):
    """Calls that cannot be followed with symbols, each for another reason."""

    def __init__(self, call):
        super().__init__()
        self.out, self.how = layers.Dense(2), call

    def call(self, x):
        return self.out(self.how(x))


def sign_by_if(x):
    return x if ops.max(x) > 0 else -x


def raw(x):
    return tf.nn.relu(x)


def boolean(x):
    raise ValueError("there is no mode 'boolean_mask'")


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        (sign_by_if, r"`if` or `while` about the values .*return x if ops.max\(x\) > 0"),
        (raw, r"hands a tensor to TensorFlow itself.*return tf.nn.relu\(x\)"),
        (np.tanh, "NumPy"),
        (boolean, "boolean_mask"),
    ],
)
def test_the_true_reason(call, reason):
    with pytest.raises(CourseError, match=reason):
        open_model(Asks(call), input_shape=(3,))


def test_an_opened_model_shows_itself_in_few_words():
    """A debugger and a failing test show it, and a way for each path would take hours."""
    inputs = x = keras.Input((4,))
    for _ in range(12):
        x = x + layers.Dense(4)(x)
    assert len(repr(open_model(keras.Model(inputs, x)))) < 50_000


def test_a_closed_step_is_compared_by_its_answers():
    first, second = (on((3,), Asks(raw)) for _ in range(2))
    assert open_model(first, (3,), closed=True).reason
    assert first_difference(first, second, (3,)) is None
    assert first_difference(first, on((3,), Asks(tf.nn.elu)), (3,)) is not None


def test_a_shared_layer_is_opened_for_each_call():
    class Head(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = conv(2, padding="same")

        def call(self, x, scale=1.0):
            return self.inner(x) * scale

    head, inputs = Head(), keras.Input((8, 8, 3))
    small = layers.MaxPooling2D()(inputs)
    graph = open_model(keras.Model(inputs, [head(inputs), head(small, scale=2.0)]))
    shapes = [step.shapes for step in graph.steps if step.layer is head.inner]
    assert sorted(shapes, key=str) == [[(None, 4, 4, 2)], [(None, 8, 8, 2)]]
    assert {step.arguments.get(1) for step in graph.steps} >= {1.0, 2.0}


def test_frozen_weights_are_compared_as_others():
    first, second = (chain(layers.Dense(4), layers.Dropout(0.5), layers.Dense(2)) for _ in range(2))
    first.trainable = False
    assert first_difference(first, second) is None
    assert first_difference(second, first) is None
