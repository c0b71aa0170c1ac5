"""Where the package lies, and what came with it."""
from __future__ import annotations

from pathlib import Path

import ggtoolbox
from ggtoolbox.errors import InputError

PACKAGE = Path(ggtoolbox.__file__).resolve().parent


def zoo_root() -> Path:
    """The folder that holds ``configs/``, ``tools/``, ``demo/`` and ``model-index.yml``: a checkout, or
    ``.mim`` of an installed package, as in all of OpenMMLab's."""
    installed = PACKAGE / '.mim'
    return installed if installed.is_dir() else PACKAGE.parent


def checkout() -> Path:
    """The folder of a checkout, for what is written into one.

    Raises:
        InputError: the package is installed without.
    """
    if not (PACKAGE.parent / 'setup.py').is_file():
        raise InputError('expected a checkout of ggtoolbox to write into, found the package alone, in '
                         f'{PACKAGE}')
    return PACKAGE.parent
