"""Writes any Keras model out as code: as a list of layers, as a graph, or as a class."""

from helpers.code.writer import SourceCode, as_code

__all__ = ["SourceCode", "as_code"]
