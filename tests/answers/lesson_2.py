"""Right and wrong answers to the exercises of lesson 2, as learners really give them.

See lesson_1.py for what the tables are.
"""

HARMLESS = {
    "2.5": ("swapped in the list: layers.Conv2D",),  # the two are alike
    "2.3": ("swapped in the list: image",),  # in which order a model takes inputs is not asked
    "2.4": ("swapped in the list: inputs",),  # a sum is the same either way round
}


def on_paper(shape, count):
    return f"my_shape = {shape}\nmy_count = {count}\n"


def graph(*lines, start="inputs = keras.Input((28, 28, 1))", end="keras.Model(inputs, x)"):
    """The answer to 2.2 as a graph with these lines."""
    return "\n".join([start, *lines, f"my_digits = {end}\n"])


FIRST = 'x = layers.Conv2D(32, 3, activation="relu")(inputs)'
SECOND = 'x = layers.Conv2D(64, 3, activation="relu")(x)'
FLAT = "x = layers.Flatten()(x)"
DENSE = 'x = layers.Dense(128, activation="relu")(x)'
LAST = 'x = layers.Dense(10, activation="softmax")(x)'

AS_LIST = """
my_digits = keras.Sequential([
    keras.Input((28, 28, 1)), layers.Conv2D(32, 3, activation="relu"),
    layers.Conv2D(64, 3, activation="relu"), layers.Flatten(),
    layers.Dense(128, activation="relu"), layers.Dense(10, activation="softmax"),
])
"""

PRICE = """
image = keras.Input((64, 64, 3), name="image")
facts = keras.Input((5,), name="facts")
x = layers.Conv2D(16, 3, activation="relu")(image)
x = layers.GlobalMaxPooling2D()(x)
y = layers.Dense(8, activation="relu")(facts)
both = layers.Concatenate()([x, y])
price = layers.Dense(1)(both)
my_price = keras.Model([image, facts], price)
"""

PRICE_AS_CLASS = """
class Price(keras.Model):
    def __init__(self):
        super().__init__()
        self.last = layers.Dense(1)
        self.facts = layers.Dense(8, activation="relu")
        self.look = layers.Conv2D(16, 3, activation="relu")

    def call(self, inputs):
        image, facts = inputs
        seen = keras.ops.max(self.look(image), axis=(1, 2))
        return self.last(keras.ops.concatenate([seen, self.facts(facts)], axis=-1))

my_price = Price()
"""

MENDED = """
inputs = keras.Input((28, 28, 16))
x = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
x = layers.Conv2D(16, 3, padding="same")(x)
x = layers.Add()([inputs, x])
x = layers.GlobalMaxPooling2D()(x)
outputs = layers.Dense(10, activation="softmax")(x)
my_mended = keras.Model(inputs, outputs)
"""

PHOTO = """
def parts():
    made = []
    for filters, rate in ((64, 0.5), (128, 0.3)):
        made += [
            layers.Conv2D(filters, 3, padding="same", activation="relu"),
            layers.Conv2D(filters, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.BatchNormalization(),
            layers.Dropout(rate),
        ]
    return made + [
        layers.GlobalMaxPooling2D(),
        layers.Dense(128, activation="relu"),
        layers.Dense(1, activation="sigmoid"),
    ]

def as_list(parts):
    return keras.Sequential([keras.Input((256, 256, 3)), *parts])

def as_graph(parts):
    inputs = x = keras.Input((256, 256, 3))
    for part in parts:
        x = part(x)
    return keras.Model(inputs, x)

def without(place):
    some = parts()
    del some[place]
    return some

def instead(place, *others):
    some = parts()
    some[place:place + 1] = others
    return some

"""


def photo(my_list, my_graph):
    return PHOTO + f"my_list = {my_list}\nmy_graph = {my_graph}\n"


WEATHER = """
inputs = keras.Input((8,))
x = layers.Dense(16, activation="relu")(inputs)
sky = layers.Dense(4, activation="softmax", name="sky")(x)
degrees = layers.Dense(1, name="degrees")(x)
my_weather = keras.Model(inputs, {"sky": sky, "degrees": degrees})
"""
SPARSE = '"sparse_categorical_crossentropy"'
MSE = '"mse"'
SQUARES = '"mean_squared_error"'


def compiled(loss, weights='{"sky": 1.0, "degrees": 0.1}', model=WEATHER):
    return model + f"my_weather.compile(loss={loss}, loss_weights={weights})\n"


def by_name(sky=SPARSE, degrees=SQUARES):
    return f'{{"sky": {sky}, "degrees": {degrees}}}'


RIGHT = {
    "2.1": {
        "with None": on_paper("(None, 14, 14, 6)", 1182),
        "a list and a sum": on_paper("[14, 14, 6]", "224 + 304 + 654"),
        "from Keras": """
inputs = keras.Input((32, 32, 3))
narrow = layers.Conv2D(8, 3, padding="same")(inputs)
wide = layers.Conv2D(4, 5, padding="same")(inputs)
x = layers.MaxPooling2D()(layers.Concatenate()([narrow, wide]))
model = keras.Model(inputs, layers.Conv2D(6, 3)(x))
my_shape, my_count = model.output.shape, model.count_params()
""",
    },
    "2.2": {
        "a name for each": """
picture = keras.Input(shape=(28, 28, 1), name="picture")
edges = layers.Conv2D(32, (3, 3), activation=keras.activations.relu, name="edges")(picture)
parts = layers.Conv2D(64, kernel_size=3, padding="valid", activation="relu")(edges)
row = layers.Reshape((-1,))(parts)
thought = layers.Dense(128, activation="relu")(row)
my_digits = keras.Model(inputs=picture, outputs=layers.Dense(10, "softmax")(thought))
""",
        "activations apart": graph(
            "x = layers.ReLU()(layers.Conv2D(32, 3)(inputs))",
            "x = keras.ops.relu(layers.Conv2D(64, 3)(x))",
            FLAT,
            'x = layers.Activation("relu")(layers.Dense(128)(x))',
            "x = layers.Softmax()(layers.Dense(10)(x))",
        ),
        "a loop": graph(
            "x = inputs",
            'for part in (layers.Conv2D(32, 3, activation="relu"), layers.Conv2D(64, 3, '
            'activation="relu"), layers.Flatten(), layers.Dense(128, activation="relu"), '
            'layers.Dense(10, activation="softmax")):',
            "    x = part(x)",
        ),
        "a dictionary": graph(
            FIRST, SECOND, FLAT, DENSE, LAST, end='keras.Model(inputs, {"digit": x})'
        ),
        "a model inside": graph(
            FIRST,
            SECOND,
            "look = keras.Model(inputs, x)",
            "again = keras.Input((28, 28, 1))",
            "x = layers.Flatten()(look(again))",
            DENSE,
            LAST,
            end="keras.Model(again, x)",
        ),
    },
    "2.3": {
        "facts first": PRICE.replace("[image, facts], price", "[facts, image], price"),
        "a dictionary": PRICE.replace(
            "[image, facts], price", '{"image": image, "facts": facts}, price'
        ),
        "the other branch first": """
facts, image = keras.Input((5,)), keras.Input((64, 64, 3))
of_facts = layers.ReLU()(layers.Dense(8)(facts))
seen = layers.GlobalMaxPool2D()(layers.Conv2D(16, 3, activation="relu")(image))
my_price = keras.Model((image, facts), layers.Dense(1)(layers.concatenate([seen, of_facts])))
""",
        "pooled by hand": PRICE.replace(
            "layers.GlobalMaxPooling2D()(x)",
            "layers.Flatten()(layers.MaxPooling2D(62)(x))",
        ),
        "branches as models": """
look = keras.Sequential([
    keras.Input((64, 64, 3)), layers.Conv2D(16, 3, activation="relu"), layers.GlobalMaxPooling2D()
])
read = keras.Sequential([keras.Input((5,)), layers.Dense(8, activation="relu")])
image, facts = keras.Input((64, 64, 3)), keras.Input((5,))
both = layers.Concatenate(axis=1)([look(image), read(facts)])
my_price = keras.Model([image, facts], layers.Dense(1, activation="linear")(both))
""",
        "a class": PRICE_AS_CLASS,
        "a class that takes names": PRICE_AS_CLASS.replace(
            "image, facts = inputs", 'image, facts = inputs["image"], inputs["facts"]'
        )
        + 'my_price({"facts": np.ones((1, 5)), "image": np.ones((1, 64, 64, 3))})\n',
    },
    "2.4": {
        "the sum turned round": MENDED.replace("[inputs, x]", "[x, inputs]"),
        "a plus": MENDED.replace("layers.Add()([inputs, x])", "inputs + x"),
        "a name for the shortcut": """
start = keras.Input((28, 28, 16))
shortcut = start
x = layers.ReLU()(layers.Conv2D(16, 3, padding="same")(start))
x = layers.Conv2D(16, 3, padding="SAME")(x)
total = layers.add([x, shortcut])
scores = layers.Dense(10)(layers.GlobalMaxPooling2D()(total))
my_mended = keras.Model(start, layers.Softmax()(scores))
""",
        "the block as a model": """
inputs = keras.Input((28, 28, 16))
block = keras.Sequential([
    layers.Conv2D(16, 3, padding="same", activation="relu"), layers.Conv2D(16, 3, padding="same")
])
x = keras.ops.add(block(inputs), inputs)
x = keras.ops.max(x, axis=[1, 2])
my_mended = keras.Model(inputs, layers.Dense(10, activation="softmax")(x))
""",
    },
    "2.5": {
        "loops": photo("as_list(parts())", "as_graph(parts())"),
        "add, and a block for each": PHOTO
        + """
my_list = keras.Sequential()
my_list.add(keras.Input(shape=(256, 256, 3)))
for part in parts():
    my_list.add(part)

def block(x, filters, rate):
    for _ in range(2):
        x = layers.ReLU()(layers.Conv2D(filters, (3, 3), padding="same")(x))
    return layers.Dropout(rate)(layers.BatchNormalization()(layers.MaxPool2D((2, 2))(x)))

inputs = keras.Input((256, 256, 3))
x = block(block(inputs, 64, 0.5), 128, 0.3)
x = keras.layers.Dense(128, "relu")(layers.GlobalMaxPool2D()(x))
my_graph = keras.Model(inputs=inputs, outputs=layers.Dense(1, "sigmoid")(x))
""",
        "blocks inside the list": PHOTO
        + """
made = parts()
my_list = keras.Sequential([
    keras.Input((256, 256, 3)), keras.Sequential(made[:5]), keras.Sequential(made[5:10]), *made[10:]
])
my_graph = as_graph(parts())
""",
        "one set of layers for both": photo("as_list(made := parts())", "as_graph(made)"),
    },
    "2.6": {
        "objects": compiled(
            by_name(
                "keras.losses.SparseCategoricalCrossentropy()", "keras.losses.MeanSquaredError()"
            )
        ),
        "own squares": compiled(
            by_name(degrees="lambda y, p: keras.ops.mean(keras.ops.square(y - p), axis=-1)")
        ),
        "short and a function": compiled(by_name(degrees="keras.losses.mean_squared_error")),
        "with all the rest": WEATHER
        + 'my_weather.compile(keras.optimizers.SGD(), metrics={"sky": ["accuracy"]}, '
        f'loss_weights={{"degrees": 0.1, "sky": 1}}, loss={by_name(degrees=MSE)})',
        "lists of outputs and losses": compiled(
            f"[{SPARSE}, {SQUARES}]",
            "[1.0, 0.1]",
            WEATHER.replace('{"sky": sky, "degrees": degrees}', "[sky, degrees]"),
        ),
        "a list of outputs, names for losses": compiled(
            by_name(), model=WEATHER.replace('{"sky": sky, "degrees": degrees}', "[sky, degrees]")
        ),
    },
}

WRONG = {
    "2.1": {
        "stacked in height": (on_paper("(30, 14, 6)", 1182), "height is not 30"),
        "joined channels at the end": (
            on_paper("(14, 14, 12)", 1182),
            "number of channels is not 12",
        ),
        "no channels": (on_paper("(14, 14)", 1182), "has 2 numbers"),
        "the height alone": (on_paper("14", 1182), "has 1 number;"),
        "colours go on": (on_paper("(14, 14, 6)", 224 + 304 + 28 * 6), "count is not 696"),
        "half done": (on_paper("(14, 14, 6)", "..."), "number 2 is still empty"),
        "a text": (on_paper('"14, 14, 6"', 1182), "a shape is asked for"),
        "None": (on_paper("(14, 14, 6)", None), "one number is asked for"),
    },
    "2.2": {
        "a list": (AS_LIST, "written as a list, and here a graph is asked for"),
        "a list in a graph": (
            AS_LIST + "inputs = keras.Input((28, 28, 1))\n"
            "my_digits = keras.Model(inputs, my_digits(inputs))",
            "a graph that holds a whole model",
        ),
        "the first layer passed by": (
            graph(FIRST, SECOND.replace("(x)", "(inputs)"), FLAT, DENSE, LAST),
            "missing at the start",
        ),
        "the second passed by": (
            graph(FIRST, SECOND.replace("x =", "y ="), FLAT, DENSE, LAST),
            "missing after layer 1 (Conv2D)",
        ),
        "ended too early": (
            graph(FIRST, SECOND, FLAT, DENSE, LAST.replace("x =", "y =")),
            "something is still missing",
        ),
        "flat left out": (graph(FIRST, SECOND, DENSE, LAST), "missing after layer 2"),
        "dense before flat": (
            graph(FIRST, SECOND, DENSE, FLAT, LAST),
            "Layers 3 and 4 (Dense and Flatten) are swapped",
        ),
        "wrong filters": (
            graph(FIRST, SECOND.replace("64", "32"), FLAT, DENSE, LAST),
            "Layer 2, a Conv2D, has 32 filters",
        ),
        "wrong units": (
            graph(FIRST, SECOND, FLAT, DENSE.replace("128", "64"), LAST),
            "Layer 4, a Dense, has 64 units",
        ),
        "wrong activation": (
            graph(FIRST, SECOND, FLAT, DENSE, LAST.replace("softmax", "sigmoid")),
            "Layer 5, a Dense, has the activation sigmoid",
        ),
        "relu left out": (
            graph(FIRST.replace(', activation="relu"', ""), SECOND, FLAT, DENSE, LAST),
            "Layer 1, a Conv2D, has no activation",
        ),
        "softmax doubled": (
            graph(FIRST, SECOND, FLAT, DENSE, LAST, "x = layers.Softmax()(x)"),
            "softmax twice",
        ),
        "relu twice, and then a real fault": (
            graph(FIRST, "x = layers.ReLU()(x)", SECOND, FLAT, DENSE.replace("relu", "tanh"), LAST),
            "Layer 4, a Dense, has the activation tanh",
        ),
        "pooled as above": (
            graph(FIRST, SECOND, "x = layers.GlobalMaxPooling2D()(x)", DENSE, LAST),
            "Layer 3 is a GlobalMaxPooling2D",
        ),
        "a layer used twice": (
            graph(
                FIRST,
                SECOND,
                FLAT,
                DENSE,
                'again = layers.Dense(128, activation="relu")',
                "x = again(again(x))",
                LAST,
            ),
            "A single Dense is used twice",
        ),
        "wrong input": (
            graph(FIRST, SECOND, FLAT, DENSE, LAST, start="inputs = keras.Input((28, 28, 3))"),
            "input of shape (28, 28, 3)",
        ),
        "what came out": (graph(FIRST, SECOND, FLAT, DENSE, LAST, end="x"), "a KerasTensor"),
        "a layer": ("my_digits = layers.Dense(10)", "a Dense"),
        "None": ("my_digits = None", "The answer is None"),
        "a text": ('my_digits = "graph"', "the text 'graph'"),
        "the class": ("my_digits = keras.Model", "the class Model itself"),
    },
    "2.3": {
        "facts in front": (
            PRICE.replace("[x, y]", "[y, x]"),
            "Layer 4, a Concatenate, takes its inputs in another order",
        ),
        "facts as they come": (
            PRICE.replace('layers.Dense(8, activation="relu")(facts)', "facts"),
            "missing at the start of a branch",
        ),
        "facts forgotten": (
            PRICE.replace("layers.Dense(1)(both)", "layers.Dense(1)(x)"),
            "input of shape (5,) is never used",
        ),
        "the photo forgotten": (
            PRICE.replace("layers.Dense(1)(both)", "layers.Dense(1)(y)"),
            "input of shape (64, 64, 3) is never used",
        ),
        "one input": (
            PRICE.replace(
                "layers.Dense(1)(both)\nmy_price = keras.Model([image, facts], price)",
                "layers.Dense(1)(x)\nmy_price = keras.Model(image, price)",
            ),
            "It has 1 input, and the specification asks for 2",
        ),
        "added, not joined": (
            PRICE.replace("Dense(8,", "Dense(16,").replace("layers.Concatenate()", "layers.Add()"),
            "Layer 3, a Dense, has 16 units",
        ),
        "flat, not pooled": (
            PRICE.replace("layers.GlobalMaxPooling2D()", "layers.Flatten()"),
            "Layer 2 is a Flatten",
        ),
        "the mean": (
            PRICE.replace("GlobalMaxPooling2D", "GlobalAveragePooling2D"),
            "Layer 2 is a GlobalAveragePooling2D",
        ),
        "relu at the end": (
            PRICE.replace("layers.Dense(1)", 'layers.Dense(1, activation="relu")'),
            "Layer 5, a Dense, has an activation (relu) too many",
        ),
        "no relu for the facts": (
            PRICE.replace('Dense(8, activation="relu")', "Dense(8)"),
            "Layer 3, a Dense, has no activation",
        ),
        "wrong facts": (
            PRICE.replace("keras.Input((5,)", "keras.Input((6,)"),
            "It takes an input of shape (6,)",
        ),
        "a number in the wrong shape": (
            PRICE.replace("keras.Input((5,)", "keras.Input((None, 5)").replace(
                "(facts)\n", "(layers.GlobalMaxPooling1D()(facts))\n"
            ),
            "one dimension too many",
        ),
        "the second branch from x": (
            PRICE.replace("(facts)\n", "(x)\n"),
            "input of shape (5,) is never used",
        ),
        "None": ("my_price = None", "The answer is None"),
        "two models": (PRICE + "my_price = [my_price, my_price]", "a list"),
        "the class": (
            PRICE_AS_CLASS.replace("my_price = Price()", "my_price = Price"),
            "the class Price itself",
        ),
    },
    "2.4": {
        "without the shortcut": (
            MENDED.replace("x = layers.Add()([inputs, x])\n", ""),
            "missing after layer 2 (Conv2D)",
        ),
        "added to itself": (
            MENDED.replace("[inputs, x]", "[x, x]"),
            "Layer 3, an Add, takes its input from the wrong place",
        ),
        "a shortcut from the first layer": (
            MENDED.replace("[inputs, x]", "[first, x]").replace("x = ", "first = x = ", 1),
            "Layer 3, an Add, takes its input from the wrong place",
        ),
        "one convolution twice": (
            MENDED.replace('x = layers.Conv2D(16, 3, padding="same")(x)', "x = look(x)").replace(
                'x = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)',
                'look = layers.Conv2D(16, 3, padding="same")\nx = layers.ReLU()(look(inputs))',
            ),
            "A single Conv2D is used twice",
        ),
        "laid end to end": (
            MENDED.replace("Add", "Concatenate"),
            "Layer 3 is a Concatenate",
        ),
        "eight filters and a way round": (
            MENDED.replace('Conv2D(16, 3, padding="same")', 'Conv2D(8, 3, padding="same")').replace(
                "[inputs, x]", "[layers.Conv2D(8, 1)(inputs), x]"
            ),
            "Layer 2, a Conv2D, has 8 filters",
        ),
        "the sum cut out": (
            MENDED.replace('Conv2D(16, 3, padding="same")', "Conv2D(16, 3)").replace(
                "[inputs, x]", "[layers.Cropping2D(1)(inputs), x]"
            ),
            "Layer 2, a Conv2D, has no padding",
        ),
        "a wide window": (
            MENDED.replace('Conv2D(16, 3, padding="same")', 'Conv2D(16, 5, padding="same")'),
            "Layer 2, a Conv2D, has a window of (5, 5)",
        ),
        "relu before the sum": (
            MENDED.replace(
                'Conv2D(16, 3, padding="same")', 'Conv2D(16, 3, padding="same", activation="relu")'
            ),
            "Layer 2, a Conv2D, has an activation (relu) too many",
        ),
        "flat, not pooled": (
            MENDED.replace("GlobalMaxPooling2D", "Flatten"),
            "Layer 4 is a Flatten",
        ),
        "a list": (
            "my_mended = keras.Sequential([keras.Input((28, 28, 16)), "
            'layers.Conv2D(16, 3, padding="same"), layers.GlobalMaxPooling2D(), layers.Dense(10)])',
            "has no activation",
        ),
        "another input": (
            MENDED.replace("(28, 28, 16)", "(26, 26, 16)"),
            "input of shape (26, 26, 16)",
        ),
        "what came out": (MENDED + "my_mended = outputs", "a KerasTensor"),
        "None": ("my_mended = None", "The answer is None"),
    },
    "2.5": {
        "only the list": (photo("as_list(parts())", "..."), "number 2 is still empty"),
        "two lists": (
            photo("as_list(parts())", "as_list(parts())"),
            "In the graph: it is written as a list",
        ),
        "the other way round": (
            photo("as_graph(parts())", "as_list(parts())"),
            "In the list: it is written as a graph",
        ),
        "the list in a graph": (
            PHOTO
            + "my_list = as_list(parts())\ninputs = keras.Input((256, 256, 3))\n"
            + "my_graph = keras.Model(inputs, my_list(inputs))",
            "In the graph: it is a graph that holds a whole model",
        ),
        "no normalization": (
            photo("as_list(without(3))", "as_graph(parts())"),
            "a layer is missing after layer 3",
        ),
        "a convolution less": (
            photo("as_list(parts())", "as_graph(without(6))"),
            "a layer is missing after layer 6",
        ),
        "dropouts alike": (
            photo("as_list(instead(9, layers.Dropout(0.5)))", "as_graph(parts())"),
            "layer 10, a Dropout, has the rate 0.5",
        ),
        "no dropout": (
            photo("as_list(parts())", "as_graph(without(9))"),
            "a layer is missing after layer 9",
        ),
        "no padding": (
            photo(
                'as_list(instead(5, layers.Conv2D(128, 3, activation="relu")))', "as_graph(parts())"
            ),
            "layer 6, a Conv2D, has no padding",
        ),
        "dropout before normalization": (
            photo(
                "as_list(parts())",
                "as_graph(parts()[:3] + [layers.Dropout(0.5), layers.BatchNormalization()] "
                "+ parts()[5:])",
            ),
            "In the graph: layers 4 and 5 (Dropout and BatchNormalization) are swapped",
        ),
        "the mean at the end": (
            photo("as_list(instead(10, layers.GlobalAveragePooling2D()))", "as_graph(parts())"),
            "layer 11 is a GlobalAveragePooling2D",
        ),
        "two classes": (
            photo(
                "as_list(parts())", 'as_graph(instead(12, layers.Dense(2, activation="softmax")))'
            ),
            "In the graph: layer 13, a Dense, has 2 units",
        ),
        "softmax over one number": (
            photo(
                'as_list(instead(12, layers.Dense(1, activation="softmax")))', "as_graph(parts())"
            ),
            "layer 13, a Dense, has the activation softmax",
        ),
        "a larger pool": (
            photo("as_list(instead(2, layers.MaxPooling2D(4)))", "as_graph(parts())"),
            "layer 3, a MaxPooling2D, has a window of (4, 4)",
        ),
        "small photos": (
            photo("keras.Sequential([keras.Input((128, 128, 3)), *parts()])", "as_graph(parts())"),
            "In the list: it takes an input of shape (128, 128, 3)",
        ),
        "None": (photo("as_list(parts())", "None"), "In the graph: the answer is None"),
        "layers only": (photo("parts()", "as_graph(parts())"), "In the list: the answer is a list"),
    },
    "2.6": {
        "the other way round": (
            compiled(by_name(SQUARES, SPARSE)),
            "For sky: its loss is mean_squared_error",
        ),
        "weighed twice": (
            compiled(by_name(degrees="lambda y, p: 0.1 * keras.ops.square(y - p)")),
            "The loss of degrees has the weight 0.01",
        ),
        "one loss for both": (compiled(SQUARES), "For sky: its loss is mean_squared_error"),
        "one loss only": (compiled(f'{{"sky": {SPARSE}}}', None), "For degrees: it has no loss"),
        "no loss": (WEATHER + 'my_weather.compile("adam")', "It has no loss."),
        "no weights": (
            compiled(by_name(), None),
            "The loss of degrees has the weight 1.",
        ),
        "weights the other way round": (
            compiled(by_name(), '{"sky": 0.1, "degrees": 1.0}'),
            "The loss of sky has the weight 0.1",
        ),
        "another name": (
            compiled(f'{{"sky": {SPARSE}, "temperature": {SQUARES}}}'),
            "loss names an output 'temperature'",
        ),
        "another name for a weight": (
            compiled(by_name(), '{"sky": 1.0, "temperature": 0.1}'),
            "loss_weights names an output 'temperature'",
        ),
        "a list": (compiled(f"[{SPARSE}, {SQUARES}]", "[1.0, 0.1]"), "degrees before sky"),
        "a list of weights": (compiled(by_name(), "[1.0, 0.1]"), "loss_weights is a list"),
        "another model": (
            compiled(
                '{"sky": "mse", "degrees": "mse"}', model=WEATHER.replace("Dense(4,", "Dense(3,")
            ),
            "not the one that was given: layer 3, a Dense, has 3 units",
        ),
        "what compile returns": (
            WEATHER + f"my_weather = my_weather.compile(loss={by_name()})",
            "The answer is None",
        ),
        "a text": ('my_weather = "sparse"', "a Keras model is asked for"),
    },
}
