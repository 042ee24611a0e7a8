"""Right and wrong answers to the exercises of lesson 3; lesson_1.py says what the tables mean."""

SETUP = ""
OPEN = set()
HARMLESS = {
    "3.6": [  # two equal layers change places
        "swapped in the list: layers.Conv2D(filters, 3, padding='same', activation='relu') and"
    ],
}


def leaky(*lines):
    """The answer to 3.1 with these lines in call."""
    return (
        "class Leaky(layers.Layer):\n"
        "    def __init__(self, slope, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.slope = slope\n\n"
        "    def call(self, inputs):\n        " + "\n        ".join(lines) + "\n"
    )


def gain(build, call="return inputs * self.factors"):
    """The answer to 3.3 with these lines in build and call."""
    return (
        "class Gain(layers.Layer):\n"
        f"    def build(self, input_shape):\n        {build}\n\n"
        f"    def call(self, inputs):\n        {call}\n"
    )


FACTORS = 'self.factors = self.add_weight(shape=(input_shape[-1],), initializer="ones")'

DIGITS = """
class MyDigits(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.conv_1 = layers.Conv2D(32, 3, activation="relu")
        self.conv_2 = layers.Conv2D(64, 3, activation="relu")
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(128, activation="relu")
        self.out = layers.Dense(10, activation="softmax")

    def call(self, inputs):
        x = self.conv_2(self.conv_1(inputs))
        return self.out(self.hidden(self.flatten(x)))

my_digits = MyDigits()
"""
LISTED_DIGITS = """keras.Sequential([
    layers.Conv2D(32, 3, activation="relu"),
    layers.Conv2D(64, 3, activation="relu"),
    layers.Flatten(),
    layers.Dense(128, activation="relu"),
    layers.Dense(10, activation="softmax"),
])"""

MENDED = """
class Mended(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.flatten = layers.Flatten()
        self.hidden = layers.Dense(64, activation="relu")
        self.dropout = layers.Dropout(0.5)
        self.out = layers.Dense(10, activation="softmax")

    def call(self, inputs, training=False):
        x = self.hidden(self.flatten(inputs))
        x = self.dropout(x, training=training)
        return self.out(x)
"""

PHOTO = """
def part(filters, rate):
    return keras.Sequential([
        layers.Conv2D(filters, 3, padding="same", activation="relu"),
        layers.Conv2D(filters, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.BatchNormalization(),
        layers.Dropout(rate),
    ])

class MyPhoto(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.one = part(64, 0.5)
        self.two = part(128, 0.3)
        self.head = keras.Sequential([
            layers.GlobalMaxPooling2D(),
            layers.Dense(128, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ])

    def call(self, inputs, training=False):
        x = self.one(inputs, training=training)
        x = self.two(x, training=training)
        return self.head(x)

my_photo = MyPhoto()
"""
PHOTO_FLAT = """
class MyPhoto(keras.Model):
    def __init__(self):
        super().__init__()
        self.all = [
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.Conv2D(64, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Conv2D(128, 3, padding="same", activation="relu"),
            layers.Conv2D(128, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.GlobalMaxPooling2D(),
            layers.Dense(128, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ]

    def call(self, x, training=False):
        for layer in self.all:
            x = layer(x)
        return x

my_photo = MyPhoto()
"""


def cut_at(*cuts):
    """Code that puts the layers of PHOTO_FLAT into lists which end before these numbers."""
    return (
        f"ends = [0, *{cuts}, 13]\n"
        "my_photo.all = [keras.Sequential(my_photo.all[a:b]) for a, b in zip(ends, ends[1:])]\n"
    )


REGISTER = '@keras.saving.register_keras_serializable(package="mine")'


def limited(*lines, register=REGISTER, call="super().call(inputs)"):
    """The answer to 3.7 with these lines in get_config."""
    return (
        f"{register}\n"
        "class Limited(layers.Dense):\n"
        "    def __init__(self, units, limit=1.0, **kwargs):\n"
        "        super().__init__(units, **kwargs)\n"
        "        self.limit = limit\n\n"
        "    def call(self, inputs):\n"
        f"        return ops.clip({call}, -self.limit, self.limit)\n\n"
        "    def get_config(self):\n        " + "\n        ".join(lines) + "\n"
    )


GOOD_CONFIG = 'return {**super().get_config(), "limit": self.limit}'


def decorated(code):
    """Some code with a `call` that is a tf.function."""
    return "import tensorflow as tf\n" + code.replace(
        "    def call", "    @tf.function\n    def call"
    )


RIGHT = {
    "3.1": {
        "where": leaky("return ops.where(inputs > 0, inputs, self.slope * inputs)"),
        "two relus": leaky("return ops.relu(inputs) - self.slope * ops.relu(-inputs)"),
        "in two lines": leaky(
            "small = ops.minimum(inputs, 0)", "return inputs - small * (1 - self.slope)"
        ),
        "Keras's own": leaky("return keras.activations.leaky_relu(inputs, self.slope)"),
        "a lambda and other names": """
class Kind(keras.layers.Layer):
    def __init__(self, how_much):
        super().__init__()
        self.do = lambda x: ops.maximum(x, how_much * x)

    def call(self, x):
        return self.do(x)

Leaky = Kind
""",
    },
    "3.2": {
        "numbers": "my_weights = 6\nmy_trainable = 4",
        "floats": "my_weights = 6.0\nmy_trainable = np.float32(4)",
        "from Keras": """
class Puzzle(keras.Model):
    def __init__(self):
        super().__init__()
        self.hidden, self.norm = layers.Dense(8), layers.BatchNormalization()
        self.spare = layers.Dense(8)

    def call(self, inputs):
        return layers.Dense(3)(self.norm(self.hidden(inputs)))

puzzle = Puzzle()
puzzle(np.ones((32, 4)))
my_weights, my_trainable = len(puzzle.weights), len(puzzle.trainable_weights)
""",
    },
    "3.3": {
        "a weight for each channel": """
class Gain(layers.Layer):
    def build(self, input_shape):
        self.each = [
            self.add_weight(shape=(), initializer="ones", name=f"gain_{n}")
            for n in range(input_shape[-1])
        ]

    def call(self, inputs):
        return inputs * ops.stack([1.0 * one for one in self.each])
""",
        "how far each factor is from 1": """
class Gain(layers.Layer):
    def build(self, input_shape):
        self.more = self.add_weight(shape=(input_shape[-1],), initializer="zeros")

    def call(self, inputs):
        return inputs + self.more * inputs
""",
        "as many axes as the input": gain(
            FACTORS.replace(
                "(input_shape[-1],)", "(1,) * (len(input_shape) - 1) + input_shape[-1:]"
            )
        ),
        "with a name": gain(FACTORS.replace('"ones"', '"ones", name="gain", trainable=True')),
        "an initializer object": gain(
            "self.scale = self.add_weight((input_shape[-1],), keras.initializers.Ones())",
            "return ops.multiply(self.scale, inputs)",
        ),
        "a Variable": gain(
            'self.factors = keras.Variable(np.ones(input_shape[-1], "float32"))',
        ),
        "a row": gain(FACTORS.replace("(input_shape[-1],)", "(1, input_shape[-1])")),
        "with __init__ and a parent's build": """
class Gain(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.factors = None

    def build(self, shape):
        *_, channels = shape
        self.factors = self.add_weight(shape=(channels,), initializer="ones")
        super().build(shape)

    def call(self, x, training=None):
        return self.factors * x
""",
        "through einsum": gain(FACTORS, 'return ops.einsum("...c,c->...c", inputs, self.factors)'),
    },
    "3.4": {
        "a decorated call": decorated(DIGITS),
        "a decorated call, and called": decorated(DIGITS) + "my_digits(np.ones((1, 28, 28, 1)))",
        "built already": DIGITS + "my_digits.build((None, 28, 28, 1))",
        "as in the lesson": DIGITS,
        "layers in a list": """
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.steps = [
            layers.Conv2D(32, (3, 3)), layers.ReLU(), layers.Conv2D(64, 3, activation=ops.relu),
            layers.Flatten(), layers.Dense(128, "relu"), layers.Dense(10), layers.Softmax(),
        ]

    def call(self, x):
        for step in self.steps:
            x = step(x)
        return x

my_digits = Net()
""",
        "layers in build, ops in call": """
class Net(keras.Model):
    def build(self, input_shape):
        self.a, self.b = layers.Conv2D(32, 3), layers.Conv2D(64, 3)
        self.c, self.d = layers.Dense(128), layers.Dense(10)

    def call(self, x, training=None, mask=None):
        x = ops.relu(self.b(ops.relu(self.a(x))))
        x = ops.reshape(x, (-1, 24 * 24 * 64))
        return ops.softmax(self.d(ops.relu(self.c(x))))

my_digits = Net(name="digits")
""",
        "called already": DIGITS + "my_digits(np.zeros((5, 28, 28, 1)))",
        "with options": """
class Net(keras.Model):
    def __init__(self, filters=(32, 64), units=128, classes=10, **kwargs):
        super().__init__(**kwargs)
        self.convs = [layers.Conv2D(n, 3, activation="relu") for n in filters]
        self.head = keras.Sequential([
            layers.Flatten(), layers.Dense(units, "relu"), layers.Dense(classes, "softmax"),
        ])

    def call(self, inputs):
        for conv in self.convs:
            inputs = conv(inputs)
        return self.head(inputs)

my_digits = Net()
""",
    },
    "3.5": {
        "a decorated call": decorated(MENDED),
        "as asked": MENDED,
        "training=None": MENDED.replace("training=False", "training=None"),
        "left to Keras to hand on": MENDED.replace("(x, training=training)", "(x)"),
        "an if": MENDED.replace(
            "x = self.dropout(x, training=training)",
            "if training:\n            x = self.dropout(x, training=True)",
        ),
        "one line": """
class Mended(keras.Model):
    def __init__(self):
        super().__init__()
        self.body = keras.Sequential([layers.Flatten(), layers.Dense(64), layers.ReLU()])
        self.drop, self.answer = layers.Dropout(0.5, seed=1), layers.Dense(10, "softmax")

    def call(self, x, training=None):
        return self.answer(self.drop(self.body(x), training=training))
""",
    },
    "3.6": {
        "built already": PHOTO + "my_photo.build((None, 64, 64, 3))",
        "a decorated call": decorated(PHOTO),
        "as in the lesson": PHOTO,
        "left to Keras to hand on": PHOTO.replace(", training=training", ""),
        "a list of parts": PHOTO.replace(
            "        self.head = ",
            "        self.parts = [self.one, self.two]\n        self.head = ",
        ).replace(
            "x = self.one(inputs, training=training)\n        x = self.two(x, training=training)",
            "x = inputs\n        for one in self.parts:\n            x = one(x, training=training)",
        ),
        "called already": PHOTO + "my_photo(keras.Input((64, 64, 3)))",
        "graphs as parts": """
def part(shape, filters, rate):
    inputs = x = keras.Input(shape)
    for _ in range(2):
        x = layers.Conv2D(filters, (3, 3), padding="same")(x)
        x = layers.ReLU()(x)
    x = layers.MaxPool2D((2, 2))(x)
    x = layers.BatchNormalization()(x)
    return keras.Model(inputs, layers.Dropout(rate)(x))

class Photo(keras.Model):
    def __init__(self):
        super().__init__()
        self.a, self.b = part((64, 64, 3), 64, 0.5), part((32, 32, 64), 128, 0.3)
        self.c = keras.Sequential([
            layers.GlobalMaxPool2D(), layers.Dense(128, "relu"), layers.Dense(1, "sigmoid"),
        ])

    def call(self, inputs, training=None):
        return self.c(self.b(self.a(inputs, training=training), training=training))

my_photo = Photo()
""",
    },
    "3.7": {
        "update": limited(
            "config = super().get_config()", 'config.update({"limit": self.limit})', "return config"
        ),
        "an item": limited(
            "config = super().get_config()", 'config["limit"] = self.limit', "return config"
        ),
        "joined, without a package": limited(
            'return super().get_config() | {"limit": float(self.limit)}',
            register="@keras.saving.register_keras_serializable()",
        ),
        "units once more": limited(
            "return dict(super().get_config(), units=self.units, limit=self.limit)"
        ),
        "registered afterwards": limited(GOOD_CONFIG, register="")
        + "keras.saving.register_keras_serializable()(Limited)",
    },
}

WRONG = {
    "3.1": {
        "one slope for all layers": (
            leaky("return ops.maximum(inputs, Leaky.slope * inputs)").replace(
                "self.slope = slope", "Leaky.slope = slope"
            ),
            "it makes ",
        ),
        "another while it trains": (
            leaky(
                "return ops.maximum(inputs, self.slope * inputs * (0 if training else 1))"
            ).replace("self, inputs", "self, inputs, training=False"),
            "while a model trains it does something else",
        ),
        "from one on": (
            leaky("return ops.where(inputs >= 1, inputs, self.slope * inputs)"),
            "it makes 0.175 of 0.7",
        ),
        "no gradient": (
            leaky("return ops.stop_gradient(ops.maximum(inputs, self.slope * inputs))"),
            "could not change the layers before it",
        ),
        "the first row": (
            leaky("return ops.maximum(inputs, self.slope * inputs)[:1]"),
            "it gives the shape (1, 2)",
        ),
        "return forgotten": (
            leaky("ops.maximum(inputs, self.slope * inputs)"),
            "returns nothing",
        ),
        "a fixed slope": (
            leaky("return ops.maximum(inputs, 0.25 * inputs)"),
            "it makes -10 of -40, and -20 is right",
        ),
        "subtracted": (
            leaky("return ops.where(inputs > 0, inputs, inputs - self.slope)"),
            "it makes -40.25 of -40",
        ),
        "summed up": (
            leaky("return ops.sum(ops.maximum(inputs, self.slope * inputs))"),
            "it gives the shape ()",
        ),
        "NumPy": (
            leaky("return np.maximum(inputs, self.slope * inputs)"),
            "inside a model it stops",
        ),
        "an if": (
            leaky("if inputs > 0:", "    return inputs", "return self.slope * inputs"),
            "It stops at an `if`",
        ),
        "eight numbers": (
            leaky("return ops.concatenate([inputs, self.slope * inputs])"),
            "it gives the shape (8, 2)",
        ),
        "self forgotten": (leaky("return ops.maximum(inputs, slope * inputs)"), "NameError"),
        "super forgotten": (
            leaky("return ops.maximum(inputs, self.slope * inputs)").replace(
                "        super().__init__(**kwargs)\n", ""
            ),
            "super().__init__()",
        ),
        "an instance": (
            leaky("return ops.maximum(inputs, self.slope * inputs)") + "Leaky = Leaky(0.1)",
            "one layer made from the class Leaky, and the class itself",
        ),
        "a function": (
            "def Leaky(inputs, slope=0.1):\n    return ops.maximum(inputs, slope * inputs)",
            "the function Leaky itself, and a class is asked for",
        ),
        "no layer": (
            leaky("return ops.maximum(inputs, self.slope * inputs)")
            .replace("(layers.Layer)", "")
            .replace("super().__init__(**kwargs)", "pass"),
            "does not build on layers.Layer",
        ),
        "None": ("Leaky = None", "The answer is None"),
    },
    "3.2": {
        "all trainable": ("my_weights = 6\nmy_trainable = 6", "trainable arrays is not 6"),
        "the norm not trainable": (
            "my_weights = 6\nmy_trainable = 2",
            "trainable arrays is not 2",
        ),
        "parameters": ("my_weights = 72\nmy_trainable = 56", "weight arrays is not 72"),
        "half done": ("my_weights = 6\nmy_trainable = ...", "number 2 is still empty"),
        "the other way round": ("my_weights = 4\nmy_trainable = 6", "4 is too few"),
        "a text": ('my_weights = "six"\nmy_trainable = 4', "the text 'six', and a number"),
        "a list of shapes": (
            "my_weights = [(4, 8), (8,)]\nmy_trainable = 4",
            "one number is asked",
        ),
        "None": ("my_weights = None\nmy_trainable = 4", "is None, and one number"),
    },
    "3.3": {
        "axes of an image": (
            gain(FACTORS.replace("(input_shape[-1],)", "(1, 1, 1, input_shape[-1])")),
            "it gives the shape (1, 1, 4, 6)",
        ),
        "axes of a sequence": (
            gain(FACTORS.replace("(input_shape[-1],)", "(1, 1, input_shape[-1])")),
            "it gives the shape (1, 4, 6)",
        ),
        "no rows": (
            gain(FACTORS, "return ops.einsum('bhwc,c->bhwc', inputs, self.factors)"),
            "Called on rows of 6 numbers, it stopped",
        ),
        "no gradient": (
            gain(FACTORS, "return inputs * ops.stop_gradient(self.factors)"),
            "could not change the weights",
        ),
        "a copy of the numbers": (
            gain(FACTORS, "return inputs * self.factors.numpy()"),
            "inside a model it stops",
        ),
        "a plain tensor": (gain("self.factors = ops.ones((input_shape[-1],))"), "finds no weights"),
        "a NumPy array": (
            gain('self.factors = np.ones(input_shape[-1], "float32")'),
            "finds no weights",
        ),
        "not on self": (
            gain('factors = self.add_weight(shape=(input_shape[-1],), initializer="ones")'),
            "has no attribute 'factors'",
        ),
        "not trainable": (gain(FACTORS.replace('"ones"', '"ones", trainable=False')), "trainable"),
        "random in the beginning": (
            gain("self.factors = self.add_weight(shape=(input_shape[-1],))"),
            "is not 1 everywhere",
        ),
        "zeros": (gain(FACTORS.replace("ones", "zeros")), "is not 1 everywhere"),
        "one factor for all": (
            gain('self.factors = self.add_weight(shape=(), initializer="ones")'),
            "Its weight has the shape ()",
        ),
        "one for each number": (
            gain('self.factors = self.add_weight(shape=input_shape[1:], initializer="ones")'),
            "Its weight has the shape (5, 5, 3)",
        ),
        "the wrong axis": (
            gain('self.factors = self.add_weight(shape=(input_shape[1],), initializer="ones")'),
            "Its weight has the shape (5,)",
        ),
        "three channels only": (
            gain('self.factors = self.add_weight(shape=(3,), initializer="ones")'),
            "5 channels, it needs 5 numbers",
        ),
        "images only": (
            gain(
                FACTORS,
                "return inputs * self.factors[None, None, None, :] * ops.ones((1, 5, 5, 1))",
            ),
            "Called on images of 4 × 6 with 5 channels, it stopped",
        ),
        "a Dense kernel": (
            gain(
                "self.factors = self.add_weight(shape=(input_shape[-1],) * 2)",
                "return ops.matmul(inputs, self.factors)",
            ),
            "Its weight has the shape (3, 3)",
        ),
        "a bias as well": (
            gain(
                FACTORS + "\n        self.bias = self.add_weight(shape=(input_shape[-1],), "
                'initializer="zeros")',
                "return inputs * self.factors + self.bias",
            ),
            "It has 2 weight arrays",
        ),
        "made in call": (
            """
class Gain(layers.Layer):
    def call(self, inputs):
        factors = self.add_weight(shape=(inputs.shape[-1],), initializer="ones")
        return inputs * factors
""",
            "Its call makes a weight",
        ),
        "return forgotten": (gain(FACTORS, "inputs * self.factors"), "returns nothing"),
        "call forgotten": (gain(FACTORS).split("    def call")[0], "has no method `call`"),
        "super forgotten": (
            gain(FACTORS).replace(
                "    def build",
                "    def __init__(self):\n        self.factors = None\n\n    def build",
            ),
            "super().__init__()",
        ),
        "asks for the channels": (
            gain(FACTORS).replace(
                "    def build",
                "    def __init__(self, channels):\n        super().__init__()\n\n    def build",
            ),
            "missing 1 required positional argument: 'channels'",
        ),
        "an instance": (gain(FACTORS) + "Gain = Gain()", "one layer made from the class Gain"),
        "a function": ("def Gain(inputs):\n    return inputs * 2", "a class is asked for"),
        "None": ("Gain = None", "The answer is None"),
    },
    "3.4": {
        "a stopped gradient": (
            DIGITS.replace("self.flatten(x)", "self.flatten(ops.stop_gradient(x))"),
            "Its Conv2D cannot learn",
        ),
        "a decorated call, another size": (
            decorated(DIGITS.replace("Dense(128", "Dense(64")),
            "Layer 4, a Dense, has 64 units",
        ),
        "a class instead of a model": (
            DIGITS.replace("MyDigits()", "MyDigits"),
            "the class MyDigits itself",
        ),
        "a list": (f"my_digits = {LISTED_DIGITS}", "written as a list, and here a class"),
        "a graph": (
            "inputs = keras.Input((28, 28, 1))\n"
            f"my_digits = keras.Model(inputs, {LISTED_DIGITS}(inputs))",
            "written as a graph, and here a class",
        ),
        "a class around a list": (
            f"""
class Net(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = {LISTED_DIGITS}

    def call(self, inputs):
        return self.inner(inputs)

my_digits = Net()
""",
            "a class that holds a whole model",
        ),
        "a layer": (
            DIGITS.replace("keras.Model", "layers.Layer"),
            "MyDigits builds on layers.Layer, so this is a layer",
        ),
        "super forgotten": (
            DIGITS.replace("        super().__init__(**kwargs)\n", ""),
            "super().__init__()",
        ),
        "call returns nothing": (DIGITS.replace("return ", ""), "returns nothing"),
        "call under another name": (DIGITS.replace("def call", "def forward"), "no method `call`"),
        "call inside __init__": (
            DIGITS.replace("    def call(", "        def call(").replace(
                "        x = self.conv_2(self.conv_1(inputs))\n        return",
                "            x = self.conv_2(self.conv_1(inputs))\n            return",
            ),
            "no method `call`",
        ),
        "call forgets a layer": (
            DIGITS.replace("self.conv_2(self.conv_1(inputs))", "self.conv_1(inputs)"),
            "`self.conv_2` is made in __init__, and call never uses it",
        ),
        "layers made in call": (
            DIGITS.replace("self.out(self", 'layers.Dense(10, activation="softmax")(self').replace(
                '        self.out = layers.Dense(10, activation="softmax")\n', ""
            ),
            "makes a new Dense every time",
        ),
        "all layers made in call": (
            f"""
class MyDigits(keras.Model):
    def call(self, inputs):
        return {LISTED_DIGITS}(inputs)

my_digits = MyDigits()
""",
            "makes a new Conv2D every time",
        ),
        "inputs in place of x": (
            DIGITS.replace("self.flatten(x)", "self.flatten(inputs)"),
            "What `self.conv_2` gives is lost",
        ),
        "one layer used twice": (
            DIGITS.replace("Conv2D(64", "Conv2D(32").replace(
                "self.conv_2(self.conv_1(inputs))", "self.conv_2(self.conv_2(self.conv_1(inputs)))"
            ),
            "A single Conv2D is used twice",
        ),
        "swapped in call": (
            DIGITS.replace("self.hidden(self.flatten(x))", "self.flatten(self.hidden(x))"),
            "Layers 3 and 4 (Dense and Flatten) are swapped",
        ),
        "self forgotten": (
            DIGITS.replace("self.conv_2(self.conv_1", "conv_2(conv_1"),
            "Its call stops with an error: name 'conv_2' is not defined",
        ),
        "self missing in the brackets": (
            DIGITS.replace("call(self, inputs)", "call(inputs)"),
            "cannot be called with one input",
        ),
        "an argument too many": (
            DIGITS.replace("call(self, inputs)", "call(self, inputs, outputs)"),
            "cannot be called with one input",
        ),
        "a layer called on nothing": (
            DIGITS.replace("self.conv_1(inputs)", "self.conv_1()"),
            "Given an input of shape (28, 28, 1), its call stops",
        ),
        "no rows for the dense layer": (
            DIGITS.replace("self.conv_2(self.conv_1(inputs))", "self.conv_2(self.flatten(inputs))"),
            "`self.conv_2` needs images",
        ),
        "softmax missing": (
            DIGITS.replace('10, activation="softmax"', "10"),
            "Layer 5, a Dense, has no activation",
        ),
        "softmax doubled": (
            DIGITS.replace("return self.out(", "return ops.softmax(self.out(").replace(
                "(x)))", "(x))))"
            ),
            "softmax twice",
        ),
        "wrong units": (DIGITS.replace("Dense(128", "Dense(64"), "Layer 4, a Dense, has 64 units"),
        "input scaled": (
            DIGITS.replace("self.conv_1(inputs)", "self.conv_1(inputs / 255)"),
            "It divides the input before the first layer",
        ),
        "input rounded": (
            DIGITS.replace("self.conv_1(inputs)", "self.conv_1(ops.round(inputs))"),
            "Layer 1, a Round, is one too many",
        ),
        "called on other images": (
            DIGITS + "my_digits(np.zeros((1, 32, 32, 1)))",
            "input of shape (32, 32, 1)",
        ),
        "what call returns": (
            DIGITS + "my_digits = my_digits(np.zeros((1, 28, 28, 1)))",
            "tensor, and a Keras model is asked for",
        ),
        "None": ("my_digits = None", "The answer is None"),
    },
    "3.5": {
        "training by its place": (
            MENDED.replace("(x, training=training)", "(x, training)"),
            "without saying which argument",
        ),
        "training without a default": (
            MENDED.replace("training=False", "training"),
            "Its call needs `training` each time",
        ),
        "layers outside the class": (
            'one, two = layers.Dense(64, "relu"), layers.Dense(10, "softmax")\n'
            + MENDED.replace('        self.hidden = layers.Dense(64, activation="relu")\n', "")
            .replace('        self.out = layers.Dense(10, activation="softmax")\n', "")
            .replace("self.hidden(", "one(")
            .replace("self.out(", "two("),
            "uses a Dense that is not on `self`",
        ),
        "a layer of the class": (
            MENDED.replace(
                '        self.hidden = layers.Dense(64, activation="relu")\n', ""
            ).replace(
                "    def __init__", '    hidden = layers.Dense(64, "relu")\n\n    def __init__'
            ),
            "uses a Dense that is not on `self`",
        ),
        "always training, without the argument": (
            MENDED.replace(", training=False", "").replace("training=training", "training=True"),
            "always works as if the model were training",
        ),
        "dropout when asked": (
            MENDED.replace(
                "x = self.dropout(x, training=training)",
                "if not training:\n            x = self.dropout(x, training=True)",
            ),
            "and with training=False as if it were",
        ),
        "a Sequential": (
            "Mended = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), "
            "layers.Dense(64), layers.Dropout(0.5), layers.Dense(10)])",
            "the class Sequential of Keras",
        ),
        "return still forgotten": (MENDED.replace("return ", ""), "returns nothing"),
        "only return added": (
            """
class Mended(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.flatten = layers.Flatten()
        self.dropout = layers.Dropout(0.5)

    def call(self, inputs):
        x = layers.Dense(64, activation="relu")(self.flatten(inputs))
        x = self.dropout(x)
        return layers.Dense(10, activation="softmax")(x)
""",
            "makes a new Dense every time",
        ),
        "only training added": (
            """
class Mended(keras.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.flatten = layers.Flatten()
        self.dropout = layers.Dropout(0.5)

    def call(self, inputs, training=False):
        x = layers.Dense(64, activation="relu")(self.flatten(inputs))
        x = self.dropout(x, training=training)
        layers.Dense(10, activation="softmax")(x)
""",
            "returns nothing",
        ),
        "one layer still made in call": (
            MENDED.replace("return self.out(x)", 'return layers.Dense(10, "softmax")(x)'),
            "makes a new Dense every time",
        ),
        "training ignored": (
            MENDED.replace(", training=False", "").replace("(x, training=training)", "(x)"),
            "does not take the argument `training`",
        ),
        "always training": (
            MENDED.replace("(x, training=training)", "(x, training=True)"),
            "Called with training=False, the Dropout works as if the model were training",
        ),
        "never training": (
            MENDED.replace("(x, training=training)", "(x, training=False)"),
            "Called with training=True, the Dropout works as if the model were not training",
        ),
        "training unless told": (
            MENDED.replace("training=False", "training=True"),
            "Called without `training`, the Dropout works as if the model were training",
        ),
        "turned round": (
            MENDED.replace("(x, training=training)", "(x, training=not training)"),
            "Called with training=True",
        ),
        "training on self": (
            MENDED.replace(", training=False", "").replace("=training)", "=self.training)"),
            "has no attribute 'training'",
        ),
        "dropout left out": (
            MENDED.replace("        x = self.dropout(x, training=training)\n", ""),
            "`self.dropout` is made in __init__, and call never uses it",
        ),
        "dropout at the end": (
            MENDED.replace("x = self.dropout(x, training=training)", "x = self.out(x)").replace(
                "return self.out(x)", "return self.dropout(x, training=training)"
            ),
            "Layers 3 and 4 (Dense and Dropout) are swapped",
        ),
        "another rate": (MENDED.replace("0.5", "0.2"), "the rate 0.2"),
        "the result lost": (
            MENDED.replace("x = self.dropout(", "self.dropout("),
            "`self.dropout` is made in __init__, and call never uses it",
        ),
        "super forgotten": (
            MENDED.replace("        super().__init__(**kwargs)\n", ""),
            "super().__init__()",
        ),
        "an instance": (
            MENDED + "Mended = Mended()",
            "one model made from the class Mended, and the class itself",
        ),
        "None": ("Mended = None", "The answer is None"),
    },
    "3.6": {
        "training without a default": (
            PHOTO.replace("training=False", "training"),
            "Its call needs `training` each time",
        ),
        "a class instead of a model": (PHOTO.replace("MyPhoto()", "MyPhoto"), "MyPhoto itself"),
        "a list of lists": (
            PHOTO.split("class")[0]
            + "my_photo = keras.Sequential([keras.Input((64, 64, 3)), part(64, 0.5), "
            "part(128, 0.3), layers.GlobalMaxPooling2D(), layers.Dense(128, 'relu'), "
            "layers.Dense(1, 'sigmoid')])",
            "written as a list, and here a class",
        ),
        "training ignored": (
            PHOTO.replace(", training=False", "").replace(", training=training", ""),
            "does not take the argument `training`",
        ),
        "the second part never trains": (
            PHOTO.replace("self.two(x, training=training)", "self.two(x, training=False)"),
            "Called with training=True, the Dropout in `self.two` works as if the model were not",
        ),
        "the first part always trains": (
            PHOTO.replace("self.one(inputs, training=training)", "self.one(inputs, training=True)"),
            "Called with training=False, the Dropout in `self.one` works as if",
        ),
        "training unless told": (
            PHOTO.replace("training=False", "training=True"),
            "Called without `training`",
        ),
        "the second part forgotten": (
            PHOTO.replace("        x = self.two(x, training=training)\n", ""),
            "`self.two` is made in __init__, and call never uses it",
        ),
        "one part used twice": (
            PHOTO.replace("self.two(x", "self.one(x").replace(
                "        self.two = part(128, 0.3)\n", ""
            ),
            "`self.one` is built for 3 channels, and then gets (32, 32, 64)",
        ),
        "parts swapped": (
            PHOTO.replace("self.one(inputs", "self.two(inputs").replace("self.two(x", "self.one(x"),
            "Layer 1 in call, a Conv2D in `self.two`, has 128 filters",
        ),
        "same rate twice": (PHOTO.replace("0.3", "0.5"), "Layer 10, a Dropout, has the rate 0.5"),
        "padding forgotten": (
            PHOTO.replace('padding="same", ', ""),
            "Layer 1, a Conv2D, has no padding",
        ),
        "dropout before norm": (
            PHOTO.replace(
                "layers.BatchNormalization(),\n        layers.Dropout(rate),",
                "layers.Dropout(rate),\n        layers.BatchNormalization(),",
            ),
            "Layers 4 and 5 (Dropout and BatchNormalization) are swapped",
        ),
        "average in place of the largest": (
            PHOTO.replace("GlobalMaxPooling2D", "GlobalAveragePooling2D"),
            "Layer 11 is a GlobalAveragePooling2D",
        ),
        "softmax on one unit": (PHOTO.replace("sigmoid", "softmax"), "the activation softmax"),
        "no parts": (PHOTO_FLAT, "goes through 13 parts"),
        "pooling in the second part": (
            PHOTO_FLAT + cut_at(5, 11),
            "has the shapes (32, 32, 64), (128,) and (1,)",
        ),
        "norm in the second part": (PHOTO_FLAT + cut_at(3, 10), "38,720, 222,208 and 16,641"),
        "one part for all": (PHOTO_FLAT + cut_at(), "goes through 1 part, not three"),
        "a part made in call": (
            PHOTO.replace("        self.two = part(128, 0.3)\n", "").replace(
                "self.two(x", "part(128, 0.3)(x"
            ),
            "makes a new Conv2D every time",
        ),
        "return forgotten": (PHOTO.replace("return self.head", "self.head"), "returns nothing"),
        "super forgotten": (
            PHOTO.replace("        super().__init__(**kwargs)\n", ""),
            "super().__init__()",
        ),
        "large photos": (
            PHOTO + "my_photo(keras.Input((256, 256, 3)))",
            "an input of shape (256, 256, 3)",
        ),
        "None": ("my_photo = None", "The answer is None"),
    },
    "3.7": {
        "the limit of the last layer made": (
            limited('return {**super().get_config(), "limit": Limited.last}').replace(
                "self.limit = limit", "self.limit = Limited.last = limit"
            ),
            "The limit in its note is 8, and the layer was made with 0.25",
        ),
        "the limit becomes a text": (
            limited("self.limit = str(self.limit)", GOOD_CONFIG),
            "Asked for get_config(), the layer changes",
        ),
        "the limit is taken away": (
            limited('return {**super().get_config(), "limit": vars(self).pop("limit")}'),
            "Asked for get_config(), the layer changes",
        ),
        "limit as a text": (
            limited('return {**super().get_config(), "limit": str(self.limit)}'),
            "the text '0.25' as limit",
        ),
        "all that is on self": (limited("return vars(self)"), "takes no argument of that name"),
        "from_config drops it": (
            limited(GOOD_CONFIG) + "\n    @classmethod\n    def from_config(cls, config):\n"
            '        return cls(**{key: config[key] for key in config if key != "limit"})\n',
            "The note holds the limit 0.25, and what is made anew from it has the number 1.0",
        ),
        "its name left out": (
            limited(
                'return {"units": self.units, "limit": self.limit, "activation": self.activation,',
                '        "use_bias": self.use_bias}',
            ),
            "name got lost",
        ),
        "frozen": (
            limited(GOOD_CONFIG).replace(
                "self.limit = limit", "self.limit = limit\n        self.trainable = False"
            ),
            "not trainable",
        ),
        "the parent's note alone": (
            limited("return super().get_config()"),
            "Its note says nothing of the limit",
        ),
        "limit alone": (limited('return {"limit": self.limit}'), "missing 1 required"),
        "the parent left out": (
            limited('return {"units": self.units, "limit": self.limit}'),
            "activation, use_bias got lost",
        ),
        "a fixed limit": (
            limited('return {**super().get_config(), "limit": 0.25}'),
            "The limit in its note is 0.25",
        ),
        "fixed units": (
            limited('return {**super().get_config(), "units": 3, "limit": self.limit}'),
            "another value of units",
        ),
        "another name": (
            limited('return {**super().get_config(), "max": self.limit}'),
            "'max'",
        ),
        "return forgotten": (limited(GOOD_CONFIG.removeprefix("return ")), "returns None"),
        "what update returns": (
            limited('return super().get_config().update({"limit": self.limit})'),
            "returns None",
        ),
        "a list": (limited("return [self.units, self.limit]"), "returns a list"),
        "two in brackets": (
            limited('return super().get_config(), {"limit": self.limit}'),
            "returns a tuple",
        ),
        "super without brackets": (
            limited('return {**super.get_config(), "limit": self.limit}'),
            "stops at `super`",
        ),
        "limit without self": (
            limited('return {**super().get_config(), "limit": limit}'),
            "NameError",
        ),
        "not registered": (limited(GOOD_CONFIG, register=""), "not registered"),
        "registered without brackets": (
            limited(GOOD_CONFIG, register="@keras.saving.register_keras_serializable"),
            "stands for a function",
        ),
        "call changed": (
            limited(GOOD_CONFIG).replace("return ops.clip(super().call(inputs), ", "return max("),
            "no longer does what it did",
        ),
        "the limit doubled in call": (
            limited(GOOD_CONFIG, call="2 * super().call(inputs)"),
            "no longer does what it did",
        ),
        "an instance": (
            limited(GOOD_CONFIG) + "Limited = Limited(3)",
            "one layer made from the class Limited",
        ),
        "the note": (
            limited(GOOD_CONFIG) + "Limited = Limited(3).get_config()",
            "a dict, and the class itself is asked for",
        ),
        "None": ("Limited = None", "The answer is None"),
    },
}
