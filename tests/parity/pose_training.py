"""One iteration of the pose transfer code base (XingGAN, BiGraphGAN, PATN), by our training classes."""
from __future__ import annotations

import argparse

import pose_code
import torch
from golden import Golden
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.layers.pretrained import load_strictly
from ggtoolbox.registry import LOSSES, MODELS

LEARNING_RATE = 2e-4
NETWORKS = {'netG.': 'generator', 'netG1.': 'generator.first_stage', 'netG2.': 'generator.head',
            'netD_PP.': 'appearance_discriminator', 'netD_PB.': 'shape_discriminator'}
VGG_LAYERS = {1: 'relu1_1', 3: 'relu1_2', 6: 'relu2_1', 8: 'relu2_2', 11: 'relu3_1', 13: 'relu3_2'}


def options_of(case: Golden) -> argparse.Namespace:
    """What the released training command, with its defaults, says of networks and losses."""
    parser = argparse.ArgumentParser()
    for name, default in (('GAN', 5.0), ('A', 10.0), ('B', 10.0)):
        parser.add_argument(f'--lambda_{name}', type=float, default=default)
    parser.add_argument('--no_lsgan', action='store_true')
    parser.add_argument('--norm', default='batch')
    parser.add_argument('--pool_size', type=int, default=50)
    parser.add_argument('--perceptual_layers', type=int, default=3)
    parser.add_argument('--percep_is_l1', type=int, default=1)
    return parser.parse_known_args(case.config['options'].split())[0]


def discriminator(in_channels: int, channels: int, norm: str, **more: int) -> dict:
    return dict(type='ResidualDiscriminator', in_channels=in_channels, channels=channels, norm=norm, **more)


def perceptual_config(layer: int, weight: float, squared: bool = False) -> dict:
    """``layer`` counts VGG19's layers with its activations, from 0."""
    network = dict(type='VGG19', layers=(VGG_LAYERS[layer],), normalise=True, allow_random=True)
    return dict(type='PerceptualLoss', weight=weight, network=network, layer_weights=(1.0,), squared=squared)


def load_vgg(case: Golden, loss: nn.Module) -> None:
    load_strictly(loss.network, pose_code.state_of(case, 'vgg.'), case.name)


def pixel_losses(case: Golden, weight: float, perceptual_weight: float, layer: int,
                 squared: bool) -> tuple[nn.Module, nn.Module]:
    """L1 and perceptual loss with the case's weights."""
    perceptual = LOSSES.build(perceptual_config(layer, perceptual_weight, squared))
    load_vgg(case, perceptual)
    return LOSSES.build(dict(type='L1Loss', weight=weight)), perceptual


def build(case: Golden, family: str, generator: dict) -> tuple[BaseGAN, dict[str, str]]:
    """The training class with the case's weights, and official name -> name in it."""
    options, channels = options_of(case), case.config['ndf']
    image, guide = case.inputs['image1'].shape[1], case.inputs['pose1'].shape[1]
    generator = dict(generator, num_blocks=case.config['n_blocks'], norm=options.norm)
    losses = dict(
        adversarial=dict(type='GANLoss', mode='vanilla' if options.no_lsgan else 'least_squares',
                         weight=options.lambda_GAN / 2, discriminator_weight=options.lambda_GAN / 2),
        pixel=dict(type='L1Loss', weight=options.lambda_A),
        perceptual=perceptual_config(options.perceptual_layers, options.lambda_B, not options.percep_is_l1))
    kind = dict(type='PoseTransferGAN', generator=dict(generator, guide_channels=guide))
    if family == 'patn':
        kind = dict(type='PoseSelectionGAN', generator=dict(
            type='PoseSelectionGenerator', guide_channels=guide, first_stage=generator))
        losses.update(uncertainty=dict(type='UncertaintyPixelLoss', weight=options.lambda_A, plain=False),
                      total_variation=dict(type='TotalVariationLoss'), ssim=dict(type='SSIMLoss'))
    model = MODELS.build(dict(
        kind, losses=losses, pool_size=options.pool_size,
        appearance_discriminator=discriminator(2 * image, channels, options.norm),
        shape_discriminator=discriminator(image + guide, channels, options.norm)))
    names = {}
    for prefix, part in NETWORKS.items():
        if pose_code.state_of(case, prefix):
            conversion = pose_code.load(case, family, part, model.get_submodule(part), prefix)
            names.update({f'{prefix}{theirs}': f'{part}.{ours}' for theirs, ours in conversion.names.items()})
    load_vgg(case, model.losses['perceptual'])
    return model, names


def official_terms(case: Golden, family: str, terms: dict[str, Tensor]) -> dict[str, Tensor]:
    """The released code's log; for two stages it has 4 times the final image's loss of each discriminator."""
    half = options_of(case).lambda_GAN / 2
    adversarial = {name: terms[f'adversarial_{name}'] for name in ('appearance', 'shape')}
    pixel = terms['pixel'] + terms.get('uncertainty', 0)
    log = dict(G_GAN_PP=adversarial['appearance'] / half, G_GAN_PB=adversarial['shape'] / half,
               pair_GANloss=sum(adversarial.values()), origin_L1=pixel, perceptual=terms['perceptual'],
               pair_L1loss=pixel + terms['perceptual'],
               total_G=sum(value for name, value in terms.items() if not name.startswith('D_')))
    stages = {'': 1} if family != 'patn' else {'_image': 4, '_coarse_image': 1}
    for name in ('D_PP', 'D_PB'):
        log[name] = sum(weight * (terms[f'{name}.real{stage}'] + terms[f'{name}.fake{stage}'])
                        for stage, weight in stages.items())
    for official, ours in (('tv', 'total_variation'), ('ssim', 'ssim')):
        if ours in terms:
            log[official] = terms[ours]
    return {f'loss.{name}': value for name, value in log.items()}


def sums(value: Tensor) -> Tensor:
    """[sum, sum of squares]."""
    value = value.detach().double()
    return torch.stack([value.sum(), value.square().sum()])


def step(case: Golden, family: str, generator: dict) -> dict[str, Tensor]:
    model, names = build(case, family, generator)
    batch = dict(source_image=case.inputs['image1'], target_image=case.inputs['image2'],
                 source_guide=case.inputs['pose1'], target_guide=case.inputs['pose2'])
    wrappers = OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.Adam(networks[0].parameters(), lr=LEARNING_RATE, betas=(0.5, 0.999)))
        for player, networks in model.players().items()})
    results, fakes = {}, {}
    watched = {official: model.get_parameter(names[official]) for official in names
               if f'after.{official}' in case.expected}
    before = {official: parameter.detach().clone() for official, parameter in watched.items()}
    for official, parameter in watched.items():
        parameter.register_post_accumulate_grad_hook(
            lambda p, official=official: results.update({f'grad.{official}': sums(p.grad)}))
    model.generator.register_forward_hook(lambda _module, _given, outputs: fakes.update(outputs))
    log = model.train_step(batch, wrappers)

    players = dict(appearance_discriminator='D_PP.', shape_discriminator='D_PB.', generator='')
    terms = {}
    for name, value in log.items():
        player, _, term = name.partition('/loss_')
        terms[f'{players[player]}{term}'] = value
    results.update(official_terms(case, family, terms))
    for official, parameter in watched.items():
        results[f'after.{official}'] = sums(parameter)
        results[f'delta.{official}'] = sums((parameter.detach() - before[official]) / LEARNING_RATE)
    for output in case.expected:
        if output.startswith('buffer.'):
            results[output] = model.get_buffer(names[output.removeprefix('buffer.')])
    results['fake'] = fakes['image']
    if 'coarse_image' in fakes:
        results['fake_first'] = fakes['coarse_image']
        results['uncertainty'] = fakes['uncertainty'].expand(-1, 3, -1, -1)
    return results
