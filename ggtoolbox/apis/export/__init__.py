"""Generators as programs of other runtimes."""
