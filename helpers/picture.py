"""A picture that knows how to show itself in a notebook, with words for those who cannot see it."""

import base64
import io
from pathlib import Path

import matplotlib.pyplot as plt
from PIL import Image

SCREEN_SCALE = 2  # pixels a point, so that pictures stay sharp on a projector


class Picture:
    """An SVG or a PNG with a text alternative. As a cell's last expression it shows itself.

    Attributes:
        data: The picture: SVG text (str) or the bytes of a PNG file.
        alt: What the picture shows, in words, for screen readers.
        caption: The line that stands for the picture where pictures cannot be shown, and that
            tests compare: the same on every machine and for every data set.
        size: (width, height) in CSS pixels; None lets the browser decide.
    """

    def __init__(self, data, alt, caption, size=None):
        self.data, self.alt, self.caption, self.size = data, alt, caption, size

    @property
    def kind(self):
        """The picture's media type: "image/svg+xml" or "image/png"."""
        return "image/svg+xml" if isinstance(self.data, str) else "image/png"

    def save(self, path):
        """Write the picture to `path` (.svg or .png, as `kind` says) and return the path."""
        data = self.data.encode() if isinstance(self.data, str) else self.data
        Path(path).write_bytes(data)
        return Path(path)

    def __repr__(self):
        return f"<picture: {self.caption}>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = self.data if isinstance(self.data, str) else base64.b64encode(self.data).decode()
        metadata = {"alt": self.alt}
        if self.size:
            metadata |= {"width": self.size[0], "height": self.size[1]}
        return {self.kind: data, "text/plain": repr(self)}, {self.kind: metadata}


def picture_of(figure, alt, caption, colours=128):
    """Turn a matplotlib figure into a `Picture`, a palette PNG of a few kilobytes, and close it.

    Args:
        figure: The matplotlib `Figure`.
        alt, caption: See `Picture`.
        colours: The size of the palette, 2 to 256.
    """
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=72 * SCREEN_SCALE, facecolor="white")
    plt.close(figure)
    image = Image.open(file).convert("RGB")
    file = io.BytesIO()
    palette = image.quantize(colours, dither=Image.Dither.NONE)
    palette.save(file, format="png", optimize=True)
    width, height = image.width // SCREEN_SCALE, image.height // SCREEN_SCALE
    return Picture(file.getvalue(), alt, caption, (width, height))
