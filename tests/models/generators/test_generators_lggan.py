import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import LGGANGenerator, SPADEGenerator

CROSS_VIEW = dict(num_classes=6, source_channels=3, guide_channels=3, reads_label=False, share_blocks=True,
                  fusion='addition', classifier=False)
NEVER_USED = 9411  # the released cross-view generator's seventh sub-generator, which ours has not


def draw(size=(16, 24), classes=5, batch=2):
    torch.manual_seed(0)
    return dict(source_image=torch.rand(batch, 3, *size) * 2 - 1, target_guide=torch.rand(batch, 3, *size),
                label=torch.randint(0, classes, (batch, *size)))


def cross_view(**arguments):
    torch.manual_seed(0)
    return LGGANGenerator(**{**CROSS_VIEW, 'channels': 2, 'num_blocks': 1, **arguments})


def semantic(**arguments):
    torch.manual_seed(0)
    defaults, _ = LGGANGenerator.example()
    return LGGANGenerator(**{**defaults, 'edge': False, **arguments})


def test_the_cross_view_generator_has_the_papers_12_1913_million_parameters():
    with torch.device('meta'):
        parameters = sum(p.numel() for p in LGGANGenerator(**CROSS_VIEW).parameters())
    assert parameters + NEVER_USED == 12_191_258


def test_the_image_is_the_weighted_sum_of_local_and_global():
    outputs = cross_view()(**draw())
    weights = outputs['weight_map']
    torch.testing.assert_close(weights.sum(1), torch.ones(2, 16, 24))
    expected = weights[:, :1] * outputs['local_image'] + weights[:, 1:] * outputs['global_image']
    torch.testing.assert_close(outputs['image'], expected)
    torch.testing.assert_close(outputs['local_image'], outputs['class_images'].sum(1))
    assert set(outputs) == {'image', 'local_image', 'global_image', 'weight_map', 'class_images'}


def test_without_a_weight_map_the_image_is_the_mean():
    network = cross_view(weight_map=False)
    outputs = network(**draw())
    torch.testing.assert_close(outputs['image'], (outputs['local_image'] + outputs['global_image']) / 2)
    assert not any('weight' in name.partition('.')[0] for name, _ in network.named_parameters())


def test_a_label_that_only_cuts_changes_the_local_image_alone():
    network, inputs = cross_view(), draw()
    before = network(**inputs)
    after = network(**{**inputs, 'label': inputs['label'].roll(3, 2)})
    for name in ('global_image', 'weight_map'):
        assert torch.equal(before[name], after[name])
    assert not torch.equal(before['local_image'], after['local_image'])


@pytest.mark.parametrize('share', [True, False])
def test_shared_blocks_are_trained_by_all_branches(share):
    network = cross_view(share_blocks=share, upsampler=dict(type='NearestUpsampler'))
    outputs = network(**draw())
    for name in ('global_image', 'weight_map'):
        network.zero_grad()
        outputs[name].square().sum().backward(retain_graph=True)
        gradient = network.blocks[0].first[0].weight.grad
        assert (gradient is not None and bool(gradient.any())) == share


def test_upsampler_and_head_reach_all_branches():
    upsampler, head = dict(type='PixelShuffleUpsampler'), dict(type='RGBHead', kernel_size=5)
    for network in (cross_view(upsampler=upsampler, head=head), semantic(upsampler=upsampler, head=head)):
        kinds = {type(module).__name__ for module in network.modules()}
        assert {kind for kind in kinds if 'Upsampler' in kind} == {'PixelShuffleUpsampler'}
        assert [module.kernel_size for name, module in network.named_modules()
                if name.endswith('head.convolution')] == [(5, 5)]


def test_spade_starts_from_the_shared_encoder():
    network = semantic()
    assert network.global_generator.stem is None
    inputs = dict(label=draw((32, 64))['label'])
    network(**inputs)['global_image'].square().sum().backward()
    assert all(p.grad.any() for p in network.deep_downs.parameters() if p.dim() > 1)
    for found, features in ((None, None), (3, torch.zeros(2, 3, 2, 4))):
        with pytest.raises(InputError, match=f'features must have 32 channels .*found {found}'):
            network.global_generator(**inputs, features=features)
    with pytest.raises(InputError, match='absent without, found 32'):
        SPADEGenerator(5, image_size=(32, 64), channels=2, num_upsamplings=5)(
            **inputs, features=torch.zeros(2, 32, 2, 4))


@pytest.mark.parametrize('global_generator', [
    dict(type='UNetGenerator', num_downsamplings=5), dict(type='ResNetGenerator', num_blocks=1),
    dict(type='DAGANGenerator', image_size=(32, 64), num_upsamplings=5),
    dict(type='SPADEGenerator', image_size=(32, 64), num_upsamplings=5, from_features=False)])
def test_any_generator_can_be_the_global_branch(global_generator):
    network = semantic(global_generator=global_generator)
    assert bool(network.deep_downs) == getattr(network.global_generator, 'from_features', False)
    outputs = network(label=draw((32, 64))['label'])
    assert outputs['global_image'].shape == (2, 3, 32, 64)
    sum(value.square().mean() for value in outputs.values()).backward()
    assert all(p.grad is not None for p in network.parameters())


def test_pixels_of_no_class_and_one_hot_maps():
    network = cross_view(reads_label=True).eval()
    inputs = draw()
    inputs['label'][:, :3] = 255
    maps = torch.stack([inputs['label'] == kind for kind in range(6)], 1).float()
    torch.testing.assert_close(network(**inputs)['image'], network(**{**inputs, 'label': maps})['image'])


@pytest.mark.parametrize('size', [(8, 8), (12, 20)])
def test_any_multiple_of_4(size):
    assert cross_view()(**draw(size))['image'].shape == (2, 3, *size)


@pytest.mark.parametrize('size', [(10, 16), (4, 16)])
def test_other_sizes_are_refused(size):
    with pytest.raises(InputError, match='multiples of 4 and at least 8'):
        cross_view()(**draw(size))


def test_a_label_of_another_size_or_none_is_refused():
    inputs = draw()
    for label, found in ((None, 'none'), (inputs['label'][:, :8], r'\(2, 8, 24\)')):
        with pytest.raises(InputError, match=rf'label must have the size \(16, 24\) .*found {found}'):
            cross_view()(**{**inputs, 'label': label})


def test_a_global_generator_of_another_size_is_refused():
    network = semantic(global_generator=dict(type='SPADEGenerator', image_size=(64, 64), num_upsamplings=5))
    with pytest.raises(InputError, match=r'of the size \(64, 64\) and the label has \(32, 64\)'):
        network(label=draw((32, 64))['label'])
