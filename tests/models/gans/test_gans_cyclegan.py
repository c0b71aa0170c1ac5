import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.engine.optimisers import PlayerOptimWrapperConstructor
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.cyclegan import CycleGAN

LOSSES = dict(adversarial=dict(type='GANLoss', mode='least_squares', discriminator_weight=0.5),
              cycle=dict(type='L1Loss', weight=10.0), identity=dict(type='L1Loss', weight=5.0))
ALL_TERMS = {f'{term}_{domain}' for term in LOSSES for domain in ('target', 'source')}


def build(losses=LOSSES, **changes):
    torch.manual_seed(0)
    generator = dict(type='ResNetGenerator', channels=2, num_blocks=1, num_downsamplings=1)
    discriminator = dict(type='PatchDiscriminator', in_channels=3, channels=2, num_layers=2, padding=1,
                         spectral=False, bias_before_norm=True)
    return CycleGAN(**{**dict(generator=generator, discriminator=discriminator, losses=losses), **changes})


@pytest.fixture
def batch():
    torch.manual_seed(1)
    names = ('source_image', 'target_image', 'target_guide')
    return {name: torch.rand(2, 3, 16, 16) * 2 - 1 for name in names}


def test_players_have_both_networks_of_their_kind(batch):
    model = build()
    entry = dict(optimizer=dict(type='Adam', lr=1e-3))
    wrappers = PlayerOptimWrapperConstructor(dict(generator=entry, discriminator=entry))(model)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    log = model.train_step(batch, wrappers)
    assert set(log) == {f'generator/loss_{term}' for term in ALL_TERMS} | {
        f'discriminator/loss_{side}_{domain}' for side in ('real', 'fake') for domain in ('target', 'source')}
    assert list(log)[0].startswith('generator/')
    moved = {name.split('.')[0] for name, p in model.named_parameters() if not torch.equal(p, before[name])}
    assert moved == {'generator', 'inverse_generator', 'discriminator', 'source_discriminator'}


def test_terms_are_those_of_the_paper(batch):
    model = build()
    fakes = model.generate(batch)
    terms = model.generator_losses(batch, fakes)
    x, y = batch['source_image'], batch['target_image']
    to_target, to_source = model.to_target, model.to_source
    score, source_score = (lambda image, judge=judge: judge(image)[0].logits
                           for judge in (model.discriminator, model.source_discriminator))
    expected = dict(
        adversarial_target=(score(to_target(x)) - 1).square().mean(),
        adversarial_source=(source_score(to_source(y)) - 1).square().mean(),
        cycle_source=10 * F.l1_loss(to_source(to_target(x)), x),
        cycle_target=10 * F.l1_loss(to_target(to_source(y)), y),
        identity_target=5 * F.l1_loss(to_target(y), y), identity_source=5 * F.l1_loss(to_source(x), x))
    assert terms.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(terms[name], value)
    judged = model.discriminator_losses(batch, fakes)
    torch.testing.assert_close(judged['real_target'], 0.5 * (score(y) - 1).square().mean())
    torch.testing.assert_close(judged['fake_source'], 0.5 * source_score(to_source(y)).square().mean())


@pytest.mark.parametrize('term', LOSSES)
def test_a_term_of_none_is_gone(batch, term):
    model = build({**LOSSES, term: None})
    terms = model.generator_losses(batch, model.generate(batch))
    assert set(terms) == {name for name in ALL_TERMS if not name.startswith(term)}


def test_each_direction_may_have_a_weight_of_its_own(batch):
    plain = build().generator_losses(batch, build().generate(batch))
    own = dict(cycle_source=dict(type='L1Loss', weight=5.0), identity_target=dict(type='L1Loss', weight=20.0))
    model = build({**LOSSES, **own})
    terms = model.generator_losses(batch, model.generate(batch))
    factors = dict.fromkeys(plain, 1.0) | dict(cycle_source=0.5, identity_target=4.0)
    for name, value in plain.items():
        torch.testing.assert_close(terms[name], factors[name] * value)
    alone = build(dict(cycle_target=dict(type='L1Loss', weight=1.0)))
    assert set(alone.generator_losses(batch, alone.generate(batch))) == {'cycle_target'}


def test_discriminators_see_former_fakes(batch):
    model = build(pool_size=2)
    fakes = model.generate(batch)
    model.discriminator_losses(batch, fakes)
    assert torch.equal(torch.stack(model.target_pool.images), fakes['image'])
    assert torch.equal(torch.stack(model.source_pool.images), fakes['source_like'])


def test_the_source_domain_may_be_another_picture(batch):
    model = build(source_field='target_guide').eval()
    assert torch.equal(model.generate(batch)['image'], model.to_target(batch['target_guide']))


def test_at_test_the_source_is_enough(batch):
    [first, _] = build().predict(dict(source_image=batch['source_image']))
    assert 'image' in first and 'source_like' not in first


def test_a_generator_that_reads_more_is_refused():
    with pytest.raises(InputError, match='source_image alone, found source_image, target_guide'):
        build(generator=dict(type='ResNetGenerator', channels=2, num_blocks=1, guide_channels=2))
