"""Times SelectionGAN++'s multi-scale pooling and channel selection against their plain formulas.

    python benchmarks/channel_selection.py --threads 2 --json channel_selection.json
    python benchmarks/channel_selection.py --steps --sizes 128

One row a size and block, forward and backward: channel selection alone (440 channels), and with it the
pooling in front and the convolution behind (110 channels to 440 and back), for SelectionGAN++ and for
SelectionGAN, which has no channel selection. Before a size is timed, output and all gradients are compared
with the plain formula's; a difference ends the run. With ``--steps``, whole training iterations at full
width with the plain formula and with the fast form instead.
"""
from __future__ import annotations

import functools
from collections.abc import Callable
from unittest.mock import patch

import torch
from _common import compare, parser, print_row, write_rows
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from ggtoolbox.models.layers import channel_selection, multi_scale_pooling
from ggtoolbox.models.layers.channel_selection import ChannelSelection
from ggtoolbox.models.layers.multi_scale_pooling import MultiScaleSelection
from ggtoolbox.ops.selected_convolution import selected_convolution, selected_convolution_reference
from ggtoolbox.registry import MODELS

CHANNELS, SCALES, GAMMA = 110, (1, 4, 9), 0.1
WIDE = CHANNELS * (len(SCALES) + 1)
# (channels that go in, how the block is built); the second is SelectionGAN++'s, the third SelectionGAN's
MULTI_SCALE = functools.partial(MultiScaleSelection, CHANNELS, SCALES)
BLOCKS = {'channel selection': (WIDE, ChannelSelection),
          'pooling, selection, convolution': (CHANNELS, functools.partial(MULTI_SCALE, True)),
          'pooling, convolution': (CHANNELS, functools.partial(MULTI_SCALE, False))}
STEPS = {'step of SelectionGAN++': True, 'step of SelectionGAN': False}
FORMS = {'reference': selected_convolution_reference, 'fast': selected_convolution}
TOLERANCE = 1e-4  # of the largest magnitude; sums over all pixels round


def in_form(form: str, function: Callable[[], object]) -> object:
    """Call ``function`` where the layers use the named form."""
    with patch.object(channel_selection, 'selected_convolution', FORMS[form]), \
            patch.object(multi_scale_pooling, 'selected_convolution', FORMS[form]):
        return function()


class PlainChannelSelection(ChannelSelection):
    """Without the convolution by an identity that stands for none in the fast form."""

    def forward(self, x: Tensor) -> Tensor:
        flat = x.flatten(2)
        energy = flat @ flat.transpose(1, 2)
        attention = (energy.amax(dim=-1, keepdim=True) - energy).softmax(dim=-1)
        return self.gamma * (attention @ flat).view_as(x) + x


def make_inputs(block: str, size: int, batch: int, device: str) -> tuple[nn.Module, Tensor, Tensor]:
    """The block, features in the range that they have behind a ReLU, and the gradient of the output."""
    torch.manual_seed(0)
    channels, build = BLOCKS[block]
    module = build().to(device)
    for name, parameter in module.named_parameters():
        if name.endswith('gamma'):
            nn.init.constant_(parameter, GAMMA)
    x = torch.rand(batch, channels, size, size, device=device) * 0.1
    return module, x.requires_grad_(), torch.randn(batch, channels, size, size, device=device)


def make_run(form: str, block: str, size: int, batch: int, device: str) -> Callable[[], list[Tensor]]:
    """Forward and backward; returns output and gradients."""
    module, x, grad = make_inputs(block, size, batch, device)
    if form == 'reference' and block == 'channel selection':
        module.__class__ = PlainChannelSelection
    wanted = [x, *module.parameters()]

    def run() -> list[Tensor]:
        y = in_form(form, lambda: module(x))
        return [y.detach(), *torch.autograd.grad(y, wanted, grad)]
    return run


def check(block: str, size: int, batch: int, device: str) -> None:
    """Raise unless output and gradients equal the plain formula's."""
    expected, found = (make_run(form, block, size, batch, device)() for form in FORMS)
    for index, (one, other) in enumerate(zip(expected, found)):
        error = ((other - one).abs().max() / one.abs().max()).item()
        if not error <= TOLERANCE:
            raise SystemExit(f'{block} {size}: {f"gradient {index}" if index else "output"} is off by '
                             f'{error:.1e} of the largest')


def make_step(form: str, plus: bool, size: int, batch: int, device: str,
              channels: int = 64) -> Callable[[], dict[str, Tensor]]:
    """A training iteration of SelectionGAN or SelectionGAN++, at full width by default -> its losses."""
    torch.manual_seed(0)
    unet = dict(type='UNetGenerator', num_downsamplings=min(8, size.bit_length() - 1))
    head = dict(type='MultiChannelAttentionSelection', pooling_scales=SCALES, uncertainty='shared',
                channel_selection=plus, pre_activation=None)
    pixel = {name: dict(type='UncertaintyPixelLoss', weight=weight) for name, weight in
             dict(coarse_image=100.0, coarse_guide=1.0, image=200.0, guide=2.0).items()}
    model = MODELS.build(dict(
        type='SelectionGAN',
        generator=dict(type='SelectionGANGenerator', image_generator=dict(unet, channels=channels),
                       semantic_generator=dict(unet, channels=4), head=head),
        discriminator=dict(type='PatchDiscriminator', channels=channels, padding=1,
                           norm='batch', spectral=False),
        losses=dict(adversarial=dict(type='GANLoss', mode='vanilla', discriminator_weight=0.5),
                    total_variation=dict(type='TotalVariationLoss'), **pixel))).to(device).train()
    wrappers = OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.Adam([p for network in networks for p in network.parameters()],
                                              lr=2e-4, betas=(0.5, 0.999)))
        for player, networks in model.players().items()})
    names = ('source_image', 'target_image', 'target_guide')
    data = {name: torch.rand(batch, 3, size, size) * 2 - 1 for name in names}
    return lambda: in_form(form, lambda: model.train_step(data, wrappers))


def main() -> None:
    options = parser(__doc__.splitlines()[0])
    options.add_argument('--sizes', nargs='+', type=int, default=(64, 128, 256), metavar='PIXELS')
    options.add_argument('--batch', type=int, default=1)
    options.add_argument('--blocks', nargs='+', choices=BLOCKS, default=tuple(BLOCKS))
    options.add_argument('--steps', action='store_true', help='time whole training iterations')
    options = options.parse_args()
    torch.set_num_threads(options.threads)
    rows = []
    for size in options.sizes:
        what = (size, options.batch, options.device)
        for name in STEPS if options.steps else options.blocks:
            if options.steps:
                make = functools.partial(make_step, plus=STEPS[name], size=size, batch=options.batch,
                                         device=options.device)
            else:
                check(name, *what)
                make = functools.partial(make_run, block=name, size=size, batch=options.batch,
                                         device=options.device)
            rows.append(compare(name, f'{options.batch} x {size} x {size} {options.device}',
                                functools.partial(make, 'reference'), functools.partial(make, 'fast'),
                                options.device, options.threads, options.seconds))
            print_row(rows[-1])
    write_rows(rows, options.json)


if __name__ == '__main__':
    main()
