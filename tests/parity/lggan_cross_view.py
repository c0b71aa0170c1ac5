"""LGGAN's cross-view translation: what its golden cases mean in this toolbox."""
from __future__ import annotations

from collections.abc import Callable

import pix2pix_code
import torch
from golden import Golden
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from ggtoolbox.models.gans.lggan import LGGAN
from ggtoolbox.registry import GENERATORS, MODELS

Load = Callable[..., dict[str, str]]

NETWORKS = {'G.': 'generator', 'D1.': 'image_discriminator', 'D2.': 'discriminator'}
IMAGES = {'image.fake_B': 'image', 'image.fake_B_global': 'global_image', 'image.fake_B_local': 'local_image'}


def generator_config(case: Golden) -> dict:
    return dict(type='LGGANGenerator', num_classes=len(case.config['label_values']), source_channels=3,
                guide_channels=case.config.get('input_nc', 6) - 3, reads_label=False,
                channels=case.config['ngf'], num_blocks=case.config.get('n_blocks', 9), share_blocks=True,
                fusion='addition', classifier=False)


def batch_of(case: Golden) -> dict[str, Tensor]:
    """Grey value 10 * k is class k - 1 of ours; others are none."""
    label, classes = case.inputs['labels_B'] - 1, len(case.config['label_values'])
    label = torch.where((label >= 0) & (label < classes), label, 255)
    batch = dict(source_image=case.inputs['A'], target_guide=case.inputs['D'], label=label)
    return {**batch, 'target_image': case.inputs['B']} if 'B' in case.inputs else batch


@torch.no_grad()
def generator(case: Golden, load: Load) -> dict[str, Tensor]:
    network = GENERATORS.build(generator_config(case))
    load(case, 'generator', network)
    batch = batch_of(case)
    found = network(**batch)
    kinds = range(1, found['class_images'].shape[1] + 1)
    return dict({f'class{kind}': found['class_images'][:, kind - 1] for kind in kinds},
                **{f'mask{kind}': (batch['label'] == kind - 1).unsqueeze(1).float() for kind in kinds},
                output=found['image'], local=found['local_image'], globe=found['global_image'],
                weight_local=found['weight_map'][:, :1], weight_global=found['weight_map'][:, 1:])


def gan_config(case: Golden) -> dict:
    options = case.config
    judge = pix2pix_code.patch_discriminator(options, pix2pix_code.norm_of(case, options['norm'], 'D1.'), 6)
    return dict(
        type='LGGAN', generator=generator_config(case), discriminator=judge, image_discriminator=judge,
        options=dict(update_order=('discriminator', 'generator'), reuse_fakes=True),
        losses=dict(
            adversarial=pix2pix_code.adversarial(dict(lsgan=not options['no_lsgan'])),
            pixel=dict(type='L1Loss', weight=options['lambda_L1']),
            class_pixel=dict(type='ClassL1Loss', weight=options['lambda_L1']),
            perceptual=dict(type='PerceptualLoss', weight=options['lambda_feat'],
                            network=dict(type='VGG19', allow_random=True)),
            total_variation=dict(type='TotalVariationLoss', weight=options['REGULARIZATION'])))


def build(case: Golden, load: Load) -> tuple[LGGAN, dict[str, str]]:
    """The training class with the case's weights, and official name -> name in it."""
    model, names = MODELS.build(gan_config(case)).train(), {}
    for prefix, part in NETWORKS.items():
        names.update({f'{prefix}{theirs}': f'{part}.{ours}'
                      for theirs, ours in load(case, part, getattr(model, part), prefix).items()})
    network = pix2pix_code.perceptual_loss(case).network
    model.losses['perceptual'].network.load_state_dict(network.state_dict())
    return model, names


def official_terms(start: str, terms: dict[str, Tensor]) -> dict[str, Tensor]:
    """The official code logs the discriminators' terms before it halves their sum, and the real image's,
    which it computes three times over, once."""
    results = {}
    for judge, ours in (('D1', 'image_'), ('D2', '')):
        if f'{ours}real' in terms:
            fakes = {f'{judge}_fake{suffix}': terms[f'{ours}fake{suffix}']
                     for suffix in ('', '_global', '_local')}
            results.update({name: 2 * value for name, value in fakes.items()})
            results[f'{judge}_real'] = 2 * terms[f'{ours}real'] / 3
            results[judge] = sum(fakes.values()) + terms[f'{ours}real']
    if 'adversarial' in terms:
        results.update(
            G_GAN_D1=terms['image_adversarial'], G_GAN_D2=terms['adversarial'],
            G_local_L1=terms['class_pixel'], G_global_L1=terms['pixel'],
            G_L1=terms['class_pixel'] + terms['pixel'], G_VGG=terms['perceptual'],
            G_TV=terms['total_variation'], G=sum(terms[name] for name in (
                'image_adversarial', 'adversarial', 'class_pixel', 'pixel', 'perceptual', 'total_variation')))
    return {f'{start}.{name}': value for name, value in results.items()}


def losses(case: Golden, load: Load) -> dict[str, Tensor]:
    """All losses and gradients with the initial weights, then two iterations."""
    model, names = build(case, load)
    batch = batch_of(case)
    fakes = model.generate(batch)
    results = {official: fakes[ours] for official, ours in IMAGES.items()}
    results['image.attention_local'] = fakes['weight_map'][:, :1].expand(-1, 3, -1, -1)
    results.update({f'image.g{kind + 1}': fakes['class_images'][:, kind]
                    for kind in range(fakes['class_images'].shape[1])})
    for player in model.order():
        generates = player == 'generator'
        seen = fakes if generates else {name: fake.detach() for name, fake in fakes.items()}
        with model.only(player):
            terms = model.player_losses(player, batch, seen)
            sum(terms.values()).backward()
        results.update(official_terms('loss', terms))
    for output in case.expected:
        if output.startswith('grad') and not output.endswith('.norm'):
            parameter = model.get_parameter(names[output.partition('.')[2]])
            results.update(pix2pix_code.probe(output, parameter.grad))
    return {**results, **steps(case, load)}


def steps(case: Golden, load: Load) -> dict[str, Tensor]:
    model, names = build(case, load)
    rate = case.config['lr']

    def adam(networks: list[nn.Module]) -> OptimWrapper:
        parameters = [p for network in networks for p in network.parameters()]
        return OptimWrapper(torch.optim.Adam(parameters, lr=rate, betas=(case.config['beta1'], 0.999)))

    wrappers = OptimWrapperDict(**{player: adam(networks) for player, networks in model.players().items()})
    watched = {output: model.get_parameter(names[output.removeprefix('after.')])
               for output in case.expected if output.startswith('after.')}
    before = {output: parameter.detach().clone() for output, parameter in watched.items()}
    results = {}
    for step in (1, 2):
        log = model.train_step(batch_of(case), wrappers)
        terms = {name.rpartition('/loss_')[2]: value for name, value in log.items()}
        results.update(official_terms(f'step{step}', terms))
        if step == 1:
            results.update({output: pix2pix_code.change(parameter, before[output], rate)
                            for output, parameter in watched.items()})
    return results
