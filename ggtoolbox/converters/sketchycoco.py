"""SketchyCOCO's EdgeGAN as released in sysu-imsl/EdgeGAN: a TensorFlow 1 checkpoint ``EdgeGAN-Model-<N>``,
whose variables, brought into PyTorch's layout under the names of :func:`variable_names`, are these state
dicts."""
from __future__ import annotations

import re
from collections.abc import Iterable

from ggtoolbox.registry import BACKBONES, DISCRIMINATORS, GENERATORS

from .conversion import Part, State

SYSTEM = 'SketchyCOCO'
SOURCE = 'sysu-imsl/EdgeGAN'

_UNIT = dict(prelu_in='enter.slope', prelu_merge='merge.slope', conv1_prelu='between.slope')
_ENCODER = {'conv0.': 'stem.', 'mu.': 'to_mean.', 'log_sigma.': 'to_log_deviation.'}


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    names = {}
    for name in official:
        module, _, leaf = name.partition('.')
        step = re.fullmatch(r'deconv(\d)', module)
        ours = f'ups.{int(step[1]) - 1}' if step else dict(lin='linear', bn='norm').get(module)
        if ours:
            names[name] = f'{ours}.{leaf}'
    return names


def rename_discriminator(official: Iterable[str]) -> dict[str, str]:
    names = {}
    for name in official:
        step = re.fullmatch(r'conv(\d)\.weight', name)
        if step or name.startswith('lin.'):
            names[name] = f'layers.{step[1]}.weight' if step else name.replace('lin.', 'to_logits.')
    return names


def channels_first(official: State) -> State:
    """The linear layer reads rows, columns, channels there, and channels, rows, columns here."""
    layers = sum(bool(re.fullmatch(r'conv\d\.weight', name)) for name in official)
    width, matrix = official[f'conv{layers - 1}.weight'].shape[0], official['lin.weight']
    return {**official, 'lin.weight': matrix.unflatten(1, (-1, width)).transpose(1, 2).flatten(1)}


def rename_encoder(official: Iterable[str]) -> dict[str, str]:
    names = {}
    for name in official:
        block = re.fullmatch(r'res(\d)\.(.+)', name)
        start = next((start for start in _ENCODER if name.startswith(start)), None)
        if block:
            names[name] = f'blocks.{int(block[1]) - 1}.{block[2]}'
        elif start:
            names[name] = name.replace(start, _ENCODER[start])
    return names


def rename_classifier(official: Iterable[str]) -> dict[str, str]:
    names = {}
    for name in official:
        unit = re.fullmatch(r'unit(\d)\.(.+)', name)
        if unit:
            names[name] = f'units.{int(unit[1]) - 1}.{_UNIT.get(unit[2], unit[2])}'
        elif name.startswith('fc.'):
            names[name] = name.replace('fc.', 'to_logits.')
        else:
            names[name] = {'stem.prelu': 'enter.slope', 'prelu_last': 'leave.slope'}.get(name, name)
    return names


def infer_generator(official: State) -> dict:
    """Classes and latent are not told apart in the file: 14 classes, as released, of pictures of 64 x 64."""
    joined, channels = official['lin.weight'].shape[1], official['deconv3.weight'].shape[1]
    return dict(type='ClassLatentGenerator', num_classes=14, latent_dim=joined - 14, channels=channels)


def infer_discriminator(official: State) -> dict:
    """Of 64 x 128 pixels, or, with twice the columns in its linear layer, of 128 x 128."""
    layers = sum(bool(re.fullmatch(r'conv\d\.weight', name)) for name in official)
    width = official[f'conv{layers - 1}.weight'].shape[0]
    rows = 128 if official['lin.weight'].shape[1] // width == 64 else 64
    return dict(type='DCGANDiscriminator', image_size=(rows, 128), kernel_size=4, bias=False,
                num_layers=layers,
                channels=official['conv0.weight'].shape[0], norm='deviation')


def infer_encoder(official: State) -> dict:
    blocks = sum(bool(re.fullmatch(r'res\d\.conv1\.weight', name)) for name in official)
    widths = [official['conv0.weight'].shape[0]]
    widths += [official[f'res{i + 1}.conv1.weight'].shape[0] for i in range(blocks)]
    return dict(type='EdgeEncoder', latent_dim=official['mu.bias'].numel(), channels=tuple(widths))


def infer_classifier(official: State) -> dict:
    return dict(type='MaskedResidualClassifier', num_classes=official['fc.bias'].numel(),
                channels=official['unit1.conv1.weight'].shape[0] // 2, critic='critic.weight' in official)


def variable_names() -> dict[str, str]:
    """TensorFlow's variables -> the names above, with the part in front.

    Matrices of linear layers must be transposed; filters (k, k, in, out) become (out, in, k, k), those of
    transposed convolutions (k, k, out, in) become (in, out, k, k).
    """
    names = {}
    for theirs, ours in (('G1', 'edge_generator'), ('G2', 'generator')):
        names.update({f'{theirs}/g_lin_0/Matrix': f'{ours}.lin.weight',
                      f'{theirs}/g_lin_0/bias': f'{ours}.lin.bias',
                      f'{theirs}/batch_norm/BatchNorm/gamma': f'{ours}.bn.weight',
                      f'{theirs}/batch_norm/BatchNorm/beta': f'{ours}.bn.bias'})
        for k in range(1, 5):
            names.update({f'{theirs}/g_dconv_{k}/deconv2d/{leaf}': f'{ours}.deconv{k}.{ending}'
                          for leaf, ending in (('w', 'weight'), ('b', 'bias'))})
    for theirs, ours in (('D', 'joint_discriminator'), ('D_patch2', 'discriminator'),
                         ('D_patch3', 'edge_discriminator')):
        names.update({f'{theirs}/d_conv_{k}/conv2d/w': f'{ours}.conv{i}.weight' for i,
                      k in enumerate((0, 1, 3, 4))})
        names.update({f'{theirs}/d_linear_5/Matrix': f'{ours}.lin.weight',
                      f'{theirs}/d_linear_5/bias': f'{ours}.lin.bias'})
    ends = (('w', 'weight'), ('b', 'bias'))
    names.update({f'E/e_resnet_64_0/conv2d/{leaf}': f'encoder.conv0.{end}' for leaf, end in ends})
    for index, block in enumerate(('128_1', '256_2', '512_3', '512_4'), 1):
        for theirs, ours in (('res1', 'conv1'), ('res2', 'conv2'), ('shortcut', 'shortcut')):
            names.update({f'E/e_resnet_{block}/{theirs}/conv2d/{leaf}': f'encoder.res{index}.{ours}.{end}'
                          for leaf, end in ends})
    for theirs, ours in (('mu', 'mu'), ('sigma', 'log_sigma')):
        names.update({f'E/FC8_{theirs}/{leaf}': f'encoder.{ours}.{end}' for leaf, end in ends})
    return names | _classifier_variables()


def _classifier_variables() -> dict[str, str]:
    """Of D2; u lies under its scope's path, repeated."""
    scopes = {'D2/Conv': 'stem', 'D2/Conv_1': 'critic', 'D2/fully_connected': 'fc'}
    slopes = {'D2/Conv/prelu/param': 'stem.prelu', 'D2/mru_conv_unit_last_norm/prelu/param': 'prelu_last'}
    inner = dict(update_gate='gate', Conv='image', Conv_1='conv1', Conv_2='conv2', Conv_3='shortcut')
    for index in range(1, 5):
        unit = f'D2/mru_conv_unit_t_{index}_layer_0'
        scopes.update({f'{unit}/{theirs}': f'unit{index}.{ours}' for theirs, ours in inner.items()})
        slopes.update({f'{unit}/norm_activation_in/prelu/param': f'unit{index}.prelu_in',
                       f'{unit}/norm_activation_merge_1/prelu/param': f'unit{index}.prelu_merge',
                       f'{unit}/Conv_1/prelu/param': f'unit{index}.conv1_prelu'})
    names = {theirs: f'classifier.{ours}' for theirs, ours in slopes.items()}
    for theirs, ours in scopes.items():
        names.update({f'{theirs}/weights': f'classifier.{ours}.weight',
                      f'{theirs}/biases': f'classifier.{ours}.bias',
                      f'{theirs}/{theirs}/u': f'classifier.{ours}.u'})
    return names


_GENERATOR = Part(('lin.', 'deconv1.'), rename_generator, infer_generator, GENERATORS)
_DISCRIMINATOR = Part(('conv3.', 'lin.'), rename_discriminator, infer_discriminator, DISCRIMINATORS,
                      prepare=channels_first)
PARTS = {
    'generator': _GENERATOR, 'edge_generator': _GENERATOR,
    'joint_discriminator': _DISCRIMINATOR, 'discriminator': _DISCRIMINATOR,
    'edge_discriminator': _DISCRIMINATOR,
    'encoder': Part(('res1.conv1.', 'mu.'), rename_encoder, infer_encoder, BACKBONES),
    'classifier': Part(('unit1.gate.', 'fc.'), rename_classifier, infer_classifier, BACKBONES),
}
