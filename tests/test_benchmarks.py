"""The benchmark command works, its sums are right, and it compares what it says it does."""

import json
import subprocess
import sys
from pathlib import Path

import helpers

import keras
import numpy as np
import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import compare  # noqa: E402
import course_way  # noqa: E402
import loops  # noqa: E402
import plan  # noqa: E402
import posts_way  # noqa: E402
import report  # noqa: E402


def made_up(**runs):
    """Results in which each measurement, `a__b` for "a/b", took the seconds given."""
    entries = {
        name.replace("__", "/"): {"runs": {str(n): {"seconds": s} for n, s in enumerate(times)}}
        for name, times in runs.items()
    }
    return {"machine": "2 made-up cores", "gpu": False, "measurements": entries}


def test_quick_measures_both_ways_and_prints_a_table():
    command = [sys.executable, BENCHMARKS / "compare.py", "--quick", "--runs", "1"]
    before = sorted((BENCHMARKS / "results").iterdir())
    done = subprocess.run([*command, "--only", "digits"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "digits/posts, run 1" in done.stdout and "digits/course, run 1" in done.stdout
    assert "| digit network: time to train ÷ the posts' | ≤ 0.25 × |" in done.stdout
    assert sorted((BENCHMARKS / "results").iterdir()) == before


def test_without_real_data_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    monkeypatch.setattr(sys, "argv", ["compare.py"])
    with pytest.raises(SystemExit, match="COURSE_DATA_DIR names no folder"):
        compare.main()


def test_an_interrupted_command_carries_on(tmp_path, monkeypatch):
    path = tmp_path / "compare.json"
    machine, ran = {"words": "2 made-up cores", "gpu": False}, []

    def run(name, seed):
        if len(ran) == 3:
            ran.append("interrupted")
            raise KeyboardInterrupt
        ran.append((name, seed))
        return {"seconds": 1.0 + seed}

    def command(again=False):
        results = compare.earlier(path, machine, ["digits"], again)
        compare.measure(results, "digits", (0, 1), run, lambda found: compare.save(found, path))

    with pytest.raises(KeyboardInterrupt):
        command()
    command()
    ways = ["digits/posts", "digits/course"]
    in_turn = [(way, seed) for seed in (0, 1) for way in ways]
    assert ran == [*in_turn[:3], "interrupted", in_turn[3]]
    entries = json.loads(path.read_text())["measurements"]
    assert entries["digits/posts"]["summary"]["seconds"]["median"] == 1.5
    command()
    assert len(ran) == 5
    command(again=True)
    assert ran[5:] == in_turn
    with pytest.raises(SystemExit, match="another machine"):
        compare.earlier(path, {"words": "other cores", "gpu": False}, ["digits"], False)


def test_what_was_measured_with_another_recipe_is_measured_again_and_all_beside_it():
    results = made_up(digits__posts=[1, 1], digits__course=[1, 1], start__plot_model=[1])
    for way in ("posts", "course"):
        entry = results["measurements"][f"digits/{way}"]
        entry["settings"] = compare.settings_of("digits", way)
    results["measurements"]["digits/course"]["settings"]["recipe"] = "older"
    ran = []
    compare.measure(results, "digits", (0, 1), lambda *a: ran.append(a) or {"seconds": 1}, len)
    ways = ["digits/posts", "digits/course"]
    assert ran == [(way, seed) for seed in (0, 1) for way in ways]
    assert "start/plot_model" in results["measurements"]


def test_a_gpu_is_measured_beside_the_processor_and_gets_rows_of_its_own():
    results, ran = made_up() | {"gpu": True}, []

    def run(name, seed):
        ran.append(name)
        return {"seconds": {"digits/posts (GPU)": 8.0, "digits/posts": 10.0}.get(name, 2.0)}

    compare.measure(results, "digits", [0], run, len)
    assert ran == ["digits/posts", "digits/posts (GPU)", "digits/course", "digits/course (GPU)"]
    table = report.table(results)
    assert "time to train ÷ the posts' | ≤ 0.25 × | 0.20 × | met |" in table
    assert "time to train ÷ the posts' (GPU) | ≤ 0.25 × | 0.25 × | met |" in table
    ran.clear()
    compare.measure(results, "start", [0], run, len)
    assert ran == [f"start/{which}" for which in plan.PLAN["start"]]


def test_only_a_measurement_named_for_the_gpu_sees_one(monkeypatch):
    def done(command, env, **kwargs):
        assert (env.get("CUDA_VISIBLE_DEVICES") == "-1") is not command[-2].endswith(plan.GPU)
        return subprocess.CompletedProcess(command, 0, stdout='{"seconds": 1.0}')

    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setattr(subprocess, "run", done)
    for name in ("digits/posts", "digits/posts (GPU)"):
        assert compare.run_one(name, 0) == {"seconds": 1.0}


def test_in_the_ablation_a_failure_is_a_result(monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError("no such layout on this machine")

    import measuring

    monkeypatch.setattr(measuring, "one", broken)
    printed = []
    monkeypatch.setattr("builtins.print", printed.append)
    compare.print_one("ablation/digits: channels first", "0", True)
    assert json.loads(printed[0]) == {"failed": "ValueError"}
    with pytest.raises(ValueError):
        compare.print_one("digits/posts", "0", True)


def test_ratios_are_of_runs_side_by_side_and_misses_are_told():
    results = made_up(digits__posts=[10, 20, 30], digits__course=[2, 10, 9])
    assert "| ≤ 0.25 × | 0.30 × (0.20 × to 0.50 ×) | missed by 20 % |" in report.table(results)
    assert report.verdict(0.25, "×", 0.25, least=False) == "met"
    assert report.verdict(0.417, "%", 0.43, least=True) == "missed by 1.3 points"
    assert report.verdict(0.9896, "%", 0.99, least=True) == "missed by 0.04 points"
    start = report.table(made_up(**{"start__import helpers": [0.1]}))
    assert "adds to TensorFlow's | ≤ 100.0 % | 50.0 % | met |" in start


def test_a_run_that_is_missing_leaves_the_others_in_their_pairs():
    results = made_up(digits__posts=[10, 20, 30], digits__course=[2, 10, 9])
    del results["measurements"]["digits/course"]["runs"]["0"]
    assert "0.40 × (0.30 × to 0.50 ×)" in report.table(results)


def test_the_ablation_has_a_row_for_each_change_and_names_what_fails():
    results = made_up(**{"ablation__cifar: nothing": [10], "ablation__cifar: dropout": [11]})
    entries = results["measurements"]
    for entry in entries.values():
        entry["runs"]["0"] |= {"accuracy": 0.3, "memory": 900}
    entries["ablation/cifar: mixed float16"] = {"runs": {"0": {"failed": "ValueError"}}}
    table = report.table(results)
    assert "| dropout |  |  |  |  | 30.0 % |  | 1.10 × | 1.00 × |" in table
    assert "| mixed float16 |  |  |  |  | ValueError |  |  |  |" in table


def test_two_sets_of_results_are_compared_by_their_verdicts():
    first = made_up(digits__posts=[10], digits__course=[2])
    slower = made_up(digits__posts=[10], digits__course=[2.4])
    missed = made_up(digits__posts=[10], digits__course=[3])
    assert report.agreement(first, slower).endswith("1 of 1 verdicts are the same.")
    said = report.agreement(first, missed)
    assert "0 of 1" in said and "digit network: time to train" in said
    more = made_up(digits__posts=[10], digits__course=[2], **{"start__plot_model": [1]})
    assert report.agreement(more, slower).endswith("the same (1 not measured a second time).")
    assert "another machine" in report.agreement(first, slower | {"machine": "4 cores"})


def test_exponents_are_those_of_the_growth():
    sizes = np.array(plan.SIZES)
    assert report.exponent(sizes, 3.0 * sizes) == pytest.approx(1)
    assert report.exponent(sizes, 0.1 * sizes**0.5) == pytest.approx(0.5)
    measured = {f"growth__posts, {size}": [size / 7] for size in sizes}
    assert "| time, the posts' way | 1.00 | 1.00 |" in report.table(made_up(**measured))


def test_the_readme_gets_a_table_and_pictures_with_words(tmp_path):
    measured = {f"growth__{way}, {s}": [s] for way in ("posts", "course") for s in plan.SIZES}
    results = made_up(digits__posts=[4.0], digits__course=[1.0], **measured)
    for entry in results["measurements"].values():
        entry["runs"]["0"]["memory"] = 600.0
    path = tmp_path / "compare.json"
    path.write_text(json.dumps(results))
    part = report.readme_part(path)
    assert part.count("<img ") == 2 and part.count('alt="') == 2
    assert "2 made-up cores" in part and "0.25 ×" in part and "second time" not in part


def test_the_readme_shows_what_a_second_time_came_to(tmp_path):
    path, second = tmp_path / "compare.json", tmp_path / "compare_second.json"
    grown = {f"growth__posts, {size}": [size] for size in plan.SIZES}
    path.write_text(json.dumps(made_up(digits__posts=[10], digits__course=[2], **grown)))
    grown = {f"growth__posts, {size}": [size**0.5] for size in plan.SIZES}
    later = made_up(digits__posts=[10], digits__course=[2.4], **grown)
    second.write_text(json.dumps(later))
    part = report.readme_part(path)
    assert "| ≤ 0.25 × | 0.20 × | met | 0.24 × |" in part
    assert "| time, the posts' way | 1.00 | 1.00 | 0.50 | 0.50 |" in part
    assert "1 of 1 verdicts are the same." in part
    second.write_text(json.dumps(later | {"machine": "4 cores"}))
    part = report.readme_part(path)
    assert "| ≤ 0.25 × | 0.20 × | met |\n" in part and "another machine" in part


def test_every_measurement_names_something_that_exists():
    import ablation

    ways = {"posts_way": posts_way, "course_way": course_way, "loops": loops, "ablation": ablation}
    for group, measurements in plan.PLAN.items():
        for which, (kind, settings) in measurements.items():
            assert compare.settings_of(group, which)["kind"] == kind
            if "task" in settings:
                assert callable(getattr(ways[settings["way"]], settings["task"]))


def test_both_ways_train_the_same_layers():
    for name in ("digit_network", "cifar_network"):
        network = getattr(posts_way, name)
        assert helpers.first_difference(network(), getattr(course_way, name)()) is None
    around = course_way.cifar_model()
    of_posts = posts_way.cifar_network()
    assert [w.shape for w in around.weights] == [w.shape for w in of_posts.weights]
    kinds = [type(layer).__name__ for layer in around.layers]
    assert kinds.count("Dropout") == 2 and kinds.count("Rescaling") == 1
    own = [type(layer).__name__ for layer in of_posts.layers]
    assert [kind for kind in kinds if kind not in ("Dropout", "Rescaling")] == own


def test_centred_images_go_from_minus_one_to_one():
    flat = keras.Sequential([keras.Input((2,)), keras.layers.Activation("linear")])
    seen = course_way.with_extras(flat, centred=True)(np.array([[0.0, 1.0]]))
    assert np.asarray(seen).tolist() == [[-1.0, 1.0]]


def test_the_posts_loop_mended_sees_every_image():
    x, y = np.arange(70)[:, np.newaxis], np.arange(70)
    seen = list(loops.one_by_one(x, y))
    assert [len(labels) for _, labels in seen] == [32, 32, 6]
    assert np.concatenate([labels for _, labels in seen]).tolist() == list(range(70))
    assert np.concatenate([images for images, _ in seen]).ravel().tolist() == list(range(70))


def test_all_loops_end_an_epoch_at_the_same_loss():
    images = np.random.default_rng(0).integers(0, 256, (64, 32, 32, 3), "uint8")
    labels, losses = np.arange(64) % 5, []
    for loop in (loops.fit, loops.posts_loop, loops.last_rung):
        keras.utils.set_random_seed(1)
        epoch = loop(images, labels)
        losses.append([epoch(), epoch()])
    assert np.allclose(losses[0], losses[1], rtol=1e-3)
    assert np.allclose(losses[0], losses[2], rtol=1e-3)
    assert all(second < first for first, second in losses)


def test_without_an_optimizer_the_weights_stay():
    images = np.zeros((8, 32, 32, 3), "uint8")
    epoch = loops.last_rung(images, np.arange(8), moves=False)
    assert epoch() == epoch()


def test_the_courses_batches_hold_every_image_once_changed_anew_in_each_epoch():
    images = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), "uint8")
    labels = np.arange(20)
    for reach in (None, 3):
        dataset = course_way.batches(images, labels, 8, reach)
        epochs = []
        for _ in range(2):
            x, y = (np.concatenate(part) for part in zip(*dataset, strict=True))
            assert x.dtype == "float32" and x.shape == images.shape and 0 <= x.min() < x.max() <= 1
            assert sorted(y) == labels.tolist()
            epochs.append(x[np.argsort(y)])
        if reach is None:
            assert np.allclose(epochs[0], images / 255) and np.allclose(*epochs)
        else:
            assert not np.allclose(*epochs)


def test_an_image_is_moved_whole_and_mirrored_or_not():
    row = np.arange(8, dtype="uint8")
    image = np.stack([row + 10 * n for n in range(8)])[np.newaxis, ..., np.newaxis]
    changed, _ = course_way.shifts(0)(np.repeat(image, 40, axis=0), np.zeros(40))
    mirrored = image[:, :, ::-1]
    kinds = [np.array_equal(one, mirrored[0]) for one in changed.numpy()]
    assert 0 < sum(kinds) < 40
    kept = [np.array_equal(one, image[0]) for one in changed.numpy()]
    assert sum(kinds) + sum(kept) == 40


def test_an_image_is_moved_by_no_more_than_its_reach():
    image = np.zeros((1, 8, 8, 1), "uint8")
    image[0, 3:5, 3] = image[0, 3, 4] = 9  # one corner of a square is missing
    changed, _ = course_way.shifts(1)(np.repeat(image, 60, axis=0), np.zeros(60))
    moved = {
        np.roll(one, (down, right), axis=(0, 1)).tobytes()
        for one in (image[0], image[0, :, ::-1])
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    }
    assert {one.tobytes() for one in changed.numpy()} <= moved
    assert len({one.tobytes() for one in changed.numpy()}) > 8


def test_the_rate_rises_to_its_peak_and_falls_to_nothing():
    rate = course_way.warmed_cosine(0.005, 100, 25)
    rates = [float(rate(step)) for step in range(101)]
    assert np.argmax(rates) == 25 and max(rates) == pytest.approx(0.005)
    assert rates[0] == pytest.approx(0.0002) and rates[-1] == pytest.approx(0, abs=1e-6)
