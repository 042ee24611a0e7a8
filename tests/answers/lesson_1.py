"""Right and wrong answers to the exercises of lesson 1, as learners really give them.

SETUP runs before each answer, after the lesson's imports. WRONG gives with each answer the words
that its check must say. OPEN names exercises in which a changed solution may be right as well;
HARMLESS names changes to a solution that leave it right.
"""

SETUP = """
(images, labels), _ = helpers.load_mnist(4_000, 10)
x = helpers.scale_images(images)
x_train, y_train, x_val, y_val = x[:-500], labels[:-500], x[-500:], labels[-500:]
"""
OPEN = {"1.6"}  # any network that is small and good enough
HARMLESS = {}


def function(body):
    """The answer to 1.1 with this body."""
    return f"def prepare(images):\n    {body}\n"


def digits(*lines):
    """The answer to 1.3 as a list of these lines."""
    return "my_digits = keras.Sequential([\n    " + ",\n    ".join(lines) + ",\n])\n"


INPUT = "keras.Input((28, 28, 1))"
FIRST = 'layers.Conv2D(32, 3, activation="relu")'
SECOND = 'layers.Conv2D(64, 3, activation="relu")'
FLAT = "layers.Flatten()"
DENSE = 'layers.Dense(128, activation="relu")'
LAST = 'layers.Dense(10, activation="softmax")'

AS_CLASS = """
class Digits(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Conv2D(32, 3, activation="relu")
        self.second = layers.Conv2D(64, 3, activation="relu")
        self.flat = layers.Flatten()
        self.dense = layers.Dense(128, activation="relu")
        self.last = layers.Dense(10, activation="softmax")

    def call(self, inputs):
        x = self.flat(self.second(self.first(inputs)))
        return self.last(self.dense(x))

my_digits = Digits()
"""

MENDED = """
my_mended = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D(8, 3, activation="relu"),
    layers.MaxPooling2D(4),
    {}
])
"""

SCORES = "my_scores = keras.Sequential([keras.Input((4,)), layers.Dense(3)])\n"

SMALL = """
my_small = keras.Sequential([
    keras.Input((28, 28, 1)),
    layers.Conv2D({filters}, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Conv2D(24, 3, activation="relu"),
    layers.MaxPooling2D(2),
    layers.Flatten(),
    layers.Dense({units}, activation="softmax"),
])
my_small.compile("adam", "{loss}", metrics=["accuracy"])
my_small.fit(x_train, {labels}, batch_size=16, epochs=3, verbose=0)
"""
FIT = "my_small.fit(x_train, y_train, batch_size=16, epochs=3, verbose=0)"
GOOD = {
    "filters": 12,
    "units": 10,
    "loss": "sparse_categorical_crossentropy",
    "labels": "y_train",
}

RIGHT = {
    "1.1": {
        "reshape": function('return images.reshape((*images.shape, 1)).astype("float32") / 255.0'),
        "expand_dims": function("return np.expand_dims(images, -1) / np.float32(255)"),
        "multiplied": function(
            'return (images.astype(np.float32) * (1 / 255))[:, :, :, None].astype("float32")'
        ),
        "by Keras": function('return keras.ops.expand_dims(images.astype("float32") / 255, -1)'),
        "a lambda": "prepare = lambda pictures: np.float32(pictures[..., None]) / 255",
    },
    "1.2": {
        "with None": "my_shape = (None, 22, 12, 8)\nmy_count = 2376",
        "a list and a float": "my_shape = [22, 12, 8]\nmy_count = 2376.0",
        "from Keras": """
model = keras.Sequential([
    keras.Input((100, 60, 3)), layers.Conv2D(16, 5, strides=2), layers.MaxPooling2D(2),
    layers.Conv2D(8, 3),
])
my_shape, my_count = model.output_shape, model.count_params()
""",
    },
    "1.3": {
        "with add": """
my_digits = keras.Sequential()
my_digits.add(keras.Input(shape=(28, 28, 1)))
for filters in (32, 64):
    my_digits.add(layers.Conv2D(filters, (3, 3), padding="valid", activation=keras.ops.relu))
my_digits.add(layers.Flatten())
my_digits.add(layers.Dense(128, "relu"))
my_digits.add(layers.Dense(10, keras.activations.softmax))
""",
        "activations as layers": digits(
            INPUT,
            "layers.Conv2D(32, 3)",
            "layers.ReLU()",
            "layers.Conv2D(64, 3)",
            'layers.Activation("relu")',
            FLAT,
            DENSE,
            "layers.Dense(10)",
            "layers.Softmax()",
        ),
        "without an input": digits(FIRST, SECOND, FLAT, DENSE, LAST),
        "Reshape": digits(INPUT, FIRST, SECOND, "layers.Reshape((-1,))", DENSE, LAST),
        "flat and back": digits(
            INPUT, FIRST, FLAT, "layers.Reshape((26, 26, 32))", SECOND, FLAT, DENSE, LAST
        ),
        "a class": AS_CLASS,
    },
    "1.4": {
        "Reshape": MENDED.format('layers.Reshape((-1,)), layers.Dense(10, activation="softmax")'),
        "softmax apart": MENDED.format("layers.Flatten(), layers.Dense(10), layers.Softmax()"),
        "a class": """
class Mended(keras.Model):
    def __init__(self):
        super().__init__()
        self.look = layers.Conv2D(8, 3, activation="relu")
        self.pool = layers.MaxPooling2D(4)
        self.flat = layers.Flatten()
        self.last = layers.Dense(10, activation="softmax")

    def call(self, inputs):
        return self.last(self.flat(self.pool(self.look(inputs))))

my_mended = Mended()
""",
        "pop and add": MENDED.format('layers.Dense(10, activation="softmax")')
        + "my_mended.pop()\nmy_mended.add(layers.Flatten())\n"
        + 'my_mended.add(layers.Dense(10, activation="softmax"))',
    },
    "1.5": {
        "another optimizer": SCORES
        + "my_scores.compile(keras.optimizers.SGD(0.1), keras.losses.CategoricalCrossentropy("
        'from_logits=True), metrics=["acc"])',
        "a metric as an object": SCORES
        + "my_scores.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True), "
        "metrics=[keras.metrics.CategoricalAccuracy()])",
        "a lambda and a list": SCORES
        + "my_scores.compile(loss=[lambda y, p: keras.losses.categorical_crossentropy("
        'y, p, from_logits=True)], weighted_metrics=["accuracy"])',
        "smoothed labels": SCORES
        + "my_scores.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True, "
        'label_smoothing=0.05), metrics=["accuracy"])',
        "two metrics": SCORES
        + "my_scores.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True), "
        'metrics=["categorical_accuracy", keras.metrics.TopKCategoricalAccuracy(2)])',
    },
    "1.6": {
        "fewer filters": SMALL.format(**GOOD),
        "logits": SMALL.format(**GOOD)
        .replace(', activation="softmax"', "")
        .replace(
            '"sparse_categorical_crossentropy"',
            "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
        ),
        "one-hot labels": SMALL.format(
            **GOOD
            | {
                "loss": "categorical_crossentropy",
                "labels": "keras.utils.to_categorical(y_train)",
            }
        ),
    },
}

WRONG = {
    "1.1": {
        "return forgotten": (function("images[..., None] / 255"), "returns None"),
        "no channel axis": (function('return images.astype("float32") / 255'), "channel axis"),
        "the axis in front": (
            function('return images[np.newaxis].astype("float32") / 255'),
            "it makes (1, 5, 20, 30)",
        ),
        "float64": (function("return images[..., None] / 255"), "float64"),
        "float16": (function('return (images[..., None] / 255).astype("float16")'), "float16"),
        "None": ("prepare = None", "a function is asked for"),
        "a text": ('prepare = "images / 255"', "a function is asked for"),
        "called already": (
            function('return images[..., None].astype("float32") / 255')
            + "prepare = prepare(images)",
            "The answer is an array, perhaps what the function returned, and a function",
        ),
        "a wrong name inside": (function("return picture / 255"), "NameError"),
    },
    "1.2": {
        "without strides": ("my_shape = (46, 26, 8)\nmy_count = 2376", "height is not 46"),
        "input channels": (
            "my_shape = (22, 12, 3)\nmy_count = 2376",
            "of channels is not 3",
        ),
        "channels in front": ("my_shape = (8, 22, 12)\nmy_count = 2376", "number of channels"),
        "no channels": ("my_shape = (22, 12)\nmy_count = 2376", "has 2 numbers"),
        "grey input": ("my_shape = (22, 12, 8)\nmy_count = 1576", "count is not 1,576"),
        "half done": ("my_shape = (22, 12, 8)\nmy_count = ...", "number 2 is still empty"),
        "a text": ('my_shape = (22, 12, 8)\nmy_count = "2,376"', "a number is asked for"),
        "a shape as text": ('my_shape = "22, 12, 8"\nmy_count = 2376', "a shape is asked for"),
        "None": ("my_shape = None\nmy_count = 2376", "a shape is asked for"),
    },
    "1.3": {
        "a layer left out": (digits(INPUT, FIRST, FLAT, DENSE, LAST), "missing after layer 1"),
        "Flatten left out": (digits(INPUT, FIRST, SECOND, DENSE, LAST), "missing after layer 2"),
        "layers swapped": (
            digits(INPUT, SECOND, FIRST, FLAT, DENSE, LAST),
            "Layer 1, a Conv2D, has 64 filters",
        ),
        "dense before flat": (
            digits(INPUT, FIRST, SECOND, DENSE, FLAT, LAST),
            "Layers 3 and 4 (Dense and Flatten) are swapped",
        ),
        "wrong filters": (
            digits(INPUT, FIRST, 'layers.Conv2D(32, 3, activation="relu")', FLAT, DENSE, LAST),
            "Layer 2, a Conv2D, has 32 filters",
        ),
        "wrong window": (
            digits(INPUT, 'layers.Conv2D(32, 5, activation="relu")', SECOND, FLAT, DENSE, LAST),
            "a window of (5, 5)",
        ),
        "padding": (
            digits(
                INPUT,
                FIRST,
                'layers.Conv2D(64, 3, padding="same", activation="relu")',
                FLAT,
                DENSE,
                LAST,
            ),
            "padding 'same'",
        ),
        "wrong activation": (
            digits(INPUT, FIRST, SECOND, FLAT, 'layers.Dense(128, activation="sigmoid")', LAST),
            "Layer 4, a Dense, has the activation sigmoid",
        ),
        "no activation": (
            digits(INPUT, "layers.Conv2D(32, 3)", SECOND, FLAT, DENSE, LAST),
            "Layer 1, a Conv2D, has no activation",
        ),
        "softmax missing": (
            digits(INPUT, FIRST, SECOND, FLAT, DENSE, "layers.Dense(10)"),
            "Layer 5, a Dense, has no activation",
        ),
        "softmax doubled": (
            digits(INPUT, FIRST, SECOND, FLAT, DENSE, LAST, "layers.Softmax()"),
            "softmax twice",
        ),
        "pooling added": (
            digits(INPUT, FIRST, "layers.MaxPooling2D()", SECOND, FLAT, DENSE, LAST),
            "is one too many",
        ),
        "dropout added": (
            digits(INPUT, FIRST, SECOND, FLAT, DENSE, "layers.Dropout(0.5)", LAST),
            "Layer 5, a Dropout, is one too many",
        ),
        "wrong input": (
            digits("keras.Input((32, 32, 1))", FIRST, SECOND, FLAT, DENSE, LAST),
            "input of shape (32, 32, 1)",
        ),
        "batch in the input": (
            digits("keras.Input((None, 28, 28, 1))", FLAT),
            "one dimension too many",
        ),
        "None": ("my_digits = None", "The answer is None"),
        "what summary returns": (
            digits(INPUT, FIRST, SECOND, FLAT, DENSE, LAST) + "my_digits = my_digits.summary()",
            "The answer is None",
        ),
        "a text": ('my_digits = "Sequential"', "the text 'Sequential'"),
        "a list only": (f"my_digits = [{FIRST}, {SECOND}, {FLAT}]", "a list"),
        "no layers": ("my_digits = keras.Sequential()", "without layers"),
        "a class instead of a model": (
            AS_CLASS.replace("Digits()", "Digits"),
            "the class Digits itself",
        ),
        "call forgets a layer": (
            AS_CLASS.replace("self.last(self.dense(x))", "self.last(x)"),
            "`self.dense` is made in __init__, and call never uses it",
        ),
        "call returns nothing": (
            AS_CLASS.replace("return self.last", "self.last"),
            "returns nothing",
        ),
        "layers made in call": (
            AS_CLASS.replace("self.last(self.dense(x))", LAST + "(self.dense(x))"),
            "makes a new Dense every time",
        ),
    },
    "1.4": {
        "flat too early": (
            "my_mended = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), "
            'layers.Dense(10, activation="softmax")])',
            "2 layers are missing at the start",
        ),
        "pooling lost": (
            "my_mended = keras.Sequential([keras.Input((28, 28, 1)), layers.Conv2D(8, 3, "
            'activation="relu"), layers.Flatten(), layers.Dense(10, activation="softmax")])',
            "missing after layer 1",
        ),
        "one unit": (
            MENDED.format('layers.Flatten(), layers.Dense(1, activation="softmax")'),
            "has 1 unit",
        ),
        "a dense layer too many": (
            MENDED.format(
                'layers.Flatten(), layers.Dense(20), layers.Dense(10, activation="softmax")'
            ),
            "a Dense too many, layer 4",
        ),
        "softmax lost": (MENDED.format("layers.Flatten(), layers.Dense(10)"), "no activation"),
        "still without": (
            MENDED.format('layers.Dense(20, activation="relu"), layers.Dense(10)'),
            "another layer belongs",
        ),
        "None": ("my_mended = None", "The answer is None"),
        "a layer": ("my_mended = layers.Flatten()", "a Flatten"),
    },
    "1.5": {
        "metrics in the third place": (
            SCORES
            + 'my_scores.compile("adam", keras.losses.CategoricalCrossentropy(from_logits=True), '
            '["accuracy"])',
            "Its loss_weights are texts: 'accuracy'.",
        ),
        "two scores": (
            "my_scores = keras.Sequential([keras.Input((4,)), layers.Dense(2)])\n"
            'my_scores.compile(loss="mse")',
            "not the one that was given: layer 1, a Dense, has 2 units",
        ),
        "frozen": (
            SCORES + "my_scores.trainable = False\n"
            "my_scores.compile(loss=keras.losses.CategoricalCrossentropy(from_logits=True))",
            "is frozen, so it cannot learn",
        ),
        "an object for probabilities": (
            SCORES + "my_scores.compile(loss=keras.losses.CategoricalCrossentropy(), "
            'metrics=["accuracy"])',
            "for probabilities",
        ),
        "an own loss": (
            SCORES + "my_scores.compile(loss=lambda y, p: keras.ops.sum(keras.ops.abs(y - p)))",
            "for three examples where",
        ),
        "an own loss that stops": (
            SCORES + "my_scores.compile(loss=lambda y, p: y - q)",
            "Its loss stops with an error",
        ),
        "no brackets": (
            SCORES + "my_scores.compile(loss=keras.losses.CategoricalCrossentropy)",
            "Its loss is a class itself",
        ),
        "without gradients": (
            SCORES + "my_scores.compile(loss=lambda y, p: keras.losses.categorical_crossentropy("
            "y, keras.ops.stop_gradient(p), from_logits=True))",
            "no gradient comes back",
        ),
        "a weight below 0": (
            SCORES + "my_scores.compile(loss=keras.losses.CategoricalCrossentropy("
            "from_logits=True), loss_weights=-1.0)",
            "has the weight -1",
        ),
        "another metric": (
            SCORES + "my_scores.compile(loss=keras.losses.CategoricalCrossentropy("
            'from_logits=True), metrics=["mae"])',
            "of the answers are right, it reports mae",
        ),
        "softmax added": (
            SCORES + "my_scores.add(layers.Softmax())\n"
            'my_scores.compile(loss="categorical_crossentropy", metrics=["accuracy"])',
            "The model is not the one that was given",
        ),
        "no loss": (SCORES + 'my_scores.compile("adam", metrics=["accuracy"])', "no loss"),
        "what compile returns": (
            SCORES + 'my_scores = my_scores.compile(loss="mse")',
            "The answer is None",
        ),
        "a text": ('my_scores = "categorical_crossentropy"', "a Keras model is asked for"),
    },
    "1.6": {
        "untrained": (
            SMALL.format(**GOOD).replace(FIT, ""),
            "has not been trained",
        ),
        "wrong labels": (
            SMALL.format(**GOOD | {"labels": "y_train[::-1].copy()"}),
            "even of the first training images",
        ),
        "one dense layer": (
            "my_small = keras.Sequential([keras.Input((28, 28, 1)), layers.AveragePooling2D(4), "
            'layers.Flatten(), layers.Dense(10, activation="softmax")])\n'
            'my_small.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")\n'
            + FIT.replace("epochs=3", "epochs=1"),
            "of the first training images it gets",
        ),
        "a large dense layer": (
            "my_small = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), "
            "layers.Dense(128), layers.Dense(10)])",
            "It has 101,770 parameters",
        ),
        "too large": (
            SMALL.format(**GOOD | {"filters": 200}).replace(FIT, ""),
            "at most 20,000",
        ),
        "one unit": (
            SMALL.format(**GOOD | {"units": 1, "loss": "mse", "labels": "y_train"}),
            "have the shape (500, 1)",
        ),
        "the history": (
            SMALL.format(**GOOD).replace("my_small.fit", "my_small = my_small.fit"),
            "a History",
        ),
        "other images": (
            "my_small = keras.Sequential([keras.Input((32, 32, 3)), layers.Flatten(), "
            "layers.Dense(5)])",
            "input of shape (32, 32, 3)",
        ),
        "None": ("my_small = None", "The answer is None"),
        "the validation images": (
            SMALL.format(**GOOD).replace(FIT, FIT.replace("train", "val").replace("=3", "=20")),
            "it has trained on the validation images",
        ),
        "a class without layers": (
            """
class Guess(keras.Model):
    def call(self, images):
        return keras.ops.softmax(keras.ops.reshape(images, (-1, 784))[:, 300:310])

my_small = Guess()
""",
            "training has left its weights as they were",
        ),
        "run away": (
            SMALL.format(**GOOD).replace('"adam"', "keras.optimizers.SGD(1e20)"),
            "nan",
        ),
    },
}
