import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.sean import SEAN, mix_styles
from ggtoolbox.models.generators import SEANGenerator
from ggtoolbox.models.generators.sean import class_boundaries
from ggtoolbox.models.layers.layout import Layout
from ggtoolbox.models.layers.sean import PixelNoise, RegionStyleEncoder


def small(**changes):
    torch.manual_seed(0)
    arguments, inputs = SEANGenerator.example()
    network = SEANGenerator(**{**arguments, **changes})
    if not network.guided_input.expected['edge']:
        del inputs['edge']
    with torch.no_grad():
        network(**inputs)
    return network.eval(), inputs


@pytest.mark.parametrize('arguments, released', [
    (dict(num_classes=19), 266_907_367),
    (dict(num_classes=35, edge=True, image_size=(256, 512), num_upsamplings=6), 334_393_831)])
def test_parameters_are_the_released_ones_but_for_six_unused_scalars(arguments, released):
    with torch.device('meta'):
        network = SEANGenerator(**arguments)
    assert sum(p.numel() for p in network.parameters()) == released - 6


def test_a_regions_style_is_the_mean_over_its_pixels():
    torch.manual_seed(0)
    encoder, image = RegionStyleEncoder(4), torch.rand(2, 3, 8, 12) * 2 - 1
    semantics = torch.zeros(2, 3, 8, 12)
    semantics[:, 0, :4], semantics[:, 2, 2:] = 1, 1  # they overlap; the second is empty
    styles, features = encoder(image, Layout(semantics)), encoder.features(image)
    assert features.shape == (2, 4, 4, 6)
    torch.testing.assert_close(styles[:, 0], features[:, :, :2].mean((2, 3)))
    torch.testing.assert_close(styles[:, 2], features[:, :, 1:].mean((2, 3)))
    assert styles[:, 1].eq(0).all()


def test_noise_is_one_value_a_pixel_and_starts_at_nothing():
    torch.manual_seed(0)
    noise, x = PixelNoise(3), torch.randn(2, 3, 4, 5)
    assert torch.equal(noise(x), x)
    noise.scale.data = torch.tensor([1.0, 2.0, 0.0])
    added = noise.eval()(x) - x
    torch.testing.assert_close(added[:, 1], 2 * added[:, 0])
    assert added[:, 2].eq(0).all() and added[:, 0].std() > 0.5


def test_the_last_region_wins():
    semantics = torch.zeros(1, 3, 2, 2)
    semantics[0, 0] = 1
    semantics[0, 2, 0] = 1
    semantics[0, :, 1, 1] = 0
    assert Layout(semantics).regions((2, 2)).tolist() == [[[2, 2], [0, -1]]]


def test_styles_of_the_picture_itself_or_given_ones_make_the_same_image():
    network, inputs = small()
    torch.manual_seed(1)
    found = network(**inputs)
    torch.manual_seed(1)
    given = network(label=inputs['label'], edge=inputs['edge'], region_styles=found['region_styles'])
    assert torch.equal(given['image'], found['image'])
    encoded = network.encode(inputs['exemplar_image'], inputs['label'], inputs['edge'])
    torch.testing.assert_close(encoded, found['region_styles'])
    torch.testing.assert_close(network.encode(inputs['exemplar_image'], inputs['label']), encoded)


def test_another_picture_gives_its_own_regions_styles():
    network, inputs = small(edge=False)
    other = dict(exemplar_image=inputs['exemplar_image'].flip(1), exemplar_label=inputs['label'].clamp(max=2))
    styles = network(inputs['label'], **other)['region_styles']
    assert styles[:, 3:].eq(0).all() and styles[:, :3].ne(0).any(-1).all()


def test_styles_are_mixed_where_the_other_picture_has_them():
    own, other = torch.ones(1, 4, 2), torch.full((1, 4, 2), 3.0)
    other[0, 1] = 0
    assert mix_styles(own, other)[0, :, 0].tolist() == [3, 1, 3, 3]
    assert mix_styles(own, other, [0, 1], 0.5)[0, :, 0].tolist() == [2, 1, 1, 1]


def test_boundaries_lie_on_both_sides():
    label = torch.tensor([[[0, 0, 1, 1], [0, 0, 1, 1], [0, 0, 0, 0]]])
    assert class_boundaries(label)[0, 0].tolist() == [[0, 1, 1, 0], [0, 1, 1, 1], [0, 0, 1, 1]]


def test_the_gan_takes_the_style_that_it_is_given():
    arguments, inputs = SEANGenerator.example()
    torch.manual_seed(0)
    model = SEAN(dict(type='SEANGenerator', **arguments)).eval()
    batch = dict(label=inputs['label'], edge=inputs['edge'], target_image=inputs['exemplar_image'])
    own = model.generate(batch)['region_styles']
    other = model.generate(dict(batch, exemplar_image=-batch['target_image']))['region_styles']
    assert not torch.equal(own, other)
    assert torch.equal(model.generate(dict(batch, region_styles=own * 2))['region_styles'], own * 2)
    assert model.test_inputs().required == ('label', 'edge', 'target_image')


def test_what_does_not_fit_is_named():
    network, inputs = small()
    with pytest.raises(InputError, match='one of exemplar_image and region_styles must be given, found none'):
        network(inputs['label'], inputs['edge'])
    with pytest.raises(InputError, match=r'region_styles must be \(2, 6, 6\), found \(2, 5, 6\)'):
        network(inputs['label'], inputs['edge'], region_styles=torch.zeros(2, 5, 6))
    with pytest.raises(InputError, match='num_upsamplings must be 5 or 6, found 7'):
        small(num_upsamplings=7)
