"""Reads the pictures that lessons store: an <img> in text/html, which holds its file and words."""

import base64
import html
import re
from typing import NamedTuple

IMAGE = re.compile(
    r'<img src="data:(image/[^;]+);base64,([^"]+)" alt="([^"]*)" width="(\d+)" height="(\d+)"'
)


class StoredPicture(NamedTuple):
    """A picture of a lesson: "image/svg+xml" or "image/png", its file, words and CSS pixels."""

    kind: str
    data: bytes
    alt: str
    width: int
    height: int


def picture_in(output):
    """The picture that an output of a cell shows, or None."""
    found = IMAGE.match(output.get("data", {}).get("text/html", ""))
    if not found:
        return None
    kind, data, alt, *size = found.groups()
    return StoredPicture(kind, base64.b64decode(data), html.unescape(alt), *map(int, size))
