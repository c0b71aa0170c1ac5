import pytest
import torch

from ggtoolbox.converters.conversion import convert, find_family
from ggtoolbox.converters.spade import rename_generator as rename_gaugan
from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import DAGANGenerator

ATTENTION = {'conv_64.weight': 'narrow.weight', 'conv_64.bias': 'narrow.bias',
             'cab.conv1.weight': 'channel_attention.squeeze.weight',
             'cab.conv1.bias': 'channel_attention.squeeze.bias',
             'cab.conv2.weight': 'channel_attention.excite.weight',
             'cab.conv2.bias': 'channel_attention.excite.bias',
             'spatialAtt.conv.weight': 'spatial_attention.convolution.weight'}


def official_generator(kernel_size):
    """The state dict of one of our networks by the released names."""
    torch.manual_seed(0)
    network = DAGANGenerator(num_classes=3, channels=2, image_size=(64, 64), norm_hidden_channels=4,
                             spatial_kernel_size=kernel_size)
    blocks = ['head_0', 'G_middle_0', 'G_middle_1', 'up_0', 'up_1', 'up_2', 'up_3']
    layers = ['conv_0', 'conv_1', 'conv_s', *(f'{norm}.{layer}' for norm in ('norm_0', 'norm_1', 'norm_s')
                                              for layer in ('param_free_norm', 'mlp_shared.0', 'mlp_gamma',
                                                            'mlp_beta'))]
    leaves = ['weight', 'bias', 'weight_orig', 'weight_u', 'weight_v', 'running_mean', 'running_var',
              'num_batches_tracked']
    candidates = [f'{block}.{layer}.{leaf}' for block in blocks for layer in layers for leaf in leaves]
    candidates += [f'{name}.{leaf}' for name in ('fc', 'conv_img') for leaf in leaves[:2]]
    names = {**rename_gaugan(candidates), **ATTENTION}
    state = network.state_dict()
    return {theirs: state[ours] for theirs, ours in names.items() if ours in state}, state


@pytest.mark.parametrize('kernel_size', [3, 7])
def test_a_released_generator_is_recognised_mapped_and_loaded(kernel_size):
    official, state = official_generator(kernel_size)
    conversion = convert('dagan', official)
    assert conversion.part == 'generator'
    assert conversion.network['type'] == 'DAGANGenerator'
    conversion.check('file.pth')
    assert conversion.names.keys() == official.keys()
    assert {name: conversion.names[name] for name in ATTENTION} == ATTENTION
    network = find_family('dagan').PARTS['generator'].registry.build(conversion.network)
    network.load_state_dict(conversion.state)
    assert all(torch.equal(value, state[name]) for name, value in network.state_dict().items())


def test_a_gaugan_without_attention_is_refused():
    official, _ = official_generator(3)
    official = {name: value for name, value in official.items() if name not in ATTENTION}
    with pytest.raises(InputError, match='expected one part of a released dagan model'):
        convert('dagan', official)
