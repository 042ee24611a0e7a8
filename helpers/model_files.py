"""What is wrong with a file that should hold a saved model? Keras often does not say."""

import zipfile
from pathlib import Path

from helpers.notebook import CourseError

import h5py

HDF5_START, ZIP_START = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"


def check_file(path) -> Path:
    """Return the path of a saved model if the file is whole, and say what is wrong if it is not.

    It looks at the file alone and runs nothing of it. For a `.keras` file, a zip archive, it
    compares every part with its checksum; for `.weights.h5`, an HDF5 file without checksums, it has
    the HDF5 library open it, which notices a missing end but not a changed number.

    Sources: https://keras.io/guides/serialization_and_saving/ for what is in a `.keras` file,
    https://docs.hdfgroup.org/hdf5/v1_14/_f_m_t3.html for how an HDF5 file begins.

    Args:
        path: Where the file lies; its name ends in `.keras` or `.weights.h5`.

    Raises:
        CourseError: There is no such file, it is damaged, or it is something else.
    """
    path = Path(path)
    if not path.name.endswith((".keras", ".weights.h5")):
        raise CourseError(f"{path.name} should end in .keras or .weights.h5: Keras goes by that.")
    if not path.is_file():
        raise CourseError(f"There is no file {path.name} in the folder {path.parent.name or '.'}.")
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise CourseError(f"{path.name} is empty: save or fetch it again.")
    expected = ZIP_START if path.suffix == ".keras" else HDF5_START
    if not start.startswith(expected):
        raise CourseError(f"{path.name} is not what its name says: it {_kind(start)}.")
    damage = _damage_of_zip(path) if path.suffix == ".keras" else _damage_of_hdf5(path)
    if damage:
        raise CourseError(f"{path.name} {damage}")
    return path


def _kind(start):
    """What a file that begins with these bytes seems to be."""
    if start.startswith(HDF5_START):
        return "holds weights (HDF5), and belongs into a .weights.h5 file"
    if start.startswith(ZIP_START):
        return "is a zip archive, as .keras files are"
    if start.lstrip().startswith(b"<"):
        return "begins like a web page, such as a server sends when it has no such file"
    return "begins as no saved model does"


def _damage_of_zip(path):
    again = "save or fetch it again."
    try:
        with zipfile.ZipFile(path) as archive:
            if "config.json" not in archive.namelist():
                return "is a zip archive, but no Keras model is in it."
            damaged = archive.testzip()
    except zipfile.BadZipFile:  # its table of contents is at the end
        return f"is cut short: its end is missing, so {again}"
    return damaged and f"is damaged: {damaged} in it has changed since it was saved, so {again}"


def _damage_of_hdf5(path):
    try:
        with h5py.File(path) as file:
            return None if "vars" in file else "holds no weights that Keras has saved."
    except OSError as error:
        if "truncated" in str(error):
            return "is cut short: its end is missing, so save or fetch it again."
        return "is damaged: save or fetch it again."
