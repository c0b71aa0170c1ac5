"""What a config may say, read from signatures and docstrings."""
