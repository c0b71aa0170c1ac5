"""ToyWorld's judges, and every system before them."""
