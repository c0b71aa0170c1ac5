"""A config as text, formatted once: mmengine does it anew for each checkpoint, which takes most of a second.

Importing this module puts a memory before ``Config.pretty_text`` for the whole process.
"""
from __future__ import annotations

from mmengine.config import Config

_KEPT = 8  # texts; a run has two or three
_texts: dict[str, str] = {}
_format = Config.pretty_text.fget


def _remembered(config: Config) -> str:
    key = repr(config._cfg_dict)
    if key not in _texts:
        _texts[key] = _format(config)
        if len(_texts) > _KEPT:
            del _texts[next(iter(_texts))]
    return _texts[key]


Config.pretty_text = property(_remembered, doc=Config.pretty_text.__doc__)
