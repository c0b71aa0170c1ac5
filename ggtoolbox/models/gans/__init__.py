from ggtoolbox.registry import MODELS, lazy_room

__getattr__ = lazy_room(MODELS)
