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
ask("3.c", "what Keras tracks", yes="False")  # asking once more would make layers
ask("3.d", "classes and graphs", number="len(keras.utils.model_to_dot(digits).get_edges())")
ask("3.e", "training", number="float(np.max(dropout(np.ones((100, 100)), training=True)))")
ask("3.f", "training", number="round(float(np.mean(calm)))")
ask(
    "3.g",
    "training",
    choice="{0: 'neither', 2: 'both'}.get(sum(drops.values()), max(drops, key=drops.get))",
    among=("Unaware", "Aware", "both", "neither"),
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
ask(
    "3.l",
    "styles",
    choice="'parts' if 'make_block' in helpers.as_code(photo, 'graph') else 'row'",
    among=("parts", "row"),
)

# Lesson 4
ask("4.a", "gradients", number="(3.01**2 - 3**2) / 0.01")
ask("4.b", "gradients", yes="False")
ask(
    "4.c",
    "gradients",
    number="sum(tape.gradient(y, x) is None for y in (outside, inside, by_numpy))",
)
ask("4.d", "shapes", shape="tuple(loss.shape)")
ask("4.e", "the loop", yes="apart < 0.001")
ask(
    "4.f",
    "the speed ladder",
    choice="str(2 + np.divide([*ratios.values()][1:-1], [*ratios.values()][2:]).argmax())",
    among=("2", "3", "4"),
)
ask("4.g", "tracing", number="square.experimental_get_tracing_count()")
ask("4.h", "tracing", number="total.experimental_get_tracing_count()")
ask("4.i", "the loop", yes="apart < 0.005")

# Lesson 5
ask("5.a", "parameters", number="parameters['without'] / parameters['with pooling']")
ask("5.b", "parameters", number="head_sizes['GlobalMaxPooling2D']")
ask("5.c", "pooling", yes="np.array_equal(largest(found), largest(found[:, ::-1]))")
ask("5.d", "stopping", number="len(best['history'].epoch)")
ask(
    "5.e",
    "overfitting",
    choice="max(sure, key=sure.get)",
    among=("stop on loss", "stop on val_loss"),
)
ask("5.f", "stopping", yes="epoch == len(history.epoch)")
ask(
    "5.g",
    "what helps",
    choice="min(runs, key=lambda name: runs[name]['loss'][-1])",
    among=("plain", "Dropout", "BatchNormalization", "augmentation"),
)
ask("5.h", "batches", number="ratios['batches of 128']")
ask("5.i", "what helps", number="final_history.history['val_loss'][-1]")
ask("5.j", "chance", number="5 / 100 * 100")

# Lesson 6
ask("6.a", "files", yes="not same")
ask("6.b", "files", yes="rebuilt.compiled")
ask("6.c", "safety", yes="True")
ask("6.d", "files", yes="hasattr(served, 'fit')")
ask("6.e", "parameters", number="headed.layers[-1].count_params()")
ask(
    "6.f",
    "transfer",
    choice="max(runs, key=lambda name: max(runs[name].history['val_accuracy']))",
    among=("new head", "from scratch"),
)
ask("6.g", "freezing", yes="moves[1]")
ask("6.h", "freezing", number="sum(changed.values())")
ask("6.i", "BatchNormalization", yes="not np.any(norm.moving_mean)")
ask(
    "6.j",
    "BatchNormalization",
    number="sum(np.array_equal(a, b) for a, b in zip(learnt, normed.get_weights(), strict=True))",
)

# Lesson 7
ask("7.a", "replicas", number="len(parts[0])")
ask("7.b", "replicas", yes="np.array_equal(copies[0], copies[1])")
ask("7.c", "replicas", yes="distance < 1e-6")
ask("7.d", "the share of the loss", number="wrong[0]")
ask("7.e", "the share of the loss", number="by_adam[1]")
ask("7.f", "replicas", yes="apart(by_loop, on_one) < 1e-6")
ask(
    "7.g",
    "workers",
    yes="[x.split(',')[0] for x in alone][2:] == [x.split(',')[0] for x in pair][2:]",
)
ask("7.h", "checkpoints", number="len([*(broken_folder / 'checkpoints').glob('*.index')])")
ask("7.i", "checkpoints", yes="distance < 1e-6")
ask("7.j", "what is sent", number="times")
ask("7.k", "what is sent", number="speed_up")
