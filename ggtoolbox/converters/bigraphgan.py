"""BiGraphGAN as released in Ha0Tang/BiGraphGAN (folders ``market_1501``, ``deepfashion`` and ``facial``):
``<epoch>_net_netG.pth``, ``_net_netD_PP.pth`` (appearance) and ``_net_netD_PB.pth`` (shape). The
discriminators' names are the same: say which one a file is by ``--part``."""
from __future__ import annotations

from collections.abc import Iterable

from ggtoolbox.registry import GENERATORS

from .conversion import Part, State
from .xinggan import DISCRIMINATOR_PARTS, infer_two_stream, num_downsamplings, rename_two_stream

SYSTEM = 'PoseTransferGAN'
SOURCE = 'Ha0Tang/BiGraphGAN'

INSIDE_REASONING = {'conv_state.': 'to_states.', 'conv_proj.': 'to_nodes.', 'conv_extend.': 'extend.',
                    'blocker.': 'norm.', 'gcn1.conv1.': 'graphs.B2A.nodes.',
                    'gcn1.conv2.': 'graphs.B2A.states.', 'gcn2.conv1.': 'graphs.A2B.nodes.',
                    'gcn2.conv2.': 'graphs.A2B.states.'}
_INSIDE_BLOCK = {f'gcn.{theirs}': f'reasoning.{ours}' for theirs, ours in INSIDE_REASONING.items()}
_FUSION = {'conv_att1': 'decoders.attention_features.upsamplers.0.deconvolution',
           'conv_att2': 'decoders.attention_features.upsamplers.1.deconvolution',
           'conv_att3': 'head.to_attention'}


def rename_generator(official: Iterable[str]) -> dict[str, str]:
    official = list(official)
    to_image = 'head.to_image' if _is_fused(official) else 'head.convolution'
    return rename_two_stream(official, _INSIDE_BLOCK, _FUSION, {'stream1_up': to_image})


def infer_generator(official: State) -> dict:
    """DeepFashion's has no image fusion."""
    head = dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None)
    if _is_fused(official):
        head = dict(type='AttentionImageFusion', mask='linear',
                    attention_bias='model.conv_att3.bias' in official)
    to_image = official[f'model.stream1_up.{3 * num_downsamplings(official) + 1}.bias']
    return infer_two_stream(official, 'BiGraphGANGenerator') | dict(head=head, out_channels=len(to_image))


def _is_fused(official: Iterable[str]) -> bool:
    return 'model.conv_att3.weight' in official


PARTS = {
    'generator': Part(('model.att.0.gcn.', 'model.stream1_up.'), rename_generator, infer_generator,
                      GENERATORS),
    **DISCRIMINATOR_PARTS,
}
