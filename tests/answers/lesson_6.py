"""Right and wrong answers to the exercises of lesson 6; see lesson_1.py for the names."""

SETUP = ""
HARMLESS = {
    "6.5": ["0 one larger"],  # a bar
}


def files(pause='"keras"', service='"export"', best='"weights"'):
    """The answer to 6.1."""
    return f"my_pause = {pause}\nmy_service = {service}\nmy_best = {best}\n"


def freeze(*lines):
    """The answer to 6.2 with these lines in its body."""
    return "def freeze(model):\n    " + "\n    ".join(lines) + "\n"


def counts(trainable, frozen):
    """The answer to 6.3."""
    return f"my_trainable = {trainable}\nmy_not_trainable = {frozen}\n"


HEAD = """
def with_head(base, classes):
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    x = base(inputs)
    outputs = layers.Dense(classes, activation="softmax")(x)
    return keras.Model(inputs, outputs)
"""

TUNE = """
def fine_tune(model, x, y):
    model.get_layer("base").trainable = True
    for layer in model.get_layer("base").layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False
    model.compile(keras.optimizers.Adam(0.0001), loss="sparse_categorical_crossentropy")
    model.fit(x, y, epochs=1, verbose=0)
"""

NOT_COMPILED = "".join(line for line in TUNE.splitlines(True) if "compile" not in line)

RIGHT = {
    "6.1": {
        "as in the solution": files(),
        "with the endings": files('".keras"', '"export"', '".weights.h5"'),
        "capitals": files('"Keras"', '"EXPORT"', '"Weights"'),
    },
    "6.2": {
        "by number": freeze(
            "for place in range(len(model.layers) - 1):",
            "    model.layers[place].trainable = False",
        ),
        "all, and then the last again": freeze(
            "for layer in model.layers:",
            "    layer.trainable = False",
            "model.layers[-1].trainable = True",
        ),
        "with zip": freeze(
            "*rest, last = model.layers",
            "for layer in rest:",
            "    layer.trainable = False",
            "return model",
        ),
    },
    "6.3": {
        "numbers": counts("54106", "96"),
        "floats": counts("54106.0", "np.int64(96)"),
        "from Keras": """
model = keras.Sequential([
    keras.Input((28, 28, 1)), layers.Conv2D(8, 3), layers.BatchNormalization(), layers.Flatten(),
    layers.Dense(10),
])
model.layers[0].trainable = False
my_trainable = sum(np.prod(weight.shape) for weight in model.trainable_weights)
my_not_trainable = sum(np.prod(weight.shape) for weight in model.non_trainable_weights)
""",
    },
    "6.4": {
        "wrapped in a list": """
def with_head(base, classes):
    base.trainable = False
    model = keras.Sequential([keras.Input(base.input_shape[1:]), base])
    model.add(layers.Dense(classes))
    model.add(layers.Activation("softmax"))
    return model
""",
        "frozen at the end": HEAD.replace("    base.trainable = False\n", "").replace(
            "    return keras.Model(inputs, outputs)",
            "    base.trainable = False\n    return keras.Model(inputs, outputs)",
        ),
        "layer by layer": HEAD.replace(
            "base.trainable = False",
            "for layer in base.layers:\n        layer.trainable = False",
        ),
        "with training=False": HEAD.replace("base(inputs)", "base(inputs, training=False)"),
        "as a list": """
def with_head(base, classes):
    base.trainable = False
    return keras.Sequential([base, layers.Dense(classes, activation="softmax")])
""",
        "softmax apart": HEAD.replace(
            'layers.Dense(classes, activation="softmax")(x)',
            "layers.Softmax()(layers.Dense(classes)(x))",
        ),
        "a class": """
class WithHead(keras.Model):
    def __init__(self, base, classes):
        super().__init__()
        self.base = base
        self.head = layers.Dense(classes, activation="softmax")

    def call(self, inputs):
        return self.head(self.base(inputs))

def with_head(base, classes):
    base.trainable = False
    return WithHead(base, classes)
""",
    },
    "6.5": {
        "layer by layer": TUNE.replace(
            'model.get_layer("base").trainable = True\n',
            'base = model.get_layer("base")\n    for layer in base.layers:\n'
            "        layer.trainable = True\n",
        ),
        "small batches": TUNE.replace("epochs=1", "batch_size=8"),
        "a loss of its own": TUNE.replace(
            '"sparse_categorical_crossentropy"',
            "lambda y, p: keras.losses.sparse_categorical_crossentropy(y, p)",
        ),
        "one-hot labels": TUNE.replace("sparse_", "").replace(
            "fit(x, y", "fit(x, keras.utils.to_categorical(y, model.output_shape[-1])"
        ),
        "a tape": TUNE.partition("    model.compile")[0]
        + """
    adam = keras.optimizers.Adam(0.0001)
    for rows in np.array_split(np.random.permutation(len(x)), 5):
        with tf.GradientTape() as tape:
            answers = model(x[rows], training=True)
            loss = keras.losses.SparseCategoricalCrossentropy()(y[rows], answers)
        adam.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
""",
        "the second layer": TUNE.replace('model.get_layer("base")', "model.layers[1]"),
        "the loss as an object": TUNE.replace(
            '"sparse_categorical_crossentropy"', "keras.losses.SparseCategoricalCrossentropy()"
        ),
        "another order of names": TUNE.replace("x, y, epochs", "x=x, y=y, epochs"),
        "with metrics and returned": TUNE.replace(
            'crossentropy")', 'crossentropy", metrics=["accuracy"])'
        ).replace("model.fit", "return model.fit"),
    },
}

WRONG = {
    "6.1": {
        "two kinds": (files(pause='("keras", "weights")'), "a tuple, and one of three texts"),
        "weights to go on": (files(pause='"weights"'), "as if nothing had happened"),
        "export to go on": (files(pause='"export"'), "as if nothing had happened"),
        "keras to serve": (files(service='"keras"'), "neither Keras nor your class"),
        "weights to serve": (files(service='"weights"'), "neither Keras nor your class"),
        "all of it for the best": (files(best='"keras"'), "smallest file"),
        "another kind": (files(best='"pickle"'), "one of three texts"),
        "None": (files(pause="None"), "one of three texts"),
        "a method": (files(service="keras.Model.export"), "one of three texts"),
        "one left out": (files(best="..."), "number 3 is still empty"),
    },
    "6.2": {
        "some kinds only": (
            freeze(
                "for layer in model.layers[:-1]:",
                "    layer.trainable = not isinstance(layer, (layers.Conv2D, layers.Dense))",
            ),
            "BatchNormalization, PReLU",
        ),
        "a copy": (
            freeze(
                "copy = keras.models.clone_model(model)",
                "for layer in copy.layers[:-1]:",
                "    layer.trainable = False",
                "return copy",
            ),
            "another model, a copy",
        ),
        "two equals signs": (
            freeze("for layer in model.layers[:-1]:", "    layer.trainable == False"),
            "`==` only compares",
        ),
        "a map": (
            freeze("map(lambda layer: setattr(layer, 'trainable', False), model.layers[:-1])"),
            "waits until somebody asks",
        ),
        "compiled, too": (
            freeze(
                "for layer in model.layers[:-1]:",
                "    layer.trainable = False",
                'model.compile("sgd", loss="mse")',
            ),
            "It compiles the model, too",
        ),
        "everything": (freeze("model.trainable = False"), "of 5 layers, it freezes all of them"),
        "the model, and the last thawed": (
            freeze("model.trainable = False", "model.layers[-1].trainable = True"),
            "The model itself is frozen",
        ),
        "every layer": (
            freeze("for layer in model.layers:", "    layer.trainable = False"),
            "of 5 layers, it freezes all of them",
        ),
        "only the last": (freeze("model.layers[-1].trainable = False"), "the last layer is frozen"),
        "only the first": (
            freeze("model.layers[0].trainable = False"),
            "BatchNormalization, PReLU, Sequential before it",
        ),
        "two": (
            freeze("for layer in model.layers[:2]:", "    layer.trainable = False"),
            "more than the last trainable: PReLU",
        ),
        "all but two": (
            freeze("for layer in model.layers[:-2]:", "    layer.trainable = False"),
            "more than the last trainable",
        ),
        "a name of its own": (
            freeze("for layer in model.layers[:-1]:", "    trainable = False"),
            "every layer is still trainable",
        ),
        "a call": (
            freeze("for layer in model.layers[:-1]:", "    layer.freeze()"),
            "AttributeError",
        ),
        "the last taken off": (
            freeze("model.pop()", "for layer in model.layers:", "    layer.trainable = False"),
            "other layers",
        ),
        "None": ("freeze = None", "a function is asked for"),
        "a text": ('freeze = "trainable"', "a function is asked for"),
    },
    "6.3": {
        "no bias": (counts(54096, 96), "my_trainable is not 54,096"),
        "padding thought of": (counts((28 * 28 * 8 + 1) * 10 + 16, 96), "is not 62,746"),
        "all four as averages": (counts(54106, 112), "my_not_trainable is not 112"),
        "a text": (counts('"54106"', 96), "a number is asked for"),
        "None": (counts(54106, None), "one number is asked for"),
        "one left out": (counts(54106, "..."), "number 2 is still empty"),
    },
    "6.4": {
        "all but the base's last layer": (
            HEAD.replace(
                "base.trainable = False",
                "for layer in base.layers[:-1]:\n        layer.trainable = False",
            ),
            "not wholly frozen: training would change its Dense",
        ),
        "a Dropout": (
            HEAD.replace("    outputs", "    x = layers.Dropout(0.2)(x)\n    outputs"),
            "While it trains, something besides",
        ),
        "scaled": (HEAD.replace("base(inputs)", "base(inputs / 255)"), "Something besides"),
        "softmax twice": (
            HEAD.replace("(inputs, outputs)", "(inputs, layers.Softmax()(outputs))"),
            "Something besides",
        ),
        "no gradient": (
            HEAD.replace("(inputs, outputs)", "(inputs, keras.ops.stop_gradient(outputs))"),
            "It cannot learn",
        ),
        "inside the base": (
            HEAD.replace("base(inputs)", "base.layers[-2].output").replace(
                "Model(inputs", "Model(base.input"
            ),
            "that is no row of numbers for each image",
        ),
        "no bias": (HEAD.replace('softmax"', 'softmax", use_bias=False'), "has no bias"),
        "batch normalization thawed": (
            HEAD.replace(
                "base.trainable = False",
                "base.trainable = False\n    base.layers[2].trainable = True",
            ),
            "training would change its BatchNormalization",
        ),
        "not frozen": (HEAD.replace("    base.trainable = False\n", ""), "The base is not frozen"),
        "no softmax": (HEAD.replace(', activation="softmax"', ""), "no row of probabilities"),
        "sigmoid": (HEAD.replace("softmax", "sigmoid"), "no row of probabilities"),
        "fixed classes": (HEAD.replace("Dense(classes", "Dense(7"), "and 3 classes, its output"),
        "fifty": (HEAD.replace("Dense(classes", "Dense(50"), "and 7 classes, its output"),
        "fixed input": (
            HEAD.replace("base.input_shape[1:]", "(32, 32, 3)"),
            "does not have the shape that the base takes",
        ),
        "with the batch": (
            HEAD.replace("input_shape[1:]", "input_shape"),
            "another number of axes",
        ),
        "no channels": (HEAD.replace("base.input_shape[1:]", "(8, 8)"), "another number of axes"),
        "all frozen": (
            HEAD.replace(
                "return keras.Model(inputs, outputs)", "model = keras.Model(inputs, outputs)"
            )
            + "    model.trainable = False\n    return model\n",
            "The head is frozen, too",
        ),
        "the head frozen": (
            HEAD.replace('softmax"', 'softmax", trainable=False'),
            "The head is frozen, too",
        ),
        "the base forgotten": (
            HEAD.replace("base(inputs)", "layers.Flatten()(inputs)"),
            "The base is not in the model",
        ),
        "a layer more": (
            HEAD.replace(
                "    outputs", '    x = layers.Dense(9, activation="relu")(x)\n    outputs'
            ),
            "not one dense layer",
        ),
        "return forgotten": (HEAD.replace("return keras", "keras"), "It returns None"),
        "the base returned": (
            HEAD.replace("return keras.Model(inputs, outputs)", "return base"),
            "the base itself",
        ),
        "the tensor": (HEAD.replace("keras.Model(inputs, outputs)", "outputs"), "KerasTensor"),
        "None": ("with_head = None", "a function is asked for"),
        "a model": ("with_head = keras.Sequential([layers.Dense(3)])", "The answer is a model"),
    },
    "6.5": {
        "the gradients clipped": (
            TUNE.replace("Adam(0.0001", "Adam(0.0001, clipnorm=1.0"),
            "not plain Adam that it trains with, but Adam with clipnorm=1.0",
        ),
        "the rate written in afterwards": (
            TUNE.replace("keras.optimizers.Adam(0.0001)", '"adam"')
            + "    model.optimizer.learning_rate = 0.0001\n",
            "at a rate of 0.0001 none can",
        ),
        "weights decay": (
            TUNE.replace("Adam(0.0001", "Adam(0.0001, weight_decay=0.1"),
            "Adam with weight_decay=0.1",
        ),
        "images weighed": (
            TUNE.replace("epochs=1", "epochs=1, class_weight={0: 1, 1: 2, 2: 1}"),
            "not the right class of each image",
        ),
        "another optimizer": (TUNE.replace("Adam(", "RMSprop("), "It trains with RMSprop"),
        "AdamW": (TUNE.replace("Adam(", "AdamW("), "It trains with AdamW"),
        "two epochs": (TUNE.replace("epochs=1", "epochs=2"), "It trains on 80 images"),
        "two fits": (TUNE + "    model.fit(x, y, verbose=0)\n", "It trains on 80 images"),
        "a copy": (
            TUNE.replace("(model, x, y):", "(model, x, y):\n    model = clone(model)").replace(
                "clone(", "keras.models.clone_model("
            ),
            "The model that it is given is as it was",
        ),
        "convolutions frozen": (
            TUNE.replace("layers.BatchNormalization", "layers.Conv2D"),
            "Of the base's 2 Conv2D layers, 2 are still frozen",
        ),
        "only the last layers": (
            TUNE.replace(
                "    model.compile",
                "    model.layers[1].layers[1].trainable = False\n    model.compile",
            ),
            "Of the base's 2 Conv2D layers, 1 is still frozen",
        ),
        "looked for in the model": (
            TUNE.replace('in model.get_layer("base").layers', "in model.layers"),
            "it is not frozen",
        ),
        "frozen before": (
            TUNE.replace('    model.get_layer("base").trainable = True\n', "").replace(
                "    model.compile",
                '    model.get_layer("base").trainable = True\n    model.compile',
            ),
            "it is not frozen",
        ),
        "mean squared error": (
            TUNE.replace("sparse_categorical_crossentropy", "mse"),
            "for guessing quantities",
        ),
        "logits": (
            TUNE.replace(
                '"sparse_categorical_crossentropy"',
                "keras.losses.SparseCategoricalCrossentropy(from_logits=True)",
            ),
            "takes the answers for logits",
        ),
        "all of the model": (
            TUNE.replace('model.get_layer("base").trainable = True', "model.trainable = True"),
            "the base is still frozen",
        ),
        "not compiled, frozen": (
            """
def fine_tune(model, x, y):
    model.get_layer("base").trainable = False
    model.fit(x, y, epochs=2, verbose=0)
""",
            "the base is still frozen",
        ),
        "the norm thawed, too": (
            TUNE.replace("layer.trainable = False", "pass"),
            "running averages",
        ),
        "compiled before": (
            """
def fine_tune(model, x, y):
    model.compile(keras.optimizers.Adam(0.0001), loss="sparse_categorical_crossentropy")
    model.fit(x, y, epochs=1, verbose=0)
    model.get_layer("base").trainable = True
""",
            "The base's weights are what they were",
        ),
        "not compiled": (NOT_COMPILED, "The model is not compiled again"),
        "the rate set": (
            NOT_COMPILED.replace(
                "    model.fit", "    model.optimizer.learning_rate = 0.0001\n    model.fit"
            ),
            "The model is not compiled again",
        ),
        "only unfrozen": (
            """
def fine_tune(model, x, y):
    model.get_layer("base").trainable = True
""",
            "Nothing was trained",
        ),
        "the usual rate": (
            TUNE.replace("keras.optimizers.Adam(0.0001)", '"adam"'),
            "a rate of 0.001, and 0.0001 is asked for",
        ),
        "a zero too few": (TUNE.replace("0.0001", "0.001"), "a rate of 0.001"),
        "still frozen": (
            TUNE.replace("trainable = True", "trainable = False"),
            "the base is still frozen",
        ),
        "never unfrozen": (
            TUNE.replace('    model.get_layer("base").trainable = True\n', ""),
            "the base is still frozen",
        ),
        "fit left out": (
            TUNE.replace("    model.fit(x, y, epochs=1, verbose=0)\n", ""),
            "Nothing was trained",
        ),
        "the head frozen": (
            TUNE.replace(
                "    model.compile",
                '    model.get_layer("head").trainable = False\n    model.compile',
            ),
            "The head's weights",
        ),
        "the loss for one-hot labels": (
            TUNE.replace("sparse_categorical", "categorical"),
            "one-hot rows",
        ),
        "no loss": (
            TUNE.replace(', loss="sparse_categorical_crossentropy"', ""),
            "compiled without a loss",
        ),
        "None": ("fine_tune = None", "a function is asked for"),
        "a text": ('fine_tune = "compile"', "a function is asked for"),
    },
}
