"""ggtoolbox: guided image generation in the MMEngine style."""
from .version import __version__

__all__ = ['__version__']
