"""What a user's own script imports."""
from .config import load_config
from .inference import init_model
from .inferencer import Inferencer
from .looking import look_inside
from .running import build_runner, test, train
from .zoo.models import find_model, list_models

__all__ = ['Inferencer', 'build_runner', 'find_model', 'init_model', 'list_models', 'load_config',
           'look_inside', 'test', 'train']
