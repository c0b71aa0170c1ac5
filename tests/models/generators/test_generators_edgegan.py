import pytest
import torch
import torch.nn.functional as F
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import EdgeGANGenerator, SPADEGenerator
from ggtoolbox.models.generators.edgegan import FeatureHead, SemanticPreserving, transfer
from ggtoolbox.models.layers.spectral_norm import SpectralConv2d
from ggtoolbox.registry import GENERATORS

CITYSCAPES = dict(num_classes=35, edge=True, image_size=(256, 512), num_upsamplings=6)
ADE20K = dict(num_classes=151, image_size=(256, 256), num_upsamplings=5)
COCO = dict(num_classes=183, edge=True, image_size=(256, 256), num_upsamplings=5)
ROWS = dict(row_1=dict(edge_generator=False, edge_transfer=False, semantic_preserving=False),
            row_2=dict(edge_transfer=False, semantic_preserving=False),
            row_3=dict(semantic_preserving=False), row_4={})


def small(**changes):
    torch.manual_seed(0)
    arguments, inputs = EdgeGANGenerator.example()
    encoder = {**arguments['encoder'], **changes.pop('encoder', {})}
    network = EdgeGANGenerator(encoder=encoder, **changes)
    with torch.no_grad():
        for _ in range(3):  # spectral norm starts from random vectors and settles by iteration
            network(**inputs)
    return network.eval(), inputs


@pytest.mark.parametrize('encoder, table_6_14, wide', [(CITYSCAPES, 93.2, 93.3), (ADE20K, 97.2, 97.3),
                                                       (COCO, 98.4, 98.6)])
def test_parameters_of_table_6_14(encoder, table_6_14, wide):
    counts = []
    for hidden_channels in (None, 64):
        with torch.device('meta'):
            network = EdgeGANGenerator(dict(type='SPADEGenerator', **encoder),
                                       hidden_channels=hidden_channels)
        counts.append(round(sum(p.numel() for p in network.parameters()) / 1e6, 1))
    assert counts == [table_6_14, wide]


def test_edges_raise_what_lies_on_them():
    image, edge = torch.tensor([[2.0, -1.0]]), torch.tensor([[0.0, 50.0]])
    torch.testing.assert_close(transfer(image, edge), torch.tensor([[3.0, -2.0]]))


def test_semantic_preserving_scales_each_class():
    torch.manual_seed(0)
    module, x = SemanticPreserving(7, num_classes=4), torch.randn(2, 7, 5, 6)
    classes = F.conv2d(x, module.to_classes.weight, module.to_classes.bias, padding=1)
    factors = 1 / (1 + torch.exp(-classes.flatten(2).mean(2)))
    scaled = torch.stack([torch.stack([plane * factor + plane for plane, factor in zip(planes, row)])
                          for planes, row in zip(classes, factors)])
    expected = F.conv2d(scaled, module.from_classes.weight, module.from_classes.bias, padding=1)
    found, found_factors = module(x)
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(found_factors, factors)
    assert found.shape == x.shape


@pytest.mark.parametrize('row', ROWS)
def test_every_row_of_table_6_15_is_its_formulas(row):
    network, inputs = small(**ROWS[row], num_convolutions=2, hidden_channels=3, spectral=False)
    seen = {}
    head = next(m for m in network.encoder.modules() if isinstance(m, FeatureHead))
    head.register_forward_hook(lambda _m, given, _out: seen.update(features=given[0]))
    outputs = network(**inputs)

    def convolve(layer, x, activate=True):
        x = torch.where(x > 0, x, 0.2 * x) if activate else x
        return F.conv2d(x, layer.weight, layer.bias, padding=1)

    with_edge, with_transfer = row != 'row_1', row in ('row_3', 'row_4')
    image = edge = features = seen['features']
    for j in range(2):
        image = convolve(network.image_generator.convolutions[j], image)
        if with_edge:
            edge = convolve(network.edge_generator.convolutions[j], edge)
        if with_transfer:
            image = torch.sigmoid(edge) * image + image
    image = torch.tanh(convolve(network.image_generator.head.convolution, image))
    expected = {}
    if with_edge:
        expected['edge_image'] = torch.tanh(convolve(network.edge_generator.head.convolution, edge))
    if with_transfer:
        image = torch.sigmoid(expected['edge_image']) * image + image
    expected['intermediate_image'] = image
    if row == 'row_4':
        layout = torch.cat([F.one_hot(inputs['label'], 5).movedim(3, 1), inputs['edge']], dim=1)
        joined = torch.cat([layout, expected['edge_image'], image, features], dim=1)
        preserved, expected['scaling_factors'] = network.semantic_preserving(joined)
        expected['image'] = torch.tanh(convolve(network.head.convolution, preserved, activate=False))
    else:
        expected['image'] = image.clamp(-1, 1)
    assert outputs.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(outputs[name], value, msg=name)


def test_only_the_intermediate_image_may_leave_the_range():
    network, inputs = small(semantic_preserving=False)
    network.image_generator.head.convolution.bias.data.fill_(9.0)
    network.edge_generator.head.convolution.bias.data.fill_(9.0)
    outputs = network(**inputs)
    assert 1.7 < outputs['intermediate_image'].max() < 1.74
    assert outputs['image'].max() == 1


ENCODERS = ['SPADEGenerator', 'DAGANGenerator', 'UNetGenerator', 'EncoderDecoderGenerator', 'ResNetGenerator',
            'LocalEnhancer']


@pytest.mark.parametrize('kind', ENCODERS)
def test_its_modules_attach_to_another_encoder(kind):
    torch.manual_seed(0)
    arguments, inputs = GENERATORS.get(kind).example()
    network = EdgeGANGenerator(encoder=dict(type=kind, **arguments))
    plain = GENERATORS.build(dict(type=kind, **arguments))(**inputs)['image']
    outputs = network(**inputs)
    assert outputs['image'].shape == outputs['edge_image'].shape == plain.shape
    assert outputs['scaling_factors'].shape == (len(plain), network.guided_input.channels)
    sum(value.mean() for value in outputs.values()).backward()
    assert all(parameter.grad is not None for parameter in network.parameters())


def test_edges_and_images_both_teach_the_encoder():
    network, inputs = small()
    weight = network.train().encoder.blocks[0].conv_0.weight_orig
    for name in ('edge_image', 'image'):
        network.zero_grad()
        network(**inputs)[name].square().mean().backward()
        assert weight.grad.any()


@pytest.mark.parametrize('num_classes', [5, 70], ids=['multiplied', 'looked up'])
def test_all_layers_are_spectrally_normalised_and_iterate_in_training(num_classes):
    network, inputs = small(encoder=dict(num_classes=num_classes), hidden_channels=4)
    layers = {name: m for name, m in network.named_modules() if isinstance(m, nn.Conv2d)}
    assert {'encoder.stem', 'encoder.blocks.0.norm_0.gamma', 'edge_generator.head.convolution',
            'semantic_preserving.to_classes', 'head.convolution'} <= layers.keys()
    assert all(isinstance(layer, SpectralConv2d) for layer in layers.values())
    before = {name: layer.weight_v.clone() for name, layer in layers.items()}
    network(**inputs)
    assert all(torch.equal(layer.weight_v, before[name]) for name, layer in layers.items())
    network.train()(**inputs)
    still = [name for name, layer in layers.items() if torch.equal(layer.weight_v, before[name])]
    assert still == []


def test_without_spectral_the_encoder_keeps_its_own():
    network, _ = small(spectral=False)
    layers = [name for name, m in network.named_modules() if isinstance(m, SpectralConv2d)]
    assert layers
    assert all(name.startswith('encoder.blocks.') and '.conv_' in name for name in layers)


def test_a_latent_reaches_the_encoder():
    network, inputs = small(encoder=dict(latent_dim=6))
    first, second, again = (network(**inputs, latent=torch.full((2, 6), value)) for value in (1.0, 2.0, 1.0))
    for name in ('image', 'edge_image'):
        assert torch.equal(first[name], again[name])
        assert not torch.equal(first[name], second[name])


def test_a_larger_layout_is_resized_to_the_features():
    network, inputs = small()
    doubled = {name: value.repeat_interleave(2, -1).repeat_interleave(2, -2)
               for name, value in inputs.items()}
    image = network(**inputs)['image']
    assert image.std() > 0.01
    torch.testing.assert_close(network(**doubled)['image'], image)


@pytest.mark.parametrize('arguments, message', [
    (dict(edge_generator=False), 'edge_transfer=True must come with edge_generator=True'),
    (dict(num_convolutions=0), 'num_convolutions must be at least 1, found 0'),
    (dict(encoder=dict(num_upsamplings=4)), 'num_upsamplings must be 5, 6 or 7'),
])
def test_impossible_arguments_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        small(**arguments)


def test_missing_inputs_are_named_by_the_encoder():
    network, inputs = small()
    with pytest.raises(InputError, match='SPADEGenerator: edge must have 1 channels, found 0'):
        network(label=inputs['label'])


def test_an_upsampler_is_the_encoders():
    network, _ = small(upsampler=dict(type='BilinearUpsampler'))
    kinds = {type(module).__name__ for module in network.encoder.upsamplers.values()}
    assert kinds == {'BilinearUpsampler'}
    arguments, _ = SPADEGenerator.example()
    assert len(network.encoder.upsamplers) == len(SPADEGenerator(**arguments).upsamplers)
