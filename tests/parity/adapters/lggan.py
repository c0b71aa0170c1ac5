"""LGGAN (Ha0Tang/LGGAN): semantic synthesis and cross-view translation."""
from __future__ import annotations

from collections.abc import Callable

import lggan_cross_view
import nvlabs
import nvlabs_data
import nvlabs_training
import torch
from golden import Golden, NotCovered
from torch import Tensor, nn

from ggtoolbox.converters.conversion import convert
from ggtoolbox.converters.lggan import NEVER_USED
from ggtoolbox.models.gans.lggan import LGGAN
from ggtoolbox.models.losses.class_specific import ClassificationLoss
from ggtoolbox.registry import GENERATORS, LOSSES, MODELS

PREFIXES = ('lggan',)

# The released Cityscapes network hands the mask of one class to the loss for another.
MASK_OF = dict(lggan_city={27: 26}, lggan_ade={})
OFFICIAL_TERMS = dict(G_GAN=('adversarial',), G_GAN_Feat=('feature_matching',), G_VGG=('perceptual',),
                      G_L1=('pixel',), G_class=('classification',), G_L1_Local=('class_pixel',),
                      D_D_Fake=('fake', 'fake_global', 'fake_local'), D_D_real=('real',))


def generator_config(case: Golden) -> dict:
    """On ADE20K 51 classes have sub-generators of their own, and all others one."""
    options = nvlabs.options_of(case)
    spade = nvlabs.generator_config({**options, 'netG': 'spade'})
    classes, edge, channels = (spade.pop(name) for name in ('num_classes', 'edge', 'channels'))
    config = dict(type='LGGANGenerator', num_classes=classes, edge=edge, channels=channels,
                  global_generator=spade)
    if case.config['repo'] == 'lggan_ade':
        config.update(local_groups=[min(kind, 51) for kind in range(classes)], num_classified=51)
    return config


def load(case: Golden, part: str, network: nn.Module, prefix: str = '') -> dict[str, str]:
    """Fill ``network``; only what the official network never uses may be left over."""
    official = {name.removeprefix(prefix): value for name, value in case.official_state.items()
                if name.startswith(prefix)}
    conversion = convert('lggan', official, part, network)
    conversion.unexpected = [name for name in conversion.unexpected if not name.startswith(NEVER_USED)]
    conversion.check(case.name)
    network.load_state_dict(conversion.state)
    network.train(case.mode == 'train')
    return conversion.names


@torch.no_grad()
def generator(case: Golden) -> dict[str, Tensor]:
    network = GENERATORS.build(generator_config(case))
    load(case, 'generator', network)
    inputs = nvlabs.semantics_of(case)
    found = network(**inputs)
    logits, valid, images = found['class_logits'], found['class_valid'], found['class_images']
    masks = nn.functional.one_hot(network.groups(inputs['label']), images.shape[1]).float().mean((1, 2))
    for kind, other in MASK_OF[case.config['repo']].items():
        masks[:, kind] = masks[:, other]
    classes = torch.arange(logits.shape[1])
    return dict(
        {f'result_{kind}': images[:, kind] for kind in case.config['classes_saved']},
        fused=found['image'], local=found['local_image'], att_local=found['weight_map'][:, :1],
        att_global=found['weight_map'][:, 1:], results_mean=images.mean((3, 4)),
        score=logits.transpose(0, 1).flatten(0, 1), valid=valid.t().flatten(),
        target=classes.repeat_interleave(len(logits)), label_mean_as_returned=masks,
        class_loss=ClassificationLoss()(logits, valid), **{'global': found['global_image']})


def gan_config(case: Golden) -> dict:
    options = nvlabs.options_of(case)
    losses = nvlabs_training.gan_config({**options, 'netG': 'spade'})['losses']
    class_pixel = dict(type='ClassL1Loss', weight=options['lambda_l1'], mask_of=MASK_OF[case.config['repo']])
    return dict(
        type='LGGAN', generator=generator_config(case),
        discriminator=nvlabs.discriminator_config(options), judge_in_turn=True,
        losses=dict(
            {name: losses[name] for name in ('adversarial', 'feature_matching', 'perceptual')},
            pixel=None if options['no_l1_loss'] else dict(type='L1Loss', weight=options['lambda_l1']),
            class_pixel=None if options['no_l1_local_loss'] else class_pixel,
            classification=None if options['no_class_loss'] else dict(
                type='ClassificationLoss', weight=options['lambda_class'])))


def build(case: Golden) -> tuple[LGGAN, dict[str, str]]:
    """The training class with the case's weights, and official name -> name in it."""
    model, names = MODELS.build(gan_config(case)), {}
    for part, prefix in dict(generator='netG.', discriminator='netD.').items():
        names.update({f'{prefix}{theirs}': f'{part}.{ours}'
                      for theirs, ours in load(case, part, getattr(model, part), prefix).items()})
    nvlabs_training.load_perceptual(case, model)
    return model, names


def official_terms(terms: dict[str, Tensor]) -> dict[str, Tensor]:
    return {official: sum(terms[name] for name in names) for official, names in OFFICIAL_TERMS.items()
            if set(names) <= set(terms)}


def losses(case: Golden) -> dict[str, Tensor]:
    results, batch = {}, nvlabs_data.batch_of(case, nvlabs.options_of(case))
    for phase in ('generator', 'discriminator'):
        model, _ = build(case)
        with torch.set_grad_enabled(phase == 'generator'):
            fakes = model.generate(batch)
            terms = getattr(model, f'{phase}_losses')(batch, fakes)
        results.update(official_terms(terms))
        results['G_total' if phase == 'generator' else 'D_total'] = sum(terms.values())
        if phase == 'generator':
            intended = LOSSES.build(dict(type='ClassL1Loss', weight=nvlabs.options_of(case)['lambda_l1']))
            results.update({
                'fake': fakes['image'], 'global': fakes['global_image'], 'local': fakes['local_image'],
                'G_L1_Local_intended': intended(fakes['class_images'], batch['target_image'],
                                                model.groups(batch['label']))})
    return results


def step(case: Golden) -> dict[str, Tensor]:
    """In double precision: in single, it depends on the CPU's instructions on which side of a kink a few
    activations fall, and the first gradients by 1e-5 (AVX2) or 2e-3 (AVX512)."""
    model, names = build(case)
    return nvlabs_training.watched_steps(case, model.double(), names, official_terms, torch.float64)


RUNNERS: dict[str, Callable[[Golden], dict[str, Tensor]]] = {
    'lggan': generator, 'losses': losses, 'step': step}


def run(case: Golden) -> dict[str, Tensor]:
    if case.config.get('network') == 'ResnetGenerator_local':
        return lggan_cross_view.generator(case, load)
    if case.config.get('model') == 'lggan_crossview':
        return lggan_cross_view.losses(case, load)
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
