from ggtoolbox.registry import BACKBONES, lazy_room

__getattr__ = lazy_room(BACKBONES)
