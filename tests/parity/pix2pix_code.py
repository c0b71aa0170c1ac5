"""What the golden cases of the pix2pix / CycleGAN code base (2017, 2018) mean in this toolbox."""
from __future__ import annotations

import torch
from golden import Golden, NotCovered
from torch import Tensor, nn

from ggtoolbox.converters.conversion import Conversion, convert
from ggtoolbox.models.layers.pretrained import load_strictly
from ggtoolbox.models.losses.perceptual import PerceptualLoss
from ggtoolbox.registry import LOSSES


def norm_of(case: Golden, name: str, prefix: str = '') -> dict:
    """Arguments of our networks for the norm that the official options call ``name``; instance norm has
    running statistics where the state lists any."""
    tracked = any(n.startswith(prefix) and n.endswith('running_mean') for n, _ in case.meta['state'])
    return dict(norm=name, track_running_stats=name == 'instance' and tracked)


def unet(options: dict, norm: dict) -> dict:
    """Fewer than 5 halvings are 5 in the official code."""
    return dict(type='UNetGenerator', source_channels=options['input_nc'],
                out_channels=options.get('output_nc', 3), channels=options['ngf'],
                num_downsamplings=max(5, options['num_downs']), dropout=0.0, **norm)


def resnet(options: dict, norm: dict) -> dict:
    padding = options.get('padding_type', 'reflect')
    return dict(type='ResNetGenerator', source_channels=options.get('input_nc', 3),
                out_channels=options.get('output_nc', 3), channels=options['ngf'],
                num_blocks=options['n_blocks'],
                padding_mode='zeros' if padding == 'zero' else padding, **norm)


def patch_discriminator(options: dict, norm: dict, in_channels: int) -> dict:
    channels = options['ndf']
    return dict(type='PatchDiscriminator', in_channels=in_channels, channels=channels,
                num_layers=options.get('n_layers', 3) + 1, max_channels=8 * channels, padding=1,
                spectral=False, bias_before_norm=norm['norm'] == 'instance', **norm)


def pixel_discriminator(options: dict, norm: dict, in_channels: int) -> dict:
    return dict(type='PixelDiscriminator', in_channels=in_channels, channels=options['ndf'], **norm)


def adversarial(options: dict, discriminator_weight: float = 0.5) -> dict:
    return dict(type='GANLoss', mode='least_squares' if options['lsgan'] else 'vanilla',
                discriminator_weight=discriminator_weight)


def load(case: Golden, part: str, network: nn.Module, prefix: str = '',
         family: str = 'pix2pix') -> Conversion:
    """Fill ``network`` with the case's state strictly and put it into the case's mode."""
    official = {name.removeprefix(prefix): value for name, value in case.official_state.items()
                if name.startswith(prefix)}
    conversion = convert(family, official, part, network)
    conversion.check(case.name)
    network.load_state_dict(conversion.state)
    network.train(case.mode.startswith('train'))
    return conversion


def perceptual_loss(case: Golden, weight: float = 1.0, prefix: str = 'vgg.') -> PerceptualLoss:
    """VGG19's loss with the case's weights."""
    loss = LOSSES.build(dict(type='PerceptualLoss', weight=weight,
                             network=dict(type='VGG19', allow_random=True)))
    state = {name.removeprefix(prefix): value for name, value in case.official_state.items()
             if name.startswith(prefix)}
    load_strictly(loss.network, state, case.name, dropped=('features.',))
    return loss


def probe(name: str, value: Tensor) -> dict[str, Tensor]:
    """24 entries of a tensor, evenly spread, and its length."""
    flat = value.detach().flatten()
    return {name: flat[::max(1, len(flat) // 24)][:24], f'{name}.norm': flat.norm()}


def change(new: Tensor, old: Tensor, learning_rate: float) -> Tensor:
    """[sum, sum of squares, mean |new - old| / rate]."""
    new = new.detach().double()
    return torch.stack([new.sum(), new.square().sum(), (new - old).abs().mean() / learning_rate])


def require(condition: bool, what: str) -> None:
    if not condition:
        raise NotCovered(what)
