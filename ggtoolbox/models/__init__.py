"""Networks and how they are trained. Whoever builds one may read a checkpoint next, by mmengine's means, too."""
from ggtoolbox import safe_mmengine  # noqa: F401  (mmengine's loaders are replaced)
