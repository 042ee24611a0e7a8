"""Pictures of shared batches and of workers say what they show in words too."""

import io
from types import SimpleNamespace

from helpers import CourseError, plot_split, plot_timeline
from helpers.workers import Event

import numpy as np
import pytest
from PIL import Image


def images(count):
    return np.ones((count, 32, 32, 3)) * np.random.default_rng(0).random((count, 1, 1, 3))


def a_run(killed=(), count=2, **changes):
    lines = ["beginning", "epoch 1: half way", "epoch 1: loss ≈ 4.6", "epoch 2: loss ≈ 4.5"]
    events = [Event(2.0 + s, worker, line) for s, line in enumerate(lines) for worker in (0, 1)]
    events += [Event(9.0, worker, None) for worker in killed]
    run = {"count": count, "events": events, "killed": set(killed)}
    return SimpleNamespace(**{**run, "cut_short": set(killed), "seconds": 10.0, **changes})


def is_small_png(picture):
    return Image.open(io.BytesIO(picture.data)).format == "PNG" and len(picture.data) < 100_000


@pytest.mark.parametrize("replicas, each", [(1, 4), (2, 8), (2, 1), (3, 11), (5, 2)])
def test_a_batch_and_its_parts(replicas, each):
    picture = plot_split([images(each)] * replicas)
    assert is_small_png(picture)
    assert picture.caption == f"a global batch of {each * replicas} images and its {replicas} parts"
    assert f"the first {each} go to replica 1" in picture.alt


def test_a_batch_needs_images():
    for parts in ([], [np.ones((4, 32, 32))], [images(4), images(3)], [images(17)], [images(0)]):
        with pytest.raises(CourseError):
            plot_split(parts)


def test_a_timeline_tells_who_did_what():
    cut_short = a_run(killed=[1], cut_short={0, 1})
    picture = plot_timeline({"one is killed": cut_short, "undisturbed": a_run()})
    assert is_small_png(picture)
    assert picture.caption == "what the workers did, one is killed, undisturbed"
    assert (
        "one is killed: worker 0 does epochs 1 to 2, and part of another one, worker 1 does "
        "epochs 1 to 2, and part of another one, and is killed" in picture.alt
    )
    assert "undisturbed: worker 0 does epochs 1 to 2, worker 1 does epochs 1 to 2" in picture.alt


def test_a_worker_that_did_little():
    picture = plot_timeline({"new": a_run(events=[Event(1.0, 0, "beginning")])})
    assert "worker 0 does no epoch, worker 1 says nothing" in picture.alt
    killed = [Event(1.0, 1, "beginning"), Event(2.0, 1, None)]
    picture = plot_timeline({"new": a_run(events=killed, killed={1}, cut_short={0, 1})})
    assert "worker 1 does no epoch, and part of another one, and is killed" in picture.alt


def test_a_timeline_needs_runs():
    for runs in ({}, {"nothing": a_run(events=[])}):
        with pytest.raises(CourseError):
            plot_timeline(runs)
