"""Forty answers on which checkers of exercises are known to fail, to be judged rightly here.

The first half is right and often refused: spelled in another way than the checker's author thought
of. The second half is wrong and often accepted: it only looks right, or only where one looks.
Each row: the exercise, what the answer does, and its code.
"""

DIGITS = "my_digits = keras.Sequential([keras.Input((28, 28, 1)), {}])"
SCORES = "my_scores = keras.Sequential([keras.Input((4,)), layers.Dense(3)])\n"
LOGITS = "loss=keras.losses.CategoricalCrossentropy(from_logits=True)"
WEATHER = """
inputs = keras.Input((8,))
x = layers.Dense(16, activation="relu")(inputs)
sky = layers.Dense(4, activation="softmax", name="sky")(x)
degrees = layers.Dense(1, name="degrees")(x)
my_weather = keras.Model(inputs, {"sky": sky, "degrees": degrees})
"""
CLASS = """
class Digits(keras.Model):
    def __init__(self):
        super().__init__()
        self.last = layers.Dense(10, activation="softmax")
        self.dense = layers.Dense(128, activation="relu")
        self.flat = layers.Flatten()
        self.second = layers.Conv2D(64, 3, activation="relu")
        self.first = layers.Conv2D(32, 3, activation="relu")

    def call(self, inputs):
        return self.last(self.dense(self.flat(self.second(self.first(inputs)))))

my_digits = Digits()
"""
STEP = """
def one_step(model, optimizer, loss_function, x, y):
    with tf.GradientTape() as tape:
        loss = loss_function(y, model(x, training=True))
    {}
    return loss
"""
CURVE = """
def validation_curve(model, step, epochs, x, y, x_val, y_val):
    curve = []
    for _ in range(epochs):
        for x_batch, y_batch in batches(x, y):
            step(x_batch, y_batch)
        {}
    return curve
"""
LIMITED = """
@keras.saving.register_keras_serializable("mine")
class Limited(layers.Dense):
    def __init__(self, units, limit=1.0, **kwargs):
        super().__init__(units, **kwargs)
        self.limit = limit

    def call(self, inputs):
        return ops.clip(super().call(inputs), -self.limit, self.limit)

    def get_config(self):
        return {**super().get_config(), "limit": %s}
"""
RULE = """
def when_to_stop(losses, patience):
    best = 1
    for epoch in range(1, len(losses) + 1):
        if losses[epoch - 1] %s losses[best - 1]:
            best = epoch
        if epoch - best == patience:
            return epoch, best
    return len(losses), best
"""
SMALL = """
my_small = keras.Sequential([
    keras.Input((28, 28, 1)), layers.Conv2D(12, 3, activation="relu"), layers.MaxPooling2D(),
    layers.Conv2D(24, 3, activation="relu"), layers.MaxPooling2D(), layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
my_small.compile("adam", "sparse_categorical_crossentropy")
"""
HEAD = """
def with_head(base, classes):
    base.trainable = False
    inputs = keras.Input(base.input_shape[1:])
    return keras.Model(inputs, {})
"""

RIGHT = (
    (
        "1.3",
        "activations as layers, as functions and as texts, mixed",
        DIGITS.format(
            'layers.Conv2D(32, 3), layers.ReLU(), layers.Conv2D(64, (3, 3), activation="relu"), '
            "layers.Flatten(), layers.Dense(128, activation=keras.ops.relu), layers.Dense(10), "
            "layers.Softmax()"
        ),
    ),
    (
        "1.3",
        "an activation as a lambda",
        DIGITS.format(
            "layers.Conv2D(32, 3, activation=lambda x: keras.ops.maximum(x, 0)), "
            'layers.Conv2D(64, 3, activation="relu"), layers.Flatten(), '
            'layers.Dense(128, activation="relu"), layers.Dense(10, activation="softmax")'
        ),
    ),
    (
        "1.1",
        "another order of the same steps",
        "prepare = lambda i: np.float32(i)[..., None] / 255",
    ),
    (
        "1.1",
        "by Keras's own functions",
        "def prepare(images):\n"
        "    return keras.ops.expand_dims(keras.ops.cast(images, 'float32'), -1) / 255",
    ),
    (
        "1.2",
        "NumPy's numbers, and the batch's None",
        "my_shape = [None, np.int64(22), 12, 8]\nmy_count = np.float32(2376)",
    ),
    (
        "1.5",
        "a loss as a function of one's own",
        SCORES + "my_scores.compile('adam', loss=lambda y, s: "
        "keras.losses.categorical_crossentropy(y, s, from_logits=True), metrics=['accuracy'])",
    ),
    (
        "1.5",
        "a metric as an object",
        SCORES + f"my_scores.compile({LOGITS}, metrics=[keras.metrics.CategoricalAccuracy()])",
    ),
    (
        "2.2",
        "written by matrix operations where there is a layer for it",
        "inputs = keras.Input((28, 28, 1))\n"
        'x = layers.Conv2D(32, 3, activation="relu")(inputs)\n'
        "x = keras.ops.relu(layers.Conv2D(64, 3)(x))\n"
        "x = keras.ops.reshape(x, (-1, 24 * 24 * 64))\n"
        'x = layers.Dense(128, activation="relu")(x)\n'
        "my_digits = keras.Model(inputs, keras.ops.softmax(layers.Dense(10)(x)))",
    ),
    (
        "2.3",
        "a dictionary of inputs",
        'photo, facts = keras.Input((64, 64, 3), name="photo"), keras.Input((5,), name="facts")\n'
        "x = keras.ops.max(layers.Conv2D(16, 3, activation='relu')(photo), axis=(1, 2))\n"
        "x = layers.Concatenate()([x, layers.Dense(8, activation='relu')(facts)])\n"
        "my_price = keras.Model({'photo': photo, 'facts': facts}, layers.Dense(1)(x))",
    ),
    (
        "2.6",
        "the weight inside of the loss",
        WEATHER + "my_weather.compile('adam', loss={'sky': 'sparse_categorical_crossentropy', "
        "'degrees': lambda y, p: 0.1 * keras.losses.mean_squared_error(y, p)})",
    ),
    ("3.4", "layers made in another order than they are called", CLASS),
    (
        "3.1",
        "another formula for the same",
        "class Leaky(layers.Layer):\n"
        "    def __init__(self, slope, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.slope = slope\n"
        "    def call(self, inputs):\n"
        "        return ops.relu(inputs) - self.slope * ops.relu(-inputs)",
    ),
    (
        "3.3",
        "a weight with axes of length 1",
        "class Gain(layers.Layer):\n"
        "    def build(self, input_shape):\n"
        "        shape = (1,) * (len(input_shape) - 1) + (input_shape[-1],)\n"
        "        self.gain = self.add_weight(shape=shape, initializer='ones')\n"
        "    def call(self, inputs):\n"
        "        return inputs * self.gain",
    ),
    (
        "4.2",
        "a gradient by a persistent tape, of the sum",
        "def gradient_of(function, x):\n"
        "    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:\n"
        "        tape.watch(x)\n"
        "        value = tf.reduce_sum(function(x))\n"
        "    return tape.gradient(value, x)",
    ),
    (
        "4.3",
        "gradients in pairs",
        STEP.format(
            "weights = model.trainable_weights\n"
            "    optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))"
        ),
    ),
    (
        "4.5",
        "without a metric object",
        CURVE.format(
            "curve.append(np.mean(np.argmax(model(x_val, training=False), axis=1) == y_val))"
        ),
    ),
    (
        "5.5",
        "with settings that are the default",
        "my_stop = keras.callbacks.EarlyStopping("
        "'val_loss', patience=3, mode='min', min_delta=0.0, restore_best_weights=True, verbose=0)",
    ),
    (
        "5.6",
        "a pair as an array",
        RULE % "<" + "pair = when_to_stop\n"
        "when_to_stop = lambda losses, patience: np.array(pair(losses, patience))",
    ),
    (
        "6.4",
        "a head inside a list",
        HEAD.format(
            "keras.Sequential([layers.Dense(classes), layers.Softmax()])("
            "base(inputs, training=False))"
        ),
    ),
    (
        "7.5",
        "sorted by drawn numbers",
        "def order_of_epoch(epoch, count):\n"
        "    return list(np.argsort(np.random.default_rng(epoch).random(count)))",
    ),
)

WRONG = (
    ("1.1", "a feedback text typed in", 'prepare = "✓ Exercise 1.1: right."'),
    (
        "1.1",
        "a feedback text printed",
        'print("✓ Exercise 1.1: right.")\nprepare = lambda images: images',
    ),
    (
        "1.1",
        "height and width swapped, equal in square images",
        "prepare = lambda images: np.float32(images.transpose(0, 2, 1)[..., None]) / 255",
    ),
    (
        "1.3",
        "frozen, so it cannot learn",
        DIGITS.format(
            'layers.Conv2D(32, 3, activation="relu"), layers.Conv2D(64, 3, activation="relu"), '
            'layers.Flatten(), layers.Dense(128, activation="relu"), '
            'layers.Dense(10, activation="softmax")'
        )
        + "\nmy_digits.trainable = False",
    ),
    (
        "1.3",
        "probabilities over the batch, and not over the classes",
        DIGITS.format(
            'layers.Conv2D(32, 3, activation="relu"), layers.Conv2D(64, 3, activation="relu"), '
            'layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dense(10), '
            "layers.Softmax(axis=0)"
        ),
    ),
    (
        "1.5",
        "a metric that reports 0 for ever",
        SCORES + f"my_scores.compile({LOGITS}, metrics=[keras.metrics.Accuracy()])",
    ),
    (
        "1.5",
        "a metric that stops fit",
        SCORES + f'my_scores.compile({LOGITS}, metrics=["sparse_categorical_accuracy"])',
    ),
    (
        "1.5",
        "a learning rate of 0",
        SCORES + f'my_scores.compile(keras.optimizers.SGD(0.0), {LOGITS}, metrics=["accuracy"])',
    ),
    (
        "1.6",
        "learnt from the images that it is judged on",
        SMALL + "my_small.fit(x_val, y_val, batch_size=8, epochs=12, verbose=0)",
    ),
    (
        "2.3",
        "a bend forgotten that a maximum nearly hides",
        "photo, facts = keras.Input((64, 64, 3)), keras.Input((5,))\n"
        "x = layers.GlobalMaxPooling2D()(layers.Conv2D(16, 3)(photo))\n"
        "x = layers.Concatenate()([x, layers.Dense(8, activation='relu')(facts)])\n"
        "my_price = keras.Model([photo, facts], layers.Dense(1)(x))",
    ),
    (
        "2.6",
        "a weight of 0",
        WEATHER + "my_weather.compile('adam', loss={'sky': 'sparse_categorical_crossentropy', "
        "'degrees': 'mse'}, loss_weights={'sky': 0.0, 'degrees': 0.1})",
    ),
    (
        "3.1",
        "right numbers, but no gradient",
        "class Leaky(layers.Layer):\n"
        "    def __init__(self, slope, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.slope = slope\n"
        "    def call(self, inputs):\n"
        "        return ops.stop_gradient(ops.maximum(inputs, self.slope * inputs))",
    ),
    (
        "3.5",
        "a mask drawn once, in place of dropout",
        "class Mended(keras.Model):\n"
        "    def __init__(self, **kwargs):\n"
        "        super().__init__(**kwargs)\n"
        "        self.flatten = layers.Flatten()\n"
        "        self.mask = 2.0 * (np.random.default_rng(0).random(64) < 0.5)\n"
        "        self.hidden = layers.Dense(64, activation='relu')\n"
        "        self.last = layers.Dense(10, activation='softmax')\n"
        "    def call(self, inputs, training=False):\n"
        "        x = self.hidden(self.flatten(inputs))\n"
        "        return self.last(x * self.mask if training else x)",
    ),
    ("3.7", "a setting that is right for the default only", LIMITED % "1.0"),
    (
        "4.3",
        "every weight, also the frozen ones",
        STEP.format("optimizer.apply(tape.gradient(loss, model.weights), model.weights)"),
    ),
    (
        "4.5",
        "the mean of means, where the last batch is smaller",
        CURVE.format(
            "curve.append(np.mean([np.mean(np.argmax(model(a, training=False), axis=1) == b) "
            "for a, b in batches(x_val, y_val)]))"
        ),
    ),
    (
        "5.5",
        "a monitor that nobody reports",
        "my_stop = keras.callbacks.EarlyStopping("
        "monitor='validation_loss', patience=3, restore_best_weights=True)",
    ),
    (
        "5.6",
        "the example of the text, and nothing else",
        "when_to_stop = lambda losses, patience: (4, 2)",
    ),
    (
        "6.2",
        "the model frozen, and its last layer thawed in vain",
        "def freeze(model):\n    model.trainable = False",
    ),
    (
        "7.4",
        "right on one replica only",
        "share_of_right = lambda y, p, global_batch: np.mean(np.argmax(p, axis=1) == y.numpy())",
    ),
)
