"""SCGAN (jackyjsy/SCGAN): its networks, its losses, its training."""
from __future__ import annotations

from collections.abc import Callable
from unittest.mock import patch

import torch
from golden import Golden, NotCovered
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from ggtoolbox.converters.conversion import convert
from ggtoolbox.converters.scgan import PARTS, rename_generator, rename_segmentor
from ggtoolbox.models.gans.scgan import SCGAN
from ggtoolbox.models.generators.scgan import UpsamplingResidualBlock
from ggtoolbox.models.layers.residual import ResidualBlock
from ggtoolbox.models.losses import gradient_penalty as penalties
from ggtoolbox.models.losses.attribute import AttributeLoss
from ggtoolbox.models.losses.gan import GANLoss
from ggtoolbox.models.losses.segmentation import SegmentationLoss
from ggtoolbox.registry import MODELS
from ggtoolbox.structures import DiscriminatorOutput

PREFIXES = ('scgan',)

# The training code's own order of turns, and how names of its networks begin.
UPDATE_ORDER = ('discriminator', 'penalty', 'segmentor', 'generator')
NETWORKS = dict(discriminator='D', segmentor='A', generator='G')
RATES = dict(discriminator='d_lr', segmentor='a_lr', generator='g_lr')


def state_of(case: Golden, prefix: str) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in case.official_state.items()
            if name.startswith(prefix)}


def network_config(case: Golden, part: str, prefix: str = '') -> dict:
    """What the shapes say, and of lengths that they leave open what the case says."""
    official = state_of(case, prefix)
    if PARTS[part].prepare is not None:
        official = PARTS[part].prepare(official)
    config = PARTS[part].infer(official)
    if part == 'generator':
        config.update(latent_dim=case.config['z_dim'], num_attributes=case.config['c_dim'])
    return config


def load(case: Golden, part: str, network: nn.Module, prefix: str = '') -> dict[str, str]:
    """Fill ``network``; returns official name -> ours."""
    conversion = convert('scgan', state_of(case, prefix), part, network)
    conversion.check(case.name)
    network.load_state_dict(conversion.state)
    return conversion.names


def build(case: Golden, part: str) -> nn.Module:
    network = PARTS[part].registry.build(network_config(case, part))
    load(case, part, network)
    return network


def generator(case: Golden) -> dict[str, Tensor]:
    given = dict(label=case.inputs['s'], latent=case.inputs['z'], attributes=case.inputs['c'])
    return dict(image=build(case, 'generator')(**given)['image'])


def discriminator(case: Golden) -> dict[str, Tensor]:
    output, = build(case, 'discriminator')(case.inputs['image'])
    return dict(realness=output.logits.squeeze(1), attributes=output.attributes)


def spectral_discriminator(case: Golden) -> dict[str, Tensor]:
    """In train mode, because the official one iterates in eval mode, too."""
    network = build(case, 'discriminator').train()
    output, = network(case.inputs['image'])
    return dict(realness=output.logits, attributes=output.attributes, u_after=network.to_logits.weight_u,
                v_after=network.to_logits.weight_v, u_after_first=network.blocks[0].first.weight_u)


def segmentor(case: Golden) -> dict[str, Tensor]:
    return build(case, 'segmentor')(case.inputs['image'])


def residual_block(case: Golden) -> dict[str, Tensor]:
    block = ResidualBlock(case.config['dim'], padding_mode='zeros', affine=True, bias=False)
    return run_piece(case, block, 'main.9.', rename_segmentor, 'blocks.0.')


def upsampling_block(case: Golden) -> dict[str, Tensor]:
    block = UpsamplingResidualBlock(case.config['dim_in'], case.config['dim_out'])
    return run_piece(case, block, 'model1.0.', rename_generator, 'blocks.0.')


def run_piece(case: Golden, block: nn.Module, theirs: str, rename: Callable[[list[str]], dict[str, str]],
              ours: str) -> dict[str, Tensor]:
    """A block by the names that it has in the first place of its network."""
    names = rename([f'{theirs}{name}' for name in case.official_state])
    block.load_state_dict({names[f'{theirs}{name}'].removeprefix(ours): value
                           for name, value in case.official_state.items()})
    return dict(out=block(case.inputs['x']))


def gradient_penalty(case: Golden) -> dict[str, Tensor]:
    """Its gradient reaches all but the classifier."""
    network = PARTS['discriminator'].registry.build(network_config(case, 'discriminator'))
    names, norms = load(case, 'discriminator', network), []
    with watched_norms(norms):
        penalty = penalties.GradientPenaltyLoss(weight=1.0)(
            network, case.inputs['real'], case.inputs['fake'], case.inputs['alpha'])
    penalty.backward()
    watched = [name.removeprefix('grad.') for name in case.expected if name.startswith('grad.')]
    return dict({f'grad.{name}': sums(network.get_parameter(names[name]).grad) for name in watched},
                penalty=penalty, norms=norms[0])


def losses(case: Golden) -> dict[str, Tensor]:
    inputs = case.inputs
    outputs = [DiscriminatorOutput(inputs['patch'], [])]
    adversarial = GANLoss('wasserstein').discriminator(outputs, outputs)
    return dict(classification=AttributeLoss(1.0)(inputs['attribute_logits'], inputs['attributes']),
                segmentation=SegmentationLoss(1.0)(inputs['segment_logits'], inputs['labels'].long()),
                adversarial_real=adversarial['real'], adversarial_fake=adversarial['fake'])


def watched_norms(found: list[Tensor]) -> patch:
    """Append the norms that every penalty computes to ``found``."""
    compute = penalties.gradient_norms

    def watch(*arguments: object) -> Tensor:
        norms = compute(*arguments)
        found.append(norms.detach())
        return norms
    return patch.object(penalties, 'gradient_norms', watch)


def sums(value: Tensor) -> Tensor:
    """[sum, sum of squares]."""
    value = value.detach().double()
    return torch.stack([value.sum(), value.square().sum()])


def build_gan(case: Golden) -> tuple[SCGAN, dict[str, str]]:
    """The training class with the case's weights, and official name -> name in it."""
    config = case.config
    model = MODELS.build(dict(
        type='SCGAN', options=dict(update_order=UPDATE_ORDER, discriminator_steps=1),
        **{part: network_config(case, part, f'{prefix}.') for part, prefix in NETWORKS.items()},
        losses=dict(adversarial=dict(type='GANLoss', mode='wasserstein'),
                    gradient_penalty=dict(type='GradientPenaltyLoss', weight=config['lambda_gp']),
                    classification=dict(type='AttributeLoss', weight=config['lambda_cls']),
                    segmentation=dict(type='SegmentationLoss', weight=config['lambda_s']))))
    names = {}
    for part, prefix in NETWORKS.items():
        loaded = load(case, part, getattr(model, part), f'{prefix}.')
        names.update({f'{prefix}.{theirs}': f'{part}.{ours}' for theirs, ours in loaded.items()})
    return model.train(), names


def step(case: Golden) -> dict[str, Tensor]:
    """One iteration with the case's draws, watched before and after each turn."""
    model, names = build_gan(case)
    config, inputs = case.config, case.inputs
    shuffled = inputs['labels'].long()[inputs['order'].argsort(stable=True)]
    model.prepare = lambda batch: dict(batch, latent=inputs['z'], interpolation=inputs['alpha'],
                                       shuffled_label=shuffled)
    wrappers = OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.Adam(network.parameters(), lr=config[RATES[player]],
                                              betas=(0.5, 0.999)))
        for player, (network,) in model.players().items()})
    watched = {f'{network}.{name}': model.get_parameter(names[f'{network}.{name}'])
               for network, listed in config['watch'].items() for name in listed}
    before = {name: parameter.detach().clone() for name, parameter in watched.items()}
    results, turns, norms, fakes = {}, {}, [], {}
    for player, prefix in NETWORKS.items():
        mine = {name: parameter for name, parameter in watched.items() if name.startswith(f'{prefix}.')}

        def note_gradients(_optimiser: object, *_: object, mine: dict = mine, player: str = player) -> None:
            turns[player] = turns.get(player, 0) + 1
            number = turns[player] if player == 'discriminator' else ''
            results.update({f'grad{number}.{name}': sums(p.grad) for name, p in mine.items()})

        def note_weights(_optimiser: object, *_: object, mine: dict = mine, player: str = player) -> None:
            if player == 'discriminator':
                results.update({f'after{turns[player]}.{name}': sums(p) for name, p in mine.items()})
        wrappers[player].optimizer.register_step_pre_hook(note_gradients)
        wrappers[player].optimizer.register_step_post_hook(note_weights)
    model.generator.register_forward_hook(lambda _module, _given, outputs: fakes.update(outputs))
    with watched_norms(norms):
        log = model.train_step(dict(target_image=inputs['real'], label=inputs['labels'].long(),
                                    attributes=inputs['attributes'].float()), wrappers)
    rates = {prefix: config[RATES[player]] for player, prefix in NETWORKS.items()}
    for name, parameter in watched.items():
        results[f'after.{name}'] = sums(parameter)
        results[f'delta.{name}'] = sums((parameter.detach() - before[name]) / rates[name.partition('.')[0]])
    terms = dict(D_real='discriminator/loss_real', D_fake='discriminator/loss_fake',
                 G_fake='generator/loss_adversarial')
    weighted = dict(D_cls=('discriminator/loss_classification', 'lambda_cls'),
                    D_gp=('penalty/loss_gradient_penalty', 'lambda_gp'),
                    A=('segmentor/loss_segmentation', 'lambda_s'),
                    G_cls=('generator/loss_classification', 'lambda_cls'),
                    G_s=('generator/loss_segmentation', 'lambda_s'))
    results.update({f'loss.{name}': log[term] for name, term in terms.items()})
    results.update({f'loss.{name}': log[term] / config[weight] for name, (term, weight) in weighted.items()})
    for name, turn in (('D_first', 'discriminator'), ('G', 'generator')):
        results[f'loss.{name}'] = sum(value for term, value in log.items() if term.startswith(f'{turn}/'))
    return dict(results, fake=fakes['image'], gp_norms=norms[0])


RUNNERS = dict(
    scgan_generator=generator, scgan_discriminator=discriminator,
    scgan_discriminator_sn=spectral_discriminator, scgan_segmentor=segmentor, scgan_resblk=residual_block,
    scgan_resblkup=upsampling_block, scgan_gradient_penalty=gradient_penalty, scgan_losses=losses,
    scgan_step=step)


def run(case: Golden) -> dict[str, Tensor]:
    fitting = [name for name in RUNNERS if case.name.startswith(name)]
    if not fitting:
        raise NotCovered('no runner for this case')
    name = max(fitting, key=len)
    with torch.set_grad_enabled(name in ('scgan_step', 'scgan_gradient_penalty')):
        return RUNNERS[name](case)
