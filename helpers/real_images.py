"""Real images: where they may lie, what they must look like, and how they are fetched.

MNIST is by Y. LeCun, C. Cortes and C. Burges; CIFAR-100 is by A. Krizhevsky, "Learning Multiple
Layers of Features from Tiny Images", 2009.
"""

import hashlib
import os
import pickle
import queue
import socket
import tarfile
import tempfile
import threading
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from helpers.errors import CourseError

import keras
import numpy as np

PATIENCE = 5  # seconds for a host to answer, and again for each piece of a download


@dataclass(frozen=True)
class Source:
    """Where a data set comes from, and what its arrays must look like."""

    name: str
    file: str  # its name in the folder of COURSE_DATA_DIR
    archive: str  # its name in Keras's cache
    url: str
    sha256: str  # of the archive
    counts: dict[str, int]
    image_shape: tuple[int, ...]
    classes: dict[str, int]  # for each kind of labels, the end of their key, how many classes


# Addresses and hashes are those in Keras's own `load_data`; a test compares them.
SOURCES = {
    "mnist": Source(
        name="MNIST",
        file="mnist.npz",
        archive="mnist.npz",
        url="https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
        sha256="731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
        counts={"train": 60_000, "test": 10_000},
        image_shape=(28, 28),
        classes={"": 10},
    ),
    "cifar100": Source(
        name="CIFAR-100",
        file="cifar100.npz",
        archive="cifar-100-python-target_archive",
        url="https://www.cs.toronto.edu/~kriz/cifar-100-python.tar.gz",
        sha256="85cd44d02ba6437773c5bbd22e183051d648de2e7d6b014e1ef29b855ba677a7",
        counts={"train": 50_000, "test": 10_000},
        image_shape=(32, 32, 3),
        classes={"_fine": 100, "_coarse": 20},
    ),
}


class NotThere(CourseError):
    """A place has no such file, which is no fault as long as another place has it."""


def find_real_images(source: Source):
    """The real arrays or None, the place that has them, and what was wrong with the others."""
    wanted = os.environ.get("COURSE_DATA") or "auto"
    if wanted not in ("auto", "real", "stand-in"):
        raise CourseError(
            f"The environment variable COURSE_DATA is {wanted!r}: set it to 'auto', 'real' or "
            "'stand-in', or remove it."
        )
    if wanted == "stand-in":
        return None, None, ["COURSE_DATA asks for them"]
    failures, notes = [], []
    for place, read in (
        ("from the folder in COURSE_DATA_DIR", _from_folder),
        ("from Keras's cache", _from_cache),
        ("downloaded by Keras", _from_network),
    ):
        try:
            return read(source), place, notes
        except CourseError as failure:
            failures.append(f"  {len(failures) + 1}. {failure}.")
            if not isinstance(failure, NotThere):
                notes.append(str(failure))
    if wanted == "auto":
        return None, None, notes
    raise CourseError(
        "\n".join(
            [f"COURSE_DATA is 'real', and no real {source.name} images are there:", *failures]
        )
        + "\nFetch them where there is internet, with `python -m helpers.fetch FOLDER`, and set "
        "COURSE_DATA_DIR to that folder; or remove COURSE_DATA, and the course draws stand-ins."
    )


def _from_folder(source: Source) -> dict[str, np.ndarray]:
    folder = os.environ.get("COURSE_DATA_DIR")
    if not folder:
        raise NotThere("COURSE_DATA_DIR is not set")
    try:
        return read_arrays(source, Path(folder).expanduser() / source.file)
    except NotThere as failure:  # worth telling, as the reader pointed to it
        raise CourseError(f"{failure}, the folder in COURSE_DATA_DIR") from None


def _keras_cache() -> Path:
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "datasets"


def _from_cache(source: Source) -> dict[str, np.ndarray]:
    path = _keras_cache() / source.archive
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        raise NotThere(f"there is no {path.name} in {path.parent}, Keras's cache") from None
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({in_words(error)})") from None
    if sha256 != source.sha256:
        raise CourseError(f"{path} is damaged (delete it to have it fetched again)")
    return read_arrays(source, path)


def _from_network(source: Source) -> dict[str, np.ndarray]:
    path = _keras_cache() / source.archive
    if os.path.lexists(path):  # Keras would replace it, and lose it if the download fails
        raise NotThere(f"nothing was downloaded, to leave {path} alone")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".fetching-", dir=path.parent) as fetching:
            download(source, Path(fetching)).replace(path)
    except OSError as error:
        raise CourseError(f"{path.parent} cannot be written ({in_words(error)})") from None
    return read_arrays(source, path)


def download(source: Source, folder: Path) -> Path:
    """Have Keras download a data set's archive into a folder, and check its hash.

    Raises:
        CourseError: the host does not answer, or the download fails.
    """
    host = urlsplit(source.url).hostname
    _knock(source.url, host)
    usual = socket.getdefaulttimeout()
    socket.setdefaulttimeout(PATIENCE)
    try:
        path = keras.utils.get_file(
            source.archive,
            source.url,
            file_hash=source.sha256,
            cache_dir=folder,
            cache_subdir="",
        )
    except ValueError:
        raise CourseError(f"what {host} sent is not the file that Keras expects") from None
    except Exception as error:  # Keras raises a bare Exception while it handles the telling one
        cause = error if isinstance(error, OSError) else error.__context__ or error
        raise CourseError(f"the download from {host} failed ({in_words(cause)})") from None
    finally:
        socket.setdefaulttimeout(usual)
    return Path(path)


def _knock(url: str, host: str) -> None:
    """Make sure that a host answers; in a thread, as looking up its name can take minutes."""
    problems = queue.SimpleQueue()

    def ask():
        try:
            request = urllib.request.Request(url, method="HEAD")
            urllib.request.urlopen(request, timeout=PATIENCE).close()
            problems.put(None)
        except urllib.error.HTTPError:
            problems.put(None)  # a refusal is an answer too, and the download will tell
        except Exception as error:
            problems.put(in_words(error))

    threading.Thread(target=ask, daemon=True).start()
    try:
        problem = problems.get(timeout=PATIENCE)
    except queue.Empty:
        problem = "timed out"
    if problem:
        raise CourseError(f"{host} does not answer ({problem})")


def read_arrays(source: Source, path: Path) -> dict[str, np.ndarray]:
    """Read a data set from its npz file, or from CIFAR-100's archive, and check it.

    The archive holds pickles, and those can run code: check its hash first.

    Raises:
        NotThere: there is no such file.
        CourseError: it cannot be read, is damaged, or holds something else.
    """
    try:
        with path.open("rb") as file:
            data = _read_npz(file) if path.suffix == ".npz" else _read_cifar100(file)
        return _checked(source, data)
    except (FileNotFoundError, NotADirectoryError):
        raise NotThere(f"there is no {path.name} in {path.parent}") from None
    except OSError as error:
        raise CourseError(f"{path} cannot be read ({in_words(error)})") from None
    except Exception as error:  # a damaged file can fail in any way
        raise CourseError(
            f"{path.name} in {path.parent} is damaged or not {source.name} ({in_words(error)})"
        ) from None


def _read_npz(file) -> dict[str, np.ndarray]:
    if not zipfile.is_zipfile(file):
        raise ValueError("it is not a whole npz file")
    file.seek(0)
    with np.load(file, allow_pickle=False) as archive:
        return dict(archive)


def _read_cifar100(file) -> dict[str, np.ndarray]:
    data = {}
    with tarfile.open(fileobj=file) as archive:
        for part in ("train", "test"):
            batch = pickle.load(archive.extractfile(f"cifar-100-python/{part}"), encoding="bytes")
            pixels = batch[b"data"].reshape(-1, 3, 32, 32)  # colour first, and TensorFlow's is last
            data[f"x_{part}"] = np.ascontiguousarray(pixels.transpose(0, 2, 3, 1))
            for kind in ("fine", "coarse"):
                data[f"y_{part}_{kind}"] = np.array(batch[f"{kind}_labels".encode()], "uint8")
    return data


def _checked(source: Source, data: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays of a data set, and no others; ValueError where one is not as it must be."""
    checked = {}
    for part, count in source.counts.items():
        wanted = {f"x_{part}": ((count, *source.image_shape), 255)}
        wanted |= {f"y_{part}{kind}": ((count,), n - 1) for kind, n in source.classes.items()}
        for key, (shape, top) in wanted.items():
            if key not in data:
                raise ValueError(f"it has no {key}")
            array = checked[key] = data[key]
            if array.dtype != "uint8" or array.shape != shape:
                raise ValueError(f"{key} is {array.dtype} {array.shape}, not uint8 {shape}")
            if array.max() > top:
                raise ValueError(f"{key} goes up to {array.max()}, not {top}")
    return checked


def in_words(error: BaseException) -> str:
    """The reason inside an error, on one line."""
    error = getattr(error, "reason", error)
    return " ".join(str(getattr(error, "strerror", None) or error or "no reason given").split())
