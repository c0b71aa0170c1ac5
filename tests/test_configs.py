"""Every config in the repository means what it says."""
from pathlib import Path

import pytest
import torch

from ggtoolbox.apis import load_config
from ggtoolbox.registry import MODELS

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = sorted(p for p in (ROOT / 'configs').rglob('*.py') if '_base_' not in p.parts)

# Generator and discriminator of each paper config, exactly. Cityscapes, ADE20K, COCO-Stuff and Facades
# are the released networks' counts; the rows of Table 12 are printed there in millions, in brackets.
PARAMETERS = {
    'gaugan_cityscapes-512x256': (93_048_003, 5_601_410),
    'gaugan_ade20k-256': (96_492_483, 5_836_930),
    'gaugan_coco_stuff-256': (97_480_899, 5_904_514),
    'gaugan_facades-256': (92_359_107, 5_554_306),
    'gaugan_vae_ade20k-256': (111_942_595, 5_836_930),
    'gaugan_sau_cityscapes-512x256': (93_401_939, 5_601_410),
    'gaugan_b1_nearest_cityscapes-512x256': (93_048_003, 5_601_410),  # 93.0
    'gaugan_b2_bilinear_cityscapes-512x256': (93_048_003, 5_601_410),  # 93.0
    'gaugan_b3_bicubic_cityscapes-512x256': (93_048_003, 5_601_410),  # 93.0
    'gaugan_b4_deconvolution_cityscapes-512x256': (98_620_483, 5_601_410),  # 98.6
    'gaugan_b5_pixel_shuffle_cityscapes-512x256': (143_190_723, 5_601_410),  # 143.2
    'gaugan_b8_sau_cityscapes-512x256': (93_401_939, 5_601_410),  # 93.4
}
PRINTED = {'b1': 93.0, 'b2': 93.0, 'b3': 93.0, 'b4': 98.6, 'b5': 143.2, 'b6': 97.4, 'b7': 93.1, 'b8': 93.4}


def count(module):
    return sum(p.numel() for p in module.parameters())


def build(path):
    cfg = load_config(path)
    cfg.model.losses.perceptual = None  # its weights are a download
    with torch.device('meta'):
        return MODELS.build(cfg.model), cfg


@pytest.mark.parametrize('path', CONFIGS, ids=lambda path: path.stem)
def test_it_loads_builds_and_its_parts_fit(path):
    model, _ = build(path)
    condition = model.num_classes + int(model.generator.edge)
    first = next(model.discriminator.parameters())
    assert first.shape[1] == condition + 3
    if path.stem in PARAMETERS:
        assert (count(model.generator), count(model.discriminator)) == PARAMETERS[path.stem]


@pytest.mark.parametrize('path', [p for p in CONFIGS if p.parent.name == 'ablations' and '_b' in p.stem],
                         ids=lambda path: path.stem)
def test_table_12_counts_parameters(path):
    model, _ = build(path)
    row = path.stem.split('_')[1]
    assert round(count(model.generator) / 1e6, 1) == PRINTED[row]


def test_every_named_config_exists():
    assert set(PARAMETERS) <= {path.stem for path in CONFIGS}


def test_a_pure_python_config_loads(tmp_path):
    (tmp_path / 'lazy.py').write_text(
        'from mmengine.config import read_base\n'
        'from ggtoolbox.models.gans.gaugan import GauGAN\n'
        'from ggtoolbox.models.generators.spade import SPADEGenerator\n'
        'default_scope = "ggtoolbox"\n'
        'model = dict(type=GauGAN, generator=dict(type=SPADEGenerator, num_classes=3, channels=2,\n'
        '             image_size=(32, 32), num_upsamplings=5))\n')
    model = MODELS.build(load_config(tmp_path / 'lazy.py').model)
    assert type(model).__name__ == 'GauGAN' and type(model.generator).__name__ == 'SPADEGenerator'
