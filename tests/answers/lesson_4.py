"""Right and wrong answers to the exercises of lesson 4; what the names mean stands in lesson_1.py.

SETUP makes the names of the lesson that an answer may use, or use by mistake.
"""

SETUP = """
def batches(x, y):
    for start in range(0, len(x), BATCH):
        yield x[start : start + BATCH], y[start : start + BATCH]

model = keras.Sequential([keras.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10, "softmax")])
optimizer = keras.optimizers.Adam()
loss_function = keras.losses.SparseCategoricalCrossentropy()

class TapeModel(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            predictions = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=predictions)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply(gradients, self.trainable_variables)
        self.metrics[0].update_state(loss)
        results = self.compute_metrics(x, y, predictions)
        return results | {"gradient": tf.linalg.global_norm(gradients)}
"""
OPEN = {}
HARMLESS = {}


def paper(one="30", two="None", three="0", four="3", five="None"):
    """The answer to 4.1 with these five."""
    return f"my_one = {one}\nmy_two = {two}\nmy_three = {three}\nmy_four = {four}\nmy_five = {five}"


def traced(first="1", second="5", third="2", fourth="1"):
    """The answer to 4.4 with these four."""
    return f"my_first = {first}\nmy_second = {second}\nmy_third = {third}\nmy_fourth = {fourth}\n"


def changed(code, *changes):
    """Some code with changes (old, new), each of which must be found in it."""
    for old, new in changes:
        assert old in code, old
        code = code.replace(old, new)
    return code


GRADIENT = """
def gradient_of(function, x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = function(x)
    return tape.gradient(y, x)
"""

STEP = """
def one_step(model, optimizer, loss_function, x, y):
    with tf.GradientTape() as tape:
        predictions = model(x, training=True)
        loss = loss_function(y, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply(gradients, model.trainable_variables)
    return loss
"""
APPLY = "    optimizer.apply(gradients, model.trainable_variables)\n"
GRADIENTS = "    gradients = tape.gradient(loss, model.trainable_variables)\n"
DATASET = "tf.data.Dataset.from_tensor_slices"

BROKEN = """
def validation_curve(model, step, epochs, x, y, x_val, y_val):
    accuracy, curve = keras.metrics.SparseCategoricalAccuracy(), []
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y):
            step(x_batch, y_batch)
        for x_batch, y_batch in batches(x_val, y_val):
            predictions = model(x_batch, training=True)
            accuracy.update_state(y_batch, predictions)
            curve.append(float(accuracy.result()))
    return curve
"""
IN_ORDER = (
    "            curve.append(float(accuracy.result()))\n",
    "        curve.append(float(accuracy.result()))\n",
)
NOT_TRAINING = ("training=True", "training=False")
RESET = (IN_ORDER[1] + "    return", IN_ORDER[1] + "        accuracy.reset_state()\n    return")
MENDED = changed(BROKEN, IN_ORDER, NOT_TRAINING, RESET)

CLIPPED = """
class Clipped(keras.Model):
    def train_step(self, data):
        x, y = data
        with tf.GradientTape() as tape:
            predictions = self(x, training=True)
            loss = self.compute_loss(x=x, y=y, y_pred=predictions)
        gradients = tape.gradient(loss, self.trainable_variables)
        gradients = [tf.clip_by_value(one, -0.01, 0.01) for one in gradients]
        self.optimizer.apply(gradients, self.trainable_variables)
        self.metrics[0].update_state(loss)
        return self.compute_metrics(x, y, predictions)
"""
CLIP = "gradients = [tf.clip_by_value(one, -0.01, 0.01) for one in gradients]"
CLIP_APPLY = "        self.optimizer.apply(gradients, self.trainable_variables)\n"

RIGHT = {
    "4.1": {
        "whole numbers": paper(),
        "with points": paper("30.0", "None", "0.0", "3.0", "None"),
        "from the tape": """
x, c = tf.Variable(3.0), tf.constant(5.0)
before = 3 * x
with tf.GradientTape(persistent=True) as tape:
    one = c * x**2
    two = before**2
    three = 0 * x + c
    four = x * x.numpy()
my_one, my_two, my_three, my_four = (tape.gradient(y, x) for y in (one, two, three, four))
my_five = tape.gradient(one, c)
""",
    },
    "4.2": {
        "lists of one": """
def gradient_of(f, at):
    with tf.GradientTape(watch_accessed_variables=False) as t:
        t.watch([at])
        value = f(at)
    (gradient,) = t.gradient(value, [at])
    return gradient
""",
        "a variable": """
def gradient_of(function, x):
    v = tf.Variable(x)
    with tf.GradientTape() as tape:
        y = function(v)
    return tape.gradient(y, v).numpy()
""",
        "everything in the block": """
def gradient_of(function, x):
    with tf.GradientTape(persistent=True) as tape:
        x = tf.convert_to_tensor(x)
        tape.watch(x)
        return tape.gradient(function(x), x)
""",
        "a graph": "@tf.function" + GRADIENT,
        "in two functions": """
def taped(function, x, tape):
    with tape:
        tape.watch(x)
        return function(x)

def and_then(tape, function, x):
    return tape.gradient(taped(function, x, tape), x)

gradient_of = lambda function, x: and_then(tf.GradientTape(), function, x)
""",
    },
    "4.3": {
        "a loss called by keywords": changed(
            STEP, ("(y, predictions)", "(y_pred=predictions, y_true=y)")
        ),
        "labels in a column": changed(
            STEP,
            ("(y, predictions)", "(y[:, None] if y.ndim == 1 else y, predictions)"),
        ),
        "apply_gradients": """
def one_step(model, optimizer, loss_function, x, y):
    with tf.GradientTape() as tape:
        loss = loss_function(y, model(x, training=True))
    weights = model.trainable_weights
    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return float(loss)
""",
        "everything in the block": """
def one_step(network, adam, how_wrong, images, labels):
    with tf.GradientTape() as tape:
        loss = how_wrong(labels, network(images, training=True))
        weights = network.trainable_variables
        adam.apply(tape.gradient(loss, weights), weights)
        return loss.numpy()
""",
        "a graph": "@tf.function" + STEP,
        "by Keras": """
def one_step(model, optimizer, loss_function, x, y):
    model.compile(optimizer, loss_function)
    return model.train_on_batch(x, y)
""",
        "built first": changed(
            STEP,
            ("    with", "    optimizer.build(model.trainable_variables)\n    with"),
            (APPLY, "    optimizer.apply(gradients)\n"),
        ),
        "asked once more afterwards": changed(
            STEP, ("    return", "    model(x, training=False)\n    return")
        ),
    },
    "4.4": {
        "floats": traced("1.0", "5.0", "2.0", "1.0"),
        "sums": traced("1", "len(range(5))", "len({32, 20})", "1"),
        "by counting": """
def runs(calls, **options):
    count = []

    @tf.function(**options)
    def double(x):
        count.append(1)
        return 2 * x

    for x in calls:
        double(x)
    return len(count)

lengths = [tf.ones(length) for epoch in range(3) for length in (32, 32, 20)]
my_first, my_second = runs([tf.constant(number) for number in range(5)]), runs(range(5))
my_third = runs(lengths)
my_fourth = runs(lengths, input_signature=[tf.TensorSpec([None])])
""",
    },
    "4.5": {
        "reset before": changed(
            MENDED,
            ("        accuracy.reset_state()\n", ""),
            (
                "        for x_batch, y_batch in batches(x_val",
                "        accuracy.reset_state()\n        for x_batch, y_batch in batches(x_val",
            ),
        ),
        "a new metric each epoch": changed(
            MENDED,
            (
                "    accuracy, curve = keras.metrics.SparseCategoricalAccuracy(), []",
                "    curve = []",
            ),
            ("        accuracy.reset_state()\n", ""),
            (
                "range(epochs):\n",
                "range(epochs):\n        accuracy = keras.metrics.SparseCategoricalAccuracy()\n",
            ),
        ),
        "training left out": changed(MENDED, (", training=False", "")),
        "tensors in the curve": changed(MENDED, ("float(accuracy.result())", "accuracy.result()")),
        "without a metric": """
def validation_curve(model, step, epochs, x, y, x_val, y_val):
    curve = []
    while len(curve) < epochs:
        for batch in batches(x, y):
            step(*batch)
        guesses = model.predict(x_val, batch_size=10, verbose=0)
        curve.append(np.mean(np.argmax(guesses, axis=-1) == y_val))
    return np.array(curve)
""",
        "tf.data's batches": changed(
            MENDED,
            ("in batches(x, y)", f"in {DATASET}((x, y)).batch(10)"),
            ("batches(x_val, y_val)", f"{DATASET}((x_val, y_val)).batch(7)"),
        ),
    },
    "4.6": {
        "clipped one by one, applied in pairs": changed(
            CLIPPED,
            (CLIP, "gradients = [tf.clip_by_value(one, -0.01, 0.01) for one in iter(gradients)]"),
            (
                CLIP_APPLY,
                CLIP_APPLY.replace("apply(gradients, ", "apply_gradients(zip(gradients, ").replace(
                    "variables)", "variables))"
                ),
            ),
        ),
        "apply_gradients and a loop": """
class Clipped(keras.Model):
    def train_step(self, data):
        images, labels = data
        weights, cut = self.trainable_weights, []
        with tf.GradientTape() as tape:
            guesses = self(images, training=True)
            loss = self.compute_loss(y=labels, y_pred=guesses)
        for gradient in tape.gradient(loss, weights):
            cut.append(keras.ops.clip(gradient, -0.01, 0.01))
        self.optimizer.apply_gradients(zip(cut, weights))
        for metric in self.metrics:
            if metric.name == "loss":
                metric.update_state(loss)
            else:
                metric.update_state(labels, guesses)
        return {metric.name: metric.result() for metric in self.metrics}
""",
        "more in the bar": changed(
            CLIPPED,
            (
                "return self.compute_metrics(x, y, predictions)",
                "more = {'gradient': tf.linalg.global_norm(gradients)}\n"
                "        return self.compute_metrics(x, y, predictions) | more",
            ),
        ),
        "the loss of the last batch, which fit does not show": changed(
            CLIPPED,
            (
                "return self.compute_metrics(x, y, predictions)",
                'return self.compute_metrics(x, y, predictions) | {"loss": loss}',
            ),
        ),
        "the optimizer clips": """
class Cutting(TapeModel):
    def compile(self, optimizer, **options):
        optimizer.clipvalue = 0.01
        super().compile(optimizer, **options)

    def train_step(self, data):
        return super().train_step(data)

Clipped = Cutting
""",
        "least and most": changed(
            CLIPPED,
            ("tf.clip_by_value(one, -0.01, 0.01)", "tf.maximum(tf.minimum(one, 0.01), -0.01)"),
        ),
    },
}

WRONG = {
    "4.1": {
        "nan": (paper(two='float("nan")'), "my_two is nan"),
        "without c": (paper(one="6"), "x² is multiplied by"),
        "seen from outside": (paper(two="54"), "my_two is not 54. To find a number"),
        "None taken for zero": (paper(two="0"), "my_two is not 0"),
        "c counted": (paper(three="1"), "my_three is not 1"),
        "NumPy seen": (paper(four="6"), "my_four is not 6"),
        "a constant watched": (paper(five="9"), "Which of x and c"),
        "a text": (paper(two='"None"'), "the text 'None'"),
        "half done": (paper(five="..."), "number 5 is still empty"),
        "a list": (paper(one="[30, None, 0, 3, None]"), "one number is asked for"),
    },
    "4.2": {
        "one number at a time": (
            """
def gradient_of(function, x):
    one_by_one = []
    for number in tf.reshape(x, [-1]):
        with tf.GradientTape() as tape:
            tape.watch(number)
            y = function(number)
        one_by_one.append(tape.gradient(y, number))
    return tf.reshape(tf.stack(one_by_one), x.shape)
""",
            "the product of all x",
        ),
        "through NumPy": (
            changed(GRADIENT, ("= function(x)", "= function(x.numpy())")),
            "something that is no tensor",
        ),
        "arguments swapped": (
            changed(GRADIENT, ("(function, x)", "(x, function)")),
            "told to watch something that is no tensor",
        ),
        "watched before it runs": (
            """
def gradient_of(function, x):
    tape = tf.GradientTape()
    tape.watch(x)
    with tape:
        y = function(x)
    return tape.gradient(y, x)
""",
            "told to watch before it runs",
        ),
        "rounded": (
            changed(GRADIENT, ("tape.gradient(y, x)", "tf.round(tape.gradient(y, x))")),
            "has the shape (2, 3), it returns",
        ),
        "fine steps": (
            "def gradient_of(function, x):\n"
            "    h = 0.01\n"
            "    by_one = (function(x + h) - function(x - h)) / (2 * h)\n"
            "    if x.shape.rank == 0:\n"
            "        return by_one\n"
            "    return (function(x + 1) - function(x)) / len(x) * tf.ones_like(x)",
            ", it returns",
        ),
        "watch forgotten": (
            changed(GRADIENT, ("        tape.watch(x)\n", "")),
            "plain tensor None",
        ),
        "watched too late": (
            changed(
                GRADIENT, ("        tape.watch(x)\n", ""), ("(x)\n", "(x)\n        tape.watch(x)\n")
            ),
            "plain tensor None",
        ),
        "return forgotten": (changed(GRADIENT, ("return ", "")), "It returns None"),
        "outside the block": (
            changed(GRADIENT, ("        y = ", "    y = ")),
            "It returns None",
        ),
        "the wrong way round": (changed(GRADIENT, ("(y, x)", "(x, y)")), "It returns None"),
        "small steps": (
            "def gradient_of(function, x):\n    return (function(x + 0.1) - function(x)) / 0.1",
            ", it returns",
        ),
        "the tape": (changed(GRADIENT, ("tape.gradient(y, x)", "tape")), "a GradientTape"),
        "a float": (
            changed(GRADIENT, ("tape.gradient(y, x)", "float(tape.gradient(y, x))")),
            "It stops at `float`",
        ),
        "asked twice": (
            changed(GRADIENT, ("    return", "    tape.gradient(y, x)\n    return")),
            "a second time",
        ),
        "a wrong name inside": (
            changed(GRADIENT, ("gradient(y, x)", "gradient(z, x)")),
            "name 'z' is not defined",
        ),
        "not called": (
            changed(GRADIENT, ("function(x)\n", "function\n")),
            "used without being called",
        ),
        "None": ("gradient_of = None", "a function is asked for"),
        "called already": (
            GRADIENT + "gradient_of = gradient_of(tf.sin, tf.constant(1.0))",
            "a function is asked for",
        ),
    },
    "4.3": {
        "the batch changed": (
            changed(STEP, ("    return", "    x *= 0\n    return")),
            "changes the batch",
        ),
        "the loss of the images": (
            changed(STEP, ("(y, predictions)", "(x, predictions)")),
            "something else than the labels",
        ),
        "labels second, by name": (
            changed(STEP, ("(y, predictions)", "(y_true=predictions, y_pred=y)")),
            "predictions first",
        ),
        "pairs the wrong way round": (
            changed(
                STEP,
                (
                    "apply(gradients, model.trainable_variables)",
                    "apply_gradients(zip(model.trainable_variables, gradients))",
                ),
            ),
            "gets weights where it takes gradients",
        ),
        "no pairs": (
            changed(STEP, ("apply(gradients", "apply_gradients(gradients")),
            "it takes one of pairs",
        ),
        "gradients of the predictions": (
            changed(STEP, ("gradient(loss", "gradient(predictions")),
            "the weights of the model stay",
        ),
        "predict": (
            changed(STEP, ("model(x, training=True)", "model.predict(x, verbose=0)")),
            "plain NumPy numbers",
        ),
        "frozen weights, too": (
            changed(STEP, ("model.trainable_variables", "model.weights")),
            "weights that are not to be trained",
        ),
        "training left out": (changed(STEP, (", training=True", "")), "not training"),
        "training=False": (changed(STEP, ("training=True", "training=False")), "not training"),
        "the loss outside": (
            changed(STEP, ("        loss =", "    loss =")),
            "every gradient is None",
        ),
        "the model outside": (
            """
def one_step(model, optimizer, loss_function, x, y):
    predictions = model(x, training=True)
    with tf.GradientTape() as tape:
        loss = loss_function(y, predictions)
"""
            + GRADIENTS
            + APPLY
            + "    return loss",
            "every gradient is None",
        ),
        "labels second": (
            changed(STEP, ("(y, predictions)", "(predictions, y)")),
            "predictions first",
        ),
        "apply forgotten": (changed(STEP, (APPLY, "")), "every weight is as it was"),
        "applied twice": (changed(STEP, (APPLY, APPLY * 2)), "2 times as far"),
        "the sum": (
            changed(STEP, ("predictions)\n    g", "predictions) * len(x)\n    g")),
            "8 times as far",
        ),
        "one layer": (
            changed(STEP, ("model.trainable_variables", "model.layers[-1].trainable_variables")),
            "only 2 of the 4 weight arrays",
        ),
        "by hand": (
            changed(
                STEP,
                (
                    APPLY,
                    "    for weight, gradient in zip(model.trainable_variables, gradients):\n"
                    "        weight.assign_sub(0.01 * gradient)\n",
                ),
            ),
            "its optimizer makes no step",
        ),
        "by hand, with the rate": (
            changed(
                STEP,
                (
                    APPLY,
                    "    for weight, gradient in zip(model.trainable_variables, gradients):\n"
                    "        weight.assign_sub(optimizer.learning_rate * gradient)\n",
                ),
            ),
            "not with Adam",
        ),
        "uphill": (
            changed(STEP, (APPLY, "    gradients = [-one for one in gradients]\n" + APPLY)),
            "the wrong way",
        ),
        "a loss of its own": (
            changed(
                STEP, ("loss_function(y, p", "keras.losses.SparseCategoricalCrossentropy()(y, p")
            ),
            "never calls `loss_function`",
        ),
        "an optimizer of its own": (
            changed(STEP, ("optimizer.apply", "keras.optimizers.SGD(0.05).apply")),
            "not with Adam",
        ),
        "the lesson's model": (
            changed(STEP, ("(model,", "(network,")),
            "does not take this batch",
        ),
        "wiped": (changed(STEP, (GRADIENTS, GRADIENTS * 2)), "a second time"),
        "return forgotten": (changed(STEP, ("return loss", "loss")), "returns None"),
        "all returned": (changed(STEP, ("return loss", "return loss, predictions")), "a tuple"),
        "predictions returned": (
            changed(STEP, ("return loss", "return predictions")),
            "a tensor of shape (8, 3)",
        ),
        "the loss after it": (
            changed(STEP, ("return loss", "return loss_function(y, model(x, training=True))")),
            "the loss after the step",
        ),
        "the loss after it, asked calmly": (
            changed(STEP, ("return loss", "return loss_function(y, model(x))")),
            "the loss after the step",
        ),
        "fit": (
            "def one_step(model, optimizer, loss_function, x, y):\n"
            "    model.compile(optimizer, loss_function)\n"
            "    return model.fit(x, y, verbose=0)",
            "a History",
        ),
        "None": ("one_step = None", "a function is asked for"),
        "a text": ('one_step = "train_step"', "a function is asked for"),
    },
    "4.4": {
        "every call": (traced(first="5"), "my_first is not 5"),
        "numbers as tensors": (traced(second="1"), "my_second is not 1"),
        "every batch": (traced(third="9"), "my_third is not 9"),
        "every epoch anew": (traced(third="6"), "my_third is not 6"),
        "once an epoch": (traced(third="3"), "my_third is not 3"),
        "signature overlooked": (traced(fourth="2"), "my_fourth is not 2"),
        "a text": (traced(first='"once"'), "a number is asked for"),
        "None": (traced(fourth="None"), "my_fourth is None"),
        "half done": (traced(fourth="..."), "number 4 is still empty"),
    },
    "4.5": {
        "put in order": (
            changed(MENDED, ("return curve", "return sorted(curve)")),
            "Point 2 of the curve is 75.0%",
        ),
        "on the training images": (
            changed(MENDED, ("batches(x_val, y_val)", "batches(x, y)")),
            "on the training images",
        ),
        "three epochs always": (
            changed(MENDED, ("range(epochs)", "range(3)")),
            "in five epochs of 70 images each, `step` gets 210",
        ),
        "the images as labels": (
            changed(MENDED, ("step(x_batch, y_batch)", "step(x_batch, x_batch)")),
            "other labels than those of its images",
        ),
        "a metric for other answers": (
            changed(MENDED, ("SparseCategoricalAccuracy", "Accuracy")),
            "whose shapes do not fit",
        ),
        "the wrong ones": (
            changed(MENDED, ("float(accuracy.result())", "1 - float(accuracy.result())")),
            "the share of wrong answers",
        ),
        "in per cent": (
            changed(MENDED, ("float(accuracy.result())", "100 * float(accuracy.result())")),
            "in per cent",
        ),
        "a list for each epoch": (
            changed(
                MENDED,
                (
                    "accuracy, curve = keras.metrics.SparseCategoricalAccuracy(), []",
                    "accuracy = keras.metrics.SparseCategoricalAccuracy()",
                ),
                ("range(epochs):\n", "range(epochs):\n        curve = []\n"),
            ),
            "the curve has 1 point.",
        ),
        "the mean of batches": (
            """
def validation_curve(model, step, epochs, x, y, x_val, y_val):
    curve = []
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y):
            step(x_batch, y_batch)
        each = []
        for x_batch, y_batch in batches(x_val, y_val):
            guesses = np.argmax(model(x_batch), axis=-1)
            each.append(np.mean(guesses == y_batch))
        curve.append(np.mean(each))
    return curve
""",
            "the mean of what the batches have got",
        ),
        "only append mended": (changed(BROKEN, IN_ORDER), "told that it is training"),
        "only training mended": (changed(BROKEN, NOT_TRAINING), "has 9 points"),
        "append still inside": (
            changed(
                BROKEN,
                NOT_TRAINING,
                (IN_ORDER[0], IN_ORDER[0] + "        accuracy.reset_state()\n"),
            ),
            "has 9 points",
        ),
        "never reset": (changed(BROKEN, IN_ORDER, NOT_TRAINING), "drags along"),
        "still training": (changed(BROKEN, IN_ORDER, RESET), "told that it is training"),
        "reset for each batch": (
            changed(
                MENDED,
                (
                    "            predictions",
                    "            accuracy.reset_state()\n            predictions",
                ),
            ),
            "the last batch alone",
        ),
        "reset too early": (
            changed(
                BROKEN,
                NOT_TRAINING,
                (IN_ORDER[0], "        accuracy.reset_state()\n" + IN_ORDER[1]),
            ),
            "Every point of the curve is 0",
        ),
        "append at the end": (
            changed(MENDED, (IN_ORDER[1], ""), ("    return", IN_ORDER[1][4:] + "    return")),
            "has 1 point.",
        ),
        "return in the loop": (
            changed(MENDED, ("    return", "        return")),
            "after the first of three epochs",
        ),
        "return forgotten": (changed(MENDED, ("    return curve", "")), "returns None"),
        "validated inside": (
            changed(
                MENDED,
                (
                    "        for x_batch, y_batch in batches(x_val",
                    "        if True:\n          for x_batch, y_batch in batches(x_val",
                ),
                ("            predictions", "              predictions"),
                ("            accuracy.update", "              accuracy.update"),
                (
                    "            step(x_batch, y_batch)\n",
                    "            step(x_batch, y_batch)\n            break\n",
                ),
            ),
            "`step` gets 96 images",
        ),
        "validated first": (
            """
def validation_curve(model, step, epochs, x, y, x_val, y_val):
    accuracy, curve = keras.metrics.SparseCategoricalAccuracy(), []
    for _ in range(epochs):
        accuracy.reset_state()
        for x_batch, y_batch in batches(x_val, y_val):
            accuracy.update_state(y_batch, model(x_batch, training=False))
        curve.append(float(accuracy.result()))
        for x_batch, y_batch in batches(x, y):
            step(x_batch, y_batch)
    return curve
""",
            "from before its epoch",
        ),
        "trains on all": (
            changed(
                MENDED,
                (
                    "            predictions",
                    "            step(x_batch, y_batch)\n            predictions",
                ),
            ),
            "trains on validation images",
        ),
        "not trained": (
            changed(MENDED, ("step(x_batch, y_batch)", "pass")),
            "`step` gets 0 images",
        ),
        "the last accuracy": (
            changed(MENDED, ("return curve", "return accuracy.result()")),
            "a single number",
        ),
        "the metric": (changed(MENDED, ("return curve", "return accuracy")), "a list of numbers"),
        "None": ("validation_curve = None", "a function is asked for"),
    },
    "4.6": {
        "the moves cut": (
            """
class Clipped(keras.Model):
    def train_step(self, data):
        before = [tf.identity(weight.value) for weight in self.trainable_variables]
        results = super().train_step(data)
        for weight, old in zip(self.trainable_variables, before):
            weight.assign(old + tf.clip_by_value(weight.value - old, -0.01, 0.01))
        return results
""",
            "how far the weights move",
        ),
        "the loss of compile called": (
            changed(
                CLIPPED,
                ("self.compute_loss(x=x, y=y, y_pred=predictions)", "self.loss(y, predictions)"),
            ),
            "that may be a text",
        ),
        "weights cut after the step": (
            changed(
                CLIPPED,
                ("        " + CLIP + "\n", ""),
                (
                    CLIP_APPLY,
                    CLIP_APPLY + "        for one in self.weights:\n"
                    "            one.assign(tf.clip_by_value(one, -0.01, 0.01))\n",
                ),
            ),
            "the weights that are cut",
        ),
        "all gradients shortened": (
            changed(CLIPPED, (CLIP, "gradients, _ = tf.clip_by_global_norm(gradients, 0.01)")),
            "shorter as a whole",
        ),
        "loss arguments swapped": (
            changed(CLIPPED, ("y=y, y_pred=predictions", "y=predictions, y_pred=y")),
            "predictions first",
        ),
        "metrics arguments swapped": (
            changed(CLIPPED, ("(x, y, predictions)", "(x, predictions, y)")),
            "do not stand where they belong",
        ),
        "the loss clipped": (
            changed(
                CLIPPED,
                (
                    "        gradients = tape",
                    "            loss = tf.clip_by_value(loss, -0.01, 0.01)\n"
                    "        gradients = tape",
                ),
            ),
            "the weights of the model stay",
        ),
        "zero beyond the limits": (
            changed(
                CLIPPED,
                (CLIP, "gradients = [tf.where(tf.abs(one) > 0.01, 0.0, one) for one in gradients]"),
            ),
            "the weight does not move at all",
        ),
        "frozen weights, too": (
            changed(CLIPPED, ("self.trainable_variables", "self.weights")),
            "weights that are not to be trained",
        ),
        "not clipped": ("Clipped = TapeModel", "as if no gradient were clipped"),
        "clipped and not used": (
            changed(CLIPPED, ("gradients = [tf.clip", "clipped = [tf.clip")),
            "as if no gradient were clipped",
        ),
        "clipped too late": (
            changed(
                CLIPPED,
                ("        " + CLIP + "\n", ""),
                (CLIP_APPLY, CLIP_APPLY + "        " + CLIP + "\n"),
            ),
            "as if no gradient were clipped",
        ),
        "only above": (
            changed(CLIPPED, ("tf.clip_by_value(one, -0.01, 0.01)", "tf.minimum(one, 0.01)")),
            "the furthest that a weight moves",
        ),
        "other limits": (changed(CLIPPED, ("-0.01, 0.01", "-0.1, 0.1")), "furthest"),
        "the lengths clipped": (
            changed(CLIPPED, ("tf.clip_by_value(one, -0.01, 0.01)", "tf.clip_by_norm(one, 0.01)")),
            "shorter as a whole",
        ),
        "the signs": (
            changed(CLIPPED, ("tf.clip_by_value(one, -0.01, 0.01)", "0.01 * tf.sign(one)")),
            "not each by its own gradient",
        ),
        "weights clipped": (
            changed(
                CLIPPED,
                ("for one in gradients", "for one in self.trainable_variables"),
            ),
            "not each by its own gradient",
        ),
        "the list as a whole": (
            changed(CLIPPED, (CLIP, "gradients = tf.clip_by_value(gradients, -0.01, 0.01)")),
            "as if they were one",
        ),
        "training left out": (changed(CLIPPED, (", training=True", "")), "not training"),
        "apply forgotten": (changed(CLIPPED, (CLIP_APPLY, "")), "every weight is as it was"),
        "applied twice": (changed(CLIPPED, (CLIP_APPLY, CLIP_APPLY * 2)), "takes 2 steps"),
        "plain step besides": (
            changed(CLIPPED, ("x, y = data", "super().train_step(data)\n        x, y = data")),
            "takes 2 steps",
        ),
        "the loss outside": (
            changed(CLIPPED, ("            loss =", "        loss =")),
            "every gradient is None",
        ),
        "data not unpacked": (
            changed(CLIPPED, ("x, y = data", "x, y = data, data[1]")),
            "called with something else",
        ),
        "return forgotten": (
            changed(CLIPPED, ("return self", "self")),
            "train_step returns None",
        ),
        "the loss returned": (
            changed(CLIPPED, ("return self.compute_metrics(x, y, predictions)", "return loss")),
            "fit needs a dictionary",
        ),
        "only the loss": (
            changed(
                CLIPPED,
                ("return self.compute_metrics(x, y, predictions)", 'return {"loss": loss}'),
            ),
            "never updated",
        ),
        "the last loss": (
            changed(
                CLIPPED,
                (
                    "return self.compute_metrics(x, y, predictions)",
                    'return self.compute_metrics(x, y, predictions) | {"loss": loss, "one": 1.0}',
                ),
            ),
            "After an epoch of three batches, fit reports a loss",
        ),
        "the mean not updated": (
            changed(CLIPPED, ("        self.metrics[0].update_state(loss)\n", "")),
            "a loss of 0",
        ),
        "a loss of its own": (
            changed(
                CLIPPED,
                (
                    "self.compute_loss(x=x, y=y, y_pred=predictions)",
                    "keras.losses.SparseCategoricalCrossentropy()(y, predictions)",
                ),
            ),
            "not the one that compile was given",
        ),
        "NumPy inside": (
            changed(CLIPPED, ("update_state(loss)", "update_state(loss.numpy())")),
            "holds no number yet",
        ),
        "floats": (
            changed(
                CLIPPED,
                (
                    "return self.compute_metrics(x, y, predictions)",
                    'return self.compute_metrics(x, y, predictions) | {"now": float(loss)}',
                ),
            ),
            "holds no number yet",
        ),
        "no accuracy": (
            changed(
                CLIPPED,
                (
                    "return self.compute_metrics(x, y, predictions)",
                    'return {"loss": self.compute_metrics(x, y, predictions)["loss"]}',
                ),
            ),
            "does not report the accuracy",
        ),
        "misspelled": (changed(CLIPPED, ("train_step", "training_step")), "no method `train_step`"),
        "a model": (
            CLIPPED + "Clipped = Clipped()",
            "one model made from the class Clipped",
        ),
        "no model": (
            changed(CLIPPED, ("keras.Model", "layers.Layer")),
            "does not build on keras.Model",
        ),
        "a function": (
            "def Clipped(self, data):\n    return data",
            "a class is asked for",
        ),
        "None": ("Clipped = None", "a class is asked for"),
    },
}
