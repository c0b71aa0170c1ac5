import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import PanopticGenerator, SPADEGenerator
from ggtoolbox.models.layers.panoptic import PanopticMap, panoptic_identities
from ggtoolbox.models.upsamplers import PanopticAwareUpsampler
from ggtoolbox.ops.panoptic_convolution import panoptic_convolution_reference
from ggtoolbox.registry import GENERATORS


def small(**changes):
    torch.manual_seed(0)
    arguments, inputs = PanopticGenerator.example()
    return PanopticGenerator(**{**arguments, **changes}).eval(), inputs


def test_a_pixel_is_one_of_its_class_and_instance():
    label, instance = torch.tensor([[[1, 1, 2, 255]]]), torch.tensor([[[7, 8, 7, 7]]])
    assert len(panoptic_identities(label, instance).unique()) == 4
    assert torch.equal(panoptic_identities(None, instance), instance)


def test_maps_are_made_once_a_resolution():
    panoptic = PanopticMap(torch.arange(64).reshape(1, 8, 8))
    assert torch.equal(panoptic.at((4, 4)), panoptic.identities[:, ::2, ::2])
    assert panoptic.at((4, 4)) is panoptic.at((4, 4))
    assert panoptic.neighbours((4, 4), 3) is panoptic.neighbours((4, 4), 3)
    assert panoptic.alignment((4, 4), (8, 8), 'nearest') is panoptic.alignment((4, 4), (8, 8), 'nearest')


def test_holes_are_filled_from_the_semantic_map():
    torch.manual_seed(0)
    upsampler = PanopticAwareUpsampler(3, guide_channels=4)
    label = torch.randint(0, 4, (2, 8, 8))
    panoptic, guide = PanopticMap(label * 2), F.one_hot(label, 4).permute(0, 3, 1, 2).float()
    x = torch.randn(2, 3, 4, 4)
    found = panoptic.alignment((4, 4), (8, 8), 'lower_right').found
    made = panoptic_convolution_reference(guide, label, upsampler.fill.weight, upsampler.fill.bias)
    y = upsampler(x, guide, panoptic)
    assert 0.25 <= found.float().mean() < 1
    torch.testing.assert_close(torch.where(found, y, made), y)
    assert upsampler(x, guide).equal(F.interpolate(x, scale_factor=2, mode='nearest'))
    bare = PanopticAwareUpsampler(3, guide_channels=4, fill=False)
    assert bare.fill is None and bare(x, guide, panoptic).masked_select(~found).eq(0).all()
    unguided = PanopticAwareUpsampler(3)(x, None, panoptic)
    assert unguided.masked_select(~found).equal(
        F.interpolate(x, scale_factor=2, mode='nearest').masked_select(~found))


def test_state_names_are_gaugans_and_the_fills():
    network, _ = small()
    plain = SPADEGenerator(**{**SPADEGenerator.example()[0], 'edge': False})
    extra = network.state_dict().keys() - plain.state_dict().keys()
    assert plain.state_dict().keys() <= network.state_dict().keys()
    assert all('.fill.' in name for name in extra) and len(extra) == 2 * len(network.upsamplers)


def test_each_switch_changes_the_image_and_none_is_gaugan():
    network, inputs = small()
    plain, _ = small(panoptic_convolution=False, upsampler=dict(type='NearestUpsampler'))
    assert network.guided_input.names == ('label', 'instance') and plain.guided_input.names == ('label',)
    reference = SPADEGenerator(**{**SPADEGenerator.example()[0], 'edge': False}).eval()
    images = []
    for changes in ({}, dict(panoptic_convolution=False), dict(upsampler=dict(type='NearestUpsampler'))):
        other, _ = small(**changes)
        other.load_state_dict(network.state_dict(), strict=False)
        images.append(other(**inputs)['image'])
    for model in (plain, reference):
        model.load_state_dict(network.state_dict(), strict=False)
        images.append(model(label=inputs['label'])['image'])
    assert torch.equal(images[3], images[4])
    assert all((a - b).abs().max() > 1e-4 for i, a in enumerate(images[:4]) for b in images[:i])


@pytest.mark.parametrize('name', ['SPADEGenerator', 'LGGANGenerator', 'Pix2pixHDGenerator',
                                  'EdgeGANGenerator', 'CCFPSEGenerator', 'LocalEnhancer'])
def test_any_generator_of_label_maps_takes_the_upsampler(name):
    torch.manual_seed(0)
    arguments, inputs = GENERATORS.get(name).example()
    network = GENERATORS.get(name)(**arguments, upsampler=dict(type='PanopticAwareUpsampler')).eval()
    assert network.guided_input.names[-1] == 'instance'
    rows = torch.arange(inputs['label'].shape[1])[:, None]
    maps = [(rows // step + inputs['label'][0] * 0).expand_as(inputs['label']) for step in (1000, 3)]
    for _ in range(3):  # spectral norm starts from random vectors and settles by iteration
        network.train()(**inputs, instance=maps[0])
    network.eval()
    one, several = (network(**inputs, instance=instance)['image'] for instance in maps)
    assert (one - several).abs().max() > 1e-5
    with pytest.raises(InputError, match='instance must be given for its panoptic aware layers, found none'):
        network(**inputs)


def test_a_map_of_another_size_is_named():
    network, inputs = small()
    with pytest.raises(InputError, match=r'instance must have the shape \(2, 64, 32\) of label, found'):
        network(inputs['label'], instance=inputs['instance'][:, ::2])
