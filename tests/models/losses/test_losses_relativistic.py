"""R3GAN's loss against its equations, computed by hand."""
import math

import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.losses import RelativisticGANLoss
from ggtoolbox.structures import DiscriminatorOutput

REAL, FAKE = ([1.5, -0.5], [2.0]), ([0.5, 1.0], [-1.0])


def f(t):
    return math.log(1 + math.exp(t))


def outputs(scales):
    return [DiscriminatorOutput(torch.tensor(logits), []) for logits in scales]


@pytest.mark.parametrize(('sum_scales', 'factor'), [(False, 0.5), (True, 1.0)])
def test_pairs_of_patches(sum_scales, factor):
    loss = RelativisticGANLoss(weight=3.0, discriminator_weight=2.0, sum_scales=sum_scales)
    pairs = [list(zip(*scale)) for scale in zip(REAL, FAKE)]
    of_discriminator, of_generator = (
        factor * sum(sum(f(sign * (fake - real)) for real, fake in scale) / len(scale) for scale in pairs)
        for sign in (1, -1))
    terms = loss.discriminator(outputs(REAL), outputs(FAKE))
    assert terms['fake'].item() == pytest.approx(2 * of_discriminator) and terms['real'] == 0
    for real in (outputs(REAL), lambda: outputs(REAL)):
        assert loss.generator(outputs(FAKE), real).item() == pytest.approx(3 * of_generator)


def test_it_needs_real_images():
    with pytest.raises(InputError, match='compares no real images'):
        RelativisticGANLoss().generator(outputs(FAKE))
