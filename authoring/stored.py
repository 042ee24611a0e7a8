"""Reads the pictures that lessons store: an <img> in text/html, which holds its file and words."""

import base64
import html
import io
import re
from typing import NamedTuple

from PIL import Image, ImageChops

IMAGE = re.compile(
    r'<img src="data:(image/[^;]+);base64,([^"]+)" alt="([^"]*)" width="(\d+)" height="(\d+)"'
)
PLACES = re.compile(r' (?:d|points|transform|viewBox|width|height|x|y)="([^"]*)"')
NEAR = 3  # pixels by which another Graphviz, or another font, may move what a drawing shows


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


def shows_the_same(one, other):
    """Whether two pictures of lessons show the same: what differs is how their files are written.

    That is, photos and plots in every pixel; drawings in all their words, lines and colours, and
    nearly in their places.
    """
    if (one.kind, one.alt) != (other.kind, other.alt):
        return False
    if one.kind == "image/png":
        images = [Image.open(io.BytesIO(each.data)).convert("RGB") for each in (one, other)]
        same_size = images[0].size == images[1].size
        return same_size and ImageChops.difference(*images).getbbox() is None
    texts = [each.data.decode() for each in (one, other)]
    numbers = [re.findall(r"-?[\d.]+", " ".join(PLACES.findall(text))) for text in texts]
    return (
        PLACES.sub("", texts[0]) == PLACES.sub("", texts[1])
        and len(numbers[0]) == len(numbers[1])
        and all(abs(float(a) - float(b)) <= NEAR for a, b in zip(*numbers, strict=True))
    )
