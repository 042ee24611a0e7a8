"""Says whether all that the course needs is there.

    python3 course.py ready

Run it the day before a class, on the machine and in the room if you can.
"""

import contextlib
import io
import platform
import sys

from learner.memory import size, too_little


def memory():
    """Whether the machine has memory enough."""
    if short := too_little():
        raise RuntimeError(short)
    return f"{size():.0f} GB of memory"


def packages():
    """Whether TensorFlow starts."""
    import helpers  # noqa: F401  (starts TensorFlow quietly)

    import keras
    import tensorflow as tf

    versions = f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    return f"Python {platform.python_version()}, {versions}"


def training():
    """Whether a network learns."""
    import keras
    import numpy as np
    import tensorflow as tf

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("adam", "mse")
    model.fit(np.zeros((8, 4)), np.zeros(8), verbose=0)
    gpus = tf.config.list_logical_devices("GPU")
    return f"a network trains, on {f'{len(gpus)} GPU' if gpus else 'the CPU'}"


def drawing():
    """Whether Graphviz draws."""
    import helpers

    import keras

    helpers.plot_model(keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)]))
    return "a network can be drawn"


def kernel():
    """Whether JupyterLab's Python runs a cell."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(transport_encryption="auto")
    try:
        ignored = {"output_hook": lambda message: None, "timeout": 120}
        reply = client.execute_interactive("import helpers", **ignored)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if reply["content"]["status"] != "ok":
        raise RuntimeError("a cell that says `import helpers` fails")
    return "notebooks run"


def images():
    """Where the images will come from."""
    import helpers

    with contextlib.redirect_stdout(io.StringIO()) as said:
        helpers.load_mnist(10, 10)
        helpers.load_cifar100(10, 10)
    return said.getvalue().strip().replace("\n", "\n  ")


def main(steps=(memory, packages, training, drawing, kernel, images)):
    """Take the steps, print a line for each, and return the exit status: 0 if all is there."""
    missing = 0
    for step in steps:
        try:
            print(f"✓ {step()}", flush=True)
        except Exception as error:  # whatever a machine comes up with
            missing += 1
            print(f"✗ {step.__doc__} No: {type(error).__name__}: {error}", flush=True)
    print("Something is missing: the README says what to do." if missing else "All is there.")
    return int(missing > 0)


if __name__ == "__main__":
    sys.exit(main())
