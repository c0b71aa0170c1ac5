"""Weights that come in, and weights that go out."""
