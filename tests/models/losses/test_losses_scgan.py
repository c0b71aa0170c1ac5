import pytest
import torch
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.models.losses.attribute import AttributeLoss
from ggtoolbox.models.losses.gradient_penalty import GradientPenaltyLoss, gradient_norms
from ggtoolbox.models.losses.segmentation import SegmentationLoss
from ggtoolbox.structures import DiscriminatorOutput


class Linear(nn.Module):
    """Two patches, each the same weighted sum of the image."""

    def __init__(self, weight):
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, image):
        total = (image * self.weight).sum((1, 2, 3))
        return [DiscriminatorOutput(torch.stack([total, total], dim=1), [])]


class Curved(Linear):
    def forward(self, image):
        return [DiscriminatorOutput((image * self.weight).pow(3).mean((2, 3)), [])]


def images(dtype=torch.float32):
    torch.manual_seed(0)
    return *torch.rand(2, 3, 3, 4, 4, dtype=dtype), torch.rand(3, 1, 1, 1, dtype=dtype)


def test_the_penalty_of_a_linear_discriminator_is_known():
    weight = torch.zeros(3, 4, 4)
    weight[0, :2, 0] = torch.tensor([3.0, 4.0])
    network = Linear(weight)
    loss = GradientPenaltyLoss(weight=10.0)(network, *images())
    assert loss.item() == pytest.approx(10 * (2 * 5 - 1) ** 2)
    loss.backward()
    torch.testing.assert_close(network.weight.grad, 10 * 2 * 9 * 2 * weight / 5)


def test_it_is_taken_between_real_and_fake():
    weight, (real, fake, between) = torch.ones(3, 4, 4), images()
    network = Curved(weight)
    mixed = between * real + (1 - between) * fake
    expected = (gradient_norms(network, mixed) - 1).square().mean()
    torch.testing.assert_close(GradientPenaltyLoss(1.0)(network, real, fake, between), expected)
    # d/dx sum mean (w x)^3 = 3 x^2 / 16
    gradient = 3 * mixed.square() / 16
    torch.testing.assert_close(gradient_norms(network, mixed), gradient.flatten(1).norm(dim=1))


def test_the_discriminators_gradient_is_right():
    real, fake, between = images(torch.float64)
    network, penalty = Curved(torch.rand(3, 4, 4, dtype=torch.float64)), GradientPenaltyLoss(1.0)

    def of(weight):
        network.weight.data = weight.data
        return penalty(lambda image: [DiscriminatorOutput((image * weight).pow(3).mean((2, 3)), [])],
                       real, fake, between)
    assert torch.autograd.gradcheck(of, (network.weight.detach().clone().requires_grad_(),))


def test_it_is_computed_in_full_precision_and_outside_no_grad():
    real, fake, between = images()
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 2))
    discriminator = lambda image: [DiscriminatorOutput(network(image), [])]
    expected = GradientPenaltyLoss()(discriminator, real, fake, between)
    with torch.autocast('cpu', torch.bfloat16), torch.no_grad():
        found = GradientPenaltyLoss()(discriminator, real, fake.bfloat16().float(), between)
    torch.testing.assert_close(found, expected, rtol=1e-2, atol=1e-2)
    with torch.autocast('cpu', torch.bfloat16):
        same = GradientPenaltyLoss()(discriminator, real, fake, between)
    assert torch.equal(same, expected)


def test_a_compiled_discriminator_is_differentiated_twice():
    images_, network = images(), nn.Sequential(nn.Conv2d(3, 4, 3), nn.LeakyReLU(0.2), nn.Conv2d(4, 1, 2))
    discriminator, gradients = lambda image: [DiscriminatorOutput(network(image), [])], []
    for compiled in (False, True):
        if compiled:
            network.compile(backend='aot_eager')
            discriminator(images_[0])
        network.zero_grad()
        GradientPenaltyLoss()(discriminator, *images_).backward()
        gradients.append(network[0].weight.grad)
    torch.testing.assert_close(*gradients)


def test_attributes_that_are_absent_count_unless_told_not_to():
    logits, attributes = torch.tensor([[0.0, 2.0], [1.0, -1.0]]), torch.tensor([[1.0, 0.0], [1.0, 1.0]])
    yes = -torch.sigmoid(logits).log()
    no = -(1 - torch.sigmoid(logits)).log()
    expected = yes[0, 0] + no[0, 1] + yes[1, 0] + yes[1, 1]
    torch.testing.assert_close(AttributeLoss(4.0)(logits, attributes), 4 * expected / 2)
    present = AttributeLoss(1.0, absent=False)(logits, attributes)
    torch.testing.assert_close(present, (expected - no[0, 1]) / 2)


def test_a_segmentation_is_averaged_or_summed_over_pixels_that_are_not_ignored():
    torch.manual_seed(0)
    logits, label = torch.randn(2, 3, 2, 2), torch.tensor([[[0, 1], [2, 255]], [[1, 1], [0, 2]]])
    entropy = -logits.log_softmax(1).gather(1, label.clamp(max=2)[:, None])[:, 0][label != 255]
    torch.testing.assert_close(SegmentationLoss()(logits, label), entropy.mean())
    torch.testing.assert_close(SegmentationLoss(3.0, 'sum')(logits, label), 3 * entropy.sum() / 2)
    assert SegmentationLoss()(logits, torch.full_like(label, 255)) == 0
    with pytest.raises(InputError, match="reduction must be 'mean' or 'sum', found 'none'"):
        SegmentationLoss(reduction='none')
