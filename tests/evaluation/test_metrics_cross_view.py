import numpy as np
import pytest
import torch
from scipy.signal import convolve2d
from stubs import evaluate, samples

from ggtoolbox.evaluation.metrics.sharpness import sharpness_difference
from ggtoolbox.evaluation.metrics.ssim import cross_view_ssim
from ggtoolbox.registry import METRICS
from ggtoolbox.structures import image_to_uint8

HIGHEST = 10 * np.log10(255 ** 2 / 1e-4)


def measure(kind, found):
    return next(iter(evaluate(METRICS.build(dict(type=kind)), found).values()))


def test_psnr_lies_above_the_usual_one():
    found = samples(3)
    assert measure('CrossViewPSNR', found) == pytest.approx(
        measure('PSNR', found) + 20 * np.log10(255 / 128), abs=1e-9)


def test_equal_images_are_capped():
    equal = [dict(sample, image=sample['target_image']) for sample in samples(2)]
    assert measure('CrossViewPSNR', equal) == pytest.approx(HIGHEST)
    assert measure('SharpnessDifference', equal) == pytest.approx(HIGHEST)
    assert measure('CrossViewSSIM', equal) == pytest.approx(1)


def test_images_of_one_colour_are_equally_sharp():
    flat = dict(name='a', image=torch.zeros(3, 16, 16), target_image=torch.ones(3, 16, 16))
    assert measure('SharpnessDifference', [flat]) == pytest.approx(HIGHEST)


def test_sharpness_pixel_by_pixel():
    first, second = (image_to_uint8(samples(1, (6, 5))[0][field]) for field in ('image', 'target_image'))
    total = 0.0
    for y in range(1, 5):
        for x in range(1, 4):
            for c in range(3):
                along, down = ([abs(float(p[y, x, c]) - p[y + dy, x + dx, c]) / 255 for p in (first, second)]
                               for dy, dx in ((0, -1), (-1, 0)))
                total += abs(along[0] - along[1]) + abs(down[0] - down[1])
    expected = 10 * np.log10(255 ** 2 / (128 ** 2 * total / (3 * 6 * 5)))
    assert sharpness_difference(first, second) == pytest.approx(expected)


def test_ssim_by_full_convolution():
    first, second = (image_to_uint8(samples(1)[0][field]) for field in ('image', 'target_image'))
    offsets = np.arange(-5, 6)
    window = np.exp(-(offsets[:, None] ** 2 + offsets ** 2) / (2 * 1.5 ** 2))
    window /= window.sum()
    x, y = (picture @ np.array([0.299, 0.587, 0.114]) for picture in (first, second))
    mx, my, xx, yy, xy = (convolve2d(p, window) for p in (x, y, x * x, y * y, x * y))
    c1, c2 = 2.55 ** 2, 7.65 ** 2
    values = ((2 * mx * my + c1) * (2 * (xy - mx * my) + c2)
              / ((mx ** 2 + my ** 2 + c1) * (xx - mx ** 2 + yy - my ** 2 + c2)))
    assert values.shape == (34, 30)
    assert cross_view_ssim(first, second) == pytest.approx(values.mean(), abs=1e-12)
