import re

import pytest
import torch

from ggtoolbox.converters.conversion import convert
from ggtoolbox.converters.mdvs import PARTS
from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.pretrained import load_strictly
from ggtoolbox.registry import BACKBONES, DISCRIMINATORS, GENERATORS

CONFIGS = {
    'generator': (GENERATORS, dict(type='DanceGANGenerator', channels=4, width=6, piece_channels=2,
                                   noise_channels=3, frames=7)),
    'local_discriminator': (DISCRIMINATORS, dict(type='LocalTemporalDiscriminator', channels=8)),
    'global_discriminator': (DISCRIMINATORS, dict(type='GlobalContentDiscriminator', audio_channels=8,
                                                  piece_channels=2, channels=32, mixes_samples=True)),
    'losses.perceptual.network': (BACKBONES, dict(type='STGCN', num_classes=5, channels=(4, 6),
                                                  allow_random=True))}
AUDIO = {'pieces.convolutions.': 'encoder.cl.', 'recurrent.': 'rnn.', 'linear.': 'fc.'}


def released_name(part, ours):
    """The released name of one of our tensors."""
    if ours.startswith('music.'):
        ours = re.sub(r'^music\.pieces\.norms\.(\d+)\.', r'audio_encoder.encoder.activations.\1.0.', ours)
        for mine, theirs in AUDIO.items():
            ours = ours.replace(f'music.{mine}', f'audio_encoder.{theirs}')
        return ours
    if part == 'generator':
        for mine, theirs in (('noise.', 'rnn_noise.'), ('trunk.0.', 'layer0.'),
                             ('to_joints.', 'final_linear.')):
            if ours.startswith(mine):
                return f'pose_generator.{ours.replace(mine, theirs)}'
        ours = re.sub(r'^trunk\.(\d)\.layers\.', r'pose_generator.layer\1.layer.', ours)
        for mine, theirs in (('query', 'A'), ('key', 'B'), ('value', 'D')):
            ours = ours.replace(f'spatial.{mine}', f'ssga.{theirs}')
        return ours.replace('spatial.alpha', 'ssga.alpha').replace('temporal.beta', 'ctga.beta')
    if part == 'losses.perceptual.network':
        ours = re.sub(r'^blocks\.(\d+)\.importance', r'edge_importance.\1', ours)
        ours = re.sub(r'^blocks\.(\d+)\.spatial', r'st_gcn_networks.\1.gcn.conv', ours)
        ours = re.sub(r'^blocks\.(\d+)\.temporal', r'st_gcn_networks.\1.tcn', ours)
        ours = re.sub(r'^blocks', 'st_gcn_networks', ours)
        return re.sub('^norm', 'data_bn', re.sub('^classifier', 'fcn', ours))
    for mine, theirs in (('attention.1', 'attention.ws1'), ('attention.3', 'attention.ws2'),
                         ('join', 'conv1d'), ('to_logit', 'fc2')):
        if ours.startswith(mine):
            return ours.replace(mine, theirs)
    prefix = 'pose_encoder.' if part == 'global_discriminator' else ''
    _, _, name = ours.partition('.')
    for layer, inner in (('0', 'conv1{}.0'), ('1', 'conv2{}'), ('2', 'conv3{}.0'), ('3', 'conv4{}.0')):
        for branch, letter in (('position', ''), ('motion', 'm')):
            name = re.sub(rf'^{branch}\.{layer}\.', inner.format(letter) + '.', name)
    for mine, theirs in (('fifth', 'conv5.0'), ('sixth', 'conv6.0'), ('linear', 'fc7.0'), ('out', 'fc8')):
        name = re.sub(rf'^{mine}\.', f'{theirs}.', name)
    return prefix + name


@pytest.mark.parametrize('part', PARTS)
def test_a_released_file_is_recognised_mapped_and_loaded(part):
    registry, config = CONFIGS[part]
    torch.manual_seed(0)
    network = registry.build(config)
    state = network.state_dict()
    official = {released_name(part, name): value for name, value in state.items()}
    if part == 'losses.perceptual.network':
        official['A'] = network.adjacency
    conversion = convert('mdvs', official, network=network)
    assert conversion.part == part and not conversion.unexpected and not conversion.missing
    assert {**conversion.network, **{key: value for key, value in config.items()
                                     if key in conversion.network}} == conversion.network
    load_strictly(registry.build(conversion.network), conversion.state, part)
    assert all(torch.equal(conversion.state[name], value) for name, value in state.items())


def test_other_files_are_refused():
    with pytest.raises(InputError, match='expected one part of a released mdvs model'):
        convert('mdvs', {'layer.weight': torch.zeros(1)})
