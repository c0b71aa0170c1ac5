"""One iteration of the released training of MDVS, by our training class."""
from __future__ import annotations

from functools import partial

import torch
from golden import Golden
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from ggtoolbox.converters import mdvs
from ggtoolbox.converters.conversion import convert
from ggtoolbox.models.gans.dancegan_motion import DanceGANMotion
from ggtoolbox.registry import LOSSES, MODELS

NETWORKS = {'G.': 'generator', 'D_frame.': 'local_discriminator', 'D_seq.': 'global_discriminator'}
RATES = {'generator': 'lr_g', 'local_discriminator': 'lr_d_frame', 'global_discriminator': 'lr_d_seq'}
# What the released code logs, as our turns' terms and what these are to be divided by.
TERMS = {'G_frame': {'generator/adversarial_local': 1}, 'G_seq': {'generator/adversarial_global': 1},
         'G_feature': {'generator/feature_matching': 1}, 'G_L1': {'generator/reconstruction': 'alpha'},
         'G_GCN': {'generator/perceptual': 'lambda_grad'}, 'D_frame_real': {'local_discriminator/real': 0.5},
         'D_frame_fake': {'local_discriminator/fake': 0.5}, 'D_seq_real': {'global_discriminator/real': 0.5},
         'D_seq_fake': {'global_discriminator/fake': 0.5},
         'D_seq_penalty': {'global_discriminator/gradient_penalty': 'gp_weight'}}
TOTALS = {'G_total': 'generator/', 'D_frame_total': 'local_discriminator/',
          'D_seq_total': 'global_discriminator/'}


def state_of(case: Golden, prefix: str) -> dict[str, Tensor]:
    """The case's tensors below ``prefix``, which is taken away."""
    return {name.removeprefix(prefix): value for name, value in case.official_state.items()
            if name.startswith(prefix)}


def load(case: Golden, part: str, network: nn.Module, prefix: str = '') -> nn.Module:
    """Fill ``network`` with what the case has below ``prefix``, strictly; no case has active dropout."""
    conversion = convert('mdvs', state_of(case, prefix), part, network)
    conversion.check(case.name)
    network.load_state_dict(conversion.state)
    for module in network.modules():
        if isinstance(module, (nn.Dropout, nn.Dropout2d)):
            module.p = 0.0
    return network.train(case.mode.startswith('train'))


def poses(case: Golden, name: str) -> Tensor:
    """(B, F, V, 2) of (B, F, 2V)."""
    return case.inputs[name].unflatten(-1, (-1, 2))


def penalty(case: Golden, network: nn.Module) -> dict[str, Tensor]:
    real, fake = poses(case, 'real'), poses(case, 'fake')
    loss = dict(_penalty_config(case.config['weight']), target=case.config['target'])
    value = LOSSES.build(loss)(lambda motion: network(motion, case.inputs['audio']), real, fake,
                               case.inputs['alpha'].unsqueeze(-1))
    value.backward()
    names = mdvs.rename_global(case.official_state)
    norms = {f'gradnorm.{theirs}': network.get_parameter(names[theirs]).grad.norm()
             for theirs in case.config['watch']}
    return dict(penalty=value / case.config['weight'], **norms)


def _penalty_config(weight: float) -> dict:
    return dict(type='GradientPenaltyLoss', weight=weight, squash=True)


def build(case: Golden) -> tuple[DanceGANMotion, dict[str, str]]:
    """The training class with the case's weights, and official name -> name in it."""
    options, samples = case.config['options'], case.inputs['audio'].shape[-1]
    official = {prefix: state_of(case, prefix) for prefix in (*NETWORKS, 'GCN.')}
    sound = dict(samples=samples, rate=10 * samples, frames=case.inputs['audio'].shape[1])
    model = MODELS.build(dict(
        type='DanceGANMotion', generator=dict(mdvs.infer_generator(official['G.']), **sound),
        local_discriminator=mdvs.infer_local(official['D_frame.']),
        global_discriminator=dict(mdvs.infer_global(official['D_seq.']), **sound),
        losses=dict(adversarial=dict(type='GANLoss', mode='vanilla', discriminator_weight=0.5),
                    perceptual=dict(type='PerceptualLoss', weight=options['lambda_grad'],
                                    layer_weights=options['gcn_weights'],
                                    network=mdvs.infer_graph(official['GCN.'])),
                    feature_matching=dict(type='FeatureMatchingLoss', weight=1.0,
                                          layer_weights=options['feature_weights']),
                    reconstruction=dict(type='L1Loss', weight=options['alpha']),
                    gradient_penalty=_penalty_config(options['gp_weight']))))
    names = {}
    for prefix, part in NETWORKS.items():
        load(case, part, getattr(model, part), prefix)
        renamed = mdvs.PARTS[part].rename(official[prefix])
        names.update({f'{prefix}{theirs}': f'{part}.{ours}' for theirs, ours in renamed.items()})
    load(case, 'losses.perceptual.network', model.losses['perceptual'].network, 'GCN.').eval()
    return model, names


def batch_of(case: Golden) -> dict[str, Tensor]:
    return dict(audio=case.inputs['audio'], noise=case.inputs['noise'], target_motion=poses(case, 'real'),
                interpolation=case.inputs['alpha'].unsqueeze(-1))


def official_terms(case: Golden, terms: dict[str, Tensor]) -> dict[str, Tensor]:
    options = case.config['options']
    results = {}
    for name, parts in TERMS.items():
        results[name] = sum(terms[ours] / options.get(factor, factor) for ours, factor in parts.items())
    for name, player in TOTALS.items():
        results[name] = sum(value for ours, value in terms.items() if ours.startswith(player))
    return results


def losses(case: Golden) -> dict[str, Tensor]:
    """Each player's terms on the networks as drawn."""
    model, _ = build(case)
    batch, terms = batch_of(case), {}
    fakes = model.generate(batch)
    for player in model.order():
        found = model.player_losses(player, batch, {name: value.detach() for name, value in fakes.items()})
        terms.update({f'{player}/{name}': value for name, value in found.items()})
    return dict(official_terms(case, terms), fake=fakes['motion'].flatten(2))


def _keep_norm(results: dict[str, Tensor], name: str, parameter: Tensor) -> None:
    results.setdefault(name, parameter.grad.norm())


def step(case: Golden) -> dict[str, Tensor]:
    """Two iterations; gradients and changes of the first."""
    model, names = build(case)
    options = case.config['options']
    adam = dict(betas=tuple(options['betas']), eps=options['eps'])
    wrappers = OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.Adam(networks[0].parameters(), lr=options[RATES[player]], **adam))
        for player, networks in model.players().items()})
    watched = {name: model.get_parameter(names[name]) for name in case.config['watch']}
    before = {name: parameter.detach().clone() for name, parameter in watched.items()}
    results: dict[str, Tensor] = {}
    for name, parameter in watched.items():
        parameter.register_post_accumulate_grad_hook(partial(_keep_norm, results, f'gradnorm.{name}'))
    for iteration in (1, 2):
        log = model.train_step(batch_of(case), wrappers)
        terms = {name.replace('/loss_', '/'): value for name, value in log.items()}
        found = official_terms(case, terms)
        results.update({f'step{iteration}_{name}': value for name, value in found.items()})
        if iteration == 1:
            for name, parameter in watched.items():
                results[f'sumsq.{name}'] = parameter.detach().square().sum()
                results[f'delta_l1.{name}'] = (parameter.detach() - before[name]).abs().mean()
    for output in case.expected:
        if output.startswith('buffer.'):
            results[output] = model.get_buffer(names[output.removeprefix('buffer.')])
    return results
