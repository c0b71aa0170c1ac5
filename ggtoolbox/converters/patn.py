"""SelectionGAN for persons as released in Ha0Tang/SelectionGAN, folder ``person_transfer``:
``<epoch>_net_netG1.pth`` (PATN), ``_net_netG2.pth`` (selection), ``_net_netD_PP.pth`` (appearance) and
``_net_netD_PB.pth`` (shape). The discriminators' names are the same: say which one a file is by ``--part``.
"""
from __future__ import annotations

from collections.abc import Iterable

from ggtoolbox.registry import GENERATORS, HEADS

from .conversion import Part, State
from .xinggan import DISCRIMINATOR_PARTS, infer_two_stream, rename_two_stream

SYSTEM = 'PoseSelectionGAN'
SOURCE = 'Ha0Tang/SelectionGAN'

_SELECTION = {'conv106': 'multi_scale.convolution', 'model_attention': 'to_attention',
              'model_image': 'to_images', 'convolution_for_attention': 'to_uncertainty'}


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    last = 'stream1_up2' if any(name.startswith('model.stream1_up2.') for name in official) else 'stream1_up'
    return rename_two_stream([name for name in official if not _is_statistic(name, official)], {}, {},
                             {last: 'head.convolution'})


def _is_statistic(name: str, official: list[str]) -> bool:
    """Running statistics of instance norm in old files, which the released code deletes."""
    layer, _, leaf = name.rpartition('.')
    return leaf.startswith(('running_', 'num_batches')) and f'{layer}.weight' not in official


def infer_generator(official: State) -> dict:
    return infer_two_stream(official, 'PATNGenerator')


def rename_selection(official: Iterable[str]) -> dict[str, str]:
    split = {name: name.removeprefix('model.').partition('.') for name in official}
    return {name: f'{_SELECTION[module]}.{leaf}' for name, (module, _, leaf) in split.items()
            if module in _SELECTION}


def infer_selection(official: State) -> dict:
    """The kernels of the pooling, which no shape tells, are the released ones."""
    convolution = official['model.conv106.weight']
    intermediates = len(official['model.model_attention.bias'])
    return dict(type='MultiChannelAttentionSelection', in_channels=convolution.shape[0],
                out_channels=len(official['model.model_image.bias']) // intermediates,
                num_intermediates=intermediates, pooling_scales=(1, 4, 9), uncertainty='shared',
                pre_activation=None)


PARTS = {
    'generator.first_stage': Part(('model.att.0.conv_block_stream1.', 'model.stream1_up2.'),
                                  rename_generator, infer_generator, GENERATORS),
    'generator.head': Part(('model.conv106.', 'model.convolution_for_attention.'), rename_selection,
                           infer_selection, HEADS),
    **DISCRIMINATOR_PARTS,
}
