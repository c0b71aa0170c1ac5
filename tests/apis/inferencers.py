"""Inferencers of small systems with random weights, each drawn once."""
import functools
from pathlib import Path

import pytest
import torch
from mmengine.dataset import default_collate

from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.inferencer import Inferencer
from ggtoolbox.registry import DATASETS, MODELS

ROOT = Path(__file__).resolve().parents[2]
STREET = 'gaugan/gaugan_sau_toyworld-64'
FACE = 'scgan/scgan_toyworld-64'
HAND = 'gesturegan/gesturegan_toyworld-64'
FIGURE = 'xinggan/xinggan_toyworld-64'
VIEWS = 'selectiongan/selectiongan_toyworld-64'
LATENT = 'wgan_gp/wgan_gp_toyworld-64'
PIX2PIX = 'pix2pix/pix2pix_toyworld-64'
CONDITIONAL = 'ccfpse/ccfpse_toyworld-64'
TINY = {
    STREET: {'channels': 4, 'norm_hidden_channels': 4},
    VIEWS: {'image_generator.channels': 4},
    FIGURE: {'channels': 8},
    HAND: {'channels': 4},
    'c2gan/c2gan_toyworld-64': {'channels': 4},
    PIX2PIX: {'channels': 4},
    FACE: {'channels': 4},
    LATENT: {'channels': 4},
    'lggan/lggan_toyworld-64': {'channels': 4},
    'lggan/lggan_cross_view_toyworld-64': {'channels': 4, 'global_generator.channels': 4},
    CONDITIONAL: {'channels': 2, 'hidden_channels': 4, 'latent_dim': 4},
    'sean/sean_toyworld-64': {'channels': 2, 'style_channels': 6, 'norm_hidden_channels': 4},
    'pix2pixhd/pix2pixhd_encoder_toyworld-64': {'channels': 4},
    'stargan_v2/stargan_v2_toyworld-64': {'channels': 4, 'max_channels': 8, 'style_channels': 4},
    'cocosnet/cocosnet_toyworld-64': {'channels': 2, 'norm_hidden_channels': 4},
}


@functools.cache
def trained(name, root):
    """A config and a checkpoint of random weights, none of which is zero."""
    exemplars = '.dataset' if name.startswith('cocosnet') else ''  # of which each sample has one
    cfg = load_config(ROOT / f'configs/{name}.py', {
        **{f'model.generator.{key}': value for key, value in TINY.get(name, {}).items()},
        f'test_dataloader.dataset{exemplars}.length': 3, 'test_dataloader.num_workers': 0,
        'test_dataloader.persistent_workers': False})
    torch.manual_seed(0)
    settings = cfg.model.copy()
    settings.losses = None
    model = MODELS.build(settings)
    for parameter in model.generator.parameters():
        if parameter.dim() > 1:
            torch.nn.init.xavier_normal_(parameter)
    if name in (STREET, CONDITIONAL):  # whose features grow without bounds, unless their statistics are known
        batch = default_collate([DATASETS.build(cfg.test_dataloader.dataset)[i] for i in range(3)])
        with torch.no_grad():
            for _ in range(20):
                model.generate(batch)
    path = root / f'{name.split("/")[1]}.pth'
    torch.save(dict(state_dict=model.state_dict(), meta={}), path)
    return cfg, str(path)


@pytest.fixture
def build_inferencer(tmp_path_factory):
    root = tmp_path_factory.getbasetemp()

    def build(name=STREET, **more):
        return Inferencer(*trained(name, root), device='cpu', **more)
    build.config = lambda name: trained(name, root)
    return build


def scene(inferencer, number=0):
    """A sample of the config's test data, before its pipeline."""
    settings = {**inferencer.cfg.test_dataloader.dataset, 'pipeline': []}
    return DATASETS.build(settings)[number]
