"""Measures the course's recipes, loops and tools, each in a process of its own.

    python -m benchmarks.measure                  all of it, on an idle machine (hours)
    python -m benchmarks.measure digits loops     these parts
    python -m benchmarks.measure --busy digits    beside as many busy loops as there are cores
    python -m benchmarks.measure --quick digits   try it out on 1,000 drawn images; nothing is kept

COURSE_DATA_DIR names a folder with the real data. What is compared takes turns, so that a slow
minute hits all of it, and runs on the processor, also where there is a GPU. The figures go into
results/idle.json or results/busy.json, in place of those of the same part, and
`python3 course.py refresh readme` makes README.md from them.
"""

import argparse
import contextlib
import importlib
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
STATES = "idle", "busy"
LESSONS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))


def trained(recipe, task, **settings):
    return "tasks.train", {"recipe": recipe, "task": task, **settings}


def timed(recipe, task):
    return "tasks.recipe_epoch", {"recipe": recipe, "task": task}


def looped(loop, batch=32, **settings):
    return "tasks.epoch", {"loop": loop, "batch": batch, **settings}


PLAN = {  # for each part and name: a function of this folder, and its arguments
    "digits": {name: trained(name, "digits") for name in ("plain", "course")},
    "photos": {
        "plain": trained("plain", "photos"),
        "plain, 5 epochs": trained("plain", "photos", epochs=5),
        "course": trained("course", "photos"),
        "course, 4 epochs": trained("course", "photos", epochs=4),
    },
    "epochs": {
        f"{task}, {name}": timed(name, task)
        for task in ("digits", "photos")
        for name in ("plain", "course")
    },
    "loops": {
        "fit": looped("fit"),
        "fit, 50 steps": looped("fit", steps_per_execution=50),
        "by tf.data": looped("whole_epoch", by=None),
        "whole epoch": looped("whole_epoch"),
        "whole epoch, fused": looped("whole_epoch", fused=True),
        "whole epoch, fixed": looped("whole_epoch", fixed=True),
        "bare": looped("bare"),
        "plain": looped("plain"),
        "fit by 128": looped("fit", 128),
        "whole epoch by 128": looped("whole_epoch", 128),
    },
    "yardstick": {
        "whole epoch": looped("whole_epoch"),
        "PyTorch": ("tasks.elsewhere", {"name": "pytorch"}),
        "JAX": ("tasks.elsewhere", {"name": "jax"}),
        "JAX, scan": ("tasks.elsewhere", {"name": "jax-scan"}),
    },
    "ends": {
        "tuned": ("waiting.ends_of_epochs", {"tuned": True}),
        "untuned": ("waiting.ends_of_epochs", {"tuned": False}),
    },
    "engine": {"ResNet50": ("waiting.resnet", {}), "start": ("waiting.start", {})},
    "waiting": {"exercises": ("waiting.checks", {})}
    | {f"set up by {name}": ("waiting.set_up", {"uv": name == "uv"}) for name in ("pip", "uv")}
    | {f"lesson {name[:2]}": ("waiting.lesson", {"name": name}) for name in LESSONS},
    "stand_ins": {
        "digits": ("stand_ins.digits", {}),
        "drawn": ("stand_ins.photos", {"data": "stand-in"}),
        "real": ("stand_ins.photos", {"data": "real"}),
    },
}


def run(part, name, seed, quick=False):
    """The figures of one measurement, made in a process of its own, with its peak of memory."""
    environment = os.environ | {"COURSE_DATA": "real", "CUDA_VISIBLE_DEVICES": "-1"}
    if quick:
        environment |= {"COURSE_DATA": "stand-in", "BENCHMARK_IMAGES": "1000"}
    command = [sys.executable, "-m", "benchmarks.measure", "--one", part, name, str(seed)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{part}: {name} failed; what was measured before is kept.\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def run_here(part, name, seed):
    """Do what `run` has started a process for, and print its figures.

    On Linux a process takes over the peak of memory of the one that started it, which therefore
    imports no TensorFlow.
    """
    where, settings = PLAN[part][name]
    module, function = where.split(".")
    module = importlib.import_module(f"benchmarks.{module}")
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(int(seed))
    figures = getattr(module, function)(**settings)
    with contextlib.suppress(ImportError):  # Windows does not tell
        import resource

        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        figures["memory"] = peak / (2**20 if sys.platform == "darwin" else 2**10)  # MB
    print(json.dumps({name: round(float(figure), 4) for name, figure in figures.items()}))


def measure(part, runs, quick=False):
    """Run all of a part in turns, and yield the figures of each name after each turn."""
    found = {name: [] for name in PLAN[part]}
    for seed in range(runs):
        for name in found:
            found[name].append(run(part, name, seed, quick))
            print(f"{part}: {name}, run {seed + 1}: {json.dumps(found[name][-1])}", flush=True)
        yield found


@contextlib.contextmanager
def busy_loops(count):
    """Keep so many cores busy with nothing."""
    loops = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()


def stored(state):
    """The results of a state: for each part its `machine`, `state` and `runs`; {} if none."""
    path = RESULTS / f"{state}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def store(state, part, found, words):
    """Put the figures of a part in place of what is stored of it."""
    machine = (
        f"{os.cpu_count()} CPU cores ({platform.machine()}, {platform.system()}), Python "
        f"{platform.python_version()}, TensorFlow {version('tensorflow')}, Keras {version('keras')}"
    )
    results = stored(state) | {part: {"machine": machine, "state": words, "runs": found}}
    path = RESULTS / f"{state}.json"
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PLAN)}")
    parser.add_argument("--runs", type=int, help="of each part (5; of stand_ins 1)")
    parser.add_argument("--busy", action="store_true", help="beside busy loops")
    parser.add_argument("--quick", action="store_true", help="try it out, and keep nothing")
    parser.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        return run_here(*chosen.one)
    if unknown := set(chosen.parts) - set(PLAN):
        parser.error(f"no such part: {', '.join(unknown)}")
    if not (chosen.busy or chosen.quick) and psutil.cpu_percent(interval=5) > 10:
        parser.error("this machine is busy: wait until it idles, or use --busy")
    loops = os.cpu_count() if chosen.busy else 0
    words = f"beside {loops} busy loops" if loops else "with nothing else to do"
    with busy_loops(loops):
        for part in chosen.parts or [one for one in PLAN if one != "yardstick"]:
            runs = chosen.runs or (1 if chosen.quick or part == "stand_ins" else 5)
            for found in measure(part, runs, chosen.quick):
                if not chosen.quick:
                    store("busy" if chosen.busy else "idle", part, found, words)


if __name__ == "__main__":
    main()
