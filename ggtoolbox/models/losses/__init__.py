from ggtoolbox.registry import LOSSES, lazy_room

__getattr__ = lazy_room(LOSSES)
