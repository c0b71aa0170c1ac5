"""DanceGAN and its stage-I baseline MDVS (xrenaa/Music-Dance-Video-Synthesis).

No part of the thesis's own code was released; its cases are transcriptions of its text.
"""
from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from dance_training import load, losses, penalty, step
from golden import Golden, NotCovered
from torch import Tensor, nn
from torch.nn.functional import conv2d

from ggtoolbox.converters import mdvs
from ggtoolbox.datasets.dance_skeleton import motion_to_pixels
from ggtoolbox.datasets.music_dance import samples_of_clip
from ggtoolbox.evaluation import dance
from ggtoolbox.evaluation.metrics.fid import frechet_distance
from ggtoolbox.evaluation.moments import Moments
from ggtoolbox.models.backbones.st_gcn import STGCN
from ggtoolbox.models.generators.dancegan import DanceGANGenerator
from ggtoolbox.models.layers.graph_attention import SpatialGraphAttention, TemporalGraphAttention
from ggtoolbox.models.layers.music_encoder import MusicEncoder, PieceEncoder
from ggtoolbox.models.layers.pretrained import load_strictly
from ggtoolbox.registry import DISCRIMINATORS, GENERATORS, LOSSES, MODELS

PREFIXES = ('dance',)


def fill(case: Golden, network: nn.Module, names: dict[str, str], prefix: str = '') -> nn.Module:
    """Our module with the case's weights, whose names of ours begin with ``prefix``."""
    state = {names[theirs].removeprefix(prefix): value for theirs, value in case.official_state.items()}
    load_strictly(network, state, case.name)
    return network.train(case.mode.startswith('train'))


def audio_encoder(case: Golden) -> dict[str, Tensor]:
    options = case.config['options']
    network = PieceEncoder(round(options['rate'] * options['feat_length']), options['rate'],
                           options['code_size'], options['num_feature_maps'], options['init_kernel'],
                           options['init_stride'])
    found = [list(values) for values in zip(*network.geometry)]
    if found != [case.config[name] for name in ('kernels', 'strides', 'paddings')]:
        raise ValueError(f'kernels, strides, paddings are {found}')
    names = mdvs.rename_music([f'encoder.{name}' for name in case.official_state])
    fill(case, network, {name: names[f'encoder.{name}'] for name in case.official_state}, 'pieces.')
    return dict(code=network(case.inputs['audio'].flatten(1)))


def audio_rnn(case: Golden) -> dict[str, Tensor]:
    state = case.official_state
    network = MusicEncoder(case.config['samples'], 10 * case.config['samples'], len(state['fc.bias']),
                           len(state['encoder.cl.0.bias']))
    return dict(hidden=fill(case, network, mdvs.rename_music(state))(case.inputs['audio']))


def generator(case: Golden, **more: object) -> DanceGANGenerator:
    official = case.official_state
    samples = case.inputs['audio'].shape[-1]
    network = GENERATORS.build(dict(mdvs.infer_generator(official), frames=case.config['frames'],
                                    samples=samples, rate=10 * samples, noise_scale=case.config['noise_std'],
                                    **more))
    return load(case, 'generator', network)


def run_generator(case: Golden) -> dict[str, Tensor]:
    return dict(pose=generator(case)(**case.inputs)['motion'].flatten(2))


def generator_attention(case: Golden) -> dict[str, Tensor]:
    network = generator(case, squash=case.config['squash'])
    outputs = network(**case.inputs)
    initial = outputs['initial_motion'].flatten(2)
    baseline = initial.tanh() if case.config['squash'] == 'after' else initial
    return dict(initial=initial, pose=outputs['motion'].flatten(2), baseline=baseline)


def graph_attention(case: Golden) -> dict[str, Tensor]:
    frames, joints = case.config['frames'], case.config['joints']
    network = nn.ModuleDict(dict(spatial=SpatialGraphAttention(frames, 2 * joints),
                                 temporal=TemporalGraphAttention()))
    fill(case, network, mdvs.rename_generator(case.official_state))
    spatial, spatial_map = network['spatial'](case.inputs['pose'])
    temporal, temporal_map = network['temporal'](case.inputs['pose'])
    return dict(spatial=spatial, spatial_map=spatial_map, temporal=temporal, temporal_map=temporal_map,
                fused=spatial + temporal)


def frame_discriminator(case: Golden) -> dict[str, Tensor]:
    options = case.config
    network = load(case, 'local_discriminator', DISCRIMINATORS.build(dict(
        mdvs.infer_local(case.official_state), window=options['window'], stride=options['window_stride'])))
    pose = case.inputs['pose'].clone().requires_grad_()
    scores = network(pose.unflatten(-1, (-1, 2)))[0].logits.sigmoid()
    scores.sum().backward()
    return dict(scores=scores, grad_pose=pose.grad)


def global_discriminator(case: Golden, **more: object) -> nn.Module:
    samples = case.inputs['audio'].shape[-1] if 'audio' in case.inputs else 1600
    frames = next(iter(case.inputs.values())).shape[1]
    return load(case, 'global_discriminator', DISCRIMINATORS.build(dict(
        mdvs.infer_global(case.official_state), samples=samples, rate=10 * samples, frames=frames,
        dropout=case.config.get('dropout', 0.5), **more)))


def sequence_discriminator(case: Golden) -> dict[str, Tensor]:
    motion, results = case.inputs['pose'].unflatten(-1, (-1, 2)), {}
    network = global_discriminator(case)
    for name, mixes in (('score', True), ('score_intended', False)):
        network.mixes_samples = mixes
        results[name] = network(motion, case.inputs['audio'])[0].logits.sigmoid()
    return results


def feature_loss(case: Golden) -> dict[str, Tensor]:
    network, loss = global_discriminator(case), LOSSES.build(dict(
        type='FeatureMatchingLoss', weight=1.0, layer_weights=case.config['weights']))
    fake = case.inputs['fake'].clone().requires_grad_()
    on_fake, on_real = (network(motion.unflatten(-1, (-1, 2))) for motion in (fake, case.inputs['real']))
    total = loss(on_fake, on_real)
    total.backward()
    features = on_fake[0].features
    results = dict(loss=total, grad_fake=fake.grad)
    for level, (ours, theirs) in enumerate(zip(features, on_real[0].features)):
        results.update({f'level{level}': (ours - theirs).abs().mean(), f'feature{level}': ours})
    return results


def gcn_loss(case: Golden) -> dict[str, Tensor]:
    network: STGCN = load(case, 'losses.perceptual.network', STGCN(
        **{key: value for key, value in mdvs.infer_graph(case.official_state).items() if key != 'type'}))
    loss = LOSSES.build(dict(type='PerceptualLoss', weight=1.0, layer_weights=case.config['weights'],
                             network=dict(type='STGCN', allow_random=True)))
    loss.network = network
    fake = case.inputs['fake'].clone().requires_grad_()
    motion, real = (pose.unflatten(-1, (-1, 2)) for pose in (fake, case.inputs['real']))
    total = loss(motion, real)
    total.backward()
    on_fake, on_real = network(motion), network(real)
    results = dict(loss=total, grad_fake=fake.grad, logits=on_fake['logits'], adjacency=network.adjacency)
    for level, name in enumerate(network.layers):
        results.update({f'level{level}': (on_fake[name] - on_real[name]).abs().mean(),
                        f'energy{level}': on_fake[name].square().sum(), f'feature{level}': on_fake[name]})
    return results


class OneConvolution(nn.Module):
    """What stands in for G_r: tanh of a 3x3 convolution of image and skeleton."""

    names = ('source_image', 'target_guide')

    def __init__(self, state: dict[str, Tensor]) -> None:
        super().__init__()
        self.weight, self.bias = (nn.Parameter(state[f'Gr.{name}'].clone()) for name in ('weight', 'bias'))

    def forward(self, source_image: Tensor, target_guide: Tensor) -> dict[str, Tensor]:
        given = torch.cat([source_image, target_guide], dim=1)
        return dict(image=conv2d(given, self.weight, self.bias, padding=1).tanh())


def stage_two(case: Golden) -> dict[str, Tensor]:
    generator = dict(type='Pix2pixHDGenerator', source_channels=3, guide_channels=3, channels=2, num_blocks=1)
    loss = dict(type='L1Loss', weight=1.0)
    model = MODELS.build(dict(type='DanceGANVideo', generator=generator,
                              losses=dict(pixel=loss, forward_regularisation=loss,
                                          backward_regularisation=loss)))
    model.generator = OneConvolution(case.official_state)
    batch = dict(source_image=case.inputs['image'], frame_guides=case.inputs['skeletons'],
                 target_frames=case.inputs['real'])
    results = {}
    for output, detached in (('grad_input_detached', True), ('grad', False)):
        model.detach_neighbours = detached
        model.zero_grad()
        fakes = model.generate(batch)
        terms = model.generator_losses(batch, fakes)
        sum(terms.values()).backward()
        results[f'{output}.Gr.weight'] = model.generator.weight.grad
    return dict(results, baseline=fakes['frames'], forward=fakes['forward_frames'],
                backward=fakes['backward_frames'], L_l1=terms['pixel'], L_fsr=terms['forward_regularisation'],
                L_bsr=terms['backward_regularisation'], L_sum=sum(terms.values()))


def measures(case: Golden) -> dict[str, np.ndarray | float]:
    given = {name: value.numpy().astype(np.float64) for name, value in case.inputs.items()}
    sides = []
    for name in ('fake', 'real'):
        moments = Moments()
        for row in given[name]:
            moments.add(row)
        sides.append((moments.mean, moments.covariance()))
    speed = dance.joint_speed(given['motion'].cumsum(0).reshape(len(given['motion']), -1, 2))
    beats = dance.kinematic_beats(speed)
    music = np.flatnonzero(given['music'] > case.config['music_threshold'])
    return dict(fid=frechet_distance(*sides), diversity=dance.mean_distance(given['fake']),
                multimodality=np.mean([dance.mean_distance(group) for group in given['groups']]), speed=speed,
                kinematic_beats=beats, coverage=dance.beat_coverage(beats, music),
                hit_rate=dance.beat_hit_rate(beats, music, case.config['tolerance']),
                alignment=dance.beat_alignment(beats, music, case.config['sigma']))


def data(case: Golden) -> dict[str, np.ndarray]:
    options = case.config
    size = options['width'], options['height']
    clip = dict(audio_sequence=case.inputs['audio'].numpy() - 30000,
                joint_coors=case.inputs['joints'].numpy().astype(np.float64) * size)
    samples = samples_of_clip(clip, options['rate'], options['fps'], size[::-1],
                              options['clip_seconds'] // 2)
    audio, motion = (np.stack([sample[name] for sample in samples]) for name in ('audio', 'target_motion'))
    pixels = motion_to_pixels(motion, size[::-1], wide=size[0])
    return dict(audio=audio, pose=motion, count=len(samples), pixels=pixels)


RUNNERS: dict[str, Callable[[Golden], dict[str, Tensor]]] = {
    'audio_encoder': audio_encoder, 'audio_rnn': audio_rnn, 'generator': run_generator,
    'generator_attention': generator_attention, 'graph_attention': graph_attention,
    'frame_discriminator': frame_discriminator, 'sequence_discriminator': sequence_discriminator,
    'feature_loss': feature_loss, 'gcn_loss': gcn_loss,
    'gradient_penalty': lambda case: penalty(case, global_discriminator(case, mixes_samples=True)),
    'losses': losses, 'step': step, 'stage2': stage_two,
    'measures': measures, 'data': data,
}


def run(case: Golden) -> dict[str, Tensor]:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    with torch.enable_grad():
        return RUNNERS[runner](case)
