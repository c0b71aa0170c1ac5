import numpy as np
import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.registry import METRICS
from ggtoolbox.structures import image_to_uint8


def evaluate(kind, pairs):
    metric = METRICS.build(dict(type=kind))
    for generated, target in pairs:
        metric.process({}, [dict(image=generated, target_image=target, name='x')])
    return metric.evaluate(len(pairs))[kind]


def test_8_bits_are_cut_off_not_rounded():
    image = torch.tensor([-2.0, -1.0, 0.0, 0.999, 1.0, 5.0]).view(1, 1, 6)
    assert image_to_uint8(image)[0, :, 0].tolist() == [0, 0, 127, 254, 255, 255]


def test_psnr_by_hand():
    target = torch.full((3, 16, 16), -1.0)
    generated = target + 2 * 10.5 / 255  # ten levels up, and a half that is cut off
    expected = 10 * np.log10(255 ** 2 / 10 ** 2)
    assert evaluate('PSNR', [(generated, target)]) == pytest.approx(expected, abs=1e-6)
    assert evaluate('PSNR', [(generated, target), (target, target)]) == pytest.approx(
        (expected + 100) / 2, abs=1e-6)


def test_ssim_by_hand():
    # Two constant images: all structure terms are 1, luminance (2ab + c1) / (a^2 + b^2 + c1).
    a, b, c1 = 100, 50, (0.01 * 255) ** 2
    images = [torch.full((3, 32, 32), (level + 0.5) / 255 * 2 - 1) for level in (a, b)]
    assert evaluate('SSIM', [tuple(images)]) == pytest.approx((2 * a * b + c1) / (a * a + b * b + c1),
                                                              abs=1e-6)
    assert evaluate('SSIM', [(images[0], images[0])]) == pytest.approx(1.0)


def test_a_sample_without_target():
    with pytest.raises(InputError, match="PSNR: the sample 'x' has no 'target_image'"):
        METRICS.build(dict(type='PSNR')).process({}, [dict(image=torch.zeros(3, 8, 8), name='x')])
