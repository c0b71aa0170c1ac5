from pathlib import Path

import pytest

from ggtoolbox.apis.analysis.complexity import model_complexity
from ggtoolbox.apis.config import load_config
from ggtoolbox.errors import InputError

CONFIGS = Path(__file__).parents[3] / 'configs'


def costs(name, size=None):
    return {cost.network: cost for cost in model_complexity(load_config(CONFIGS / f'{name}.py'), size)}


def test_gaugan_costs_what_its_compressors_say():
    """GAN Compression (Li et al., CVPR 2020, table 1) counts 281G multiply-additions and 93.0M parameters at
    512 x 256 for Cityscapes."""
    found = costs('gaugan/gaugan_cityscapes-512x256')
    assert round(found['generator'].flops / 2e9) == 281
    assert round(found['generator'].parameters / 1e6, 1) == 93.0


def test_players_and_networks_of_a_system_of_two_generators():
    found = costs('cyclegan/cyclegan_toyworld-64')
    assert {name: cost.player for name, cost in found.items()} == dict(
        generator='generator', inverse_generator='generator', discriminator='discriminator',
        source_discriminator='discriminator')
    assert found['discriminator'].flops == found['source_discriminator'].flops > 0


def test_an_encoder_counts_with_its_generator():
    found = costs('pix2pixhd/pix2pixhd_encoder_toyworld-64')
    assert found['encoder'].player == 'generator' and found['encoder'].flops > 0


def test_a_gradient_penalty_is_no_part_of_judging():
    assert costs('wgan_gp/wgan_gp_toyworld-64')['discriminator'].flops > 0


def test_a_larger_picture_costs_in_proportion():
    small, large = (costs('gaugan/gaugan_toyworld-64', size)['generator'] for size in (None, (128, 128)))
    assert large.flops == pytest.approx(4 * small.flops, rel=0.05)


def test_a_size_that_does_not_fit_is_told():
    with pytest.raises(InputError, match='found .33, 33.'):
        costs('pix2pix/pix2pix_toyworld-64', (33, 33))
