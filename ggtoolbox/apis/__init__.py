"""What a user's own script imports (``__init__.pyi`` lists it): each name's file is read when it is first
asked for, so that a command which lists models waits for no Inferencer."""
import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
