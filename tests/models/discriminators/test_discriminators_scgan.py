import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.discriminators.scgan import AttributeDiscriminator, SpectralAttributeDiscriminator


def test_a_map_of_logits_and_a_logit_an_attribute():
    output, = AttributeDiscriminator(5, (32, 48), channels=2, num_layers=3)(torch.rand(2, 3, 32, 48))
    assert output.logits.shape == (2, 1, 4, 6)
    assert output.attributes.shape == (2, 5)
    assert [feature.shape[1] for feature in output.features] == [2, 4, 8]


def test_a_single_image_keeps_its_batch():
    output, = AttributeDiscriminator(1, (16, 16), channels=2, num_layers=4)(torch.rand(1, 3, 16, 16))
    assert output.logits.shape == (1, 1, 1, 1) and output.attributes.shape == (1, 1)


@pytest.mark.parametrize('kind', [AttributeDiscriminator, SpectralAttributeDiscriminator])
def test_without_attributes_nothing_is_classified(kind):
    network = kind(channels=2)
    assert network(torch.rand(1, 3, 64, 128))[0].attributes is None
    assert not any('attributes' in name for name in network.state_dict())


def test_the_slope_of_the_activations_is_an_option():
    torch.manual_seed(0)
    network = AttributeDiscriminator(channels=2, num_layers=2, leaky_slope=0.01)
    image = torch.rand(1, 3, 8, 8)
    first = network.layers[0](image)
    expected = torch.where(first > 0, first, 0.01 * first)
    assert torch.equal(network(image)[0].features[0], expected)


def test_spectral_norm_iterates_in_train_mode_alone():
    network = SpectralAttributeDiscriminator(2, channels=2, num_downsamplings=2)
    image = torch.rand(2, 3, 16, 8)
    before = network.to_logits.weight_u.clone(), network.blocks[0].first.weight_u.clone()
    network.eval()(image)
    assert torch.equal(network.blocks[0].first.weight_u, before[1])
    output, = network.train()(image)
    assert not torch.equal(network.blocks[0].first.weight_u, before[1])
    assert output.logits.shape == (2, 1) and output.attributes.shape == (2, 2)
    assert [tuple(feature.shape[1:]) for feature in output.features] == [(2, 8, 4), (4, 4, 2), (4, 4, 2)]


@pytest.mark.parametrize('build, message', [
    (lambda: AttributeDiscriminator(image_size=(96, 128)), r'multiples of 64 .*found \(96, 128\)'),
    (lambda: AttributeDiscriminator(2, (16, 16), 2, 2)(torch.rand(1, 3, 32, 16)),
     r'size \(16, 16\) by image_size, found \(32, 16\)'),
    (lambda: SpectralAttributeDiscriminator(channels=2)(torch.rand(1, 3, 48, 64)),
     r'multiples of 32 .*found \(48, 64\)')])
def test_sizes_that_do_not_fit_are_refused(build, message):
    with pytest.raises(InputError, match=message):
        build()
