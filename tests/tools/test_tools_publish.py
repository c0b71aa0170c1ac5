import json

import pytest
import torch
from in_process import ROOT, run

from ggtoolbox.apis import load_config
from ggtoolbox.fetching import file_sha256
from ggtoolbox.registry import MODELS

CONFIG = ROOT / 'configs/cyclegan/cyclegan_toyworld-64.py'
FEW_IMAGES = ('--cfg-options', 'test_dataloader.num_workers=0', 'test_dataloader.persistent_workers=False',
              'test_dataloader.dataset.length=3')


def test_published_weights_have_the_figures_of_the_checkpoint(tmp_path):
    """To the rounding of float16, and without the networks that were left out."""
    torch.manual_seed(0)
    checkpoint = tmp_path / 'iter_3.pth'
    torch.save(dict(state_dict=MODELS.build(load_config(CONFIG).model).state_dict()), checkpoint)
    said = run('model_converters/publish.py', checkpoint, '--config', CONFIG, '--out', tmp_path)
    published = next(tmp_path.glob('*.safetensors'))
    assert said.startswith(f'{published}: generator; ') and file_sha256(published) in said
    figures = []
    for file in (checkpoint, published):
        run('test.py', CONFIG, file, '--out', tmp_path / file.stem, '--work-dir', tmp_path, *FEW_IMAGES)
        figures.append(json.loads((tmp_path / file.stem / 'metrics.json').read_text())['metrics'])
    assert figures[0].keys() == figures[1].keys() and len(figures[0]) > 1
    assert figures[1] == pytest.approx(figures[0], rel=2e-3)
