"""Networks and how they are trained. Whoever builds one may next read a checkpoint by mmengine's means."""
from ggtoolbox import safe_mmengine  # noqa: F401  (mmengine's loaders are replaced)
