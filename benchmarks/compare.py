"""The posts' way to train against the course's way, measured in turn on this machine.

    python benchmarks/compare.py [--runs 5] [--only digits loop ...] [--again] [--second] [--quick]

Needs the real data, in the folder named by COURSE_DATA_DIR, and hours for everything: `--only`
names a part, and an interrupted command carries on where it was. Each measurement runs in a process
of its own; the ways take turns, so that a slow minute hits all. The figures go into
results/compare.json, and a table of ratios onto the screen; `course.py refresh readme` draws them.
Where TensorFlow finds a GPU, it is measured beside the CPU. The ablation, which changes one thing
of the posts' recipes at a time, runs only if named. `--second` measures everything once more, into
a file of its own, and says where the second time came to another verdict. `--quick` tries the
command out, on 1,000 drawn images; what it prints means nothing, and it writes nothing.
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
from plan import GPU, NOT_ON_GPU, PLAN

HERE = Path(__file__).parent
RESULTS = HERE / "results/compare.json"
SECOND = HERE / "results/compare_second.json"


def settings_of(group, which):
    """Everything that a measurement depends on: its settings, and the code of its recipe."""
    kind, settings = PLAN[group][which]
    files = {
        "train": [f"{settings.get('way')}.py"],
        "epoch": [f"{settings.get('way')}.py"],
        "memory": ["measuring.py", "course_way.py", "posts_way.py"],
    }.get(kind, [])
    if group == "ablation":
        files = ["ablation.py", "course_way.py", "posts_way.py"]
    code = b"".join((HERE / file).read_bytes() for file in files)
    return {"kind": kind, **settings, "recipe": hashlib.sha256(code).hexdigest()[:8]}


def run_one(name, seed, quick=False):
    """Run one measurement in a process of its own; a failure of the ablation is a result too."""
    command = [sys.executable, __file__, "--one", name, str(seed)] + ["--quick"] * quick
    paths = os.pathsep.join([str(HERE.parent.resolve()), os.environ.get("PYTHONPATH", "")])
    data = {"COURSE_DATA": "stand-in" if quick else "real", "TF_CPP_MIN_LOG_LEVEL": "2"}
    if not name.endswith(GPU) and not name.startswith("machine/"):
        data["CUDA_VISIBLE_DEVICES"] = "-1"  # with a GPU in sight, Keras compiles for it by XLA
    environment = os.environ | data | {"PYTHONPATH": paths.rstrip(os.pathsep)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode == 0:
        return json.loads(done.stdout.splitlines()[-1])
    if name.startswith("ablation/") and done.returncode > 0:  # below 0: it was stopped
        return {"failed": f"fails ({done.stderr.strip().splitlines()[-1][:60].split(':')[0]})"}
    sys.exit(f"{name} failed; what was measured before is kept.\n{done.stderr[-2000:]}")


def measure(results, groups, runs, run, save):
    """Run what the results lack, the ways in turn, and save after each; keeps what is there."""
    for group in groups:
        devices = [""] + [GPU] * (results["gpu"] and group not in NOT_ON_GPU)
        for seed in range(1 if group == "course" else runs):
            for which in PLAN[group]:
                for device in devices:
                    name, settings = f"{group}/{which}{device}", settings_of(group, which)
                    entry = results["measurements"].get(name)
                    if entry is None or entry["settings"] != settings:
                        entry = {"settings": settings, "runs": {}}
                        results["measurements"][name] = entry
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


def earlier(path, machine, groups, again):
    """The results so far, without what is to be measured again."""
    new = {"machine": machine["words"], "gpu": machine["gpu"], "measurements": {}}
    if not path.exists():
        return new
    results = json.loads(path.read_text(encoding="utf-8"))
    if results["machine"] != new["machine"]:
        if again:
            return new
        sys.exit(
            f"{path.name} was measured on another machine ({results['machine']}), and figures "
            "of two machines cannot be compared: --again measures everything anew, here."
        )
    for name in list(results["measurements"]):
        if again and name.split("/")[0] in groups:
            del results["measurements"][name]
    return results


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, help="of each measurement (default: 5, quick: 2)")
    parser.add_argument("--only", nargs="+", choices=PLAN, help="these parts and no others")
    parser.add_argument("--again", action="store_true", help="repeat what has been measured")
    parser.add_argument("--second", action="store_true", help="into a second file, to compare")
    parser.add_argument("--quick", action="store_true", help="try it out, on a few drawn images")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        import measuring

        name, seed = chosen.one
        group, which = name.removesuffix(GPU).split("/", 1)
        kind, settings = ("machine", {}) if group == "machine" else PLAN[group][which]
        print(json.dumps(measuring.one(kind, settings, int(seed), chosen.quick)))
        return
    folder = Path(os.environ.get("COURSE_DATA_DIR", "/nowhere")).expanduser()
    needed = [folder / name for name in ("mnist.npz", "cifar100.npz")]
    if not chosen.quick and not all(path.exists() for path in needed):
        sys.exit(
            "The real data are needed, and COURSE_DATA_DIR names no folder with mnist.npz and "
            "cifar100.npz: fetch them with `python -m helpers.fetch FOLDER`, or try --quick."
        )
    groups = chosen.only or [group for group in PLAN if group != "ablation"]
    runs = chosen.runs or (2 if chosen.quick else 5)
    machine = run_one("machine/words", 0, chosen.quick)

    def run(name, seed):
        result = run_one(name, seed, chosen.quick)
        print(f"{name}, run {seed + 1}: {json.dumps(result)}", flush=True)
        return result

    if chosen.quick:
        results = {"machine": machine["words"], "gpu": machine["gpu"], "measurements": {}}
        measure(results, groups, runs, run, lambda results: None)
    else:
        path = SECOND if chosen.second else RESULTS
        results = earlier(path, machine, groups, chosen.again)
        measure(results, groups, runs, run, functools.partial(save, path=path))
    print(f"\nMeasured on {results['machine']}.\n\n{report.table(results)}")
    if chosen.second and RESULTS.exists():
        first = json.loads(RESULTS.read_text(encoding="utf-8"))
        print(f"\n{report.agreement(first, results)}")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nInterrupted. What was measured is kept: the same command carries on from here.")
