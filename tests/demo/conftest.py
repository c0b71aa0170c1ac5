"""Models of the page's tests: built from their configs, with weights that were never trained."""
import sys
from pathlib import Path

import pytest
import torch

from ggtoolbox.apis.config import load_config
from ggtoolbox.registry import MODELS
from ggtoolbox.safe_load import save_safetensors

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / 'demo'))

NAMES = dict(gaugan='gaugan_toyworld-64', sau='gaugan_sau_toyworld-64', hand='gesturegan_toyworld-64',
             figure='xinggan_toyworld-64', face='scgan_toyworld-64', view='selectiongan_toyworld-64')
FOLDERS = dict(gaugan='gaugan', sau='gaugan', hand='gesturegan', figure='xinggan', face='scgan',
               view='selectiongan')


@pytest.fixture(scope='session')
def untrained(tmp_path_factory):
    """Config -> untrained weights, for each of ``NAMES``."""
    folder, checkpoints = tmp_path_factory.mktemp('untrained'), {}
    for kind, name in NAMES.items():
        config = ROOT / 'configs' / FOLDERS[kind] / f'{name}.py'
        settings = load_config(config).model
        settings.losses = None
        torch.manual_seed(0)
        model = MODELS.build(settings)
        # As if trained so far that pictures are neither black nor white.
        path = folder / f'{name}.safetensors'
        save_safetensors(path, model.state_dict(), dict(config=name))
        checkpoints[str(config)] = str(path)
    return checkpoints
