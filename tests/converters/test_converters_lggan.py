import pytest
import torch

from ggtoolbox.converters.conversion import convert
from ggtoolbox.converters.spade import PARTS as SPADE_PARTS
from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS


def layer(name, *shape, biases=None):
    return {f'{name}.weight': torch.randn(shape), f'{name}.bias': torch.randn(biases or shape[0])}


def common(inputs, blocks, width, branches):
    """What both released generators hold, written down from their description."""
    state = {**layer('conv1', width, inputs, 7, 7), **layer('conv2', 2 * width, width, 3, 3),
             **layer('conv3', 4 * width, 2 * width, 3, 3)}
    for block in range(1, blocks + 1):
        for name in ('conv1', 'conv2'):
            state.update(layer(f'resnet_blocks{block}.{name}', 4 * width, 4 * width, 3, 3))
    for branch in branches:
        state.update(layer(f'deconv3_{branch}', 4 * width, 2 * width, 3, 3, biases=2 * width))
        state.update(layer(f'deconv4_{branch}', 2 * width, width, 3, 3, biases=width))
    return {**state, **layer('deconv5_attention', 2, width, 1, 1)}


def cross_view(classes=6, blocks=2, width=2):
    state = common(6, blocks, width, ('local', 'global', 'attention'))
    for kind in range(1, classes + 2):
        state.update(layer(f'deconv5_{kind}', 3, width, 7, 7))
    return {**state, **layer('deconv5_global', 3, width, 7, 7)}


def semantic(classes, edge, local, classified, blocks=2, width=2):
    """The global branch comes from our generator's own names, by GauGAN's converter backwards."""
    state = common(classes + edge, blocks, width, ('local', 'attention'))
    state.update(layer('conv4', 8 * width, 4 * width, 3, 3), **layer('conv5', 16 * width, 8 * width, 3, 3),
                 **layer('deconv9', 3, 3 * local, 3, 3), **layer('fc2', classified, width),
                 **layer('fc', 16 * width, classes + edge, 3, 3))
    for kind in range(local):
        state.update(layer(f'deconv5_{kind}', 3, width, 7, 7))
    spade = GENERATORS.build(dict(type='SPADEGenerator', num_classes=classes, edge=edge, channels=width,
                                  image_size=(64, 64), num_upsamplings=5, from_features=True)).state_dict()
    blocks = ('head_0', 'G_middle_0', 'G_middle_1', 'up_0', 'up_1', 'up_2', 'up_3')
    official = [f'{block}.{name}' for block in blocks for name in official_block()] + [
        f'conv_img.{leaf}' for leaf in ('weight', 'bias')]
    ours = SPADE_PARTS['generator'].rename(official)
    return {**state, **{name: spade[ours[name]] for name in official if ours[name] in spade}}


def official_block():
    for norm in ('norm_0', 'norm_1', 'norm_s'):
        for buffer in ('running_mean', 'running_var', 'num_batches_tracked'):
            yield f'{norm}.param_free_norm.{buffer}'
        for convolution in ('mlp_shared.0', 'mlp_gamma', 'mlp_beta'):
            yield from (f'{norm}.{convolution}.{leaf}' for leaf in ('weight', 'bias'))
    for convolution in ('conv_0', 'conv_1', 'conv_s'):
        yield from (f'{convolution}.{leaf}' for leaf in ('bias', 'weight_orig', 'weight_u', 'weight_v'))


def test_the_cross_view_generator_leaves_its_seventh_sub_generator_behind():
    official = cross_view()
    conversion = convert('lggan', official)
    assert conversion.part == 'generator'
    assert conversion.unexpected == ['deconv5_7.weight', 'deconv5_7.bias']
    conversion.check('file', allow_unexpected=True)
    assert conversion.network['num_classes'] == 6 and conversion.network['fusion'] == 'addition'
    assert torch.equal(conversion.state['local_generator.convolutions.0.bias'], official['deconv5_1.bias'])
    GENERATORS.build(conversion.network).load_state_dict(conversion.state, strict=False)


@pytest.mark.parametrize('classes, edge, local, classified, groups', [
    (4, True, 4, 4, None), (7, False, 4, 3, [0, 1, 2, 3, 3, 3, 3])])
def test_semantic_generators_leave_gaugans_first_layer_behind(classes, edge, local, classified, groups):
    official = semantic(classes, edge, local, classified)
    conversion = convert('lggan', official)
    assert conversion.unexpected == ['fc.weight', 'fc.bias']
    conversion.check('file', allow_unexpected=True)
    config = conversion.network
    assert (config['num_classes'], config['edge'], config['local_groups']) == (classes, edge, groups)
    assert len(set(conversion.names.values())) == len(conversion.names) == len(official) - 2
    network = GENERATORS.build(config)
    network.load_state_dict(conversion.state)
    inputs = dict(label=torch.randint(0, classes, (1, 64, 64)))
    if edge:
        inputs['edge'] = torch.zeros(1, 1, 64, 64)
    assert network.eval()(**inputs)['class_logits'].shape == (1, classified, classified)


def test_a_file_of_another_system_is_refused():
    with pytest.raises(InputError, match='released lggan model'):
        convert('lggan', layer('model.1', 4, 3, 7, 7))
