"""Data that are written as data sets lie on disk."""
