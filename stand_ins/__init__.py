"""Stand-ins for MNIST and CIFAR-100, drawn by code where the real images cannot be had."""

from stand_ins.colour import draw_colour_images
from stand_ins.digits import draw_digits

__all__ = ["draw_colour_images", "draw_digits"]
