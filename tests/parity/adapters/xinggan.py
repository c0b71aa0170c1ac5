"""XingGAN's generator, its pieces and its training (Ha0Tang/XingGAN)."""
from __future__ import annotations

import pose_code
import pose_training
import torch
from golden import Golden, NotCovered
from torch import Tensor

from ggtoolbox.converters.xinggan import rename_generator

PREFIXES = ('xing',)
KIND = 'XingGANGenerator'


def block(case: Golden) -> dict[str, Tensor]:
    network = pose_code.block(case, pose_code.build(case, KIND), rename_generator)
    appearance, shape = case.inputs['appearance'], case.inputs['shape']
    codes = network(appearance, shape)
    return dict(appearance_code=codes[0], shape_code=codes[1], stream1=network.appearance_stack(appearance),
                stream2=network.shape_stack(shape))


def fusion(case: Golden) -> dict[str, Tensor]:
    network = pose_code.build(case, KIND)
    pose_code.load_piece(case, network, rename_generator, 'model.', ('decoders.', 'head.'))
    image, appearance, shape = (case.inputs[name] for name in ('image', 'appearance', 'shape'))
    streams, outputs = pose_code.decode(network, image, features=appearance, shape_features=shape,
                                        joint_features=torch.cat([appearance, shape], dim=1))
    of_appearance, of_shape = outputs['intermediate_images'].flatten(1, 2).chunk(2, dim=1)
    return dict(image=outputs['image'], candidates_appearance=of_appearance, candidates_shape=of_shape,
                attention_logits=network.head.to_attention(streams['joint_features']))


def run(case: Golden) -> dict[str, Tensor]:
    if case.name.startswith('xing_step'):
        return pose_training.step(case, 'xinggan', dict(type=KIND))
    with torch.no_grad():
        if case.name.startswith('xing_block'):
            return block(case)
        if case.name.startswith('xing_coattention_fusion'):
            return fusion(case)
        if case.name.startswith('xing_generator'):
            return pose_code.generator(case, 'xinggan', pose_code.build(case, KIND))
    raise NotCovered('no runner for this case')
