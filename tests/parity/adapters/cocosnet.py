"""CoCosNet (microsoft/CoCosNet)."""
from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from unittest.mock import patch

import numpy as np
import pix2pix_code
import torch
from golden import Golden, NotCovered
from mmengine.optim import LinearLR, OptimWrapper, OptimWrapperDict
from torch import Tensor

from ggtoolbox.converters.cocosnet import rename_feature_network
from ggtoolbox.models.gans.cocosnet import CoCosNet
from ggtoolbox.models.losses.exemplar import contextual_distance
from ggtoolbox.registry import DISCRIMINATORS, GENERATORS, MODELS

PREFIXES = ('cocosnet_',)
NETWORKS = {'netG.': 'generator', 'netCorr.': 'correspondence_network', 'netD.': 'discriminator'}
# Official term -> ours.
TERMS = dict(G_no_vgg_feat='domain_alignment', G_warp_cycle='warp_cycle', G_warp_self='warp_self',
             G_GAN='adversarial', G_GAN_Feat='feature_matching', G_fm='matching', G_perc='perceptual',
             G_contextual='contextual', G_mask='label', D_Fake='fake', D_real='real')
CLASSES = ('ade20k', 'celebahq')  # the others' layouts are continuous channels
GLASSES = 16


def semantics(options: dict) -> dict:
    kind = 'num_classes' if options['dataset_mode'] in CLASSES else 'guide_channels'
    return {kind: options['semantic_nc']}


def norm(options: dict) -> str:
    return 'position' if options['PONO'] else 'instance' if 'instance' in options['norm_G'] else 'batch'


def generator_config(options: dict) -> dict:
    return dict(type='CoCosNetGenerator', channels=options['ngf'], norm=norm(options),
                attention=options['use_attention'], **semantics(options))


def correspondence_config(options: dict) -> dict:
    for name in ('dilation_conv', 'eqlr_sn', 'mask_noise', 'domain_rela'):
        if options.get(name):
            raise NotCovered(f'the option {name}')
    if options['CBN_intype'] != 'warp_mask':
        raise NotCovered(f'conditioning on {options["CBN_intype"]!r}')
    upsampling = 'patches' if options['warp_patch'] else 'bilinear' if options['warp_bilinear'] else 'nearest'
    mask = options['warp_mask_losstype']
    cycles = 2 if options['two_cycle'] else 1 if options['warp_cycle_w'] > 0 else 0
    return dict(type='CorrespondenceNetwork', channels=options['ngf'], norm=norm(options),
                adaptor_kernel_size=options['adaptor_kernel'], join_layout=options['maskmix'],
                coordinates=options['use_coordconv'], patch=options['match_kernel'],
                centre_channels=options['PONO_C'], upsampling=upsampling, blind=options['noise_for_mask'],
                warped_layout=None if mask == 'none' else mask, cycles=cycles,
                extra_blocks=options['adaptor_res_deeper'], attention=options['adaptor_nonlocal'],
                squeeze=options['adaptor_se'], **semantics(options))


def discriminator_config(options: dict) -> dict:
    return dict(type='MultiScaleDiscriminator', in_channels=options['semantic_nc'] + 3,
                num_scales=options['num_D'],
                discriminator=dict(type='PatchDiscriminator', channels=options['ndf'],
                                   num_layers=options['n_layers_D'], padding=1,
                                   attention=options['use_attention']))


def load(case: Golden, part: str, network: torch.nn.Module, prefix: str = '') -> dict[str, str]:
    return pix2pix_code.load(case, part, network, prefix, 'cocosnet').names


@torch.no_grad()
def generator(case: Golden) -> dict[str, Tensor]:
    options = case.config['options']
    network = GENERATORS.build(generator_config(options))
    load(case, 'generator', network)
    taps = {'tap.head_0': network.blocks[0], 'tap.up_1': network.blocks[4], 'tap.attn': network.attention}
    found = {}
    for name, module in taps.items():
        if module is not None:
            module.register_forward_hook(lambda _, __, output, name=name: found.update({name: output}))
    given = 'label' if options['dataset_mode'] in CLASSES else 'target_guide'
    drawn = network(case.inputs['warp'], **{given: case.inputs['semantics']})
    return dict(found, output=drawn['image'])


@torch.no_grad()
def correspondence(case: Golden) -> dict[str, Tensor]:
    options = case.config['options']
    network = GENERATORS.build(correspondence_config(options))
    names = load(case, 'correspondence_network', network)
    taps, found = {'tap.adaptive_model_seg': network.layout_adaptor.blocks[-1], 'tap.theta': network.to_query,
                   'tap.adaptive_model_img': network.image_adaptor.blocks[-1]}, {}
    for name, module in taps.items():
        module.register_forward_hook(lambda _, __, output, name=name: found.setdefault(name, output))
    wanted, own = (('label', 'exemplar_label') if options['dataset_mode'] in CLASSES else
                   ('target_guide', 'exemplar_guide'))
    noise = case.inputs.get('noise')  # in place of the exemplar's layout, where the network is blind
    with patch('torch.randn_like', lambda like: noise.to(like)) if noise is not None else nullcontext():
        drawn = network(case.inputs['ref_image'], target_image=case.inputs.get('image'),
                        **{wanted: case.inputs['semantics'], own: case.inputs['ref_semantics']})
    drawn.update({} if network.training else network.train().warps(drawn, case.inputs['ref_image'], None))
    results = dict(found, warp_out=drawn['image'],
                   correlation=network.correlation(drawn['query'], drawn['key']))
    official = dict(warp_mask='warped_layout', warp_cycle='cycled', warp_i2r='to_exemplar',
                    warp_i2r2i='cycled_target')
    results.update({theirs: drawn[ours] for theirs, ours in official.items() if ours in drawn})
    if 'image_features' in drawn:
        apart = drawn['layout_features'] - drawn['image_features']
        results['loss_novgg_featpair'] = 10 * apart.abs().mean()
    state = network.state_dict()
    return {**results, **{name: state[names[name.removeprefix('buffer.')]] for name in case.expected
                          if name.startswith('buffer.')}}


@torch.no_grad()
def discriminator(case: Golden) -> dict[str, Tensor]:
    network = DISCRIMINATORS.build(discriminator_config(case.config['options']))
    load(case, 'discriminator', network)
    outputs, results = network(case.inputs['image'], case.inputs['semantics']), {}
    for scale, output in enumerate(outputs):
        groups = [*output.features, output.logits]
        results.update({f'd{scale}_{group}': value for group, value in enumerate(groups)})
    return results


def contextual(case: Golden) -> dict[str, Tensor]:
    x, y, results = case.inputs['x'].clone().requires_grad_(), case.inputs['y'], {}
    places = case.config['PONO']
    results['loss'] = contextual_distance(x, y, case.config['h'], places)
    results['grad_x'], = torch.autograd.grad(results['loss'].mean(), x)
    for name in case.expected:
        if name.startswith('loss_h'):
            results[name] = contextual_distance(x, y, float(name.removeprefix('loss_h')), places)
    return results


def gan_config(options: dict) -> dict:
    weights = options
    pixel = lambda weight: dict(type='L1Loss', weight=weight) if weight else None
    gan = dict(type='GANLoss', mode=options['gan_mode'], weight=weights['weight_gan'],
               discriminator_weight=weights['weight_gan'])
    return dict(
        type='CoCosNet', generator=generator_config(options), discriminator=discriminator_config(options),
        correspondence_network=correspondence_config(options),
        overlaid_class=GLASSES if options['dataset_mode'] == 'celebahq' else None,
        losses=dict(
            adversarial=gan, domain_alignment=pixel(weights['novgg_featpair']),
            feature_matching=None if options['no_ganFeat_loss'] else dict(
                type='FeatureMatchingLoss', weight=weights['lambda_feat']),
            features=dict(type='ExemplarFeatureLoss', matching=weights['lambda_vgg'] * weights['fm_ratio'],
                          perceptual=weights['weight_perceptual'],
                          contextual=weights['lambda_vgg'] * weights['ctx_w'],
                          perceptual_layer=f'relu{weights["which_perceptual"]}',
                          shallow_context=weights['use_22ctx'], corrected=weights['vgg_normal_correct'],
                          centre_places=options['PONO'],
                          network=dict(type='VGG19', allow_random=True, layers=(
                              'relu1_2', 'relu2_2', 'relu3_2', 'relu4_2', 'relu5_2'))),
            warp_cycle=pixel(weights['warp_cycle_w']), warp_self=pixel(weights['warp_self_w']),
            label=dict(type='CorrespondingLabelLoss', weight=weights['weight_mask'])
            if options['warp_mask_losstype'] != 'none' else None))


def build(case: Golden) -> tuple[CoCosNet, dict[str, str], dict[str, Tensor]]:
    """The training class with the case's weights, official name -> ours, the batch."""
    config = gan_config(case.config['options'] if case.config['runner'] != 'inference' else {
        **TRAINING, **case.config['options']})
    if case.config['runner'] == 'inference':
        config.update(losses={}, discriminator=None)
    model, names = MODELS.build(config).train(case.mode.startswith('train')), {}
    for prefix, part in NETWORKS.items():
        if getattr(model, part) is not None:
            found = load(case, part, getattr(model, part), prefix)
            names.update({f'{prefix}{theirs}': f'{part}.{ours}' for theirs, ours in found.items()})
    if 'features' in model.losses:
        vgg = model.losses['features'].network
        official = {name.removeprefix('vgg.'): value for name, value in case.official_state.items()
                    if name.startswith('vgg.')}
        renamed = rename_feature_network(official)
        state = {renamed[name]: value for name, value in official.items()}
        vgg.load_state_dict({name: state[name] for name in vgg.state_dict()})
    ids = case.config['options']['dataset_mode'] in CLASSES
    fields = dict(image='target_image', ref='exemplar_image', label='label' if ids else 'target_guide',
                  label_ref='exemplar_label' if ids else 'exemplar_guide')
    batch = {ours: case.inputs[theirs] for theirs, ours in fields.items() if theirs in case.inputs}
    for theirs, ours in (('glasses', 'mask'), ('glasses_ref', 'exemplar_mask')):
        if theirs in case.inputs:
            batch[ours] = case.inputs[theirs].unsqueeze(1).to(torch.get_default_dtype())
    if 'self_ref' in case.config:
        batch['self_reference'] = torch.tensor(case.config['self_ref'], dtype=torch.get_default_dtype())
    return model, names, batch


TRAINING = dict(gan_mode='hinge', weight_gan=10.0, novgg_featpair=10.0, no_ganFeat_loss=False,
                lambda_feat=10.0,
                lambda_vgg=10.0, fm_ratio=1.0, weight_perceptual=0.001, ctx_w=1.0, which_perceptual='4_2',
                use_22ctx=False, warp_self_w=0.0, weight_mask=100.0, num_D=2, ndf=8, n_layers_D=4)


def terms_of(found: dict[str, Tensor], player: str) -> dict[str, Tensor]:
    if 'warp_cycle_target' in found:
        found = dict(found, warp_cycle=found['warp_cycle'] + found['warp_cycle_target'])
    results = {theirs: found[ours] for theirs, ours in TERMS.items()
               if theirs.startswith(player) and ours in found}
    return {**results, f'{player}_total': sum(results.values())}


def losses(case: Golden) -> dict[str, Tensor]:
    model, names, batch = build(case)
    with model.only('generator'):
        fakes = model.generate(batch)
        found = model.player_losses('generator', batch, fakes)
        sum(found.values()).backward()
    results = terms_of(found, 'G')
    results.update(fake=fakes['image'], warp_out=fakes['warped_image'])
    for theirs, ours in (('warp_mask', 'warped_layout'), ('warp_cycle', 'cycled'),
                         ('warp_i2r', 'to_exemplar'),
                         ('warp_i2r2i', 'cycled_target')):
        if ours in fakes:
            results[theirs] = fakes[ours]
    gradients = {name: model.get_parameter(names[name]).grad for name in case.config['watch']
                 if not name.startswith('netD')}
    model, names, _ = build(case)
    with model.only('discriminator'):
        found = model.player_losses('discriminator', batch, {name: value.detach()
                                                             for name, value in fakes.items()})
        sum(found.values()).backward()
    results.update(terms_of(found, 'D'))
    gradients.update({name: model.get_parameter(names[name]).grad for name in case.config['watch']
                      if name.startswith('netD')})
    for name, gradient in gradients.items():
        results.update({f'gradnorm.{name}': gradient.norm(),
                        f'grad.{name}': pix2pix_code.probe('', gradient)['']})
    return results


@torch.no_grad()
def inference(case: Golden) -> dict[str, Tensor]:
    model, _, batch = build(case)
    model.eval()
    fakes = model.generate(batch)
    network = model.correspondence_network
    mask = network.warp(fakes['query'], fakes['key'], fakes['exemplar_layout'])
    return dict(fake_image=fakes['image'], warp_out=fakes['warped_image'], warp_mask=mask)


def step(case: Golden) -> dict[str, Tensor]:
    options, results = case.config['options'], {}
    model, names, batch = build(case)
    state = model.state_dict()
    before = {name: state[names[name]].clone() for name in case.config['watch']}
    rates = (options['lr'] / 2, options['lr'] * (1 if options['no_TTUR'] else 2))
    betas = (0.0, 0.9) if not options['no_TTUR'] else (options['beta1'], options['beta2'])
    wrappers = OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.Adam([p for network in model.players()[player]
                                               for p in network.parameters()], lr=rate, betas=betas,
                                              eps=epsilon))
        for player, rate, epsilon in zip(('generator', 'discriminator'), rates, (1e-3, 1e-8))})
    for iteration in (1, 2):
        log = model.train_step(batch, wrappers)
        for player, turn in (('generator', 'G'), ('discriminator', 'D')):
            found = {name.partition('/loss_')[2]: value for name, value in log.items()
                     if name.startswith(f'{player}/')}
            results.update({f'step{iteration}_{name}': value
                            for name, value in terms_of(found, turn).items()})
        if iteration == 1:
            for name, old in before.items():
                moved = state[names[name]] - old
                results.update({f'delta.{name}': pix2pix_code.probe('', moved)[''],
                                f'delta_l1.{name}': moved.abs().mean()})
            results.update({name: state[names[name.removeprefix('buffer.')]].clone() for name in case.expected
                            if name.startswith('buffer.')})
    return results


def lr_schedule(case: Golden) -> dict[str, np.ndarray]:
    """mmengine's linear schedule of each player; without TTUR the generator's rate doubles when decay
    begins."""
    results = {}
    for name, run in case.config['runs'].items():
        for player in ('generator', 'discriminator'):
            base = run['lr'] if run['no_TTUR'] else run['lr'] / 2 if player == 'generator' else 2 * run['lr']
            first = run['lr'] / 2 if player == 'generator' else base
            optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
            constant, decay = run['niter'], run['niter_decay']
            scheduler = LinearLR(optimizer, start_factor=1.0, end_factor=0.0, begin=constant,
                                 end=constant + decay + 1)
            rates = []
            for epoch in range(constant + decay):
                rate = optimizer.param_groups[0]['lr']
                rates.append(rate * first / base if epoch <= constant else rate)
                optimizer.step()
                scheduler.step()
            results[f'{name}.{player}'] = np.array(rates)
    return results


def in_double_precision(runner: Callable[[Golden], dict]) -> Callable[[Golden], dict]:
    """Gradients of thousands of magnitudes and maxima: single precision's rounding turns a sign here and
    there, each time another one."""
    def run_it(case: Golden) -> dict:
        for given in (case.official_state, case.inputs):
            given.update({name: value.double() for name, value in given.items() if value.is_floating_point()})
        torch.set_default_dtype(torch.float64)
        try:
            return runner(case)
        finally:
            torch.set_default_dtype(torch.float32)
    return run_it


RUNNERS: dict[str, Callable[[Golden], dict]] = dict(
    generator=generator, correspondence=correspondence, discriminator=discriminator, contextual=contextual,
    losses=in_double_precision(losses), inference=inference, step=in_double_precision(step),
    lr_schedule=lr_schedule)


def run(case: Golden) -> dict:
    runner = case.config.get('runner')
    if runner not in RUNNERS:
        raise NotCovered(f'no runner {runner!r}')
    return RUNNERS[runner](case)
