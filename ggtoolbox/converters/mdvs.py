"""MDVS as released in xrenaa/Music-Dance-Video-Synthesis: ``generator_<epoch>.pth``, ``frame_<epoch>.pth``
(local discriminator), ``sequence_<epoch>.pth`` (global) and ``GCN.pth`` (the pose perceptual network).
DanceGAN's stage I is this generator with attention, whose weights nobody released; ``ssga.``, ``ctga.`` are
its names in the golden cases.
"""
from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from ggtoolbox.registry import BACKBONES, DISCRIMINATORS, GENERATORS

from .conversion import Part, State

SYSTEM = 'DanceGANMotion'
SOURCE = 'xrenaa/Music-Dance-Video-Synthesis'

_MUSIC = [(r'encoder\.cl\.', 'pieces.convolutions.'),
          (r'encoder\.activations\.(\d+)\.0\.', r'pieces.norms.\1.'),
          (r'rnn\.', 'recurrent.'), (r'fc\.', 'linear.')]
_GENERATOR = [
    *((rf'audio_encoder\.{theirs}', f'music.{ours}') for theirs, ours in _MUSIC),
    (r'pose_generator\.rnn_noise\.', 'noise.'), (r'pose_generator\.layer0\.', 'trunk.0.'),
    (r'pose_generator\.layer([123])\.layer\.', r'trunk.\1.layers.'),
    (r'pose_generator\.final_linear\.', 'to_joints.'), (r'ssga\.A\.', 'spatial.query.'),
    (r'ssga\.B\.', 'spatial.key.'), (r'ssga\.D\.', 'spatial.value.'), (r'ssga\.alpha$', 'spatial.alpha'),
    (r'ctga\.beta$', 'temporal.beta')]
_POSE = [(r'conv5\.0\.', 'fifth.'), (r'conv6\.0\.', 'sixth.'), (r'fc7\.0\.', 'linear.'), (r'fc8\.', 'out.')]
for _layer in '1234':
    _POSE += [(rf'conv{_layer}(?:\.0)?\.', f'position.{int(_layer) - 1}.'),
              (rf'conv{_layer}m(?:\.0)?\.', f'motion.{int(_layer) - 1}.')]
_LOCAL = [(theirs, f'encoder.{ours}') for theirs, ours in _POSE]
_GLOBAL = [*((rf'audio_encoder\.{theirs}', f'music.{ours}') for theirs, ours in _MUSIC),
           *((rf'pose_encoder\.{theirs}', f'pose.{ours}') for theirs, ours in _POSE),
           (r'attention\.ws1\.', 'attention.1.'), (r'attention\.ws2\.', 'attention.3.'),
           (r'conv1d\.', 'join.'), (r'fc2\.', 'to_logit.')]
_GRAPH = [(r'data_bn\.', 'norm.'), (r'st_gcn_networks\.(\d+)\.gcn\.conv\.', r'blocks.\1.spatial.'),
          (r'st_gcn_networks\.(\d+)\.tcn\.', r'blocks.\1.temporal.'),
          (r'st_gcn_networks\.(\d+)\.residual\.', r'blocks.\1.residual.'),
          (r'edge_importance\.(\d+)$', r'blocks.\1.importance'), (r'fcn\.', 'classifier.')]


def _renamer(rules: list[tuple[str, str]]) -> Callable[[Iterable[str]], dict[str, str]]:
    def rename(official: Iterable[str]) -> dict[str, str]:
        names = {}
        for name in official:
            for theirs, ours in rules:
                renamed, found = re.subn(f'^{theirs}', ours, name)
                if found:
                    names[name] = renamed
                    break
        return names
    return rename


rename_music, rename_generator, rename_graph = map(_renamer, (_MUSIC, _GENERATOR, _GRAPH))
rename_local, rename_global = map(_renamer, (_LOCAL, _GLOBAL))


def infer_generator(official: State) -> dict:
    """The length of a piece, which no shape tells, is the released one."""
    spatial = official.get('ssga.A.weight')
    attention = dict(spatial_attention=spatial is not None, temporal_attention='ctga.beta' in official)
    return dict(type='DanceGANGenerator', joints=len(official['pose_generator.final_linear.bias']) // 2,
                channels=len(official['audio_encoder.fc.bias']),
                width=len(official['pose_generator.layer0.bias']),
                piece_channels=len(official['audio_encoder.encoder.cl.0.bias']),
                noise_channels=official['pose_generator.rnn_noise.weight_hh_l0'].shape[1], **attention,
                **({} if spatial is None else dict(frames=len(spatial))))


def infer_local(official: State) -> dict:
    return dict(type='LocalTemporalDiscriminator', joints=official['conv3.0.weight'].shape[1],
                channels=len(official['conv1.0.bias']))


def infer_global(official: State) -> dict:
    """As :func:`infer_generator`; the released 50 frames, whose samples are mixed as in the released code."""
    return dict(type='GlobalContentDiscriminator', joints=official['pose_encoder.conv3.0.weight'].shape[1],
                audio_channels=len(official['audio_encoder.fc.bias']),
                piece_channels=len(official['audio_encoder.encoder.cl.0.bias']),
                channels=len(official['pose_encoder.conv1.0.bias']),
                attention_channels=len(official['attention.ws1.weight']), mixes_samples=True)


def infer_graph(official: State) -> dict:
    blocks = len({name.split('.')[1] for name in official if name.startswith('st_gcn_networks.')})
    return dict(type='STGCN', num_classes=len(official['fcn.bias']), allow_random=True,
                joints=official['edge_importance.0'].shape[-1],
                channels=tuple(len(official[f'st_gcn_networks.{i}.tcn.2.bias']) for i in range(blocks)))


def without_adjacency(official: State) -> State:
    """The graph's fixed matrices are computed."""
    return {name: value for name, value in official.items() if name != 'A'}


PARTS = {
    'generator': Part(('pose_generator.',), rename_generator, infer_generator, GENERATORS),
    'local_discriminator': Part(('conv1m.', 'fc8.'), rename_local, infer_local, DISCRIMINATORS),
    'global_discriminator': Part(('pose_encoder.', 'attention.ws1.'), rename_global, infer_global,
                                 DISCRIMINATORS),
    'losses.perceptual.network': Part(('st_gcn_networks.', 'data_bn.'), rename_graph, infer_graph, BACKBONES,
                                      prepare=without_adjacency),
}
