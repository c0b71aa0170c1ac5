"""PATN and SelectionGAN for persons (Ha0Tang/SelectionGAN, ``person_transfer``)."""
from __future__ import annotations

import pose_code
import pose_training
import torch
from golden import Golden, NotCovered
from torch import Tensor

from ggtoolbox.converters.patn import infer_selection, rename_generator
from ggtoolbox.models.losses.ssim import structural_similarity
from ggtoolbox.registry import GENERATORS, HEADS

PREFIXES = ('patn',)


def block(case: Golden) -> dict[str, Tensor]:
    network = GENERATORS.build(dict(
        type='PATNGenerator', channels=case.config['dim'] // 2, num_downsamplings=1, num_blocks=2,
        norm=case.config['norm']))
    network = pose_code.block(case, network, rename_generator)
    codes = network(case.inputs['appearance'], case.inputs['shape'])
    return dict(out=codes[0], shape_code=codes[1], gated=codes[0] - case.inputs['appearance'])


def first_stage(case: Golden) -> dict[str, Tensor]:
    network = pose_code.build(case, 'PATNGenerator')
    pose_code.load(case, 'patn', 'generator.first_stage', network)
    outputs = network(**pose_code.guidance(case))
    return dict(image=outputs['image'], feature=outputs['features'])


def selection(case: Golden) -> dict[str, Tensor]:
    head = HEADS.build(infer_selection(case.official_state))
    pose_code.load(case, 'patn', 'generator.head', head)
    outputs = head(case.inputs['features'])
    return dict(image=outputs['image'], uncertainty=outputs['uncertainty'].expand(-1, 3, -1, -1))


def similarity(case: Golden) -> dict[str, Tensor]:
    real = case.inputs['real']
    fake = (0.7 * real + 0.3 * case.inputs['noise']).requires_grad_()
    value = structural_similarity(fake, real, case.config['window'], case.config['sigma'])
    return dict(ssim=value, grad_fake=torch.autograd.grad(value, fake)[0])


def run(case: Golden) -> dict[str, Tensor]:
    if case.name.startswith('patn_ssim'):
        return similarity(case)
    if case.name.startswith('patn_step'):
        return pose_training.step(case, 'patn', dict(type='PATNGenerator'))
    with torch.no_grad():
        for start, runner in (('patn_block', block), ('patn_generator', first_stage),
                              ('patn_selection_stage', selection)):
            if case.name.startswith(start):
                return runner(case)
    raise NotCovered('no runner for this case')
