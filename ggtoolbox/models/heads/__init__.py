from ggtoolbox.registry import HEADS, lazy_room

__getattr__ = lazy_room(HEADS)
