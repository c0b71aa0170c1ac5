import copy

import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import SPADEGenerator
from ggtoolbox.registry import GENERATORS, UPSAMPLERS

CITYSCAPES = dict(num_classes=35, edge=True, image_size=(256, 512), num_upsamplings=6)
ADE20K = dict(num_classes=151, image_size=(256, 256), num_upsamplings=5)
COCO = dict(num_classes=183, edge=True, image_size=(256, 256), num_upsamplings=5)
PARAMETERS = [
    (CITYSCAPES, 93_048_003),
    (ADE20K, 96_492_483),
    (COCO, 97_480_899),
    (dict(num_classes=13, image_size=(256, 256), num_upsamplings=5), 92_359_107),
    (dict(ADE20K, latent_dim=256), 111_942_595),
    (dict(CITYSCAPES, latent_dim=256), 101_136_579),
    (dict(COCO, latent_dim=256), 112_626_883),
    (dict(ADE20K, num_upsamplings=7), 97_412_579),
    (dict(num_classes=0, guide_channels=3, image_size=(256, 256), num_upsamplings=5, latent_dim=256),
     108_873_667),
]
# Table 12 of SAU's paper, Cityscapes: 93.0, 93.0, 93.0, 98.6, 143.2, 97.4 and 93.4 million.
TABLE_12 = [('NearestUpsampler', True, 93_048_003), ('BilinearUpsampler', True, 93_048_003),
            ('BicubicUpsampler', True, 93_048_003), ('DeconvolutionUpsampler', True, 98_620_483),
            ('PixelShuffleUpsampler', True, 143_190_723),
            ('SpatialAttentionUpsampler', False, 97_415_209), ('SAU', True, 93_401_939)]


def count(arguments):
    with torch.device('meta'):
        return sum(p.numel() for p in SPADEGenerator(**arguments).parameters())


@pytest.mark.parametrize('arguments, expected', PARAMETERS)
def test_parameters_of_the_paper_configurations(arguments, expected):
    assert count(arguments) == expected


@pytest.mark.parametrize('upsampler, shared, expected', TABLE_12)
def test_parameters_of_table_12(upsampler, shared, expected):
    assert count(dict(CITYSCAPES, upsampler=dict(type=upsampler), share_upsamplers=shared)) == expected


def small(**changes):
    torch.manual_seed(0)
    arguments, inputs = SPADEGenerator.example()
    return SPADEGenerator(**{**arguments, **changes}).eval(), inputs


@pytest.mark.parametrize('num_upsamplings, size', [(5, (64, 32)), (6, (64, 128)), (7, (128, 128))])
def test_image_size_is_fixed_by_construction(num_upsamplings, size):
    network, inputs = small(num_upsamplings=num_upsamplings, image_size=size)
    assert network(**inputs)['image'].shape == (2, 3, *size)


def test_without_an_image_size_the_layout_decides():
    network, inputs = small(image_size=None)
    assert network(**inputs)['image'].shape == (2, 3, 64, 32)
    cropped = {name: value[..., :32, :] for name, value in inputs.items()}
    assert network(**cropped)['image'].shape == (2, 3, 32, 32)
    with pytest.raises(InputError, match=r'\(48, 32\) must be multiples of 32'):
        network(**{name: value[..., :48, :] for name, value in inputs.items()})


def test_a_latent_is_drawn_where_none_is_given():
    network, inputs = small(latent_dim=8)
    latent = torch.randn(2, 8)
    torch.manual_seed(3)
    first, second = network(**inputs)['image'], network(**inputs)['image']
    torch.manual_seed(3)
    assert torch.equal(network(**inputs)['image'], first)
    assert not torch.equal(first, second)
    given = [network(**inputs, latent=latent)['image'] for _ in range(2)]
    assert torch.equal(*given)


def test_class_ids_equal_their_ready_map():
    network, inputs = small()
    ready = torch.nn.functional.one_hot(inputs['label'], 5).permute(0, 3, 1, 2).float()
    assert torch.equal(network(**inputs)['image'], network(ready, inputs['edge'])['image'])


def test_a_guide_alone_may_steer():
    network, _ = small(num_classes=0, edge=False, guide_channels=3)
    guide = torch.randn(1, 3, 64, 32)
    assert network(target_guide=guide)['image'].shape == (1, 3, 64, 32)


@pytest.mark.parametrize('arguments, message', [
    (dict(num_upsamplings=4), 'num_upsamplings must be 5, 6 or 7, found 4'),
    (dict(image_size=(64, 40)), r'\(64, 40\) must be multiples of 32'),
    (dict(image_size=None, latent_dim=8), 'image_size must be given with a latent'),
    (dict(image_size=(32, 32), norm='instance'), 'single pixel'),
    (dict(norm='layer'), "found 'layer'"),
])
def test_impossible_arguments_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        small(**arguments)


def test_missing_and_unasked_inputs_are_named():
    network, inputs = small()
    with pytest.raises(InputError, match='edge must have 1 channels, found 0'):
        network(inputs['label'])
    with pytest.raises(InputError, match='target_guide must have 0 channels, found 3'):
        network(**inputs, target_guide=torch.zeros(2, 3, 64, 32))
    with pytest.raises(InputError, match=r'latent_dim=None, found \(2, 8\)'):
        network(**inputs, latent=torch.zeros(2, 8))
    with pytest.raises(InputError, match='class id 5, expected 0 to 4'):
        network(inputs['label'] + 5, inputs['edge'])


def test_upsamplers_are_shared_by_width_and_see_the_layout():
    seen = []

    @UPSAMPLERS.register_module(name='Witness')
    class Witness(torch.nn.Module):
        def __init__(self, in_channels, scale):
            super().__init__()
            self.in_channels, self.scale = in_channels, scale

        def forward(self, x, guide):
            seen.append((self, x.shape[1], tuple(guide.shape)))
            return x.repeat_interleave(self.scale, 2).repeat_interleave(self.scale, 3)

    try:
        for shared, modules in ((True, 4), (False, 6)):
            seen.clear()
            network, inputs = small(num_upsamplings=6, image_size=(64, 64), share_upsamplers=shared,
                                    upsampler=dict(type='Witness'))
            network(**inputs)
            assert [width for _, width, _ in seen] == [32, 32, 32, 16, 8, 4]
            assert all(module.in_channels == width for module, width, _ in seen)
            assert {guide for _, _, guide in seen} == {(2, 6, 64, 32)}
            assert len({id(module) for module, _, _ in seen}) == modules
    finally:
        UPSAMPLERS.module_dict.pop('Witness')


def test_exports_compiles_and_copies():
    network, inputs = small()
    expected = network(**inputs)['image']
    exported = torch.export.export(network, (), inputs).module()
    torch.testing.assert_close(exported(**inputs)['image'], expected)
    compiled = torch.compile(network, backend='eager', fullgraph=True)
    torch.testing.assert_close(compiled(**inputs)['image'], expected)
    network.train()(**inputs)['image'].mean().backward()
    assert copy.deepcopy(network)(**inputs)['image'].shape == expected.shape


def test_builds_from_a_config():
    network = GENERATORS.build(dict(type='SPADEGenerator', **SPADEGenerator.example()[0]))
    assert isinstance(network, SPADEGenerator)
