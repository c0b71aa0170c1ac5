"""PG2 (charliememory/Pose-Guided-Person-Image-Generation)."""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import tensorflow_code
import torch
from golden import Golden, NotCovered
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor

from ggtoolbox.datasets.person_pose import disc_maps, disc_mask
from ggtoolbox.models.gans.pg2 import PG2
from ggtoolbox.registry import MODELS

PREFIXES = ('pg2',)
NETWORKS = {'G1.': 'coarse_generator', 'G2.': 'generator', 'D.': 'discriminator'}
PICTURES = dict(target='target_image', source='source_image', coarse='coarse_image', image='image')


def gan_config(case: Golden) -> dict:
    config, size = case.config, tuple(case.config['size'])
    fashion, weight = config['variant'] == 'fashion', config.get('l1_weight', 1.0)
    order = config.get('d_order') or (['target', 'image', 'source'] if fashion else list(PICTURES))
    pixel = dict(type='L1Loss', weight=weight)
    discriminator = dict(type='DCGANDiscriminator', image_size=size, channels=config['d_width'],
                         num_layers=config['d_layers']) if config['d_width'] else None
    return dict(
        type='PG2', judged=[PICTURES[name] for name in order], fights_for_source=fashion,
        coarse_generator=dict(type='PG2CoarseGenerator', image_size=size, channels=config['hidden'],
                              guide_channels=case.inputs['pose'].shape[1], code_channels=config['z_num'],
                              num_levels=config['stage1_levels']),
        generator=dict(type='PG2RefinementGenerator', channels=config['hidden'],
                       num_levels=config['stage2_levels'], skip_finest=not config['stage2_first_skip']),
        discriminator=discriminator,
        losses=dict(adversarial=dict(type='GANLoss', mode='vanilla'), pixel=pixel, mask=pixel,
                    coarse_pixel=dict(type='L1Loss'), coarse_mask=dict(type='L1Loss')))


def build(case: Golden) -> tuple[PG2, dict[str, str], dict[str, Tensor]]:
    """The training class with the case's weights, official name -> ours, the batch."""
    model, names = MODELS.build(gan_config(case)).train(), {}
    for prefix, part in NETWORKS.items():
        if getattr(model, part) is not None:
            found = tensorflow_code.fill(case, getattr(model, part), 'pg2', part, prefix)
            names.update({f'{prefix}{theirs}': f'{part}.{ours}' for theirs, ours in found.names.items()})
    fields = dict(source_image='source', target_guide='pose', target_image='target', mask='mask')
    return model, names, {ours: case.inputs[name] for ours, name in fields.items() if name in case.inputs}


@torch.no_grad()
def generator(case: Golden) -> dict[str, Tensor]:
    model, _, batch = build(case)
    model.coarse_iterations = 0
    fakes = model.generate(batch)
    code = model.coarse_generator(batch['source_image'], batch['target_guide'])['code']
    return dict(coarse=fakes['coarse_image'], difference=fakes['difference'], image=fakes['image'], code=code)


def terms_of(case: Golden, found: dict[str, Tensor]) -> dict[str, Tensor]:
    """Official terms, without their weights but for the totals."""
    weight, results = case.config['l1_weight'], {}
    if 'coarse_pixel' in found:
        results.update(G1_L1=found['coarse_pixel'], G1_masked=found['coarse_mask'],
                       G1_total=found['coarse_pixel'] + found['coarse_mask'])
    if 'pixel' in found:
        results.update(G2_GAN=found['adversarial'], G2_L1=found['pixel'] / weight,
                       G2_masked=found['mask'] / weight,
                       G2_total=found['adversarial'] + found['pixel'] + found['mask'])
    if 'real' in found:
        # Both halve the discriminator's objective.
        results['D_total'] = 0.5 * sum(value for name, value in found.items()
                                       if name == 'real' or name.startswith('fake_'))
    return results


@torch.no_grad()
def losses(case: Golden) -> dict[str, Tensor]:
    model, _, batch = build(case)
    found = model.coarse_generator_losses(batch, model.generate(batch))
    model.coarse_iterations = 0
    fakes = model.generate(batch)
    found.update(model.generator_losses(batch, fakes))
    found.update(model.discriminator_losses(batch, fakes))
    logits = torch.stack([on[0].logits for on in model.discriminate(batch, fakes).values()])
    return {**terms_of(case, found), 'coarse': fakes['coarse_image'], 'image': fakes['image'],
            'logits': logits.mean(1) if logits.shape[1] == 1 else logits[..., 0]}


def step(case: Golden) -> dict[str, Tensor]:
    results = {}
    for stage, coarse_iterations in (('stage1', 1), ('stage2', 0)):
        model, names, batch = build(case)
        model.coarse_iterations = coarse_iterations
        model.losses['adversarial'].discriminator_weight = 0.5
        moving = ('G1.',) if coarse_iterations else ('G2.', 'D.')
        watched = [name for name in case.config['watch'] if name.startswith(moving)]
        before = {name: model.get_parameter(names[name]).detach().clone() for name in watched}
        gradients: dict[str, Tensor] = {}
        for name in watched:
            model.get_parameter(names[name]).register_hook(
                lambda gradient, name=name, kept=gradients: kept.update({name: gradient.clone()}))
        wrappers = OptimWrapperDict(**{
            player: OptimWrapper(tensorflow_code.first_adam(networks[0].parameters(), case.config))
            for player, networks in model.players().items()})
        log = model.train_step(batch, wrappers)
        found = {name.rpartition('/loss_')[2]: value for name, value in log.items()}
        terms = terms_of(case, found)
        if 'D_total' in terms:
            terms['D_total'] = 2 * terms['D_total']
        results.update({f'{stage}.{name}': value for name, value in terms.items()})
        moved = {name: model.get_parameter(names[name]) for name in watched}
        results.update(tensorflow_code.after_step(moved, before, gradients, case.config['lr']))
    return results


def pose(case: Golden) -> dict[str, np.ndarray]:
    config, given = case.config, {name: value.numpy() for name, value in case.inputs.items()}
    keypoints = np.stack([given['x'], given['y'], given['seen'] > config['seen_above']], axis=-1)
    size = tuple(config['size'])
    maps, mask = disc_maps(keypoints, size, config['radius']), disc_mask(keypoints, size, config['radius'])
    return dict(pose=maps, pose_sums=maps.sum((1, 2)), mask=mask, mask_sum=np.array(mask.sum()),
                mask_rows=mask.sum(1))


RUNNERS: dict[str, Callable[[Golden], dict]] = dict(generator=generator, losses=losses, step=step, pose=pose)


def run(case: Golden) -> dict:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
