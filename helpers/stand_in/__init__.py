"""Stand-ins for MNIST and CIFAR-100, drawn by code where the real images cannot be had."""

from helpers.stand_in.colour import draw_colour_images
from helpers.stand_in.digits import draw_digits

__all__ = ["draw_colour_images", "draw_digits"]
