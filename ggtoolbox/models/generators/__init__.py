from ggtoolbox.registry import GENERATORS, lazy_room

__getattr__ = lazy_room(GENERATORS)
