"""A picture that knows how to show itself in a notebook, with words for those who cannot see it."""

import base64
import html
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
        metadata = {"alt": self.alt}
        if self.size:
            metadata |= {"width": self.size[0], "height": self.size[1]}
        data = self.data if isinstance(self.data, str) else self._encoded()
        bundle = {self.kind: data, "text/html": self._repr_html_(), "text/plain": repr(self)}
        return bundle, {self.kind: metadata}

    def _repr_html_(self):
        """The picture with its words, for JupyterLab, which reads no `alt` from the metadata.

        Lessons are stored without it (see tests/refresh.py), or each picture would be there twice.
        """
        words = f'alt="{html.escape(self.alt)}" style="max-width: 100%; height: auto"'
        size = ' width="{}" height="{}"'.format(*self.size) if self.size else ""
        return f'<img src="data:{self.kind};base64,{self._encoded()}" {words}{size}>'

    def _encoded(self):
        data = self.data.encode() if isinstance(self.data, str) else self.data
        return base64.b64encode(data).decode()


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
