"""Right and wrong answers to the exercises of lesson 5, as learners really give them.

Read tests/answers/lesson_1.py for what the names mean. Every answer to 5.8 says for itself how many
seconds it is given, so that no test must sleep.
"""

SETUP = """
from exercises import lesson_5

(x_all, y_all), _ = helpers.load_cifar100(5_000, 10)
(x_train, y_train), (x_val, y_val) = helpers.split_validation(x_all, y_all, 0.2)

def cifar_network():
    return keras.Sequential([
        keras.Input((32, 32, 3)),
        layers.Conv2D(16, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(2),
        layers.Flatten(),
        layers.Dense(256, activation="relu"),
        layers.Dense(100, activation="softmax"),
    ])
"""
OPEN = {"5.8"}  # any network that is good enough, however it is trained
HARMLESS = {}


def on_paper(shape, flat, pooled):
    """The answer to 5.1."""
    return f"my_shape = {shape}\nmy_count_with_flatten = {flat}\nmy_count_with_global = {pooled}\n"


INPUT = "keras.Input((32, 32, 3))"
FIRST = 'layers.Conv2D(16, 3, activation="relu")'
POOL = "layers.MaxPooling2D(2)"
SECOND = 'layers.Conv2D(32, 3, activation="relu")'
FLAT = "layers.Flatten()"
DENSE = 'layers.Dense(256, activation="relu")'
LAST = 'layers.Dense(100, activation="softmax")'
SEVEN = (FIRST, POOL, SECOND, POOL, FLAT, DENSE, LAST)


def as_list(*lines, name="my_list"):
    """A Sequential model of these lines."""
    return f"{name} = keras.Sequential([\n    " + ",\n    ".join(lines) + ",\n])\n"


def as_graph(*lines, inputs=INPUT):
    """The answer to 5.3 in which each line is called on what the one before it gave."""
    steps = "".join(f"x = {line}(x)\n" for line in lines)
    return f"inputs = {inputs}\nx = inputs\n{steps}my_graph = keras.Model(inputs, x)\n"


def as_class(*lines, call="", name="my_class_model"):
    """The answer to 5.4, with these layers, and a call that goes through them or is given."""
    made = "".join(f"        self.step_{n} = {line}\n" for n, line in enumerate(lines, start=1))
    call = call or through(*range(1, len(lines) + 1))
    return f"""
class Cifar(keras.Model):
    def __init__(self):
        super().__init__()
{made}
    def call(self, inputs):
        {call}

{name} = Cifar()
"""


def through(*numbers):
    """The body of a call that goes through the steps of these numbers."""
    x = "inputs"
    for number in numbers:
        x = f"self.step_{number}({x})"
    return f"return {x}"


def changed(place, line):
    """The seven layers, with another one at a place counted from 1."""
    return (*SEVEN[: place - 1], line, *SEVEN[place:])


def without(place):
    """The seven layers without the one at a place counted from 1."""
    return (*SEVEN[: place - 1], *SEVEN[place:])


def stopping(settings):
    """The answer to 5.5 as Keras's callback with these settings."""
    return f"my_stop = keras.callbacks.EarlyStopping({settings})\n"


OWN_CALLBACK = """
class Stop(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.losses, self.kept = [], []

    def on_epoch_end(self, epoch, logs=None):
        self.losses.append(logs["val_loss"])
        self.kept.append(self.model.get_weights())
        best = self.losses.index(min(self.losses))
        if len(self.losses) - best > 3:
            self.model.stop_training = True
            self.model.set_weights(self.kept[best])

my_stop = Stop()
"""

RULE = """
def when_to_stop(losses, patience):
    best, kept, waited = float("inf"), 0, 0
    for epoch, loss in enumerate(losses, start=1):
        if loss < best:
            best, kept, waited = loss, epoch, 0
        else:
            waited += 1
        if waited >= patience:
            return epoch, kept
    return len(losses), kept
"""


def rule(old="", new=""):
    """The answer to 5.6, with one thing changed."""
    assert old in RULE
    return RULE.replace(old, new) if old else RULE


def top_5(*body):
    """The answer to 5.7 with these lines."""
    return "def top_5_share(probabilities, labels):\n    " + "\n    ".join(body) + "\n"


def quick(body, seconds=60, **changes):
    """The answer to 5.8 with this body, given so many seconds."""
    words = {"loss": "sparse_categorical_crossentropy", "optimizer": '"adam"', "y": "y"}
    for name, word in (words | changes).items():
        body = body.replace(f"<{name}>", word)
    body = body.strip().replace("\n", "\n    ")
    seed = "keras.utils.set_random_seed(5)"  # so that it says the same figures a second time
    return f"lesson_5.SECONDS = {seconds}\n\ndef train_quickly(x, y):\n    {seed}\n    {body}\n"


SMALL = """
model = keras.Sequential([
    keras.Input((32, 32, 3)),
    layers.Conv2D(32, 3, strides=2, activation="relu"),
    layers.Conv2D(48, 3, strides=2, activation="relu"),
    layers.Flatten(),
    layers.Dense(100, activation="softmax"),
])
model.compile(keras.optimizers.Adam(0.002), "<loss>")
model.fit(x, <y>, epochs=4, verbose=0)
return model
"""
LINES = """
model = keras.Sequential([
    keras.Input((32, 32, 3)), layers.AveragePooling2D(4), layers.Flatten(),
    layers.Dense(100, activation="softmax"),
])
model.compile(<optimizer>, "<loss>")
model.fit(x, <y>, epochs=1, verbose=0)
return model
"""
BY_HAND = """
model, optimizer = cifar_network(), keras.optimizers.Adam(0.002)
loss_function = keras.losses.SparseCategoricalCrossentropy()

@tf.function
def step(x, y):
    with tf.GradientTape() as tape:
        loss = loss_function(y, model(x, training=True))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)

dataset = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(len(x)).batch(64)
for _ in range(4):
    for x_batch, y_batch in dataset:
        step(x_batch, y_batch)
return model
"""

RIGHT = {
    "5.1": {
        "with None": on_paper("(None, 9, 9, 32)", 259_300, 3_300),
        "lists and floats": on_paper("[9, 9, 32]", 259_300.0, "np.int64(3300)"),
        "from Keras": """
def made(pool):
    return keras.Sequential([
        keras.Input((64, 64, 3)), layers.Conv2D(16, 3), layers.MaxPooling2D(2),
        layers.Conv2D(32, 3), layers.MaxPooling2D(3), pool, layers.Dense(100),
    ])
my_shape = made(layers.Flatten()).layers[-3].output.shape
my_count_with_flatten = made(layers.Flatten()).layers[-1].count_params()
my_count_with_global = made(layers.GlobalAveragePooling2D()).layers[-1].count_params()
""",
    },
    "5.2": {
        "with add": """
my_list = keras.Sequential()
my_list.add(keras.Input(shape=(32, 32, 3)))
for filters in (16, 32):
    my_list.add(layers.Conv2D(filters, (3, 3), padding="valid", activation=keras.ops.relu))
    my_list.add(layers.MaxPool2D())
my_list.add(layers.Flatten())
my_list.add(layers.Dense(256, "relu"))
my_list.add(layers.Dense(100, keras.activations.softmax))
""",
        "without an input": as_list(*SEVEN),
        "activations as layers": as_list(
            INPUT,
            "layers.Conv2D(16, 3), layers.ReLU()",
            POOL,
            'layers.Conv2D(32, 3), layers.Activation("relu")',
            "layers.MaxPooling2D((2, 2), strides=2)",
            "layers.Reshape((-1,))",
            DENSE,
            "layers.Dense(100), layers.Softmax()",
        ),
        "bent after the pooling": as_list(
            INPUT,
            "layers.Conv2D(16, 3), layers.MaxPooling2D(2), layers.ReLU()",
            *SEVEN[2:],
        ),
        "compiled and named": as_list(INPUT, *SEVEN) + 'my_list.compile("adam", "mse")',
        "the lesson's": "my_list = cifar_network()",
    },
    "5.3": {
        "line by line": as_graph(*SEVEN),
        "functions as activations": """
inputs = keras.Input(shape=(32, 32, 3), name="image")
a = layers.MaxPool2D()(keras.ops.relu(layers.Conv2D(16, 3)(inputs)))
b = layers.MaxPool2D()(keras.activations.relu(layers.Conv2D(32, 3)(a)))
c = layers.Dense(256, activation=keras.ops.relu)(layers.Flatten()(b))
my_graph = keras.Model(inputs=inputs, outputs=keras.ops.softmax(layers.Dense(100)(c)))
""",
        "in a loop": """
inputs = keras.Input((32, 32, 3))
x = inputs
for filters in (16, 32):
    x = layers.Conv2D(filters, 3, activation="relu")(x)
    x = layers.MaxPooling2D()(x)
x = layers.Dense(256, activation="relu")(layers.Flatten()(x))
my_graph = keras.Model([inputs], [layers.Dense(100, activation="softmax")(x)])
""",
        "the layers of the list": as_list(INPUT, *SEVEN, name="steps")
        + "x = inputs = keras.Input((32, 32, 3))\n"
        + "for layer in steps.layers:\n    x = layer(x)\nmy_graph = keras.Model(inputs, x)",
        "opened as in lesson 3": as_class(*SEVEN, name="model")
        + "inputs = keras.Input((32, 32, 3))\nmy_graph = keras.Model(inputs, model.call(inputs))",
    },
    "5.4": {
        "step by step": as_class(*SEVEN),
        "layers in a list": """
class Cifar(keras.Model):
    def __init__(self, name="cifar"):
        super().__init__(name=name)
        self.steps = [
            layers.Conv2D(16, 3, activation="relu"), layers.MaxPool2D(),
            layers.Conv2D(32, 3, activation="relu"), layers.MaxPool2D(),
            layers.Flatten(), layers.Dense(256, "relu"), layers.Dense(100, "softmax"),
        ]

    def call(self, x, training=False):
        for step in self.steps:
            x = step(x)
        return x

my_class_model = Cifar(name="mine")
""",
        "one pooling for both": """
class Cifar(keras.Model):
    def __init__(self):
        super().__init__()
        self.one, self.two = layers.Conv2D(16, 3), layers.Conv2D(32, 3)
        self.pool, self.flat = layers.MaxPooling2D(), layers.Flatten()
        self.three, self.four = layers.Dense(256), layers.Dense(100)

    def call(self, inputs):
        x = self.pool(keras.ops.relu(self.one(inputs)))
        x = self.pool(keras.ops.relu(self.two(x)))
        return keras.ops.softmax(self.four(keras.ops.relu(self.three(self.flat(x)))))

my_class_model = Cifar()
""",
        "TensorFlow's functions": as_class(
            *changed(1, "layers.Conv2D(16, 3)"),
            call="x = tf.nn.relu(self.step_1(inputs))\n        "
            + through(2, 3, 4, 5, 6, 7).replace("inputs", "x"),
        ),
        "used before": as_class(*SEVEN) + "my_class_model(np.zeros((2, 32, 32, 3)))",
    },
    "5.5": {
        "in Python": """
class Stop(keras.callbacks.Callback):
    def on_train_begin(self, logs=None):
        self.best, self.waited = np.inf, 0

    def on_epoch_end(self, epoch, logs=None):
        self.waited += 1
        if logs["val_loss"] < self.best:
            self.best, self.waited = logs["val_loss"], 0
            self.weights = self.model.get_weights()
        if self.waited == 3:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.model.set_weights(self.weights)

my_stop = Stop()
""",
        "in full": stopping(
            'monitor="val_loss", min_delta=0, patience=3, verbose=1, mode="min", '
            "restore_best_weights=True"
        ),
        "val_loss unsaid": stopping("patience=3, restore_best_weights=True"),
        "set afterwards": stopping('"val_loss"')
        + "my_stop.patience = 3\nmy_stop.restore_best_weights = True",
        "used before": stopping("patience=3, restore_best_weights=True")
        + """
model = keras.Sequential([keras.Input((2,)), layers.Dense(1)])
model.compile(loss="mse")
x, y = np.ones((8, 2)), np.ones(8)
model.fit(x, y, validation_data=(x, y), epochs=2, callbacks=[my_stop], verbose=0)
""",
        "its own": OWN_CALLBACK,
    },
    "5.6": {
        "counting": rule(),
        "slices": """
def when_to_stop(losses, patience):
    for epoch in range(1, len(losses) + 1):
        seen = losses[:epoch]
        best = seen.index(min(seen)) + 1
        if epoch - best >= patience:
            return epoch, best
    return epoch, best
""",
        "NumPy": """
def when_to_stop(losses, patience):
    lowest = np.minimum.accumulate(losses)
    best = np.array([np.argmax(np.asarray(losses) == low) for low in lowest])
    late = np.flatnonzero(np.arange(len(losses)) - best >= patience)
    epoch = late[0] if len(late) else len(losses) - 1
    return np.array([epoch + 1, best[epoch] + 1])
""",
        "a while loop and a list": """
def when_to_stop(losses, patience):
    left, epoch, best = patience, 1, 0
    while left and epoch < len(losses):
        left = patience if losses[epoch] < losses[best] else left - 1
        best = epoch if losses[epoch] < losses[best] else best
        epoch += 1
    return [epoch, best + 1]
""",
    },
    "5.7": {
        "a loop": top_5(
            "right = 0",
            "for row, label in zip(probabilities, labels):",
            "    right += label in np.argsort(row)[::-1][:5]",
            "return right / len(labels)",
        ),
        "how many are higher": top_5(
            "own = probabilities[np.arange(len(labels)), labels]",
            "higher = (probabilities > own[:, None]).sum(axis=1)",
            "return (higher < 5).mean()",
        ),
        "argpartition": top_5(
            "five = np.argpartition(-probabilities, 5, axis=1)[:, :5]",
            "return float((five == labels.reshape(-1, 1)).sum() / labels.size)",
        ),
        "by Keras": top_5(
            "found = keras.metrics.sparse_top_k_categorical_accuracy(labels, probabilities, k=5)",
            "return keras.ops.mean(found)",
        ),
        "by TensorFlow": top_5(
            "return tf.reduce_mean(tf.cast(tf.math.in_top_k(labels, probabilities, 5), 'float32'))"
        ),
    },
    "5.8": {
        "strides for pooling": quick(SMALL),
        "one-hot labels": quick(
            SMALL, loss="categorical_crossentropy", y="keras.utils.to_categorical(y, 100)"
        ),
        "a loop by hand": quick(BY_HAND),
    },
}

WRONG = {
    "5.1": {
        "the axes in another order": (on_paper("(32, 9, 9)", 1, 1), "channels is not 9"),
        "the first pooling": (
            on_paper("(31, 31, 16)", 259_300, 3_300),
            "number of channels is not 16",
        ),
        "windows of 2 twice": (on_paper("(14, 14, 32)", 259_300, 3_300), "height is not 14"),
        "convolutions forgotten": (on_paper("(11, 11, 32)", 259_300, 3_300), "height is not 11"),
        "one side only": (on_paper("(9, 10, 32)", 259_300, 3_300), "width is not 10"),
        "flat": (on_paper("(2592,)", 259_300, 3_300), "The shape has 1 number;"),
        "the same with global": (
            on_paper("(9, 9, 32)", 259_300, 259_300),
            "with GlobalAveragePooling2D is not 259,300",
        ),
        "one for each place": (
            on_paper("(9, 9, 32)", 259_300, (9 * 9 + 1) * 100),
            "with GlobalAveragePooling2D is not 8,200",
        ),
        "one left empty": (on_paper("(9, 9, 32)", "...", 3_300), "number 2 is still empty"),
        "a text": (on_paper("(9, 9, 32)", '"259,300"', 3_300), "a number is asked for"),
        "None": (on_paper(None, 259_300, 3_300), "a shape is asked for"),
    },
    "5.2": {
        "a graph": (as_graph(*SEVEN) + "my_list = my_graph", "It is written as a graph"),
        "a class": (as_class(*SEVEN, name="my_list"), "It is written as a class"),
        "a graph in a list": (
            as_graph(*SEVEN) + "my_list = keras.Sequential([my_graph])",
            "a list that holds a whole model, a Functional",
        ),
        "a pooling left out": (as_list(INPUT, *without(4)), "missing after layer 3 (Conv2D)"),
        "a convolution left out": (as_list(INPUT, *without(1)), "missing at the start"),
        "pooling first": (
            as_list(INPUT, POOL, FIRST, *SEVEN[2:]),
            "Layers 1 and 2 (MaxPooling2D and Conv2D) are swapped",
        ),
        "convolutions swapped": (
            as_list(INPUT, SECOND, POOL, FIRST, *SEVEN[3:]),
            "Layer 1, a Conv2D, has 32 filters",
        ),
        "the digit network's filters": (
            as_list(INPUT, *changed(3, 'layers.Conv2D(64, 3, activation="relu")')),
            "Layer 3, a Conv2D, has 64 filters",
        ),
        "average pooling": (
            as_list(INPUT, *changed(2, "layers.AveragePooling2D(2)")),
            "Layer 2 is an AveragePooling2D",
        ),
        "a window of 3": (
            as_list(INPUT, *changed(4, "layers.MaxPooling2D(3)")),
            "Layer 4, a MaxPooling2D, has a window of (3, 3)",
        ),
        "global pooling": (
            as_list(INPUT, *changed(5, "layers.GlobalMaxPooling2D()")),
            "Layer 5 is a GlobalMaxPooling2D",
        ),
        "padding": (
            as_list(INPUT, *changed(1, 'layers.Conv2D(16, 3, padding="same", activation="relu")')),
            "padding 'same'",
        ),
        "ten classes": (
            as_list(INPUT, *changed(7, 'layers.Dense(10, activation="softmax")')),
            "Layer 7, a Dense, has 10 units",
        ),
        "softmax missing": (
            as_list(INPUT, *changed(7, "layers.Dense(100)")),
            "Layer 7, a Dense, has no activation",
        ),
        "softmax doubled": (as_list(INPUT, *SEVEN, "layers.Softmax()"), "softmax twice"),
        "dropout from section 6": (
            as_list(INPUT, *SEVEN[:6], "layers.Dropout(0.5)", LAST),
            "Layer 7, a Dropout, is one too many",
        ),
        "grey images": (as_list("keras.Input((28, 28, 1))", *SEVEN), "input of shape (28, 28, 1)"),
        "a list only": (f"my_list = [{', '.join(SEVEN)}]", "The answer is a list"),
        "None": ("my_list = None", "The answer is None"),
        "a text": ('my_list = "Sequential"', "the text 'Sequential'"),
        "the function itself": ("my_list = cifar_network", "the function cifar_network itself"),
    },
    "5.3": {
        "a list in its middle": (
            as_graph(*SEVEN[:5], f"keras.Sequential([{DENSE}, {LAST}])"),
            "holds another model, a Sequential",
        ),
        "a list": (as_list(INPUT, *SEVEN, name="my_graph"), "It is written as a list"),
        "a class": (as_class(*SEVEN, name="my_graph"), "It is written as a class"),
        "a list in a graph": (
            as_list(INPUT, *SEVEN, name="steps")
            + "inputs = keras.Input((32, 32, 3))\nmy_graph = keras.Model(inputs, steps(inputs))",
            "a graph that holds a whole model, a Sequential",
        ),
        "a line forgotten": (as_graph(*without(4)), "missing after layer 3 (Conv2D)"),
        "always from the inputs": (
            """
inputs = keras.Input((32, 32, 3))
x = layers.Conv2D(16, 3, activation="relu")(inputs)
x = layers.MaxPooling2D(2)(x)
x = layers.Conv2D(32, 3, activation="relu")(inputs)
x = layers.MaxPooling2D(2)(x)
x = layers.Dense(256, activation="relu")(layers.Flatten()(x))
my_graph = keras.Model(inputs, layers.Dense(100, activation="softmax")(x))
""",
            "On the way from input to output, 2 layers are missing at the start",
        ),
        "ends too early": (
            as_graph(*SEVEN[:6]) + "y = layers.Dense(100)(x)",
            "After its 6 layers something is still missing",
        ),
        "the tensor": (as_graph(*SEVEN) + "my_graph = x", "what a layer gave"),
        "swapped": (
            as_graph(*SEVEN[:4], DENSE, FLAT, LAST),
            "Layers 5 and 6 (Dense and Flatten) are swapped",
        ),
        "sigmoid": (
            as_graph(*changed(7, 'layers.Dense(100, activation="sigmoid")')),
            "Layer 7, a Dense, has the activation sigmoid",
        ),
        "no relu": (as_graph(*changed(6, "layers.Dense(256)")), "Layer 6, a Dense, has no"),
        "strides": (
            as_graph(*changed(1, 'layers.Conv2D(16, 3, strides=2, activation="relu")')),
            "Layer 1, a Conv2D, has strides of (2, 2)",
        ),
        "a shortcut": (
            as_graph(*SEVEN[:6], "(lambda x: layers.add([x, x]))", LAST),
            "Layer 7, an Add, is one too many",
        ),
        "the batch in the input": (
            as_graph(FLAT, inputs="keras.Input((None, 32, 32, 3))"),
            "one dimension too many",
        ),
        "None": ("my_graph = None", "The answer is None"),
        "a text": ('my_graph = "inputs"', "the text 'inputs'"),
    },
    "5.4": {
        "a list in its middle": (
            as_class(*SEVEN[:5], f"keras.Sequential([{DENSE}, {LAST}])"),
            "holds another model, a Sequential",
        ),
        "a list": (as_list(INPUT, *SEVEN, name="my_class_model"), "It is written as a list"),
        "a graph": (as_graph(*SEVEN) + "my_class_model = my_graph", "It is written as a graph"),
        "a list in a class": (
            as_class("cifar_network()"),
            "a class that holds a whole model, a Sequential",
        ),
        "a graph in a class": (
            as_graph(*SEVEN)
            + "class Cifar(keras.Model):\n    def __init__(self):\n"
            + "        super().__init__(inputs, x)\n\nmy_class_model = Cifar()",
            "a class around a graph, without a call of its own",
        ),
        "the class itself": (
            as_class(*SEVEN).replace("Cifar()", "Cifar"),
            "the class Cifar itself",
        ),
        "drops out by itself": (
            as_class(
                *SEVEN,
                call=through(1, 2, 3, 4, 5, 6).replace("return", "x =")
                + "\n        if training:\n            x = keras.random.dropout(x, 0.5)"
                + "\n        return self.step_7(x)",
            ).replace("self, inputs", "self, inputs, training=False"),
            "no check can see why: its call hands a tensor to TensorFlow itself",
        ),
        "call forgets a layer": (
            as_class(*SEVEN, call=through(1, 2, 3, 4, 5, 7)),
            "`self.step_6` is made in __init__, and call never uses it",
        ),
        "call forgets a pooling": (
            as_class(*SEVEN, call=through(1, 2, 3, 5, 6, 7)),
            "`self.step_4` is made in __init__, and call never uses it",
        ),
        "call returns nothing": (
            as_class(*SEVEN, call=through(1, 2, 3, 4, 5, 6, 7).replace("return", "x =")),
            "Its call returns nothing",
        ),
        "layers made in call": (
            as_class(
                *SEVEN, call=through(1, 2, 3, 4, 5, 6).replace("return ", f"return {LAST}(") + ")"
            ),
            "makes a new Dense every time",
        ),
        "the first layer twice": (
            as_class(*without(3), call=through(1, 2, 1, 3, 4, 5, 6)),
            "`self.step_1` is built for 3 channels, and then gets (15, 15, 16)",
        ),
        "the wrong way round": (
            as_class(*SEVEN, call=through(3, 2, 1, 4, 5, 6, 7)),
            "Layer 1 in call, `self.step_3`, has 32 filters",
        ),
        "no super": (
            as_class(*SEVEN).replace("        super().__init__()\n", ""),
            "does not call `super().__init__()`",
        ),
        "no call": (as_class(*SEVEN).replace("def call(", "def forward("), "has no method `call`"),
        "wrong units": (
            as_class(*changed(6, 'layers.Dense(128, activation="relu")')),
            "Layer 6, a Dense, has 128 units",
        ),
        "softmax twice": (
            as_class(
                *SEVEN,
                call=through(1, 2, 3, 4, 5, 6, 7).replace("return ", "return keras.ops.softmax(")
                + ")",
            ),
            "followed by softmax twice",
        ),
        "scaled inside": (
            as_class(*SEVEN, call=through(1, 2, 3, 4, 5, 6, 7).replace("inputs", "inputs / 255")),
            "It divides the input before the first layer",
        ),
        "None": ("my_class_model = None", "The answer is None"),
        "a layer": (
            as_class(*SEVEN).replace("keras.Model", "layers.Layer"),
            "Cifar builds on layers.Layer",
        ),
    },
    "5.5": {
        "by place": (
            stopping('"val_loss", 3, restore_best_weights=True'),
            "the 3 has gone to min_delta",
        ),
        "a small min_delta": (
            stopping("patience=3, restore_best_weights=True, min_delta=0.01"),
            "goes 7.0, 6.99",
        ),
        "starts with the second": (
            stopping("patience=3, restore_best_weights=True, start_from_epoch=1"),
            "goes 2.0, 2.4",
        ),
        "below a baseline": (
            stopping("patience=3, restore_best_weights=True, baseline=10.0"),
            "goes 350.0",
        ),
        "patience only": (stopping('"loss", patience=3'), "It watches 'loss'"),
        "accuracy": (
            stopping('"val_accuracy", patience=3, restore_best_weights=True'),
            "It watches 'val_accuracy'",
        ),
        "misspelt": (
            stopping('"validation_loss", patience=3, restore_best_weights=True'),
            "no figure of that name",
        ),
        "not restored": (stopping('"val_loss", patience=3'), "the weights of its last epoch"),
        "still one": (
            stopping('"val_loss", patience=1, restore_best_weights=True'),
            "Its patience is 1",
        ),
        "two": (stopping('"val_loss", patience=2, restore_best_weights=True'), "Its patience is 2"),
        "patience forgotten": (
            stopping('"val_loss", restore_best_weights=True'),
            "Its patience is 0",
        ),
        "upwards": (
            stopping('"val_loss", patience=3, mode="max", restore_best_weights=True'),
            "a higher loss for a better one",
        ),
        "starts late": (
            stopping("patience=3, restore_best_weights=True, start_from_epoch=5"),
            "it does not stop in 12 epochs",
        ),
        "only large steps count": (
            stopping("patience=3, restore_best_weights=True, min_delta=1"),
            "it stops after epoch 4",
        ),
        "the class": ("my_stop = keras.callbacks.EarlyStopping", "the class EarlyStopping itself"),
        "in a list": (
            "my_stop = [keras.callbacks.EarlyStopping(patience=3, restore_best_weights=True)]",
            "The answer is a list",
        ),
        "another callback": (
            'my_stop = keras.callbacks.ReduceLROnPlateau("val_loss", patience=3)',
            "it does not stop in 12 epochs",
        ),
        "its own, equal counts": (
            OWN_CALLBACK.replace(
                "best = self.losses.index(min(self.losses))",
                "best = max(n for n, x in enumerate(self.losses) if x == min(self.losses))",
            ),
            "it does not stop",
        ),
        "its own, without logs": (
            OWN_CALLBACK.replace('logs["val_loss"]', 'logs["validation"]'),
            "it stopped with an error, KeyError",
        ),
        "None": ("my_stop = None", "The answer is None"),
        "a text": ('my_stop = "val_loss"', "the text 'val_loss'"),
    },
    "5.6": {
        "a best of 100": (rule('float("inf")', "100"), "it returns ("),
        "a best of 5": (rule('float("inf")', "5"), "it returns ("),
        "sorted in place": (
            rule(
                "    best, kept, waited = float",
                "    losses.sort()\n    best, kept, waited = float",
            ),
            "it changes what it is given",
        ),
        "the other way round": (
            rule(
                "epoch, kept\n    return len(losses), kept", "kept, epoch\n    return kept, epoch"
            ),
            "it returns (2, 4), and (4, 2) is right",
        ),
        "waits one longer": (
            rule("waited >= patience", "waited > patience"),
            "it returns (5, 2), and (4, 2)",
        ),
        "waits one less": (
            rule("waited >= patience", "waited >= patience - 1"),
            "it returns (3, 2), and (4, 2)",
        ),
        "None without a stop": (
            rule("    return len(losses), kept\n", ""),
            "a patience of 2, it returns None",
        ),
        "the stop only": (rule("return epoch, kept", "return epoch"), "returns the number 4"),
        "three numbers": (
            rule("return epoch, kept", "return epoch, kept, best"),
            "it returns 3 numbers",
        ),
        "higher is better": (
            rule("loss < best", "loss > best").replace('float("inf")', "0"),
            "it returns (3, 1), and (4, 2)",
        ),
        "nothing returned": (
            rule().replace("return ", "result = "),
            "returns None",
        ),
        "a text": (rule("return epoch, kept", 'return "stop"'), "the text 'stop'"),
        "a wrong name inside": (rule("in enumerate(losses", "in enumerate(loss_list"), "NameError"),
        "None": ("when_to_stop = None", "a function is asked for"),
        "called already": (rule() + "when_to_stop = when_to_stop([1.0], 2)", "a tuple"),
    },
    "5.7": {
        "rounded": (
            top_5(
                "five = probabilities.argsort(axis=1)[:, -5:]",
                "return round(np.mean((five == labels[:, None]).any(axis=1)), 2)",
            ),
            "is rounded",
        ),
        "by 2,000": (
            top_5(
                "five = probabilities.argsort(axis=1)[:, -5:]",
                "return (five == labels[:, None]).sum() / 2_000",
            ),
            "it returns 0.0",
        ),
        "other labels": (
            "others = np.arange(21)\n"
            + top_5(
                "five = probabilities.argsort(axis=1)[:, -5:]",
                "return np.mean((five == others[:, None]).any(axis=1))",
            ),
            "among the five most probable for",
        ),
        "in place": (
            top_5(
                "own = probabilities[np.arange(len(labels)), labels]",
                "probabilities.sort(axis=1)",
                "return np.mean(own >= probabilities[:, -5])",
            ),
            "it changes what it is given",
        ),
        "along the wrong axis": (
            top_5(
                "five = probabilities.argsort(axis=0)[-5:]",
                "return np.mean((five == labels[:, None]).any(axis=1))",
            ),
            "It stops: shapes (5,30) and (21,1) do not fit",
        ),
        "whole rows": (
            top_5(
                "five = probabilities.argsort(axis=1)[-5:]",
                "return np.mean((five == labels[-5:, None]).any(axis=1))",
            ),
            "it returns 1,",
        ),
        "not one for each row": (
            top_5(
                "five = probabilities.argsort(axis=1)[:, -5:]",
                "return np.mean(np.isin(labels, five))",
            ),
            "it returns 0.9524,",
        ),
        "an axis left out": (
            top_5(
                "five = probabilities.argsort(axis=1)[:, -5:]",
                "return np.mean((five == labels).any(axis=1))",
            ),
            "It stops: shapes (21,5) and (21,) do not fit",
        ),
        "one for each image": (
            top_5(
                "five = probabilities.argsort(axis=1)[:, -5:]",
                "return (five == labels[:, None]).any(axis=1)",
            ),
            "an array of shape (21,)",
        ),
        "always 21 images": (
            top_5(
                "five = probabilities.argsort(axis=1)[:, -5:]",
                "return (five == labels[:, None]).sum() / 21",
            ),
            "Called with 50 images",
        ),
        "return forgotten": (
            top_5(
                "five = probabilities.argsort(axis=1)[:, -5:]", "(five == labels[:, None]).any()"
            ),
            "It returns None",
        ),
        "None": ("top_5_share = None", "a function is asked for"),
        "labels first": (
            top_5(
                "five = probabilities.argsort(axis=1)[:, -5:]",
                "return np.mean((five == labels[:, None]).any(axis=1))",
            ).replace("(probabilities, labels)", "(labels, probabilities)"),
            "AxisError",
        ),
        "an axis too many": (
            top_5(
                "five = probabilities.argsort(axis=2)[:, -5:]",
                "return np.mean((five == labels[:, None]).any(axis=1))",
            ),
            "AxisError",
        ),
    },
    "5.8": {
        "the validation images": (
            quick(
                "x, y = scale_images(x_val), y_val\n"
                + SMALL.replace("epochs=4", "epochs=12").strip(),
                seconds=900,
            ).replace("def ", "from helpers.data import scale_images\n\ndef ", 1),
            "It has trained on the validation images",
        ),
        "the validation images, too": (
            quick(
                "x = np.concatenate([x, x_val / np.float32(255)])\ny = np.concatenate([y, y_val])\n"
                + SMALL.strip(),
                seconds=900,
            ),
            "It has trained on the validation images",
        ),
        "large batches": (
            quick(LINES.replace("epochs=1", "epochs=1, batch_size=2_000")),
            "even of the first training images",
        ),
        "untrained": (quick("return cifar_network()"), "has not been trained"),
        "frozen": (
            quick(LINES.replace("model.compile", "model.trainable = False\nmodel.compile")),
            "left its weights as they were",
        ),
        "a rate of 0": (
            quick(LINES, optimizer="keras.optimizers.Adam(0.0)"),
            "left its weights as they were",
        ),
        "ten classes": (quick(LINES.replace("Dense(100", "Dense(10")), "`fit` stops at"),
        "compiled only": (
            quick('model = cifar_network()\nmodel.compile("adam", "mse")\nreturn model'),
            "has not been trained",
        ),
        "another one returned": (
            quick(LINES.replace("return model", "return keras.models.clone_model(model)")),
            "has not been trained",
        ),
        "wrong labels": (
            quick(LINES, y="np.random.default_rng(0).permutation(y)"),
            "even of the first training images",
        ),
        "run away": (
            quick(LINES, optimizer="keras.optimizers.SGD(1e30)").replace(
                "layers.Flatten(),", "layers.Flatten(), layers.Dense(8),"
            ),
            "nan",
        ),
        "a learning rate too low": (
            quick(LINES, optimizer="keras.optimizers.Adam(1e-6)"),
            "even of the first training images",
        ),
        "images shuffled alone": (
            quick("np.random.default_rng(0).shuffle(x)\n" + LINES.strip()),
            "even of the first training images",
        ),
        "too few images": (
            quick("x, y = x[:300], y[:300]\n" + LINES.replace("epochs=1", "epochs=10").strip()),
            "; of the first training images it gets",
        ),
        "too slow": (
            quick("sum(range(20_000_000))\nreturn cifar_network()", 0.05),
            " seconds, and 0.05 are allowed",
        ),
        "superclasses": (
            quick(LINES.replace("Dense(100", "Dense(20"), y="np.array(COARSE_OF_FINE)[y]"),
            "have the shape (1000, 20)",
        ),
        "the history": (
            quick(LINES.replace("model.fit", "return model.fit")),
            "The function returns a History",
        ),
        "the history too": (
            quick("return cifar_network(), None"),
            "The function returns a tuple",
        ),
        "return forgotten": (quick("model = cifar_network()"), "The function returns None"),
        "the wrong loss": (quick(LINES, loss="categorical_crossentropy"), "one-hot rows"),
        "a model": ("train_quickly = cifar_network()", "The answer is a model"),
        "the digit network's input": (
            quick("return keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten()])"),
            "input of shape (28, 28, 1)",
        ),
        "None": ("train_quickly = None", "a function is asked for"),
        "a text": ('train_quickly = "fast"', "a function is asked for"),
    },
}
