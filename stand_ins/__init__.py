"""Stand-ins for MNIST and CIFAR-100, drawn by code where the real images cannot be had.

What they look like stands in two data files: digits.toml has the strokes of the digits, colour.toml
the colours and measures of the photos, whose shapes are in templates.py.
"""
