"""Tests of `python -m helpers.fetch`, against a small host on this machine."""

import errno
import hashlib
import io
import pickle
import shutil
import socket
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from helpers import data as real_images
from helpers.data import SOURCES, load_cifar100, load_mnist
from helpers.fetch import main

import keras
import numpy as np
import pytest
from archives import cifar100_archive


def images(name):
    source = SOURCES[name]
    rng = np.random.default_rng(7)
    data = {}
    for part, count in source.counts.items():
        data[f"x_{part}"] = rng.integers(0, 256, (count, *source.image_shape), dtype="uint8")
        for kind, classes in source.classes.items():
            data[f"y_{part}{kind}"] = rng.integers(0, classes, count, dtype="uint8")
    return data


def mnist_archive():
    file = io.BytesIO()
    np.savez_compressed(file, **images("mnist"))
    return file.getvalue()


@pytest.fixture(autouse=True)
def host(monkeypatch, tmp_path):
    """A host with tiny sets. It notes what it is asked for, and breaks off halfway if told to."""

    class Answer(BaseHTTPRequestHandler):
        def do_HEAD(self):
            self.send_response(200)
            self.end_headers()

        def do_GET(self):
            content = host.files[self.path]
            host.asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if host.breaks_off else content)

        def log_message(self, *args):
            pass

    host = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    host.asked, host.breaks_off = [], False
    for name in SOURCES:
        monkeypatch.setitem(SOURCES, name, replace(SOURCES[name], counts={"train": 20, "test": 10}))
    host.files = {"/mnist": mnist_archive(), "/cifar100": cifar100_archive(images("cifar100"))}
    for name in SOURCES:
        url = f"http://127.0.0.1:{host.server_port}/{name}"
        sha256 = hashlib.sha256(host.files[f"/{name}"]).hexdigest()
        monkeypatch.setitem(SOURCES, name, replace(SOURCES[name], url=url, sha256=sha256))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    thread = threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield host
    host.shutdown()
    host.server_close()
    thread.join()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "a class" / "images"


def names_in(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def assert_failed(status, capsys, folder, sentence, left=()):
    """One sentence on stderr, status 1, no advice, and nothing half-made in the folder."""
    printed = capsys.readouterr()
    assert status == 1
    assert printed.err == sentence + "\n"
    assert "COURSE_DATA_DIR" not in printed.out
    assert names_in(folder) == list(left)


def test_both_sets_are_fetched_and_load(folder, monkeypatch, capsys):
    assert main([str(folder)]) == 0
    assert names_in(folder) == ["cifar100.npz", "mnist.npz"]
    out = capsys.readouterr().out
    assert "MNIST: fetched\n" in out and "CIFAR-100: fetched\n" in out
    assert f"export COURSE_DATA_DIR='{folder}'\n" in out
    assert f"$env:COURSE_DATA_DIR = '{folder}'\n" in out

    monkeypatch.setenv("COURSE_DATA", "real")
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    (x_train, y_train), _ = load_mnist()
    np.testing.assert_array_equal(x_train, images("mnist")["x_train"])
    np.testing.assert_array_equal(y_train, images("mnist")["y_train"])
    _, (x_test, both) = load_cifar100(label_mode="both")
    np.testing.assert_array_equal(x_test, images("cifar100")["x_test"])
    np.testing.assert_array_equal(both[:, 1], images("cifar100")["y_test_coarse"])


def test_the_file_of_cifar100_has_the_agreed_layout(folder):
    assert main([str(folder), "cifar100"]) == 0
    with np.load(folder / "cifar100.npz", allow_pickle=False) as archive:
        data = dict(archive)
    expected = images("cifar100")
    assert sorted(data) == sorted(expected)
    for key, array in expected.items():
        assert data[key].dtype == "uint8"
        np.testing.assert_array_equal(data[key], array)


def test_one_set_and_then_the_other(folder, host, capsys):
    assert main([str(folder), "mnist"]) == 0
    assert names_in(folder) == ["mnist.npz"]
    assert main([str(folder), "mnist", "cifar100"]) == 0
    assert host.asked == ["/mnist", "/cifar100"]
    assert "MNIST: already there\n" in capsys.readouterr().out


def test_a_relative_folder_is_told_in_full(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["images", "mnist"]) == 0
    assert f"COURSE_DATA_DIR='{tmp_path / 'images'}'" in capsys.readouterr().out


@pytest.mark.parametrize("content", [b"", b"<html>"])
def test_a_damaged_file_stays_unless_forced(folder, content, host, capsys):
    folder.mkdir(parents=True)
    (folder / "mnist.npz").write_bytes(content)
    status = main([str(folder), "mnist"])
    assert_failed(
        status,
        capsys,
        folder,
        f"MNIST: mnist.npz in {folder} is damaged or not MNIST (it is not a whole npz file), and "
        "was left as it is: --force replaces it.",
        left=["mnist.npz"],
    )
    assert (folder / "mnist.npz").read_bytes() == content and host.asked == []

    assert main([str(folder), "mnist", "--force"]) == 0
    assert (folder / "mnist.npz").read_bytes() == host.files["/mnist"]


def test_force_does_not_fetch_what_is_there(folder, host):
    assert main([str(folder), "mnist"]) == main([str(folder), "mnist", "--force"]) == 0
    assert host.asked == ["/mnist"]


def test_a_forced_fetch_that_fails_keeps_the_old_file(folder, host):
    folder.mkdir(parents=True)
    (folder / "mnist.npz").write_bytes(b"old")
    host.breaks_off = True
    assert main([str(folder), "mnist", "--force"]) == 1
    assert (folder / "mnist.npz").read_bytes() == b"old"


@pytest.mark.parametrize("name", SOURCES)
def test_a_host_that_breaks_off_halfway(name, folder, host, capsys):
    host.breaks_off = True
    status = main([str(folder), name])
    size = len(host.files[f"/{name}"])
    assert_failed(
        status,
        capsys,
        folder,
        f"{SOURCES[name].name}: the download from 127.0.0.1 failed (retrieval incomplete: got only "
        f"{size // 2} out of {size} bytes).",
    )
    host.breaks_off = False
    assert main([str(folder), name]) == 0
    assert names_in(folder) == [SOURCES[name].file]


@pytest.mark.parametrize("name", SOURCES)
def test_a_wrong_hash(name, folder, host, capsys, monkeypatch):
    host.files[f"/{name}"] = host.files[f"/{name}"][:-1] + b"?"
    if name == "cifar100":  # a pickle is read only after its hash
        monkeypatch.setattr(pickle, "load", lambda *args, **kwargs: pytest.fail("it was read"))
    assert_failed(
        main([str(folder), name]),
        capsys,
        folder,
        f"{SOURCES[name].name}: what 127.0.0.1 sent is not the file that Keras expects.",
    )


def test_one_set_that_fails_does_not_stop_the_other(folder, host, capsys):
    host.files["/mnist"] = b"<html>"
    assert_failed(
        main([str(folder)]),
        capsys,
        folder,
        "MNIST: what 127.0.0.1 sent is not the file that Keras expects.",
        left=["cifar100.npz"],
    )


@pytest.mark.parametrize("name", SOURCES)
def test_what_a_killed_run_has_left_is_cleared_away(name, folder, host):
    fetching = folder / ".fetching"
    fetching.mkdir(parents=True)
    (fetching / SOURCES[name].archive).write_bytes(b"half an archive")
    (fetching / SOURCES[name].file).write_bytes(b"half a file")
    assert main([str(folder), name]) == 0
    assert names_in(folder) == [SOURCES[name].file]
    assert host.asked == [f"/{name}"]


def test_no_network(folder, monkeypatch, capsys):
    refusing = replace(SOURCES["mnist"], url="http://127.0.0.1:1/mnist")
    monkeypatch.setitem(SOURCES, "mnist", refusing)
    assert main([str(folder), "mnist"]) == 1
    (sentence,) = capsys.readouterr().err.splitlines()
    assert sentence.startswith("MNIST: 127.0.0.1 does not answer (") and sentence.endswith(").")
    assert names_in(folder) == []


def test_a_host_that_never_answers(folder, monkeypatch, capsys):
    monkeypatch.setattr(real_images, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listens:
        silent = replace(SOURCES["mnist"], url=f"http://127.0.0.1:{listens.getsockname()[1]}/mnist")
        monkeypatch.setitem(SOURCES, "mnist", silent)
        status = main([str(folder), "mnist"])
    assert_failed(status, capsys, folder, "MNIST: 127.0.0.1 does not answer (timed out).")


def test_a_folder_that_cannot_be_written(folder, monkeypatch, capsys):
    def refuse(path, *args, **kwargs):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", refuse)
    status = main([str(folder), "mnist"])
    sentence = f"MNIST: {folder} cannot be written (Permission denied)."
    assert_failed(status, capsys, folder, sentence)


def test_a_file_in_place_of_the_folder(tmp_path, capsys):
    in_the_way = tmp_path / "images"
    in_the_way.write_text("a file")
    assert main([str(in_the_way), "mnist"]) == 1
    assert f"MNIST: {in_the_way} cannot be written (" in capsys.readouterr().err
    assert in_the_way.read_text() == "a file"


def test_a_disk_that_is_full_while_downloading(folder, monkeypatch, capsys):
    def write_half(fname, origin, cache_dir, **kwargs):
        (Path(cache_dir) / fname).write_bytes(b"PK")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(keras.utils, "get_file", write_half)
    status = main([str(folder), "mnist"])
    sentence = "MNIST: the download from 127.0.0.1 failed (No space left on device)."
    assert_failed(status, capsys, folder, sentence)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full, the disk always full")
def test_a_disk_that_is_full_while_converting(folder, monkeypatch, capsys):
    real_save = np.savez

    def save_to_full_disk(path, **arrays):
        Path(path).symlink_to("/dev/full")
        real_save(path, **arrays)

    monkeypatch.setattr(np, "savez", save_to_full_disk)
    status = main([str(folder), "cifar100"])
    sentence = f"CIFAR-100: {folder} cannot be written (No space left on device)."
    assert_failed(status, capsys, folder, sentence)


def test_an_interruption(folder, monkeypatch, capsys):
    def write_half(fname, origin, cache_dir, **kwargs):
        (Path(cache_dir) / fname).write_bytes(b"PK")
        raise KeyboardInterrupt

    monkeypatch.setattr(keras.utils, "get_file", write_half)
    assert main([str(folder)]) == 130
    assert capsys.readouterr().err == "MNIST: stopped; nothing half-made is left.\n"
    assert names_in(folder) == []


def test_the_file_gets_its_name_only_when_whole(folder, monkeypatch):
    """Killed at any moment before, the folder holds no cifar100.npz: cleaning up is not needed."""
    real_save = np.savez

    def save_and_look(path, **arrays):
        real_save(path, **arrays)
        assert names_in(folder) == [".fetching"]

    monkeypatch.setattr(np, "savez", save_and_look)
    monkeypatch.setattr(shutil, "rmtree", lambda *args, **kwargs: None)
    assert main([str(folder), "cifar100"]) == 0
    assert names_in(folder) == [".fetching", "cifar100.npz"]


def test_an_unknown_set_and_the_help(capsys):
    with pytest.raises(SystemExit) as refused:
        main(["images", "mnits"])
    assert refused.value.code == 2
    assert "there is no set 'mnits': choose from mnist, cifar100" in capsys.readouterr().err
    with pytest.raises(SystemExit) as helped:
        main(["--help"])
    assert helped.value.code == 0
    assert "--force" in capsys.readouterr().out
