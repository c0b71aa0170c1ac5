"""What the golden cases of the pix2pix / CycleGAN code base (2017, 2018) mean in this toolbox."""
from __future__ import annotations

import torch
from golden import Golden, NotCovered
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from ggtoolbox.converters.conversion import Conversion, convert
from ggtoolbox.models.gans.base import BaseGAN
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


# Official name of a term -> our terms with the factors with which they add up to it.
Terms = dict[str, dict[str, float]]
BUFFERS = ('running_mean', 'running_var', 'num_batches_tracked')


def official_terms(start: str, terms: Terms, found: dict[str, Tensor]) -> dict[str, Tensor]:
    """What the official code logs, as far as our terms make it up."""
    return {f'{start}.{official}': sum(factor * found[ours] for ours, factor in sums.items())
            for official, sums in terms.items() if set(sums) <= set(found)}


def one_turn_each(case: Golden, model: BaseGAN, names: dict[str, str], batch: dict[str, Tensor],
                  terms: Terms) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
    """Losses and gradients of all players without an update, by official names; and the fakes."""
    found, fakes = {}, model.generate(batch)
    for player in model.order():
        generates = player in model.generating_players
        seen = fakes if generates else {name: fake.detach() for name, fake in fakes.items()}
        with model.only(player):
            losses = model.player_losses(player, batch, seen)
            sum(losses.values()).backward()
        found.update(losses)
    results = official_terms('loss', terms, found)
    for output in case.expected:
        if output.startswith('grad') and not output.endswith('.norm'):
            results.update(probe(output, model.get_parameter(names[output.partition('.')[2]]).grad))
    return results, fakes


def two_iterations(case: Golden, model: BaseGAN, names: dict[str, str], batch: dict[str, Tensor],
                   terms: Terms) -> dict[str, Tensor]:
    """The losses of two iterations on one batch, and weights and buffers after the first."""
    rate = case.config['lr']
    wrappers = OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.Adam([p for network in networks for p in network.parameters()],
                                              lr=rate, betas=(case.config['beta1'], 0.999)))
        for player, networks in model.players().items()})
    state = model.state_dict()  # shares its memory with the model
    watched = {output: state[names[output.removeprefix('after.')]]
               for output in case.expected if output.startswith('after.')}
    before = {output: tensor.clone() for output, tensor in watched.items()}
    results = {}
    for step in (1, 2):
        log = model.train_step(batch, wrappers)
        found = {name.rpartition('/loss_')[2]: value for name, value in log.items()}
        results.update(official_terms(f'step{step}', terms, found))
        if step == 1:
            results.update({output: tensor.clone() if output.endswith(BUFFERS) else
                            change(tensor, before[output], rate) for output, tensor in watched.items()})
    return results


def require(condition: bool, what: str) -> None:
    if not condition:
        raise NotCovered(what)
