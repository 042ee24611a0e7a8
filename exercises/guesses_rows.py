"""The guesses of the lessons, one call each: see `ask`. A letter counts them through a lesson."""

from exercises.guesses import ask

# Lesson 1
ask("1.a", "shapes", shape="images.shape")
ask("1.b", "lists of layers", number="len(growing.layers)")
ask("1.c", "weights", number="layer.count_params()")
ask("1.d", "weights", number="len(late.weights)")
ask("1.e", "shapes", shape="colour.output_shape")
ask("1.f", "shapes", shape="deeper.output_shape")
ask(
    "1.g",
    "parameters",
    choice="max(('conv_1', 'conv_2', 'dense_1', 'dense_2'), key=globals().get)",
    among=("conv_1", "conv_2", "dense_1", "dense_2"),
)
ask("1.h", "parameters", number="int(trainable)")
ask("1.i", "losses", yes="bool(np.isclose(a, b))")
ask("1.j", "accuracy", number="100 * test_accuracy")

# Lesson 2
ask("2.a", "shapes", number="len(inputs.shape)")
ask("2.b", "shapes", shape="x.shape")
ask("2.c", "weights", yes="np.allclose(listed(x_val[:5]), graph(x_val[:5]))")
ask("2.d", "shapes", number="parted.where")
ask("2.e", "shapes", shape="with_hint([x_val[:1], np.array([[1.0]])]).shape")
ask("2.f", "shapes", shape="outputs.shape")
ask("2.g", "shared layers", number="compare.count_params()")
ask(
    "2.h",
    "accuracy",
    choice="max(('digit', 'even'), key=lambda name: results[name + '_accuracy'])",
    among=("digit", "even"),
)
ask("2.i", "shared layers", yes="not np.allclose(before, middle(x_val[:1]))")
ask("2.j", "parameters", number="photo.count_params() - int(trainable)")

# Lesson 3
ask("3.a", "weights", number="len(linear.weights)")
ask("3.b", "what Keras tracks", number="len(two.weights)")
ask("3.c", "what Keras tracks", yes="np.allclose(forgetful(numbers), forgetful(numbers))")
ask("3.d", "classes and graphs", number="len(keras.utils.model_to_dot(digits).get_edges())")
ask("3.e", "training", number="float(np.max(dropout(np.ones((100, 100)), training=True)))")
ask("3.f", "training", number="round(float(np.mean(calm)))")
ask(
    "3.g",
    "training",
    choice="'both' if all(drops.values()) else max(drops, key=drops.get)",
    among=("Unaware", "Aware", "both"),
)
ask(
    "3.h",
    "parameters",
    choice="max((photo.block_1, photo.block_2, photo.head), key=lambda p: p.count_params()).name",
    among=("block_1", "block_2", "head"),
)
ask("3.i", "training", yes="noisy[0] == noisy[1]")
ask("3.j", "saving", yes="np.array_equal(model(numbers), again(numbers))")
ask("3.k", "classes and graphs", yes="False")  # the error that `predict` shows
