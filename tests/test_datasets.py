"""Tests of helpers.data: each place images can come from, and each way it can fail."""

import errno
import hashlib
import inspect
import io
import os
import socket
import tempfile
import threading
import urllib.request
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from helpers import data as real_images
from helpers.data import SOURCES, load_cifar100, load_mnist, split_validation
from helpers.notebook import CourseError
from stand_ins.cifar100_labels import COARSE_OF_FINE

import keras
import numpy as np
import pytest
from archives import cifar100_archive

LOAD = {"mnist": load_mnist, "cifar100": load_cifar100}
SETS = pytest.mark.parametrize("name", SOURCES)
REAL_DATA = Path(
    os.environ.get("COURSE_TEST_DATA_DIR") or Path(__file__).parents[2] / "shared" / "data"
)


@pytest.fixture(autouse=True)
def no_images_anywhere(tmp_path, monkeypatch):
    """Neither a folder nor anything in Keras's cache, and hosts that refuse to answer."""
    monkeypatch.delenv("COURSE_DATA", raising=False)
    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for name in SOURCES:
        change(monkeypatch, name, url=f"http://127.0.0.1:1/{name}")


@pytest.fixture
def tiny(monkeypatch):
    """Sets of 20 + 10 images."""
    for name in SOURCES:
        change(monkeypatch, name, counts={"train": 20, "test": 10})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The folder in COURSE_DATA_DIR, empty."""
    folder = tmp_path / "folder"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    return folder


@pytest.fixture
def no_network(monkeypatch):
    """Fails a test that asks the network for anything."""

    def refuse(*args, **kwargs):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(real_images, "download", refuse)


def change(monkeypatch, name, **fields):
    monkeypatch.setitem(SOURCES, name, replace(SOURCES[name], **fields))


def images(name):
    """Arrays such as a set has them, with random pixels."""
    source = SOURCES[name]
    rng = np.random.default_rng(7)
    data = {}
    for part, count in source.counts.items():
        data[f"x_{part}"] = rng.integers(0, 256, (count, *source.image_shape), dtype="uint8")
        for kind, classes in source.classes.items():
            data[f"y_{part}{kind}"] = rng.integers(0, classes, count, dtype="uint8")
    return data


def npz(data, save=np.savez_compressed):
    file = io.BytesIO()
    save(file, **data)
    return file.getvalue()


def archive_of(name, monkeypatch):
    """The bytes Keras would download, whose hash is made the right one."""
    content = npz(images(name)) if name == "mnist" else cifar100_archive(images(name))
    change(monkeypatch, name, sha256=hashlib.sha256(content).hexdigest())
    return content


def on_a_host(name, content, tmp_path, monkeypatch):
    host = tmp_path / "host"
    host.mkdir(exist_ok=True)
    (host / name).write_bytes(content)
    change(monkeypatch, name, url=(host / name).as_uri())


def in_the_cache(name, content, tmp_path):
    cache = tmp_path / "keras" / "datasets"
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / SOURCES[name].archive
    path.write_bytes(content)
    return path


def left_in_cache(tmp_path):
    cache = tmp_path / "keras" / "datasets"
    return sorted(path.name for path in cache.iterdir()) if cache.exists() else []


def assert_loads(name, expected):
    (x_train, y_train), (x_test, y_test) = LOAD[name]()
    kind = "" if name == "mnist" else "_fine"
    np.testing.assert_array_equal(x_train, expected["x_train"])
    np.testing.assert_array_equal(y_train, expected[f"y_train{kind}"])
    np.testing.assert_array_equal(x_test, expected["x_test"])
    np.testing.assert_array_equal(y_test, expected[f"y_test{kind}"])


def the_line(capsys, name):
    """The one line that a load printed, without the name of the set."""
    (line,) = capsys.readouterr().out.splitlines()
    start = f"{SOURCES[name].name}: "
    assert line.startswith(start)
    return line.removeprefix(start)


# Sizes, label modes and settings


@SETS
@pytest.mark.parametrize("part", ["train", "test"])
@pytest.mark.parametrize("size", [0, -1, 60_001, 2.0, 0.5, True, "100", [5]])
def test_senseless_sizes_are_refused_before_anything_is_loaded(
    name, part, size, no_network, capsys
):
    most = SOURCES[name].counts[part]
    with pytest.raises(CourseError) as error:
        LOAD[name](**{f"{part}_size": size})
    assert str(error.value) == (
        f"{part}_size is {size!r}: ask for 1 to {most:,} images, or leave it out for all of them."
    )
    assert capsys.readouterr().out == ""


def test_a_size_may_be_a_numpy_integer(folder, tiny):
    (folder / "mnist.npz").write_bytes(npz(images("mnist")))
    (x_train, _), _ = load_mnist(np.int64(3))
    assert len(x_train) == 3


@SETS
def test_a_size_means_the_first_ones_and_frees_the_rest(name, folder, tiny, capsys):
    data = images(name)
    (folder / SOURCES[name].file).write_bytes(npz(data))
    (x_train, y_train), (x_test, y_test) = LOAD[name](train_size=5, test_size=1)
    np.testing.assert_array_equal(x_train, data["x_train"][:5])
    np.testing.assert_array_equal(x_test, data["x_test"][:1])
    assert len(y_train) == 5 and len(y_test) == 1
    assert x_train.base is None and x_test.base is None
    assert "(5 to train, 1 to test)" in the_line(capsys, name)


def test_label_modes_of_cifar100(folder, tiny):
    data = images("cifar100")
    (folder / "cifar100.npz").write_bytes(npz(data))
    (_, fine), _ = load_cifar100()
    (_, coarse), _ = load_cifar100(label_mode="coarse")
    (_, both), (_, both_test) = load_cifar100(test_size=4, label_mode="both")
    np.testing.assert_array_equal(fine, data["y_train_fine"])
    np.testing.assert_array_equal(coarse, data["y_train_coarse"])
    np.testing.assert_array_equal(both, np.stack([fine, coarse], axis=1))
    assert both.dtype == "uint8" and both_test.shape == (4, 2)


def test_another_label_mode_is_refused(no_network):
    with pytest.raises(
        CourseError, match="label_mode is 'all': ask for 'fine', 'coarse' or 'both'"
    ):
        load_cifar100(label_mode="all")


def test_another_value_of_course_data_is_refused(monkeypatch, no_network):
    monkeypatch.setenv("COURSE_DATA", "fake")
    with pytest.raises(CourseError, match="'fake': set it to 'auto', 'real' or 'stand-in'"):
        load_mnist(5, 5)


def test_empty_settings_are_as_if_not_set(monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DATA", "")
    monkeypatch.setenv("COURSE_DATA_DIR", "")
    load_mnist(5, 5)
    assert "because 127.0.0.1 does not answer (" in the_line(capsys, "mnist")


def test_real_lists_every_place_in_order_and_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DATA", "real")
    with pytest.raises(CourseError) as error:
        load_mnist(5, 5)
    first, folder, cache, host, advice = str(error.value).splitlines()
    assert first == "COURSE_DATA is 'real', and no real MNIST images are there:"
    assert folder == "  1. COURSE_DATA_DIR is not set."
    assert (
        cache == f"  2. there is no mnist.npz in {tmp_path / 'keras' / 'datasets'}, Keras's cache."
    )
    assert host.startswith("  3. 127.0.0.1 does not answer (")
    assert "python -m helpers.fetch FOLDER" in advice
    assert capsys.readouterr().out == ""


def test_real_does_not_hide_a_damaged_file(tmp_path, tiny, folder, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "real")
    (folder / "mnist.npz").write_bytes(b"")
    in_the_cache("mnist", b"half", tmp_path)
    with pytest.raises(CourseError) as error:
        load_mnist()
    _, in_folder, in_cache, host, _ = str(error.value).splitlines()
    assert f"1. mnist.npz in {folder} is damaged or not MNIST" in in_folder
    assert "2. " in in_cache and "is damaged (delete it to have it fetched again)." in in_cache
    assert "3. nothing was downloaded" in host


# Stand-ins


@SETS
def test_stand_ins_when_asked_for(name, monkeypatch, no_network, capsys):
    monkeypatch.setenv("COURSE_DATA", "stand-in")
    (x_train, y_train), (x_test, y_test) = LOAD[name](30, 20)
    shape = SOURCES[name].image_shape
    assert x_train.shape == (30, *shape) and x_test.shape == (20, *shape)
    assert y_train.shape == (30,) and y_test.shape == (20,)
    assert {a.dtype.name for a in (x_train, y_train, x_test, y_test)} == {"uint8"}
    assert x_train.max() > 200
    assert the_line(capsys, name) == (
        "stand-in images drawn by the course (30 to train, 20 to test), "
        "because COURSE_DATA asks for them."
    )


@SETS
def test_stand_ins_repeat_and_a_smaller_set_begins_a_larger_one(name, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "stand-in")
    (x_train, y_train), (x_test, y_test) = LOAD[name](120, 60)
    (x_small, y_small), _ = LOAD[name](70, 1)
    np.testing.assert_array_equal(x_small, x_train[:70])
    np.testing.assert_array_equal(y_small, y_train[:70])
    assert (y_train[:60] != y_test).any() and (x_train[:60] != x_test).any()


def test_stand_ins_have_as_many_of_each_class_in_no_order(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "stand-in")
    (_, digits), _ = load_mnist(205, 1)
    (_, both), _ = load_cifar100(250, 1, label_mode="both")
    assert set(np.bincount(digits)) == {20, 21}
    assert set(np.bincount(both[:, 0])) == {2, 3}
    assert (np.diff(digits.astype(int)) < 0).any() and not (digits[:100] == digits[100:200]).all()
    np.testing.assert_array_equal(both[:, 1], np.array(COARSE_OF_FINE)[both[:, 0]])


@SETS
def test_without_network_the_line_says_so(name, capsys):
    LOAD[name](3, 2)
    line = the_line(capsys, name)
    assert line.startswith("stand-in images drawn by the course (3 to train, 2 to test), because ")
    assert "because 127.0.0.1 does not answer (" in line and line.endswith(").")


# The folder in COURSE_DATA_DIR


@SETS
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_images_from_the_folder(name, save, folder, tiny, no_network, capsys):
    data = images(name)
    (folder / SOURCES[name].file).write_bytes(npz(data, save))
    assert_loads(name, data)
    assert the_line(capsys, name) == (
        "real images, from the folder in COURSE_DATA_DIR (20 to train, 10 to test)"
    )


def bad_files():
    """What may lie in the folder under a good name, and words of the reason."""

    def changed(**arrays):
        return lambda data: npz(data | arrays)

    def flipped(save):
        def content(data):
            content = bytearray(npz(data, save))
            middle = content.index(b"x_train.npy") + 3000
            content[middle] ^= 0xFF
            return bytes(content)

        return content

    def lacking(data):
        return npz({key: data[key] for key in data if key != "y_test"})

    def npy(data):
        file = io.BytesIO()
        np.save(file, data["x_train"])
        return file.getvalue()

    return {
        "empty": (lambda data: b"", "it is not a whole npz file"),
        "truncated": (lambda data: npz(data)[:-2000], "it is not a whole npz file"),
        "a web page": (lambda data: b"<html>Please log in</html>", "it is not a whole npz file"),
        "one array": (npy, "it is not a whole npz file"),
        "a flipped byte": (flipped(np.savez), ""),
        "a flipped byte, compressed": (flipped(np.savez_compressed), ""),
        "lacks a key": (lacking, "it has no y_test"),
        "floats": (changed(x_train=np.zeros((20, 28, 28))), "x_train is float64 (20, 28, 28)"),
        "wrong shape": (changed(x_test=np.zeros((10, 32, 32), "uint8")), "(10, 32, 32), not uint8"),
        "other length": (changed(y_train=np.zeros(19, "uint8")), "y_train is uint8 (19,)"),
        "other label": (changed(y_test=np.full(10, 10, "uint8")), "y_test goes up to 10, not 9"),
        "objects": (changed(y_test=np.array([None] * 10)), "allow_pickle"),
    }


@pytest.mark.parametrize("kind", bad_files())
def test_a_bad_file_in_the_folder_is_named_and_left_alone(
    kind, folder, tiny, tmp_path, monkeypatch, capsys
):
    make, reason = bad_files()[kind]
    bad, good = folder / "mnist.npz", archive_of("mnist", monkeypatch)
    content = make(images("mnist"))
    bad.write_bytes(content)

    load_mnist(5, 5)
    line = the_line(capsys, "mnist")
    assert f"because mnist.npz in {folder} is damaged or not MNIST (" in line and reason in line
    assert "), and 127.0.0.1 does not answer (" in line

    in_the_cache("mnist", good, tmp_path)
    assert_loads("mnist", images("mnist"))
    line = the_line(capsys, "mnist")
    assert line.startswith(
        "real images, from Keras's cache (20 to train, 10 to test); mnist.npz in"
    )
    assert line.endswith(").") and reason in line
    assert bad.read_bytes() == content


def test_a_file_that_is_not_there(folder, capsys):
    load_mnist(5, 5)
    expected = f"because there is no mnist.npz in {folder}, the folder in COURSE_DATA_DIR, and 127"
    assert expected in the_line(capsys, "mnist")


def test_a_folder_that_is_not_there(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "gone"))
    load_mnist(5, 5)
    assert f"there is no mnist.npz in {tmp_path / 'gone'}, the folder" in the_line(capsys, "mnist")


def refuse_to_open(refused, monkeypatch):
    really_open = Path.open

    def open_others(path, *args, **kwargs):
        if path == refused:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return really_open(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", open_others)


def test_a_folder_that_cannot_be_read(folder, monkeypatch, capsys):
    refuse_to_open(folder / "mnist.npz", monkeypatch)
    load_mnist(5, 5)
    expected = f"because {folder / 'mnist.npz'} cannot be read (Permission denied), and "
    assert expected in the_line(capsys, "mnist")


# Keras's cache


def test_addresses_and_hashes_are_those_of_keras(monkeypatch):
    monkeypatch.undo()
    mnist = inspect.getsource(keras.datasets.mnist.load_data)
    folder, _, file = SOURCES["mnist"].url.rpartition("/")
    assert f'"{folder}/"' in mnist and f"{{origin_folder}}{file}" in mnist
    assert f'path="{SOURCES["mnist"].archive}"' in mnist and SOURCES["mnist"].sha256 in mnist
    cifar100 = inspect.getsource(keras.datasets.cifar100.load_data)
    assert f'"{SOURCES["cifar100"].url}"' in cifar100 and SOURCES["cifar100"].sha256 in cifar100
    assert f'"{SOURCES["cifar100"].archive.removesuffix("_archive")}"' in cifar100


@SETS
def test_what_keras_put_into_its_cache_is_found(name, tiny, tmp_path, monkeypatch, capsys):
    on_a_host(name, archive_of(name, monkeypatch), tmp_path, monkeypatch)
    source = SOURCES[name]
    (tmp_path / "keras").mkdir()
    keras.utils.get_file(  # as `keras.datasets` calls it
        source.archive.removesuffix("_archive"),
        source.url,
        extract=name == "cifar100",
        file_hash=source.sha256,
        cache_dir=tmp_path / "keras",
    )
    change(monkeypatch, name, url="http://127.0.0.1:1/")
    capsys.readouterr()
    assert_loads(name, images(name))
    assert the_line(capsys, name) == "real images, from Keras's cache (20 to train, 10 to test)"


@SETS
@pytest.mark.parametrize("damage", ["truncated", "changed", "foreign"])
def test_a_damaged_file_in_the_cache_is_named_and_left_alone(
    name, damage, tiny, tmp_path, monkeypatch, no_network, capsys
):
    good = archive_of(name, monkeypatch)
    bad = {"truncated": good[:-9], "changed": good[:-1] + b"?", "foreign": b"<html>"}[damage]
    path = in_the_cache(name, bad, tmp_path)
    LOAD[name](5, 5)
    assert the_line(capsys, name) == (
        "stand-in images drawn by the course (5 to train, 5 to test), "
        f"because {path} is damaged (delete it to have it fetched again)."
    )
    assert path.read_bytes() == bad


def test_a_cache_that_cannot_be_read(tiny, tmp_path, monkeypatch, capsys):
    path = in_the_cache("mnist", archive_of("mnist", monkeypatch), tmp_path)
    refuse_to_open(path, monkeypatch)
    load_mnist(5, 5)
    assert f"because {path} cannot be read (Permission denied)." in the_line(capsys, "mnist")


# The download


@SETS
def test_a_download_goes_into_the_cache(name, tiny, tmp_path, monkeypatch, capsys):
    on_a_host(name, archive_of(name, monkeypatch), tmp_path, monkeypatch)
    before = socket.getdefaulttimeout()
    assert_loads(name, images(name))
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == (
        f"{SOURCES[name].name}: real images, downloaded by Keras (20 to train, 10 to test)"
    )
    assert sum(line.startswith(SOURCES[name].name) for line in lines) == 1
    assert left_in_cache(tmp_path) == [SOURCES[name].archive]
    assert socket.getdefaulttimeout() == before
    assert_loads(name, images(name))
    assert "from Keras's cache" in the_line(capsys, name)


def last_line(capsys):
    return capsys.readouterr().out.splitlines()[-1]


def test_a_download_of_something_else(tiny, tmp_path, monkeypatch, capsys):
    on_a_host("mnist", b"<html>Please log in</html>", tmp_path, monkeypatch)
    load_mnist(5, 5)
    assert "sent is not the file that Keras expects." in last_line(capsys)
    assert left_in_cache(tmp_path) == []


@pytest.fixture
def server(monkeypatch):
    """A host on this machine. A test says how it answers a GET; a HEAD it answers at once."""
    stop = threading.Event()

    class Answer(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(host.answer_to_head)
            self.end_headers()

        def do_GET(self):
            host.get(self, stop)

        def log_message(self, *args):
            pass

    host = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    host.answer_to_head = 200
    thread = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    change(monkeypatch, "mnist", url=f"http://127.0.0.1:{host.server_port}/mnist.npz")
    yield host
    stop.set()
    host.shutdown()
    host.server_close()
    thread.join()


def test_a_host_that_falls_silent(server, tiny, tmp_path, monkeypatch, capsys):
    def send_some_and_fall_silent(request, stop):
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b"PK")
        stop.wait(20)

    server.get = send_some_and_fall_silent
    monkeypatch.setattr(real_images, "PATIENCE", 0.4)
    before = socket.getdefaulttimeout()
    load_mnist(5, 5)
    expected = "because the download from 127.0.0.1 failed (timed out)."
    assert last_line(capsys).endswith(expected)
    assert left_in_cache(tmp_path) == []
    assert socket.getdefaulttimeout() == before


def test_a_host_that_breaks_off(server, tiny, tmp_path, capsys):
    def send_some(request, stop):
        request.send_response(200)
        request.send_header("Content-Length", "1000")
        request.end_headers()
        request.wfile.write(b"PK")

    server.get = send_some
    load_mnist(5, 5)
    expected = "the download from 127.0.0.1 failed (retrieval incomplete: got only 2 out of 1000"
    assert expected in last_line(capsys)
    assert left_in_cache(tmp_path) == []


def test_a_host_that_does_not_know_head(server, tiny, tmp_path, monkeypatch, capsys):
    content = archive_of("mnist", monkeypatch)

    def send(request, stop):
        request.send_response(200)
        request.end_headers()
        request.wfile.write(content)

    server.get, server.answer_to_head = send, 405
    assert_loads("mnist", images("mnist"))
    assert "real images, downloaded by Keras" in last_line(capsys)


def test_a_host_without_the_file(server, tiny, tmp_path, capsys):
    server.get = lambda request, stop: request.send_error(404)
    load_mnist(5, 5)
    assert "the download from 127.0.0.1 failed (Not Found)." in last_line(capsys)


def test_a_host_that_never_answers(monkeypatch, capsys):
    assert real_images.PATIENCE <= 5
    monkeypatch.setattr(real_images, "PATIENCE", 0.3)
    really_open, timeouts = urllib.request.urlopen, []

    def open_and_note(request, timeout):
        timeouts.append(timeout)
        return really_open(request, timeout=timeout)

    monkeypatch.setattr(urllib.request, "urlopen", open_and_note)
    with socket.create_server(("127.0.0.1", 0)) as listens:
        change(monkeypatch, "mnist", url=f"http://127.0.0.1:{listens.getsockname()[1]}/mnist.npz")
        load_mnist(5, 5)
    assert timeouts == [0.3]
    assert the_line(capsys, "mnist").endswith("because 127.0.0.1 does not answer (timed out).")


def test_a_look_up_that_never_ends(monkeypatch, capsys):
    monkeypatch.setattr(real_images, "PATIENCE", 0.3)
    ended = threading.Event()

    def hang(*args, **kwargs):
        ended.wait(20)
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    change(monkeypatch, "mnist", url="http://host.invalid/mnist.npz")
    load_mnist(5, 5)
    ended.set()
    assert the_line(capsys, "mnist").endswith("because host.invalid does not answer (timed out).")


def test_a_cache_that_cannot_be_written(tiny, tmp_path, monkeypatch, capsys):
    on_a_host("mnist", archive_of("mnist", monkeypatch), tmp_path, monkeypatch)

    def refuse(*args, **kwargs):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    load_mnist(5, 5)
    cache = tmp_path / "keras" / "datasets"
    expected = f"because {cache} cannot be written (Read-only file system)."
    assert the_line(capsys, "mnist").endswith(expected)


def write_half_and(error):
    def get_file(fname, origin, cache_dir, **kwargs):
        (Path(cache_dir) / fname).write_bytes(b"PK")
        raise error

    return get_file


def test_a_full_disk(tiny, tmp_path, monkeypatch, capsys):
    on_a_host("mnist", archive_of("mnist", monkeypatch), tmp_path, monkeypatch)
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr(keras.utils, "get_file", write_half_and(full))
    load_mnist(5, 5)
    assert the_line(capsys, "mnist").endswith("failed (No space left on device).")
    assert left_in_cache(tmp_path) == []


def test_an_interrupted_download(tiny, tmp_path, monkeypatch, capsys):
    on_a_host("mnist", archive_of("mnist", monkeypatch), tmp_path, monkeypatch)
    monkeypatch.setattr(keras.utils, "get_file", write_half_and(KeyboardInterrupt()))
    before = socket.getdefaulttimeout()
    with pytest.raises(KeyboardInterrupt):
        load_mnist(5, 5)
    assert left_in_cache(tmp_path) == []
    assert socket.getdefaulttimeout() == before
    assert capsys.readouterr().out == ""


# The validation split


def test_the_split_is_disjoint_whole_and_keeps_pairs_together():
    y = np.arange(200, dtype="uint8")
    x = np.tile(y[:, None, None], (1, 4, 4))
    (x_train, y_train), (x_val, y_val) = split_validation(x, y, fraction=0.25)
    assert len(y_train) == 150 and len(y_val) == 50
    assert sorted([*y_train, *y_val]) == y.tolist()
    np.testing.assert_array_equal(x_train[:, 0, 0], y_train)
    np.testing.assert_array_equal(x_val[:, 3, 3], y_val)
    assert x_train.dtype == x_val.dtype == "uint8"
    assert x_train.base is None and x_val.base is None


def test_the_split_is_shuffled_and_depends_on_the_seed_alone():
    x = np.arange(100)
    (train, _), (val, _) = split_validation(x, x)
    (again, _), _ = split_validation(x, x)
    (other, _), _ = split_validation(x, x, seed=1)
    assert len(val) == 10
    assert (np.diff(train) < 0).any() and (np.diff(val) < 0).any()
    np.testing.assert_array_equal(train, again)
    assert (train != other).any()


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 1.5, float("nan"), "0.1", None, True])
def test_senseless_fractions_are_refused(fraction):
    with pytest.raises(CourseError, match="give a share above 0 and below 1"):
        split_validation(np.zeros(100), np.zeros(100), fraction)


@pytest.mark.parametrize(("count", "fraction"), [(10, 0.01), (10, 0.99), (0, 0.5)])
def test_a_split_without_images_on_one_side_is_refused(count, fraction):
    with pytest.raises(CourseError, match="leaves one of the two sets without"):
        split_validation(np.zeros(count), np.zeros(count), fraction)


def test_as_many_labels_as_images():
    with pytest.raises(CourseError, match="There are 10 images and 9 labels: give as many"):
        split_validation(np.zeros(10), np.zeros(9))


# The real images, where this machine has them


@SETS
def test_the_real_images(name, monkeypatch, no_network, capsys):
    if not (REAL_DATA / SOURCES[name].file).exists():
        pytest.skip(f"no {SOURCES[name].file} in {REAL_DATA} (COURSE_TEST_DATA_DIR names another)")
    monkeypatch.setenv("COURSE_DATA_DIR", str(REAL_DATA))
    (x_train, y_train), (x_test, y_test) = LOAD[name]()
    counts, classes = SOURCES[name].counts, max(SOURCES[name].classes.values())
    assert "from the folder in COURSE_DATA_DIR" in the_line(capsys, name)
    assert x_train.shape == (counts["train"], *SOURCES[name].image_shape)
    assert len(x_test) == len(y_test) == 10_000
    assert set(y_train) == set(y_test) == set(range(classes))
    assert x_train.dtype == y_train.dtype == "uint8"


def test_real_superclasses_are_those_the_course_knows(monkeypatch):
    if not (REAL_DATA / "cifar100.npz").exists():
        pytest.skip(f"no cifar100.npz in {REAL_DATA} (COURSE_TEST_DATA_DIR names another)")
    monkeypatch.setenv("COURSE_DATA_DIR", str(REAL_DATA))
    _, (_, both) = load_cifar100(1, label_mode="both")
    np.testing.assert_array_equal(both[:, 1], np.array(COARSE_OF_FINE)[both[:, 0]])
