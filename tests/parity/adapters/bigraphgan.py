"""BiGraphGAN's generators, their pieces and their training (Ha0Tang/BiGraphGAN)."""
from __future__ import annotations

import pose_code
import pose_training
import torch
from golden import Golden, NotCovered
from torch import Tensor

from ggtoolbox.converters.bigraphgan import INSIDE_REASONING, rename_generator
from ggtoolbox.models.generators.bigraphgan import BipartiteGraphReasoning

PREFIXES = ('bigraph',)
KIND = 'BiGraphGANGenerator'
WITHOUT_FUSION = dict(type='RGBHead', kernel_size=7, padding_mode='reflect', pre_activation=None)


def head_of(case: Golden) -> dict | None:
    return WITHOUT_FUSION if case.config.get('repo') == 'bigraph_fashion' else None


def reasoning(case: Golden) -> dict[str, Tensor]:
    options = case.config
    network = BipartiteGraphReasoning(2 * options['num_in'], options['num_mid'])
    state = {next(ours + name.removeprefix(theirs) for theirs, ours in INSIDE_REASONING.items()
                  if name.startswith(theirs)): value for name, value in case.official_state.items()}
    network.load_state_dict(state)
    pose_code.set_mode(case, network)
    out = network(case.inputs['shapes'])
    return dict(out=out, running_mean=network.norm.running_mean, running_var=network.norm.running_var)


def block(case: Golden) -> dict[str, Tensor]:
    network = pose_code.block(case, pose_code.build(case, KIND), rename_generator)
    appearance, shape = case.inputs['appearance'], case.inputs['shape']
    codes = network(appearance, shape)
    stacks = network.appearance_stack(appearance), network.shape_stack(shape)
    return dict(appearance_code=codes[0], shape_code=codes[1], gated=codes[0] - appearance,
                stream1=stacks[0], stream2=stacks[1], bgr=network.reasoning(stacks[1]))


def fusion(case: Golden) -> dict[str, Tensor]:
    network = pose_code.build(case, KIND)
    pose_code.load_piece(case, network, rename_generator, 'model.', ('decoders.', 'head.'))
    appearance = case.inputs['appearance']
    _, outputs = pose_code.decode(network, case.inputs['image'], features=appearance,
                                  attention_features=appearance)
    return dict(image=outputs['image'], candidate=outputs['intermediate_image'],
                attention=outputs['attention'])


def run(case: Golden) -> dict[str, Tensor]:
    if case.name.startswith('bigraph_step'):
        return pose_training.step(case, 'bigraphgan', dict(type=KIND, head=head_of(case)))
    with torch.no_grad():
        for start, runner in (('bigraph_bgr', reasoning), ('bigraph_block', block),
                              ('bigraph_image_fusion', fusion)):
            if case.name.startswith(start):
                return runner(case)
        if case.name.startswith('bigraph_generator'):
            return pose_code.generator(case, 'bigraphgan', pose_code.build(case, KIND, head=head_of(case)))
    raise NotCovered('no runner for this case')
