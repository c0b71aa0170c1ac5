"""MaskGAN (switchablenorms/CelebAMask-HQ, MaskGAN_demo)."""
from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import nvlabs
import nvlabs_training
import torch
from golden import Golden, NotCovered
from torch import Tensor, nn

from ggtoolbox.converters.maskgan import (
    drop_dummies,
    rename_blender,
    rename_discriminator,
    rename_generator,
    rename_mask_vae,
)
from ggtoolbox.models.gans.maskgan import MaskGAN
from ggtoolbox.models.layers.maskgan import (
    AlphaBlender,
    LabelEncoder,
    MaskVAE,
    StyleEncoder,
    adaptive_instance_norm,
)
from ggtoolbox.models.layers.pretrained import load_strictly
from ggtoolbox.registry import DISCRIMINATORS, GENERATORS, MODELS

PREFIXES = ('maskgan',)
RENAME = dict(netG=('generator', rename_generator), netD=('discriminator', rename_discriminator),
              netB=('blender', rename_blender))


def fill(case: Golden, network: nn.Module, rename: Callable, prefix: str = '') -> dict[str, str]:
    """Load the case's state strictly; returns official name -> ours."""
    official = {name.removeprefix(prefix): value for name, value in drop_dummies(case.official_state).items()
                if name.startswith(prefix)} if rename is not rename_mask_vae else case.official_state
    names = rename(official)
    assert names.keys() == official.keys(), sorted(official.keys() - names.keys())
    load_strictly(network, {ours: official[theirs] for theirs, ours in names.items()}, case.name)
    network.train(case.mode == 'train')
    return names


def generator_config(config: dict) -> dict:
    return dict(type='MaskGANGenerator', num_classes=config['label_nc'], channels=config['ngf'],
                num_blocks=config['n_blocks_global'], num_downsamplings=config['n_downsample_global'],
                out_channels=config.get('output_nc', 3))


def discriminator_config(config: dict) -> dict:
    return dict(
        type='MultiScaleDiscriminator', in_channels=config['label_nc'] + 3, num_scales=config['num_D'],
        discriminator=dict(type='PatchDiscriminator', channels=config['ndf'], spectral=False,
                           num_layers=config['n_layers_D'] + 1, bias_before_norm=True))


@torch.no_grad()
def generator(case: Golden) -> dict[str, Tensor]:
    network = GENERATORS.build(generator_config(case.config))
    fill(case, network, rename_generator)
    label, reference, image = (case.inputs[name] for name in ('label', 'label_ref', 'image_ref'))
    results = network(label.argmax(1), exemplar_image=image, exemplar_label=reference.argmax(1))
    features = network.label_encoder(reference)
    return dict(output=results['image'], adain_params=results['style'], label_feat1=features[0],
                label_feat2=features[1])


@torch.no_grad()
def adain(case: Golden) -> dict[str, Tensor]:
    return dict(output=adaptive_instance_norm(case.inputs['x'], case.inputs['weight'], case.inputs['bias']))


@torch.no_grad()
def style(case: Golden) -> dict[str, Tensor]:
    networks = nn.ModuleDict(dict(label_encoder=LabelEncoder(case.config['label_nc']),
                                  style_encoder=StyleEncoder(case.config['style_dim'])))
    fill(case, networks, rename_generator)
    found = {}
    for number in (1, 2):
        getattr(networks['style_encoder'], f'transform_{number}').register_forward_hook(
            lambda _module, _inputs, y, name=f'sft{number}': found.update({name: y}))
    features = networks['label_encoder'](case.inputs['label_ref'])
    values = networks['style_encoder'](case.inputs['image_ref'], *features)
    return dict(found, style=values[..., None, None], label_feat1=features[0], label_feat2=features[1])


def mask_vae(case: Golden) -> tuple[MaskVAE, dict[str, str]]:
    network = MaskVAE(case.config['label_nc'], case.config['ndf'], case.config['latent'],
                      case.inputs['mask'].shape[-1])
    return network, fill(case, network, rename_mask_vae)


@torch.no_grad()
def vae(case: Golden) -> dict[str, Tensor]:
    network, names = mask_vae(case)
    network.double()  # batch statistics of few values
    with patch('torch.randn_like', lambda like: case.inputs['eps'].to(like)):
        outputs = network(case.inputs['mask'].double())
    buffers = dict(network.named_buffers())
    return dict(recon=outputs['label_logits'], mu=outputs['mean'], logvar=outputs['log_variance'],
                **{f'after.{name}': buffers[names[name]] for name in case.config.get('after', ())})


@torch.no_grad()
def edit(case: Golden) -> dict[str, Tensor]:
    network, _ = mask_vae(case)
    maps = case.inputs['mask'], case.inputs['mask_ref']
    noises = [case.inputs['eps'], case.inputs['eps_ref']]
    codes = [network.encode(semantics) for semantics in maps]
    latents = []
    for code, noise in zip(codes, noises):
        with patch('torch.randn_like', lambda like, noise=noise: noise.to(like)):
            latents.append(network.sample(*code))
    drawn = iter(noises)
    with patch('torch.randn_like', lambda like: next(drawn).to(like)):
        inter, outer = network.between(*maps, case.config['lambda_inter'])

    def pixels(logits: Tensor) -> Tensor:
        return torch.stack([row.argmax(0).flatten().bincount(minlength=case.config['label_nc'])
                            for row in logits]).float()

    return dict(z=latents[0], z_ref=latents[1], std=torch.exp(0.5 * codes[0][1]), inter_logits=inter,
                outer_logits=outer, inter_pixels=pixels(inter), outer_pixels=pixels(outer))


@torch.no_grad()
def blend(case: Golden) -> dict[str, Tensor]:
    config = case.config
    network = AlphaBlender(config['ngf'], config['n_blocks_global'], config['n_downsample_global'])
    fill(case, network, rename_blender)
    return network(case.inputs['image1'], case.inputs['image2'])


@torch.no_grad()
def discriminator(case: Golden) -> dict[str, Tensor]:
    network = DISCRIMINATORS.build(discriminator_config(case.config))
    fill(case, network, rename_discriminator)
    scales = network(case.inputs['image'], case.inputs['label'])
    return {f'd{scale}_{layer}': value for scale, output in enumerate(scales)
            for layer, value in enumerate([*output.features, output.logits])}


def build(case: Golden) -> tuple[MaskGAN, dict[str, str]]:
    """The training class with the case's weights, and official name -> name in it."""
    config = case.config
    weight = config['lambda_feat']
    model = MODELS.build(dict(
        type='MaskGAN', generator=generator_config(config), discriminator=discriminator_config(config),
        blender=dict(channels=config['blend_ngf'], num_blocks=config['blend_n_blocks'],
                     num_downsamplings=config['blend_n_downsample']),
        losses=dict(
            adversarial=dict(type='GANLoss', sum_scales=True, mode=nvlabs.GAN_MODES[config['gan']]),
            feature_matching=dict(type='FeatureMatchingLoss', weight=weight * 4 / (config['n_layers_D'] + 1)),
            perceptual=dict(type='PerceptualLoss', weight=weight,
                            network=dict(type='VGG19', allow_random=True)))))
    names = {}
    for official, (part, rename) in RENAME.items():
        found = fill(case, getattr(model, part), rename, f'{official}.')
        names.update({f'{official}.{theirs}': f'{part}.{ours}' for theirs, ours in found.items()})
    nvlabs_training.load_perceptual(case, model)
    return model.train(case.mode == 'train'), names


def batch_of(case: Golden) -> dict[str, Tensor]:
    return dict(label=case.inputs['label'], inter_label=case.inputs['label_inter_1'],
                outer_label=case.inputs['label_inter_2'], target_image=case.inputs['image'])


def terms_of(model: MaskGAN, batch: dict[str, Tensor], player: str) -> dict[str, Tensor]:
    """A player's terms by their official names, from one forward of all networks."""
    ours = dict(G='generator', GB='blender', D='discriminator')[player]
    fakes = model.generate(batch)
    if player == 'D':
        fakes = {name: value.detach() for name, value in fakes.items()}
    losses = getattr(model, f'{ours}_losses')(batch, fakes)
    official = dict(adversarial='GAN', feature_matching='GAN_Feat', perceptual='VGG')
    return {f'{player}_{official.get(name, name)}': value for name, value in losses.items()}


def losses(case: Golden) -> dict[str, Tensor]:
    model, _ = build(case)
    batch = batch_of(case)
    fakes = model.generate(batch)
    results = dict(fake_inter_1=fakes['inter_image'], fake_image=fakes['image'],
                   fake_inter_2=fakes['outer_image'], blend=fakes['blend'], alpha=fakes['alpha'])
    for player in ('G', 'GB', 'D'):
        results.update(terms_of(model, batch, player))
    return results


def step(case: Golden) -> dict[str, Tensor]:
    """One step of each player alone, in double precision: Adam's first step goes by signs."""
    results = {}
    for player, settings in case.config['players'].items():
        model, names = build(case)
        model.double()
        batch = {name: value.double() if value.is_floating_point() else value
                 for name, value in batch_of(case).items()}
        networks = [getattr(model, RENAME[name][0]) for name in settings['parameters']]
        optimiser = torch.optim.Adam([p for network in networks for p in network.parameters()],
                                     **case.config['adam'])
        watched = {name: model.get_parameter(names[name]) for name in case.config['watch']
                   if name.split('.')[0] in settings['parameters']}
        drawn = {name: tensor.detach().clone() for name, tensor in watched.items()}
        with model.only(dict(G='generator', GB='blender', D='discriminator')[player]):
            sum(terms_of(model, batch, player).values()).backward()
        results.update({f'gradnorm.{player}.{name}': tensor.grad.norm() for name, tensor in watched.items()})
        optimiser.step()
        for name, tensor in watched.items():
            results[f'sumsq.{player}.{name}'] = tensor.detach().square().sum()
            results[f'delta_l1.{player}.{name}'] = (tensor.detach() - drawn[name]).abs().mean()
        with torch.no_grad():
            results.update({f'step2_{player}.{name}': value
                            for name, value in terms_of(model, batch, player).items()})
    return results


RUNNERS: dict[str, Callable[[Golden], dict[str, Tensor]]] = {
    'generator': generator,
    'adain': adain,
    'style': style,
    'vae': vae,
    'edit': edit,
    'blend': blend,
    'discriminator': discriminator,
    'losses': losses,
    'step': step,
}


def run(case: Golden) -> dict[str, Tensor]:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
