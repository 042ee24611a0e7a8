"""CIFAR-100's archive as its author packed it, made for tests from small arrays."""

import io
import pickle
import tarfile


def cifar100_archive(data):
    """The archive as A. Krizhevsky packed it: pickles of flat images, colour first."""
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for part in ("train", "test"):
            batch = {
                b"data": data[f"x_{part}"].transpose(0, 3, 1, 2).reshape(-1, 3072),
                b"fine_labels": data[f"y_{part}_fine"].tolist(),
                b"coarse_labels": data[f"y_{part}_coarse"].tolist(),
            }
            pickled = pickle.dumps(batch, protocol=2)
            info = tarfile.TarInfo(f"cifar-100-python/{part}")
            info.size = len(pickled)
            archive.addfile(info, io.BytesIO(pickled))
    return file.getvalue()
