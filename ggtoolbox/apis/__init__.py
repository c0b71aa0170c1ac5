"""What a user's own script imports."""
from .config import load_config
from .running import build_runner, test, train

__all__ = ['build_runner', 'load_config', 'test', 'train']
