"""Discriminators and losses of the pose transfer code base (XingGAN, BiGraphGAN, PATN)."""
from __future__ import annotations

import pose_code
import pose_training
import torch
from golden import Golden, NotCovered
from torch import Tensor

from ggtoolbox.models.losses.gan import GANLoss
from ggtoolbox.registry import DISCRIMINATORS
from ggtoolbox.structures import DiscriminatorOutput

PREFIXES = ('person_discriminator', 'person_gan_loss', 'person_l1_perceptual')


@torch.no_grad()
def discriminator(case: Golden) -> dict[str, Tensor]:
    options = case.config
    network = DISCRIMINATORS.build(pose_training.discriminator(
        options['input_nc'], options['ndf'], options['norm'], num_blocks=options['n_blocks'],
        num_downsamplings=options.get('n_downsampling', 2)))
    pose_code.load(case, 'xinggan', 'shape_discriminator', network)
    pair = case.inputs['pair']
    logits = network(pair[:, :3], pair[:, 3:])[0].logits
    return dict(score=logits.sigmoid() if options['sigmoid'] else logits)


def gan_loss(case: Golden) -> dict[str, Tensor]:
    """Our vanilla loss takes what comes before the sigmoid."""
    least_squares, score = case.config['lsgan'], case.inputs['score']
    scales = [DiscriminatorOutput(score if least_squares else score.logit(), [])]
    return GANLoss('least_squares' if least_squares else 'vanilla').discriminator(scales, scales)


def l1_and_perceptual(case: Golden) -> dict[str, Tensor]:
    options = case.config
    pixel, perceptual = pose_training.pixel_losses(
        case, options['lambda_L1'], options['lambda_perceptual'], options['perceptual_layers'],
        squared=not options['percep_is_l1'])
    fake, real = case.inputs['fake'].clone().requires_grad_(), case.inputs['real']
    terms = pixel(fake, real), perceptual(fake, real)
    return dict(total=sum(terms), l1=terms[0], perceptual=terms[1],
                grad_fake=torch.autograd.grad(sum(terms), fake)[0])


def run(case: Golden) -> dict[str, Tensor]:
    for start, runner in (('person_discriminator', discriminator), ('person_gan_loss', gan_loss),
                          ('person_l1_perceptual', l1_and_perceptual)):
        if case.name.startswith(start):
            return runner(case)
    raise NotCovered('no runner for this case')
