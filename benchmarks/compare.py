"""The posts' way to train against the course's way, measured in turn on this machine.

    python benchmarks/compare.py [--runs 5] [--only digits loop ...] [--into FILE] [--again]
                                 [--second] [--quick]

Needs the real data, in the folder named by COURSE_DATA_DIR, and hours for everything: `--only`
names a part, and an interrupted command carries on where it was. Each measurement runs in a process
of its own; the ways take turns, so that a slow minute hits all. A table of ratios goes onto the
screen, and the figures into results/compare.json, from which `course.py refresh readme` makes the
README's table, or into another file. Where TensorFlow finds a GPU, it is measured beside the CPU.
The ablation, which changes one thing of the posts' recipes at a time, runs only if named.

`--second` measures once more, with other random numbers, into a second file beside the first, and
says where it came to another verdict. `--quick` tries the command out, on 1,000 drawn images; what
it prints means nothing, and it writes nothing.
"""

import argparse
import functools
import hashlib
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

import report
from plan import GPU, NOT_ON_GPU, ONCE, PLAN

HERE = Path(__file__).parent
RESULTS = HERE / "results/compare.json"
SECOND_SEEDS = 100  # where the seeds of the second time begin
STOPPED = -2, -9, -15  # what a process returns that was interrupted, killed or terminated


def settings_of(group, which):
    """The settings of a measurement and its recipe, as a number made from the code of the files.

    What these import of `helpers` is not in it: after a change of the networks, `--again`.
    """
    kind, settings = PLAN[group][which]
    files = [f"{settings['way']}.py"] if kind in ("train", "epoch") else []
    if kind == "memory":
        files = ["measuring.py", "course_way.py", "posts_way.py"]
    if kind == "ablation":
        files = ["ablation.py", "course_way.py", "loops.py", "posts_way.py"]
    code = b"".join((HERE / file).read_bytes() for file in files)
    return {"kind": kind, **settings, "recipe": hashlib.sha256(code).hexdigest()[:8]}


def run_one(name, seed, quick=False):
    """Run one measurement in a process of its own; in the ablation, a failure is a result too."""
    command = [sys.executable, __file__, "--one", name, str(seed)] + ["--quick"] * quick
    paths = os.pathsep.join([str(HERE.parent.resolve()), os.environ.get("PYTHONPATH", "")])
    data = {"COURSE_DATA": "stand-in" if quick else "real", "TF_CPP_MIN_LOG_LEVEL": "2"}
    if not name.endswith(GPU) and not name.startswith("machine/"):
        data["CUDA_VISIBLE_DEVICES"] = "-1"  # with a GPU in sight, Keras compiles for it by XLA
    environment = os.environ | data | {"PYTHONPATH": paths.rstrip(os.pathsep)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    if name.startswith("ablation/") and done.returncode not in STOPPED:
        return {"failed": "TensorFlow crashes"}
    sys.exit(f"{name} failed; what was measured before is kept.\n{done.stderr[-2000:]}")


def measure(results, group, seeds, run, save):
    """Run what the results of a group lack, the ways in turn, and save after each.

    What is there stays. But where one measurement has other settings by now, the whole group is
    measured anew, as only what was measured in turn can be compared.
    """
    kept = results["measurements"]
    devices = [""] + [GPU] * (results["gpu"] and group not in NOT_ON_GPU)
    settings = {
        f"{group}/{which}{device}": settings_of(group, which)
        for which in PLAN[group]
        for device in devices
    }
    own = [name for name in kept if name.split("/")[0] == group]
    if any(kept[name]["settings"] != settings.get(name) for name in own):
        for name in own:
            del kept[name]
    for seed in seeds:
        for name in settings:
            entry = kept.setdefault(name, {"settings": settings[name], "runs": {}})
            if str(seed) not in entry["runs"]:
                entry["runs"][str(seed)] = run(name, seed)
                entry["summary"] = summary(entry["runs"].values())
                save(results)


def summary(runs):
    """Median, smallest and largest of each figure of some runs."""
    runs = list(runs)
    numbers = {key: [run[key] for run in runs if key in run] for run in runs for key in run}
    return {
        key: {
            "median": statistics.median(values),
            "smallest": min(values),
            "largest": max(values),
        }
        for key, values in numbers.items()
        if key != "failed"
    }


def save(results, path):
    """Write the results, so that an interruption leaves the old ones or the new ones whole."""
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    part.replace(path)


def nothing_yet(machine):
    return {"machine": machine["words"], "gpu": machine["gpu"], "measurements": {}}


def earlier(path, machine, groups, again):
    """The results so far, without what is to be measured again."""
    if not path.exists():
        return nothing_yet(machine)
    results = json.loads(path.read_text(encoding="utf-8"))
    if results["machine"] != machine["words"]:
        if again:
            return nothing_yet(machine)
        sys.exit(
            f"{path.name} was measured on another machine ({results['machine']}), and figures of "
            "two machines cannot be compared: --into FILE keeps yours in a file of its own; "
            "--again measures everything anew, and writes over what is there."
        )
    for name in list(results["measurements"]):
        if again and name.split("/")[0] in groups:
            del results["measurements"][name]
    return results


def options():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, help="of each measurement (default: 5, of some 1)")
    parser.add_argument("--only", nargs="+", choices=PLAN, help="these parts and no others")
    parser.add_argument("--into", type=Path, default=RESULTS, help="the file for the figures")
    parser.add_argument("--again", action="store_true", help="repeat what has been measured")
    parser.add_argument("--second", action="store_true", help="once more, to compare")
    parser.add_argument("--quick", action="store_true", help="try it out, on a few drawn images")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def print_one(name, seed, quick):
    """What a process does that `run_one` has started."""
    import measuring

    group, which = name.removesuffix(GPU).split("/", 1)
    kind, settings = ("machine", {}) if group == "machine" else PLAN[group][which]
    try:
        result = measuring.one(kind, settings, int(seed), quick)
    except Exception as error:
        if group != "ablation":
            raise
        result = {"failed": type(error).__name__}
    print(json.dumps(result))


def main():
    chosen = options()
    if chosen.one:
        return print_one(*chosen.one, chosen.quick)
    folder = Path(os.environ.get("COURSE_DATA_DIR", "/nowhere")).expanduser()
    needed = [folder / name for name in ("mnist.npz", "cifar100.npz")]
    if not chosen.quick and not all(path.exists() for path in needed):
        sys.exit(
            "The real data are needed, and COURSE_DATA_DIR names no folder with mnist.npz and "
            "cifar100.npz: fetch them with `python -m helpers.fetch FOLDER`, or try --quick."
        )
    groups = chosen.only or [group for group in PLAN if group != "ablation"]
    first = SECOND_SEEDS if chosen.second else 0
    machine = run_one("machine/words", 0, chosen.quick)

    def run(name, seed):
        result = run_one(name, seed, chosen.quick)
        print(f"{name}, run {seed - first + 1}: {json.dumps(result)}", flush=True)
        return result

    path = report.second_path(chosen.into) if chosen.second else chosen.into
    if chosen.quick:
        results, keep = nothing_yet(machine), lambda results: None
    else:
        results = earlier(path, machine, groups, chosen.again)
        keep = functools.partial(save, path=path)
    for group in groups:
        runs = chosen.runs or (1 if chosen.quick or group in ONCE else 5)
        measure(results, group, range(first, first + runs), run, keep)
    print(f"\nMeasured on {results['machine']}.\n\n{report.table(results)}")
    if chosen.second and not chosen.quick and chosen.into.exists():
        before = json.loads(chosen.into.read_text(encoding="utf-8"))
        print(f"\n{report.agreement(before, results)}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. What was measured is kept: the same command carries on from here.")
