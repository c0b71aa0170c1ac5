from ggtoolbox.registry import UPSAMPLERS, lazy_room

__getattr__ = lazy_room(UPSAMPLERS)
