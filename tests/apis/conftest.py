"""Fixtures of the tests of apis."""
from inferencers import build_inferencer  # noqa: F401
