"""What any notebook needs: a quiet start, readable tables, errors as sentences, checkpoints."""

import os
import re
import sys
import tempfile
import time
from contextlib import contextmanager

from helpers.arguments import CourseError, count, kind_of, text_of, to_call, to_call_alone

SHOW_LOG = "COURSE_SHOW_LOG"
DEVICES = "COURSE_DEVICES"


def start_tensorflow() -> None:
    """Import TensorFlow, Keras and matplotlib, and find the devices, without a log line.

    TensorFlow's C++ code writes to file descriptor 2, which Python's `sys.stderr` does not see,
    so the descriptor itself is held back meanwhile. What was held back is written out after all
    when the start fails. Set the environment variable COURSE_SHOW_LOG=1 to see every line.

    From then on tf.data tunes no pipeline while it runs, unless told to: see `_let_epochs_end`.

    TensorFlow makes its list of devices once. COURSE_DEVICES=2 asks for two of a kind beforehand:
    where there are fewer GPUs, none is used, and the CPU is shown as two devices.

    Raises:
        CourseError: KERAS_BACKEND names another backend, Keras already runs on another one,
            MPLBACKEND is nothing that there is, or COURSE_DEVICES is no number of devices.
    """
    backend = os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    if backend != "tensorflow":
        raise CourseError(
            f"The environment variable KERAS_BACKEND is {backend!r}, and this course needs "
            "'tensorflow': set it to 'tensorflow', or remove it, and restart the kernel."
        )
    devices = os.environ.get(DEVICES, "1")
    if not devices.isdecimal() or int(devices) < 1:
        raise CourseError(f"{DEVICES} is {devices!r}: give a whole number from 1 up, say 2.")
    # A GPU is shared with others: take of its memory what is needed, when it is needed.
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
    if os.environ.get(SHOW_LOG):
        _import_and_find_devices()
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # 2: errors only, from here on
    with held_back_unless_it_fails():
        _import_and_find_devices()


def _let_epochs_end(tf) -> None:
    """Have no tf.data pipeline tuned while it runs, as its end would often have to wait for that.

    The thread that tunes sleeps 10 ms, then 20, 40 and so on, and where all cores are busy it often
    sleeps through the call that the pipeline has ended (seen in TensorFlow 2.21; it seems that the
    call comes before `CancellationManager::IsCancelled` says so). An epoch of 7.5 s then takes
    10.23 s, the sum of ten sleeps. What comes out of a pipeline is the same. Whoever has set the
    option keeps it, but for `iter` within a graph, where TensorFlow cannot tell and would warn.
    """
    untuned = tf.data.Options()
    untuned.autotune.enabled = False
    iterate = tf.data.Dataset.__iter__

    def iterate_untuned(dataset):
        unset = not tf.executing_eagerly() or dataset.options().autotune.enabled is None
        return iterate(dataset.with_options(untuned) if unset else dataset)

    tf.data.Dataset.__iter__ = iterate_untuned


def _import_and_find_devices() -> None:
    try:
        import matplotlib  # noqa: F401
    except ValueError as error:
        raise CourseError(
            f"matplotlib does not start ({error!s:.80} ...): is the environment variable "
            "MPLBACKEND set for another program? Remove it, and restart the kernel."
        ) from None
    first = "keras" not in sys.modules
    import keras
    import tensorflow as tf

    if keras.backend.backend() != "tensorflow":
        raise CourseError(
            f"Keras is already running on {keras.backend.backend()!r}, and this course needs "
            "'tensorflow': restart the kernel and run the first cell first."
        )
    if first:  # as Keras is by itself, whatever ~/.keras/keras.json says
        keras.config.set_floatx("float32")
        keras.config.set_image_data_format("channels_last")
    if not os.environ.get(SHOW_LOG):
        tf.get_logger().setLevel("WARNING")  # in a notebook, its Python side logs more than that
    _let_epochs_end(tf)
    if DEVICES in os.environ:
        _arrange_devices(tf, int(os.environ[DEVICES]))
    tf.config.list_logical_devices()


def _arrange_devices(tf, devices) -> None:
    """See to it that there are so many devices of one kind: GPUs, or else parts of the CPU."""
    if len(tf.config.list_physical_devices("GPU")) < devices:
        tf.config.set_visible_devices([], "GPU")
        cpu = tf.config.list_physical_devices("CPU")[0]
        parts = [tf.config.LogicalDeviceConfiguration()] * devices
        tf.config.set_logical_device_configuration(cpu, parts)


def tell_of_gpus() -> None:
    """Say in a notebook that TensorFlow computes on GPUs, where it does."""
    import tensorflow as tf

    gpus = tf.config.list_logical_devices("GPU")
    if gpus and _shell():
        print(
            f"TensorFlow computes on {len(gpus)} GPU{'s' * (len(gpus) > 1)} here. The times in the "
            "lessons are a CPU's, and other figures may differ a little, too."
        )


def _shell():
    """IPython's, in a notebook; None elsewhere."""
    ipython = sys.modules.get("IPython")
    return ipython and ipython.get_ipython()


def show_tables_without_colours() -> None:
    """Have notebooks show what `rich` draws, as Keras's summaries, in the colour of the text.

    It colours for a dark terminal, too pale to read on white. (NO_COLOR, which it heeds there, is
    lost on its way to a notebook.)
    """
    shell = _shell()
    if shell:
        formatter = shell.display_formatter.mimebundle_formatter
        formatter.for_type_by_name("rich.jupyter", "JupyterRenderable", _without_colours)


def _without_colours(drawn, include=None, exclude=None):
    html = re.sub(r"[\w-]*color: #\w+(; )?", "", drawn.html)
    html = re.sub(r'<span style="">(.*?)</span>', r"\1", html, flags=re.S)
    return {"text/html": html, "text/plain": re.sub(r"\x1b\[[\d;]*m", "", drawn.text)}


@contextmanager
def held_back_unless_it_fails():
    """Keep what is written to file descriptor 2 from the page, except when the block raises."""
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held_back:
        real = os.dup(2)
        os.dup2(held_back.fileno(), 2)
        try:
            yield
        except BaseException:
            os.dup2(real, 2)
            held_back.seek(0)
            sys.stderr.write(held_back.read().decode(errors="replace"))
            raise
        finally:
            os.dup2(real, 2)
            os.close(real)


def show_error(function, *arguments, part: str | None = None) -> None:
    """Call a function that is expected to fail, and print the first sentence of its error message.

    Folders are left out of the message, so that it is the same on every machine.

    Args:
        function: What to call.
        arguments: What to call it with.
        part: Words that the message has in all versions of Keras, to print in place of the first
            sentence, which has not; where they are missing, the first sentence is printed.

    Raises:
        CourseError: `function` cannot be called, or `part` is no text.
    """
    to_call(function, "show_error")
    part = None if part is None else text_of(part, "part")
    try:
        function(*arguments)
    except Exception as error:
        words = " ".join(re.sub(r"\x1b\[\d+m", "", str(error)).split())  # without colours
        shown = re.split(r"(?<=[.:!?]) (?=[A-Z])", words)[0]
        if part is not None and part in words:
            shown = f"… {part} …"
        shown = re.sub(r"(?<![^\s'\"=])(?:[A-Za-z]:)?[/\\][^\s'\"=]*[/\\]", "", shown)  # folders
        print(f"{type(error).__name__}: {shown}")
    else:
        print("No error.")


def confirm(holds, claim: str, otherwise: str) -> None:
    """Print whether a claim of the lesson holds.

    The line printed for a claim that holds never varies, so stored and new outputs can be compared
    on every machine; put figures that a run produces into `otherwise`, not into `claim`.

    Args:
        holds: Anything with a truth value: a bool, a NumPy bool, a tensor with one element.
        claim: What the lesson promises, as a sentence without a full stop.
        otherwise: What went wrong and what to look at, shown only when the claim does not hold.

    Raises:
        CourseError: `holds` has no truth value, as an array of several numbers has none.
    """
    try:
        holds = bool(holds)
    except Exception:  # of any kind, for the value may be any library's
        raise CourseError(
            f"confirm needs something that is true or false, not {kind_of(holds)}: of an array, "
            "ask x.all() or x.any()."
        ) from None
    if holds:
        print(f"✓ {claim}.")
    else:
        print(f"✗ Not so here: {claim}.\n  {otherwise}")


def seconds(function, repeats: int = 3) -> float:
    """Call a function several times and return the shortest time that a call took.

    The shortest, because everything that disturbs a measurement makes it longer. Call the function
    once before you measure it, if its first call does more than the later ones, as tracing does.

    Args:
        function: What to call, without arguments.
        repeats: How often to call it, from 1 to 1,000.

    Raises:
        CourseError: `function` cannot be called so, or `repeats` is no such number.
    """
    to_call_alone(function, "seconds")
    repeats, times = count(repeats, "repeats", most=1000), []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)
