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

MODELS_OF = dict(gaugan=('gaugan_toyworld-64', 'gaugan_sau_toyworld-64', 'gaugan_vae_toyworld-64'),
                 xinggan=('xinggan_toyworld-64', 'xinggan_toyworld-128'),
                 gesturegan=('gesturegan_toyworld-64',), scgan=('scgan_toyworld-64',),
                 sean=('sean_toyworld-64',),
                 selectiongan=('selectiongan_toyworld-64',), cocosnet=('cocosnet_toyworld-64',),
                 stargan_v2=('stargan_v2_toyworld-64',), stargan=('stargan_toyworld-64',),
                 sketchycoco=('sketchycoco_toyworld-64',),
                 dancegan=('dancegan_motion_toyworld-64', 'dancegan_video_toyworld-64'))


@pytest.fixture(scope='session')
def untrained(tmp_path_factory):
    """Config -> untrained weights, for each of ``MODELS_OF``."""
    folder, checkpoints = tmp_path_factory.mktemp('untrained'), {}
    for system, name in [(system, name) for system, names in MODELS_OF.items() for name in names]:
        config = ROOT / 'configs' / system / f'{name}.py'
        settings = load_config(config).model
        settings.losses = None
        torch.manual_seed(0)
        model = MODELS.build(settings)
        path = folder / f'{name}.safetensors'
        save_safetensors(path, model.state_dict(), dict(config=name))
        checkpoints[str(config)] = str(path)
    return checkpoints
