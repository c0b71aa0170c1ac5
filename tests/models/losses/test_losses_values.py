"""Losses against values computed by hand."""
import math

import pytest
import torch
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.models.losses import (
    FeatureMatchingLoss,
    GANLoss,
    KLLoss,
    L1Loss,
    PerceptualLoss,
    TotalVariationLoss,
)
from ggtoolbox.registry import BACKBONES
from ggtoolbox.structures import DiscriminatorOutput


def scales(*logits, features=()):
    return [DiscriminatorOutput(torch.tensor(values), list(features)) for values in logits]


def cross_entropy(logit, target):
    probability = 1 / (1 + math.exp(-logit))
    return -math.log(probability if target else 1 - probability)


# Two scales with logits (2, -0.5) and (0.5,): the mean of the two scales' means.
GAN_VALUES = {
    'hinge': dict(real=((0 + 1.5) / 2 + 0.5) / 2, fake=((3 + 0.5) / 2 + 1.5) / 2,
                  generator=-(0.75 + 0.5) / 2),
    'least_squares': dict(real=((1 + 2.25) / 2 + 0.25) / 2, fake=((4 + 0.25) / 2 + 0.25) / 2,
                          generator=((1 + 2.25) / 2 + 0.25) / 2),
    'vanilla': {name: ((cross_entropy(2, target) + cross_entropy(-0.5, target)) / 2
                       + cross_entropy(0.5, target)) / 2
                for name, target in (('real', True), ('fake', False), ('generator', True))},
    'wasserstein': dict(real=-(0.75 + 0.5) / 2, fake=(0.75 + 0.5) / 2, generator=-(0.75 + 0.5) / 2),
}


@pytest.mark.parametrize('mode', GAN_VALUES)
def test_gan_loss(mode):
    loss, outputs = GANLoss(mode, weight=3.0), scales([2.0, -0.5], [0.5])
    terms = loss.discriminator(outputs, outputs)
    expected = GAN_VALUES[mode]
    assert terms['real'].item() == pytest.approx(expected['real'], rel=1e-6)
    assert terms['fake'].item() == pytest.approx(expected['fake'], rel=1e-6)
    assert loss.generator(outputs).item() == pytest.approx(3 * expected['generator'], rel=1e-6)
    assert loss(outputs) == loss.generator(outputs)


def test_gan_loss_smooths_what_is_real_and_halves_the_discriminators_terms():
    outputs = scales([2.0, -0.5])
    for mode, real in (('least_squares', (1.1 ** 2 + 1.4 ** 2) / 2), ('vanilla', sum(
            0.9 * cross_entropy(p, True) + 0.1 * cross_entropy(p, False) for p in (2.0, -0.5)) / 2)):
        loss = GANLoss(mode, real_label=0.9, discriminator_weight=0.5)
        terms = loss.discriminator(outputs, outputs)
        assert terms['real'].item() == pytest.approx(0.5 * real, rel=1e-6)
        assert terms['fake'].item() == pytest.approx(
            0.5 * GANLoss(mode).discriminator(outputs, outputs)['fake'].item())
        assert loss.generator(outputs).item() == pytest.approx(real, rel=1e-6)


def test_gan_loss_refuses_an_unknown_mode_and_a_label_that_means_nothing():
    with pytest.raises(InputError, match="found 'lsgan'"):
        GANLoss('lsgan')
    with pytest.raises(InputError, match="mode 'hinge', found 0.9"):
        GANLoss('hinge', real_label=0.9)


def test_scales_are_averaged_or_summed():
    outputs = scales([2.0, -0.5], [0.5])
    averaged, summed = GANLoss('least_squares'), GANLoss('least_squares', sum_scales=True)
    assert summed.generator(outputs).item() == pytest.approx((1 + 2.25) / 2 + 0.25)
    assert averaged.generator(outputs).item() == pytest.approx(summed.generator(outputs).item() / 2)
    for name, term in summed.discriminator(outputs, outputs).items():
        assert term.item() == pytest.approx(2 * averaged.discriminator(outputs, outputs)[name].item())


def test_feature_matching_sums_layers_and_averages_scales():
    fake = [DiscriminatorOutput(torch.zeros(1), [torch.tensor([1.0, 3.0]), torch.tensor([[2.0]])]),
            DiscriminatorOutput(torch.zeros(1), [torch.tensor([0.0, 0.0]), torch.tensor([[5.0]])])]
    real = [DiscriminatorOutput(torch.ones(1), [torch.zeros(2, requires_grad=True), torch.zeros(1, 1)]),
            DiscriminatorOutput(torch.ones(1), [torch.tensor([1.0, -1.0]), torch.ones(1, 1)])]
    fake[0].features[0].requires_grad_()
    loss = FeatureMatchingLoss(weight=10.0)(fake, real)
    assert loss.item() == pytest.approx(10 * (2 + 2 + 1 + 4) / 2)
    loss.backward()
    assert real[0].features[0].grad is None
    assert fake[0].features[0].grad.tolist() == [2.5, 2.5]


def test_scales_may_list_different_numbers_of_features():
    fake, real = ([DiscriminatorOutput(torch.zeros(1), [torch.full((2,), value)] * count) for count in (1, 3)]
                  for value in (1.0, 0.0))
    assert FeatureMatchingLoss(1.0, average='features')(fake, real).item() == pytest.approx(1.0)
    with pytest.raises(InputError, match='layer_weights must hold 3 weights'):
        FeatureMatchingLoss(1.0, layer_weights=[1.0])(fake, real)


def test_feature_matching_needs_features():
    with pytest.raises(InputError, match='return_features=True'):
        FeatureMatchingLoss()(scales([1.0]), scales([1.0]))


def test_kl_of_a_normal_to_the_standard_normal():
    mean = torch.tensor([[1.0, 0.0], [0.0, 2.0]])
    log_variance = torch.tensor([[0.0, math.log(2)], [0.0, 0.0]])
    total = 0.5 + 0.5 * (2 - 1 - math.log(2)) + 0 + 2.0
    assert KLLoss(0.05)(mean, log_variance).item() == pytest.approx(0.05 * total, rel=1e-6)
    assert KLLoss(1.0, 'batch_mean')(mean, log_variance).item() == pytest.approx(total / 2, rel=1e-6)
    with pytest.raises(InputError, match="found 'mean'"):
        KLLoss(reduction='mean')


def test_pixel_losses():
    image = torch.tensor([[[[0.0, 1.0], [3.0, 7.0]]]])
    assert TotalVariationLoss(0.5)(image).item() == 0.5 * (3 + 6 + 1 + 4)
    assert L1Loss(2.0)(image, torch.ones_like(image)).item() == pytest.approx(2 * (1 + 0 + 2 + 6) / 4)


@pytest.fixture
def toy_features():
    """A feature network whose layers are the image and twice the image."""
    @BACKBONES.register_module(name='ToyFeatures')
    class ToyFeatures(nn.Module):
        layers = ('one', 'two')

        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(torch.tensor(2.0), requires_grad=False)

        def forward(self, image):
            return dict(one=image, two=self.scale * image)

    yield dict(type='ToyFeatures')
    BACKBONES.module_dict.pop('ToyFeatures')


def test_perceptual_loss_weighs_its_layers(toy_features):
    loss = PerceptualLoss(weight=10.0, network=toy_features, layer_weights=(0.5, 0.25))
    fake, real = torch.full((1, 3, 2, 2), 0.5, requires_grad=True), torch.zeros(1, 3, 2, 2)
    value = loss(fake, real)
    assert value.item() == pytest.approx(10 * (0.5 * 0.5 + 0.25 * 1.0))
    value.backward()
    assert torch.allclose(fake.grad, torch.full_like(fake, 10 * (0.5 + 0.5) / 12))
    squared = PerceptualLoss(weight=10.0, network=toy_features, layer_weights=(0.5, 0.25), squared=True)
    assert squared(fake, real).item() == pytest.approx(10 * (0.5 * 0.25 + 0.25 * 1.0))
    with pytest.raises(InputError, match='2 weights.*found 5'):
        PerceptualLoss(network=toy_features)


def test_several_fakes_may_share_the_real_sides_features(toy_features):
    torch.manual_seed(0)
    loss = PerceptualLoss(weight=10.0, network=toy_features, layer_weights=(0.5, 0.25))
    real, fakes = torch.randn(1, 3, 2, 2, requires_grad=True), torch.randn(2, 1, 3, 2, 2)
    features = loss.real_features(real)
    assert not features[1].requires_grad
    for fake in fakes:
        assert torch.equal(loss.against(fake, features), loss(fake, real))


def test_perceptual_network_stays_out_of_checkpoints(toy_features):
    model = nn.ModuleDict(dict(loss=PerceptualLoss(network=toy_features, layer_weights=(1, 1)),
                               other=nn.Linear(1, 1)))
    state = model.state_dict()
    assert list(state) == ['other.weight', 'other.bias']
    model['loss'].network.scale.data.fill_(5.0)
    model.load_state_dict(state, strict=True)
    assert model['loss'].network.scale.item() == 5.0
