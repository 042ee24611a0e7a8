"""The benchmarks compare what they say they compare, and their tables say what was measured."""

import functools
import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

from benchmarks import course_recipe, loops, measure, plain_recipe, report

import keras
import numpy as np
import pytest

ROOT = Path(__file__).parent.parent


def made_up(part="epochs", figures=("seconds", "processor"), **runs):
    """Results of a part, in which the runs have the figures given."""
    runs = {name: [dict.fromkeys(figures, n) for n in found] for name, found in runs.items()}
    return {part: {"machine": "2 made-up cores", "state": "dreaming", "runs": runs}}


def loops_of(fit, whole_epoch):
    return made_up("loops", **{"fit": fit, "whole epoch": whole_epoch})


@pytest.fixture
def row(monkeypatch):
    """What a table says of one row, given its rows and the results of each state."""

    def row(what, rows, idle, busy):
        monkeypatch.setattr(report, "stored", {"idle": idle, "busy": busy}.get)
        lines = report.against_wanted(report.times(rows)).splitlines()
        (line,) = [line for line in lines if line.startswith(f"| {what} |")]
        return [cell.strip() for cell in line.strip("|").split("|")][1:]

    return row


@pytest.mark.skipif("COURSE_ALL_LESSONS" not in os.environ, reason="once a week: it takes a minute")
def test_a_quick_try_measures_in_processes_of_their_own_and_keeps_nothing():
    before = {path: path.stat().st_mtime_ns for path in measure.RESULTS.iterdir()}
    command = [sys.executable, "-m", "benchmarks.measure", "--quick", "digits"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    lines = [line.split(", run 1: ") for line in done.stdout.splitlines()]
    assert [name for name, _ in lines] == ["digits: plain", "digits: course"]
    for _, figures in lines:
        assert {"epochs", "accuracy", "memory"} <= set(json.loads(figures))
    assert {path: path.stat().st_mtime_ns for path in measure.RESULTS.iterdir()} == before


def test_what_is_measured_takes_the_place_of_its_part_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(measure, "RESULTS", tmp_path)
    turns = []
    monkeypatch.setattr(measure, "run", lambda *where: turns.append(where[1:3]) or {"seconds": 1})
    measure.store("idle", "photos", {"plain": []}, "at rest")
    for found in measure.measure("digits", 2):
        measure.store("idle", "digits", found, "at rest")
    assert turns == [("plain", 0), ("course", 0), ("plain", 1), ("course", 1)]
    assert list(measure.stored("idle")) == ["photos", "digits"] and measure.stored("busy") == {}
    runs = [{"seconds": 1}, {"seconds": 1}]
    assert measure.stored("idle")["digits"]["runs"] == {"plain": runs, "course": runs}


def test_ratios_are_of_the_same_turn(row):
    results = loops_of([10, 20, 30], [2, 10, 9])
    told = row("whole epoch ÷ `fit`", report.LOOPS, {}, results)
    assert told[2] == "0.30 × (0.20 × to 0.50 ×); 0.30 ×"


def test_a_recipe_takes_an_epoch_as_often_as_it_trains_for_one(row):
    results = made_up(**{"digits, plain": [10], "digits, course": [8]})
    results |= made_up("digits", ["epochs"], plain=[3, 4, 9], course=[1])
    assert row("digits: time", report.TIMES, results, {})[1] == "0.20 ×; 0.20 ×"


@pytest.mark.parametrize(
    ("idle", "busy", "said"),
    [
        (2, 2, "met"),
        (3, 3, "missed"),
        (2, 3, "met only idle"),
        (3, 2, "met only busy"),
        (None, 2, "met busy, idle unknown"),
        (3, None, "missed idle, busy unknown"),
    ],
)
def test_a_target_is_met_only_if_it_is_met_idle_and_busy(row, idle, busy, said):
    both = [loops_of([4], [n]) if n else {} for n in (idle, busy)]
    assert row("whole epoch ÷ `fit`", report.LOOPS, *both)[-1] == said


def test_of_accuracies_more_is_better():
    lines = report.learnt().splitlines()[2:]
    assert all(("≥" in line) == ("accuracy" in line) for line in lines)


def test_every_measurement_and_every_row_names_something_that_exists():
    for measurements in measure.PLAN.values():
        for where, settings in measurements.values():
            module, function = where.split(".")
            assert callable(getattr(importlib.import_module(f"benchmarks.{module}"), function))
            assert callable(getattr(loops, settings.get("loop", "fit")))
    for _, _, part, *names in report.LEARNT + report.TIMES + report.LOOPS:
        assert set(names) <= set(measure.PLAN[part])


def test_both_recipes_train_the_same_layers():
    assert course_recipe.digit_network is plain_recipe.digit_network
    plain, extended = plain_recipe.cifar_network(), course_recipe.photo_network()
    assert [weight.shape for weight in extended.weights] == [w.shape for w in plain.weights]
    kinds = [type(layer).__name__ for layer in extended.layers]
    assert [kinds.count(kind) for kind in ("Rescaling", "Dropout")] == [1, 2]
    extended.set_weights(plain.get_weights())
    x = np.random.default_rng(0).random((4, 32, 32, 3), "float32")
    assert np.allclose(extended(x), plain(2 * x - 1), atol=1e-5)


def test_all_loops_end_an_epoch_at_the_same_loss():
    images = np.random.default_rng(0).integers(0, 256, (64, 32, 32, 3), "uint8")
    labels, losses = np.arange(64) % 5, []
    others = [
        functools.partial(loops.whole_epoch, **one) for one in ({"by": None}, {"fused": True})
    ]
    for loop in (loops.fit, loops.plain, loops.whole_epoch, *others):
        keras.utils.set_random_seed(1)
        epoch = loop(images, labels)
        losses.append([epoch(), epoch()])
    assert np.allclose(losses[0], losses[1:], rtol=1e-3)
    assert all(second < first for first, second in losses)
    fixed = loops.whole_epoch(images, labels, fixed=True)
    assert fixed() == pytest.approx(fixed())
    loops.bare(images, labels)()


@pytest.mark.parametrize("reach", [None, 3])
def test_an_epoch_has_every_image_once_and_changes_it_anew_if_asked(reach):
    images = np.random.default_rng(0).integers(0, 256, (20, 32, 32, 3), "uint8")
    dataset, epochs = course_recipe.batches(images, np.arange(20), 8, reach), []
    for _ in range(2):
        x, y = (np.concatenate(part) for part in zip(*dataset, strict=True))
        assert x.dtype == "float32" and x.shape == images.shape and 0 <= x.min() < x.max() <= 1
        assert sorted(y) == list(range(20))
        epochs.append(x[np.argsort(y)])
    assert np.allclose(*epochs) == np.allclose(epochs[0], images / 255) == (reach is None)


def test_an_image_is_moved_by_no_more_than_its_reach_or_mirrored():
    image = np.zeros((1, 8, 8, 1), "uint8")
    image[0, 3:5, 3] = image[0, 3, 4] = 9  # one corner of a square is missing
    changed, _ = course_recipe.shifts(1)(np.repeat(image, 60, axis=0), np.zeros(60))
    moved = {
        np.roll(one, (down, right), axis=(0, 1)).tobytes()
        for one in (image[0], image[0, :, ::-1])
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    }
    seen = {one.tobytes() for one in changed.numpy()}
    assert seen <= moved and len(seen) > 8


def test_the_rate_rises_to_its_peak_and_falls_to_nothing():
    rate = course_recipe.warmed_cosine(0.005, 100, 25)
    rates = [float(rate(step)) for step in range(101)]
    assert np.argmax(rates) == 25 and max(rates) == pytest.approx(0.005)
    assert rates[0] == pytest.approx(0.0002) and rates[-1] == pytest.approx(0, abs=1e-6)
