import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.engine.optimisers import PlayerOptimWrapperConstructor
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.c2gan import C2GAN

GUIDE = 2
PICTURES = ('source_image', 'target_image', 'source_guide', 'target_guide')
ADVERSARIAL = dict(type='GANLoss', mode='least_squares', discriminator_weight=0.5)
LOSSES = dict(
    adversarial=ADVERSARIAL, cycle=dict(type='L1Loss', weight=9.0), pixel=dict(type='L1Loss', weight=8.0),
    guidance_adversarial=ADVERSARIAL, guidance_cycle=dict(type='L1Loss', weight=7.0))
CYCLES = dict(G2I2G=('guide', 'image', 'target_guide'),
              G2R2G=('recovered_guide', 'recovered_image', 'source_guide'))


def judge(in_channels):
    return dict(type='PatchDiscriminator', in_channels=in_channels, channels=2, num_layers=2, padding=1,
                spectral=False, norm='batch')


def build(**changes):
    torch.manual_seed(0)
    unet = dict(type='UNetGenerator', channels=2, num_downsamplings=3, dropout=0.0)
    return C2GAN(**{**dict(
        generator=dict(unet, guide_channels=GUIDE), guidance_generator=dict(unet, out_channels=GUIDE),
        discriminator=judge(3 + GUIDE + 3), guidance_discriminator=judge(3 + GUIDE), losses=LOSSES),
        **changes})


def wrappers_of(model):
    entry = dict(optimizer=dict(type='Adam', lr=1e-3))
    return PlayerOptimWrapperConstructor(dict.fromkeys(model.players(), entry))(model)


@pytest.fixture
def batch():
    torch.manual_seed(1)
    channels = dict(source_image=3, target_image=3, source_guide=GUIDE, target_guide=GUIDE, mask=1)
    pictures = {name: torch.rand(2, count, 16, 16) * 2 - 1 for name, count in channels.items()}
    return dict(pictures, mask=(pictures['mask'] > 0).float())


def generated(model, batch):
    image = model.generator(source_image=batch['source_image'], target_guide=batch['target_guide'])['image']
    recovered = model.generator(source_image=image, target_guide=batch['source_guide'])['image']
    return dict(image=image, recovered_image=recovered,
                guide=model.guidance_generator(source_image=image)['image'],
                recovered_guide=model.guidance_generator(source_image=recovered)['image'])


def test_terms_are_those_of_the_thesis(batch):
    model = build(losses=dict(LOSSES, mask=dict(type='L1Loss', weight=8.0)))
    fakes, expected_fakes = model.generate(batch), generated(model, batch)
    assert fakes.keys() == expected_fakes.keys()
    for name, value in expected_fakes.items():
        torch.testing.assert_close(fakes[name], value)
    x, y, l_x, l_y = (batch[name] for name in PICTURES)

    def on_triplet(*pictures):
        return model.discriminator(torch.cat(pictures, 1))[0].logits

    def on_pair(*pictures):
        return model.guidance_discriminator(torch.cat(pictures, 1))[0].logits

    image, recovered, guide, recovered_guide = fakes.values()
    expected = dict(
        adversarial_image=(on_triplet(x, l_y, image) - 1).square().mean(),
        adversarial_recovered_image=(on_triplet(y, l_x, recovered) - 1).square().mean(),
        cycle=9 * F.l1_loss(recovered, x), pixel=8 * F.l1_loss(image, y),
        mask=8 * ((image - y).abs() * batch['mask']).mean(),
        guidance_adversarial_guide=(on_pair(image, guide) - 1).square().mean(),
        guidance_adversarial_recovered_guide=(on_pair(recovered, recovered_guide) - 1).square().mean(),
        guidance_cycle=7 * (F.l1_loss(guide, l_y) + F.l1_loss(recovered_guide, l_x)))
    terms = model.generator_losses(batch, fakes)
    assert terms.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(terms[name], value)

    expected = {}
    for name, start, l_goal, goal in (('image', x, l_y, y), ('recovered_image', y, l_x, x)):
        expected[f'real_{name}'] = (on_triplet(start, l_goal, goal) - 1).square().mean()
        expected[f'fake_{name}'] = on_triplet(start, l_goal, fakes[name]).square().mean()
    for name, made_of, true in (('guide', image, l_y), ('recovered_guide', recovered, l_x)):
        expected[f'real_{name}'] = (on_pair(made_of, true) - 1).square().mean()
        expected[f'fake_{name}'] = on_pair(made_of, fakes[name]).square().mean()
    terms = model.discriminator_losses(batch, fakes)
    assert terms.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(terms[name], 0.5 * value)


@pytest.mark.parametrize('guidance_gradient', [True, False])
def test_which_losses_train_the_image_generator(batch, guidance_gradient):
    model = build(guidance_gradient=guidance_gradient)
    terms = model.generator_losses(batch, model.generate(batch))
    sum(term for name, term in terms.items() if name.startswith('guidance')).backward()
    gradients = [p.grad for p in model.generator.parameters()]
    assert any(g is not None and g.abs().max() > 0 for g in gradients) is guidance_gradient
    assert all(p.grad is not None for p in model.guidance_generator.parameters())


def test_two_players_step_as_the_four_of_the_released_code(batch):
    """G_i, D_i, G_g, D_g, each stepped before the next one's losses are taken, on fakes made once."""
    model, released = (build(guidance_gradient=False) for _ in range(2))
    model.train_step(batch, wrappers_of(model))
    fakes = released.generate(batch)
    detached = {name: fake.detach() for name, fake in fakes.items()}
    turns = ((released.generator, 'generator', False), (released.discriminator, 'discriminator', False),
             (released.guidance_generator, 'generator', True),
             (released.guidance_discriminator, 'discriminator', True))
    for network, player, of_guides in turns:
        optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
        seen = fakes if player == 'generator' else detached
        if network is released.guidance_generator:  # the other graph leads through weights that have moved
            seen = {**detached, **{name: released.guidance_generator(source_image=detached[of])['image']
                                   for name, of, _ in CYCLES.values()}}
        terms = getattr(released, f'{player}_losses')(batch, seen)
        loss = sum(term for name, term in terms.items() if ('guid' in name) is of_guides)
        parameters = list(network.parameters())
        for parameter, gradient in zip(parameters, torch.autograd.grad(loss, parameters, retain_graph=True)):
            parameter.grad = gradient
        optimiser.step()
    for (name, ours), theirs in zip(model.named_parameters(), released.parameters()):
        torch.testing.assert_close(ours, theirs, msg=name)


@pytest.mark.parametrize('cycles', [('G2I2G',), ('G2R2G',)])
def test_one_cycle_of_guides(batch, cycles):
    model = build(guidance_cycles=cycles)
    fakes = model.generate(batch)
    guide, _, true = CYCLES[cycles[0]]
    assert set(fakes) == {'image', 'recovered_image', guide}
    terms = model.generator_losses(batch, fakes)
    torch.testing.assert_close(terms['guidance_cycle'], 7 * F.l1_loss(fakes[guide], batch[true]))
    assert f'guidance_adversarial_{guide}' in terms and len(terms) == 6
    assert {name for name in model.discriminator_losses(batch, fakes) if 'guide' in name} == {
        f'real_{guide}', f'fake_{guide}'}


def test_no_cycle_of_guides_builds_nothing_for_it(batch):
    model = build(guidance_cycles=())
    assert not any('guidance' in name for name, _ in model.named_modules())
    log = model.train_step(batch, wrappers_of(model))
    assert not any('guid' in name for name in log)
    assert set(model.predict(batch)[0]) == {*batch, 'image'}


def test_generators_of_their_own(batch):
    model = build(shared_generators=False)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    fakes = model.generate(batch)
    recovered = model.reconstruction_generator(
        source_image=fakes['image'], target_guide=batch['source_guide'])['image']
    torch.testing.assert_close(fakes['recovered_image'], recovered)
    torch.testing.assert_close(
        fakes['recovered_guide'], model.reconstruction_guidance_generator(source_image=recovered)['image'])
    model.train_step(batch, wrappers_of(model))
    moved = {name.split('.')[0] for name, p in model.named_parameters() if not torch.equal(p, before[name])}
    assert moved == {'generator', 'reconstruction_generator', 'guidance_generator',
                     'reconstruction_guidance_generator', 'discriminator', 'guidance_discriminator'}


def test_single_modal_discriminators_see_images_alone_or_guides_alone(batch):
    model = build(cross_modal=False, discriminator=judge(6), guidance_discriminator=judge(GUIDE))
    seen = {}
    for name in ('discriminator', 'guidance_discriminator'):
        getattr(model, name).register_forward_hook(
            lambda _module, inputs, _output, name=name: seen.setdefault(name, []).append(inputs[0]))
    fakes = model.generate(batch)
    model.discriminator_losses(batch, fakes)
    expected = dict(
        discriminator=[torch.cat([batch['source_image'], fakes['image']], 1),
                       torch.cat([batch['source_image'], batch['target_image']], 1)],
        guidance_discriminator=[fakes['guide'], batch['target_guide']])
    for name, pictures in expected.items():
        for found, picture in zip(seen[name], pictures):
            assert torch.equal(found, picture)


def test_discriminators_see_former_fakes_with_what_belonged_to_them(batch):
    model = build(pool_size=4)
    fakes = model.generate(batch)
    model.discriminator_losses(batch, fakes)
    stored = torch.stack(model.pool.images)
    triplet = torch.cat([batch['source_image'], batch['target_guide'], fakes['image']], 1)
    assert torch.equal(stored[:2], triplet)
    assert torch.equal(stored[2:, -3:], fakes['recovered_image'])
    pair = torch.cat([fakes['image'], fakes['guide']], 1)
    assert torch.equal(torch.stack(model.guidance_pool.images)[:2], pair)


def test_at_test_the_guide_of_the_source_is_found(batch):
    model = build(options=dict(norm_at_test='running'))
    sample = model.predict({name: batch[name] for name in ('source_image', 'target_guide')})[0]
    assert set(sample) == {'source_image', 'target_guide', 'image', 'source_guide_found'}
    expected = model.guidance_generator.eval()(source_image=batch['source_image'])['image']
    torch.testing.assert_close(sample['source_guide_found'], expected[0])


@pytest.mark.parametrize('term', LOSSES)
def test_a_term_of_none_is_gone(batch, term):
    without = dict(adversarial=dict(discriminator=None),
                   guidance_adversarial=dict(guidance_discriminator=None))
    model = build(losses={**LOSSES, term: None}, **without.get(term, {}))
    log = model.train_step(batch, wrappers_of(model))
    assert not any(name.startswith(f'generator/loss_{term}') for name in log)
    assert len(log) >= 7


def test_the_mistakes_of_a_config_are_named(batch):
    with pytest.raises(InputError, match=r"guidance_cycles must be made of .* found \('K2G2K',\)"):
        build(guidance_cycles=('K2G2K',))
    with pytest.raises(InputError, match='guidance_cycles need a guidance_generator'):
        build(guidance_generator=None)
    with pytest.raises(InputError, match="C2GAN has no term 'guidance_cycles'"):
        build(losses=dict(guidance_cycles=None), guidance_cycles=())
    del batch['source_guide']
    with pytest.raises(InputError, match='C2GAN: the batch must hold source_guide, found source_image'):
        build().generate(batch)
    model = build(losses=dict(LOSSES, mask=dict(type='L1Loss')))
    batch.update(source_guide=batch['target_guide'])
    del batch['mask']
    with pytest.raises(InputError, match='the batch must hold mask'):
        model.generator_losses(batch, model.generate(batch))
