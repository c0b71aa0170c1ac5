import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators.scgan import SCGANGenerator, UpsamplingResidualBlock

SMALL = dict(num_classes=4, num_attributes=3, latent_dim=6, image_size=(32, 48), channels=2, num_doublings=4,
             latent_channels=5)
READINGS = dict(
    paper={}, reversed=dict(label_step=2, latent_channels=16),
    trained=dict(attribute_step=0, latent_channels=None),
    sc_2=dict(attribute_step=1, latent_channels=None, num_doublings=3, merge='convolve'),
    wgan=dict(num_classes=0, num_attributes=0), acwgan=dict(num_classes=0, attribute_step=0))


def build(**options):
    torch.manual_seed(0)
    return SCGANGenerator(**{**SMALL, **options}).eval()


def inputs(size=(32, 48), **changed):
    generator = torch.Generator().manual_seed(1)
    given = dict(label=torch.randint(0, 4, (2, *size), generator=generator),
                 latent=torch.randn(2, 6, generator=generator),
                 attributes=torch.tensor([[1.0, 0, 1], [0, 1, 0]]))
    return {**given, **changed}


def features(network, given):
    """What each block gives."""
    found, handles = [], []
    for block in network.blocks:
        handles.append(block.register_forward_hook(lambda _module, _given, out: found.append(out)))
    network(**given)
    for handle in handles:
        handle.remove()
    return found


@pytest.mark.parametrize('options', READINGS.values(), ids=READINGS)
def test_every_reading_gives_an_image_that_all_its_inputs_change(options):
    network = build(**options)
    given = {name: value for name, value in inputs().items() if name in network.names}
    image = network(**given)['image']
    assert image.shape == (2, 3, 32, 48)
    assert image.abs().max() <= 1
    for name, value in given.items():
        assert not torch.equal(network(**{**given, name: value.flip(0)})['image'], image), name


@pytest.mark.parametrize('name, options, untouched', [
    ('attributes', {}, 2), ('attributes', dict(attribute_step=3), 3), ('label', READINGS['reversed'], 2),
    ('latent', dict(latent_step=1), 1)])
def test_an_input_joins_at_its_step(name, options, untouched):
    network, given = build(**options), inputs()
    before = features(network, given)
    after = features(network, {**given, name: given[name].flip(0)})
    changed = [not torch.equal(a, b) for a, b in zip(before, after)]
    assert changed == [step >= untouched for step in range(4)]


def test_the_block_is_figure_3():
    torch.manual_seed(0)
    block, x = UpsamplingResidualBlock(3, 5).eval(), torch.randn(2, 3, 4, 6)
    main = block.second(F.interpolate(F.relu(block.first(x)), scale_factor=2, mode='nearest'))
    bypass = block.bypass(F.interpolate(x, scale_factor=2, mode='nearest'))
    torch.testing.assert_close(block(x), F.relu(main + bypass))


def test_a_latent_of_constant_maps_leaves_the_size_open():
    network = build(image_size=None, **READINGS['trained'])
    for size in ((32, 32), (64, 16)):
        assert network(**inputs(size))['image'].shape[-2:] == size


def test_ids_and_their_one_hot_maps_are_the_same():
    network, given = build(), inputs()
    maps = F.one_hot(given['label'], 4).permute(0, 3, 1, 2).float()
    torch.testing.assert_close(network(**{**given, 'label': maps})['image'], network(**given)['image'])


def test_a_missing_latent_is_drawn():
    network, given = build(), inputs(latent=None)
    torch.manual_seed(3)
    first = network(**given)['image']
    assert not torch.equal(network(**given)['image'], first)
    torch.manual_seed(3)
    assert torch.equal(network(**given)['image'], first)


@pytest.mark.parametrize('options, message', [
    (dict(merge='add'), "merge must be 'concatenate' or 'convolve', found 'add'"),
    (dict(label_step=1, latent_step=1), 'one of them at 0, found latent at 1, label at 1, attributes at 2'),
    (dict(attribute_step=4), 'steps must lie in 0 .. 3'),
    (dict(image_size=None), 'image_size must be given unless there is a label and latent_channels is None'),
    (dict(image_size=None, num_classes=0, latent_channels=None), 'image_size must be given'),
    (dict(image_size=(40, 48)), 'multiples of 16'), (dict(image_size=(16, 16)), 'and one of them more')])
def test_a_generator_that_cannot_be_is_refused(options, message):
    with pytest.raises(InputError, match=message):
        build(**options)


@pytest.mark.parametrize('options, changed, message', [
    ({}, dict(label=None), 'label must have 4 channels, found 0'),
    ({}, dict(attributes=None), r'attributes must have shape \(2, 3\), found None'),
    ({}, dict(attributes=torch.zeros(2, 4)), r'attributes must have shape \(2, 3\), found \(2, 4\)'),
    ({}, dict(latent=torch.zeros(1, 6)), r'latent must have shape \(2, 6\), found \(1, 6\)'),
    ({}, dict(label=torch.zeros(2, 32, 32).long()), r'label must have the size \(32, 48\) by image_size'),
    (READINGS['wgan'], dict(label=None), 'attributes must have shape None'),
    (READINGS['wgan'], dict(attributes=None), 'label must be absent with num_classes=0')])
def test_inputs_that_it_was_not_built_for_are_refused(options, changed, message):
    with pytest.raises(InputError, match=message):
        build(**options)(**inputs(**changed))
