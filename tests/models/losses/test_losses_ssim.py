import numpy as np
import torch
from skimage.metrics import structural_similarity as skimage_similarity

from ggtoolbox.models.losses.ssim import SSIMLoss, structural_similarity


def pictures(size=(40, 36)):
    torch.manual_seed(0)
    real = torch.rand(1, 3, *size) * 2 - 1
    return real, 0.7 * real + 0.3 * torch.randn_like(real)


def test_equal_pictures_are_alike_and_noise_is_not():
    real, fake = pictures()
    assert structural_similarity(real, real).item() == 1
    assert structural_similarity(fake, real) < structural_similarity(0.9 * real + 0.1 * fake, real) < 1


def test_inside_the_border_it_is_scikit_images():
    real, fake = pictures((64, 64))
    real[..., :12, :] = fake[..., :12, :] = 0  # the border, where they differ, is alike in both
    real[..., -12:, :] = fake[..., -12:, :] = 0
    real[..., :12] = fake[..., :12] = 0
    real[..., -12:] = fake[..., -12:] = 0
    arrays = [x[0].permute(1, 2, 0).double().numpy() for x in (real, fake)]
    expected = skimage_similarity(*arrays, channel_axis=2, data_range=2.0, gaussian_weights=True, sigma=1.5,
                                  use_sample_covariance=False, full=True)[1].mean()
    found = structural_similarity(real.double(), fake.double(), data_range=2.0).item()
    assert np.isclose(found, expected, atol=1e-6)


def test_minimising_the_loss_raises_the_similarity():
    real, fake = pictures()
    fake = fake.requires_grad_()
    loss = SSIMLoss(weight=3.0)(fake, real)
    torch.testing.assert_close(loss, -3 * structural_similarity(fake, real))
    step = torch.autograd.grad(loss, fake)[0]
    better = structural_similarity(fake - 1e-2 * step / step.norm(), real)
    assert better > structural_similarity(fake, real)
