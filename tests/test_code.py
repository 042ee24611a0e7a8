"""Any model is written out in the other two styles, and what is written is the same function."""

import subprocess
import sys

from exercises.lesson_1 import digit_network
from helpers import CourseError, as_code, first_difference
from helpers.code.__main__ import main
from helpers.models import all_layers

import keras
import numpy as np
import pytest
from keras import layers, ops

WRITTEN = []  # all code of these tests, for ruff


def run(code, **known):
    """The model that some code leaves."""
    WRITTEN.append(str(code))
    space = {"__name__": "written", **known}
    exec(compile(code, "written.py", "exec"), space)
    return space["model"]


def carried(code, original, model):
    """Do what the last lines of some code say, to carry the weights over."""
    said, _, layers_too = code.rpartition("# The weights")[2].partition("# After that")
    said = said.splitlines()
    lines = [said[0].partition(": ")[2]] if len(said) == 1 else [line[2:] for line in said[1:]]
    exec("\n".join(lines), {"original": original, "model": model})
    if layers_too:
        assert layers_too == ", for each Normalization layer: layer.finalize_state()\n"
        for layer in all_layers(model):
            if isinstance(layer, layers.Normalization):
                layer.finalize_state()


def adapted(shape):
    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(0).normal(3, 2, (50, *shape)).astype("float32"))
    return layer


def digits():
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.Conv2D(64, (3, 3), activation="relu"),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        name="digits",
    )


def photo(filters=(64, 128), size=256):
    inputs = x = keras.Input((size, size, 3), name="photo")
    for count, rate in zip(filters, (0.5, 0.3), strict=True):
        x = layers.Conv2D(count, 3, padding="same", activation="relu")(x)
        x = layers.Conv2D(count, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
        x = layers.BatchNormalization()(x)
        x = layers.Dropout(rate)(x)
    x = layers.Dense(128, activation="relu")(layers.GlobalMaxPooling2D()(x))
    return keras.Model(inputs, layers.Dense(1, activation="sigmoid")(x))


LIST = """\
import keras
from keras import layers

model = keras.Sequential(
    [
        keras.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ],
    name="digits",
)
# The weights: model.set_weights(original.get_weights())
"""
CLASS = """\
import keras
from keras import layers


class Digits(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.conv_1 = layers.Conv2D(32, 3, activation="relu")
        self.conv_2 = layers.Conv2D(64, 3, activation="relu")
        self.flatten = layers.Flatten()
        self.dense_1 = layers.Dense(128, activation="relu")
        self.dense_2 = layers.Dense(10, activation="softmax")

    def call(self, inputs):
        x = self.conv_1(inputs)
        x = self.conv_2(x)
        x = self.flatten(x)
        x = self.dense_1(x)
        return self.dense_2(x)


model = Digits()
model(keras.Input((28, 28, 1)))
# The weights: model.set_weights(original.get_weights())
"""
GRAPH = """\
import keras
from keras import layers


def block(x, filters, rate):
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.BatchNormalization()(x)
    return layers.Dropout(rate)(x)


inputs = keras.Input((256, 256, 3), name="photo")
x = block(inputs, 64, 0.5)
x = block(x, 128, 0.3)
x = layers.GlobalMaxPooling2D()(x)
x = layers.Dense(128, activation="relu")(x)
outputs = layers.Dense(1, activation="sigmoid")(x)
model = keras.Model(inputs, outputs)
# The weights: model.set_weights(original.get_weights())
"""


@pytest.mark.parametrize(
    ("make", "style", "words", "code"),
    [
        (digits, "sequential", "list", LIST),
        (digits, "subclassing", "class", CLASS),
        (photo, "functional", "graph", GRAPH),
    ],
)
def test_it_reads_as_the_lessons_write(make, style, words, code):
    model = make()
    assert as_code(model, style) == as_code(model, words) == code


class Scale(layers.Layer):
    """A layer of one's own that can be imported from here."""

    def __init__(self, factor, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, shape):
        self.shift = self.add_weight(shape=shape[-1:])

    def call(self, inputs):
        return self.factor * inputs + self.shift


class Untold(Scale):
    def get_config(self):
        return {"factor": 1.0}


class Nothing(layers.Layer):
    """A layer that tells no settings, but whose call can be followed."""

    def __init__(self, bend, hidden):
        super().__init__()
        self.bend, self.hidden = bend, hidden

    def call(self, x):
        return self.bend(self.hidden(x)) - 0.5


class Turned(keras.Model):
    """A class whose layers are made in another order than they are used."""

    def __init__(self):
        super().__init__()
        self.out, self.join = layers.Dense(1), layers.Concatenate()
        self.left, self.right = layers.Dense(4), layers.Dense(4)

    def call(self, size, age, training=False):
        return self.out(self.join([self.left(size), self.right(age)]))


def chain(*stages, shape=(6,), dtype="float32"):
    inputs = x = keras.Input(shape, dtype=dtype)
    for stage in stages:
        x = stage(x)
    return keras.Model(inputs, x)


def turned():
    model = Turned()
    model(np.ones((1, 3)), np.ones((1, 5)))
    return model


def residual(join=lambda a, b: layers.Add()([a, b]), blocks=4):
    inputs = keras.Input((8, 8, 4))
    x = layers.Conv2D(8, 3, padding="same")(inputs)
    for _ in range(blocks):
        y = layers.Conv2D(8, 3, padding="same")(x)
        y = layers.BatchNormalization()(y)
        y = layers.Conv2D(8, 3, padding="same")(layers.ReLU()(y))
        x = layers.ReLU()(join(x, y))
    return keras.Model(inputs, x)


def twins():
    inputs = keras.Input((9,))
    encoder = keras.Model(inputs, layers.Dense(4)(layers.Dense(5)(inputs)), name="encoder")
    one, other = keras.Input((9,), name="one"), keras.Input((9,), name="other")
    return keras.Model([one, other], layers.Dense(1)(ops.abs(encoder(one) - encoder(other))))


def answers():
    inputs = keras.Input((8, 8, 1), name="image")
    x = layers.Flatten()(layers.Conv2D(2, 3, kernel_regularizer="l2")(inputs))
    digit = layers.Dense(10, activation="softmax", name="digit")(x)
    even = layers.Dense(1, activation="sigmoid", name="even")(x)
    return keras.Model({"image": inputs}, {"digit": digit, "even": even}, name="two_answers")


def tokens():
    inputs = keras.Input((5,), dtype="int32")
    x = layers.Embedding(12, 4, mask_zero=True)(inputs)
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 3)(x, x))
    state = layers.GlobalAveragePooling1D()(x)
    last, state = layers.SimpleRNN(4, return_state=True)(x, initial_state=state)
    return keras.Model(inputs, [last, state, x[:, 0]])


def nested(filters, rate, name):
    steps = [layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D()]
    return keras.Sequential([*steps, layers.Dropout(rate)], name=name)


def listed():
    parts = [nested(4, 0.5, "block_1"), nested(8, 0.3, "block_2"), layers.Flatten()]
    return keras.Sequential([keras.Input((20, 20, 1)), *parts, layers.Dense(2)])


def frozen():
    model = listed()
    model.layers[0].trainable = False
    return model


MODELS = {
    "photo": lambda: photo((4, 8), 16),
    "residual": residual,
    "residual with +": lambda: residual(lambda a, b: a + b, 2),
    "twins": twins,
    "two answers": answers,
    "tokens": tokens,
    "a class with two arguments": turned,
    "a list in a list": listed,
    "frozen": frozen,
    "one's own layer": lambda: chain(Scale(2.0), layers.Dense(3, name="out")),
    "followed": lambda: chain(Nothing(ops.relu, layers.Dense(3)), layers.Dense(2)),
    "lambda": lambda: chain(layers.Dense(4), layers.Lambda(lambda x: ops.flip(x, axis=-1) * 0.5)),
    "operations": lambda: chain(
        layers.Dense(4), lambda x: ops.clip(1 - x**2, -0.5, 0.8), lambda x: ops.max(x, axis=1)
    ),
    "wrapped": lambda: chain(
        layers.TimeDistributed(layers.Dense(3, "relu")),
        layers.Flatten(),
        shape=(4, 2),
    ),
    "sixteen bits": lambda: chain(
        layers.Dense(4, dtype="mixed_float16"), layers.Dense(2, dtype="float32")
    ),
    "settings": lambda: chain(
        layers.Conv2D(4, (3, 2), 2, "same", kernel_initializer="he_normal", use_bias=False),
        layers.BatchNormalization(axis=-1, momentum=0.9),
        layers.Activation(layers.LeakyReLU(negative_slope=0.1)),
        layers.MaxPooling2D(3, 2),
        layers.Reshape((-1,)),
        layers.Dense(2, kernel_constraint=keras.constraints.MaxNorm(2)),
        shape=(9, 9, 2),
    ),
    "numbers": lambda: chain(
        layers.Normalization(mean=0.5, variance=4.0),
        lambda x: x + np.array([1.0, 2, 3, 4, 5, 6], "float32"),
        layers.Dense(2),
    ),
    "numbers that are learned": lambda: chain(adapted((3,)), layers.Dense(4), shape=(3,)),
    "numbers that are learned, further in": lambda: chain(
        chain(layers.TimeDistributed(adapted((3,))), layers.Dense(6), shape=(4, 3)), shape=(4, 3)
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_what_is_written_is_the_same_function(name):
    model, styles = MODELS[name](), 0
    for style in ("list", "graph", "class"):
        try:
            code = as_code(model, style)
        except CourseError as error:
            assert style == "list" and str(error).startswith("A list"), error
            continue
        again = run(code)
        assert first_difference(model, again) is None, code
        carried(code, model, again)
        asked = [np.ones((2, *x.shape[1:]), x.dtype) for x in keras.tree.flatten(_inputs(again))]
        for one, other in zip(_told(model, asked), _told(again, asked), strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-2, atol=1e-3)
        styles += 1
    assert styles >= 2


def _inputs(model):
    from helpers.models import open_model, tensors_in

    return tensors_in(open_model(model).call)


def _told(model, asked):
    from helpers.models import open_model, packed

    args, kwargs = packed(open_model(model), asked)
    return [np.asarray(x) for x in keras.tree.flatten(model(*args, **kwargs))]


def test_a_repeated_block_is_a_loop():
    code = as_code(residual(), "graph")
    assert "for _ in range(4):\n    x = block(x)\n" in code
    assert code.count("BatchNormalization") == 1
    assert as_code(residual(), "class").count("self.blocks = [Block() for _ in range(4)]") == 1


def test_resnet_as_a_graph_is_short():
    model = keras.applications.ResNet50(weights=None, input_shape=(32, 32, 3), classes=2)
    code = as_code(model, "graph")
    again = run(code)
    assert len(code.splitlines()) <= 120
    names = [[layer.name for layer in one.layers[1:]] for one in (model, again)]
    assert names[0] == names[1]
    carried(code, model, again)
    image = np.random.default_rng(0).random((1, 32, 32, 3), "float32")
    np.testing.assert_allclose(model(image), again(image), rtol=1e-3)


def test_no_name_becomes_code():
    odd = '"} + exit() + f"{'
    parts = [layers.Dense(4, name=f"{odd}{n}_{k}") for n in range(5) for k in "abcde"]
    code = as_code(keras.Sequential([keras.Input((4,)), *parts]), "graph")
    names = [layer.name for layer in run(code).layers[1:]]
    assert names == [layer.name for layer in parts]


def test_weights_in_another_order_are_told_in_their_order():
    code = as_code(turned(), "graph")
    assert "# places = [*range(2, 6), 0, 1]" in code


def test_a_class_that_cannot_be_imported_is_told_to_be_needed():
    kind = type("Doubled", (Scale,), {"__module__": "__main__"})
    model = chain(kind(3.0), layers.Dense(2))
    code = as_code(model, "graph")
    assert "# Doubled is needed, too" in code and "import Doubled" not in code
    assert first_difference(model, run(code, Doubled=kind)) is None


class Iffed(keras.Model):
    def call(self, x):
        return x if ops.max(x) > 0 else -x


class Noted(keras.Model):
    def call(self, x):
        self.add_loss(ops.mean(x))
        return 2 * x


class Eager(keras.Model):
    def call(self, x, training=False):
        return 2 * x if training else x


class Weight(keras.Model):
    def build(self, shape):
        self.gain = self.add_weight(shape=shape[1:], name="gain")

    def call(self, x):
        return x * self.gain


def shown(model):
    model(np.ones((2, 3), "float32"))
    return model


def pinned():
    inputs = keras.Input((3,))
    return keras.Model(inputs, layers.Dropout(0.5)(inputs, training=True))


@pytest.mark.parametrize(
    ("make", "style", "words"),
    [
        (
            residual,
            "list",
            "A list cannot hold a branch: 'add.*' takes from 'conv2d.*' and 'conv2d.*'",
        ),
        (twins, "list", "A list has one input, and the Functional model has 2"),
        (lambda: chain(lambda x: x * 2), "list", "A list holds layers only"),
        (lambda: Iffed(), "class", "asks `if` or `while` about the values in a tensor"),
        (lambda: shown(Noted()), "graph", "its call adds to the loss"),
        (lambda: shown(Eager()), "graph", "takes other steps while training"),
        (lambda: shown(Weight()), "graph", "uses a weight of its own, 'gain'"),
        (lambda: chain(Untold(2.0)), "graph", "does not tell its 'factor' in get_config"),
        (pinned, "class", "is called with training=True"),
        (digits, "sequence", "style must be 'sequential', 'list', .* or 'class', not 'sequence'"),
        (lambda: Turned(), "graph", "has not seen an input yet"),
        (lambda: 3, "graph", "as_code needs a Keras model, and got 3;"),
    ],
)
def test_it_says_no_in_a_sentence(make, style, words):
    shape = (3,) if make().__class__ is Iffed else None
    with pytest.raises(CourseError, match=words) as caught:
        as_code(make(), style, shape)
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


def test_it_is_shown_in_colour_and_saved(tmp_path):
    code = as_code(digits(), "list")
    page = code._repr_html_()
    assert "<span" in page and "Sequential" in page and "background: #fff" in page
    code.save(tmp_path / "model.py")
    assert (tmp_path / "model.py").read_text(encoding="utf-8") == code
    with pytest.raises(CourseError, match="cannot be written"):
        code.save(tmp_path / "nowhere" / "model.py")


def test_the_command(tmp_path, capsys):
    digits().save(tmp_path / "digits.keras")
    assert main([str(tmp_path / "digits.keras"), "sequential"]) == 0
    assert capsys.readouterr().out == LIST
    chain(layers.Lambda(lambda x: x + 1)).save(tmp_path / "lambda.keras")
    for name, words in (("lambda.keras", "cannot be opened"), ("no.keras", "There is no file")):
        assert main([str(tmp_path / name), "list"]) == 2
        said = capsys.readouterr()
        assert words in said.err and said.err.count("\n") == 1 and not said.out


def test_ruff_would_not_change_it(tmp_path):
    digits = [as_code(digit_network(), style) for style in ("list", "graph", "class")]
    for number, code in enumerate(WRITTEN + digits):  # what the tests before have written, too
        (tmp_path / f"written_{number}.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--check", "--no-cache"]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
