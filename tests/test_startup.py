"""TensorFlow starts without a line on the page, and real errors still reach the reader."""

import json
import os
import subprocess
import sys

NOISY_TENSORFLOW = """
import os
os.write(2, b"I0000 a log line from C++\\n")
raise ImportError("the real reason")
"""


def run(code, **variables):
    """Run Python code in a new process; the variables that the course reads are as given."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("COURSE_", "KERAS_"))}
    return subprocess.run(
        [sys.executable, *code],
        env=environment | {k: str(v) for k, v in variables.items()},
        capture_output=True,
        text=True,
    )


def test_importing_helpers_and_computing_prints_nothing():
    done = run(["-c", "import helpers, keras; keras.ops.sum(keras.ops.ones((2, 2)))"])
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_lessons_do_not_depend_on_what_somebody_has_set_for_keras(tmp_path):
    settings = {"backend": "torch", "floatx": "float16", "image_data_format": "channels_first"}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    code = "import helpers; from keras.config import *; print(floatx(), image_data_format())"
    done = run(["-c", code], KERAS_HOME=tmp_path)
    assert (done.stdout, done.stderr) == ("float32 channels_last\n", "")


def test_a_gpu_is_shared_and_told_of_in_a_notebook(monkeypatch, capsys):
    from helpers import notebook

    import tensorflow as tf

    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: ["one"])
    notebook.tell_of_gpus()
    assert capsys.readouterr().out == "" and os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] == "true"
    monkeypatch.setattr(notebook, "_shell", object)
    notebook.tell_of_gpus()
    assert capsys.readouterr().out.startswith("TensorFlow computes on 1 GPU here. The times in")


def test_no_pipeline_is_tuned_while_it_runs_as_its_end_would_wait_for_that(monkeypatch):
    import helpers  # noqa: F401

    import tensorflow as tf

    asked, with_options = [], tf.data.Dataset.with_options
    monkeypatch.setattr(
        tf.data.Dataset,
        "with_options",
        lambda dataset, options: asked.append(options) or with_options(dataset, options),
    )
    assert [int(x) for x in tf.data.Dataset.range(3)] == [0, 1, 2]
    assert [options.autotune.enabled for options in asked] == [False]
    wanted = tf.data.Options()
    wanted.autotune.enabled = True
    tuned = tf.data.Dataset.range(3).with_options(wanted)
    assert [int(x) for x in tuned] == [0, 1, 2] and len(asked) == 2


def test_nor_is_one_within_a_graph_and_no_warning_says_so(recwarn):
    import helpers  # noqa: F401

    import tensorflow as tf

    @tf.function
    def total(numbers):
        result = 0
        for number in iter(numbers):
            result += number
        return result

    numbers = tf.data.Dataset.range(1, 4, output_type=tf.int32)
    assert int(total(numbers)) == 6 and not recwarn.list
    graph = total.get_concrete_function(numbers).graph
    assert "OptionsDataset" in [operation.type for operation in graph.get_operations()]


def test_what_was_held_back_is_shown_when_the_start_fails(tmp_path):
    (tmp_path / "tensorflow.py").write_text(NOISY_TENSORFLOW)
    (tmp_path / "keras.py").write_text("import tensorflow")
    done = run(["-c", "import helpers"], PYTHONPATH=tmp_path)
    assert done.returncode == 1
    assert "a log line from C++" in done.stderr
    assert "ImportError: the real reason" in done.stderr


def test_errors_after_the_start_reach_the_page():
    done = run(["-c", "import helpers, os; os.write(2, b'later'); raise ValueError('and this')"])
    assert "later" in done.stderr and "ValueError: and this" in done.stderr


def test_the_switch_shows_every_line(tmp_path):
    (tmp_path / "keras.py").write_text(
        "import os; os.write(2, b'I0000 a log line'); os.set_blocking(2, True); os._exit(0)"
    )
    assert run(["-c", "import helpers"], PYTHONPATH=tmp_path).stderr == ""
    shown = run(["-c", "import helpers"], PYTHONPATH=tmp_path, COURSE_SHOW_LOG=1).stderr
    assert shown == "I0000 a log line"


def test_another_backend_is_refused_in_one_sentence():
    done = run(["-m", "IPython", "--colors=NoColor", "-c", "import helpers"], KERAS_BACKEND="jax")
    assert done.returncode == 1
    assert (done.stdout + done.stderr).strip() == (
        "The environment variable KERAS_BACKEND is 'jax', and this course needs 'tensorflow': "
        "set it to 'tensorflow', or remove it, and restart the kernel."
    )


def test_a_backend_of_pictures_that_there_is_not_gets_a_sentence():
    done = run(["-c", "import helpers"], MPLBACKEND="nonsense")
    assert "'nonsense'" in done.stderr and "MPLBACKEND set for another program?" in done.stderr


def test_a_backend_that_already_runs_is_named(tmp_path):
    (tmp_path / "tensorflow.py").write_text("")
    (tmp_path / "keras.py").write_text("class backend:\n    backend = lambda: 'torch'")
    done = run(["-c", "import helpers"], PYTHONPATH=tmp_path)
    assert "already running on 'torch'" in done.stderr and "restart the kernel" in done.stderr


def test_two_devices_of_a_kind_on_request():
    code = """
import helpers, tensorflow as tf
gpus, cpus = tf.config.list_logical_devices("GPU"), tf.config.list_logical_devices("CPU")
strategy = tf.distribute.MirroredStrategy([device.name for device in gpus or cpus][:2])
print(len(gpus) != 1, strategy.num_replicas_in_sync)
"""
    done = run(["-c", code], COURSE_DEVICES=2)
    assert (done.returncode, done.stdout, done.stderr) == (0, "True 2\n", "")


def test_in_a_notebook_a_strategy_logs_nothing():
    code = "import helpers, tensorflow as tf; tf.distribute.MirroredStrategy(['CPU:0'])"
    done = run(["-i", "-c", f"{code}; raise SystemExit"])  # TensorFlow logs more where one types
    assert "INFO" not in done.stdout + done.stderr


def test_a_number_of_devices_that_is_none():
    for count in ("two", "0", "-1"):
        done = run(["-c", "import helpers"], COURSE_DEVICES=count)
        assert f"COURSE_DEVICES is {count!r}: give a whole number from 1 up" in done.stderr
