from ggtoolbox.registry import DISCRIMINATORS, lazy_room

__getattr__ = lazy_room(DISCRIMINATORS)
