"""Models with drawn weights that behave like trained ones: pictures with contrast, statistics that fit."""
from pathlib import Path

import torch

from ggtoolbox.apis import load_config
from ggtoolbox.apis.example_batch import example_batch
from ggtoolbox.apis.inference import build_for_test

ROOT = Path(__file__).resolve().parents[2]
TOYWORLD = {path.stem: path for path in sorted((ROOT / 'configs').rglob('*_toyworld-64.py'))}


@torch.no_grad()
def untrained_model(name, options=None):
    """A ToyWorld config's model, its spectral vectors and running statistics settled by three forwards."""
    torch.manual_seed(0)
    cfg = load_config(TOYWORLD[name], options)
    cfg.model.init = dict(method='xavier', gain=1.0)
    if cfg.model.type == 'GestureGAN':  # asks for losses where there are discriminators
        cfg.model.discriminator = cfg.model.guided_discriminator = None
    model = build_for_test(cfg)
    model.cfg = cfg
    batch = example_batch(cfg, 4, device='cpu')
    for _ in range(3):
        model.train().generate(batch)
    return model.eval()
