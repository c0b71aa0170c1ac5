from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.apis import load_config
from ggtoolbox.engine.optimisers import PlayerOptimWrapperConstructor
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.gesturegan import GestureGAN
from ggtoolbox.models.losses.pixel import total_variation

ROOT = Path(__file__).resolve().parents[3]
LOSSES = dict(
    adversarial=dict(type='GANLoss', mode='vanilla', discriminator_weight=0.5),
    colour=dict(type='ColourLoss', weight=7.0), pixel=dict(type='L1Loss', weight=5.0),
    cycle=dict(type='L1Loss', weight=0.1), self_content=dict(type='L1Loss', weight=3.0),
    total_variation=dict(type='TotalVariationLoss', weight=1e-3))
PICTURES = ('source_image', 'target_image', 'source_guide', 'target_guide')
ADVERSARIAL = ('adversarial_plain', 'adversarial_guided')


def judge(in_channels):
    return dict(type='PatchDiscriminator', in_channels=in_channels, channels=2, num_layers=2, padding=1,
                spectral=False, bias_before_norm=True)


def build(**changes):
    torch.manual_seed(0)
    generator = dict(type='ResNetGenerator', guide_channels=3, channels=2, num_blocks=1, num_downsamplings=1)
    return GestureGAN(**{**dict(generator=generator, discriminator=judge(6), guided_discriminator=judge(9),
                                losses=LOSSES,
                                options=dict(init=dict(method='normal', gain=0.2))), **changes})


def wrappers_of(model):
    entry = dict(optimizer=dict(type='Adam', lr=1e-3))
    return PlayerOptimWrapperConstructor(dict.fromkeys(model.players(), entry))(model)


@pytest.fixture
def batch():
    torch.manual_seed(1)
    return {name: torch.rand(2, 3, 16, 16) * 2 - 1 for name in PICTURES}


def real(logits):
    return F.softplus(-logits).mean()


def fake(logits):
    return F.softplus(logits).mean()


def score(model, *pictures):
    network = model.discriminator if len(pictures) == 2 else model.guided_discriminator
    return network(torch.cat(pictures, 1))[0].logits


@pytest.mark.parametrize('cycles', [1, 2])
def test_terms_are_those_of_the_thesis(batch, cycles):
    model = build(cycles=cycles)
    terms = model.generator_losses(batch, model.generate(batch))
    g = model.translate
    expected = dict.fromkeys(terms, 0.0)
    forth = [batch[name] for name in PICTURES]
    for x, y, c_x, c_y in (forth, [forth[i] for i in (1, 0, 3, 2)])[:cycles]:
        made = g(x, c_y)
        expected['adversarial_plain'] += real(score(model, x, made))
        expected['adversarial_guided'] += real(score(model, x, c_y, made))
        expected['colour'] += 7 * sum(F.l1_loss(made[:, c], y[:, c]) for c in range(3))
        expected['pixel'] += 5 * F.l1_loss(made, y)
        expected['cycle'] += 0.1 * F.l1_loss(g(made, c_x), x)
        expected['self_content'] += 3 * F.l1_loss(g(x, c_x), x)
        expected['total_variation'] += 1e-3 * total_variation(made)
    assert set(terms) == {*ADVERSARIAL, *LOSSES} - {'adversarial'}
    for name, value in expected.items():
        torch.testing.assert_close(terms[name], value)


@pytest.mark.parametrize('mirrored', [True, False])
def test_what_is_real_in_the_second_cycle(batch, mirrored):
    model = build(cycles=2, mirror_real_pair=mirrored)
    fakes = model.generate(batch)
    terms = model.discriminator_losses(batch, fakes)
    x, y, c_x, c_y = (batch[name] for name in PICTURES)
    expected = dict(
        real_plain_image=real(score(model, x, y)), fake_plain_image=fake(score(model, x, fakes['image'])),
        real_plain_source_like=real(score(model, *((y, x) if mirrored else (x, y)))),
        fake_plain_source_like=fake(score(model, y, fakes['source_like'])),
        real_guided_image=real(score(model, x, c_y, y)),
        fake_guided_image=fake(score(model, x, c_y, fakes['image'])),
        real_guided_source_like=real(score(model, y, c_x, x)),
        fake_guided_source_like=fake(score(model, y, c_x, fakes['source_like'])))
    assert terms.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(terms[name], 0.5 * value)


def test_discriminators_come_first_and_share_an_optimiser(batch):
    model = build()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    log = model.train_step(batch, wrappers_of(model))
    assert [name.split('/')[0] for name in log] == ['discriminator'] * 4 + ['generator'] * 7
    moved = {name.split('.')[0] for name, p in model.named_parameters() if not torch.equal(p, before[name])}
    assert moved == {'generator', 'discriminator', 'guided_discriminator'}


def count_calls(model):
    seen = []
    model.generator.register_forward_hook(
        lambda _module, _args, inputs, _output: seen.append(inputs), with_kwargs=True)
    return seen


@pytest.mark.parametrize('cycles, terms, calls', [
    (1, ('cycle', 'self_content'), 3), (2, ('cycle', 'self_content'), 6), (1, ('cycle',), 2),
    (1, ('self_content',), 2), (2, (), 2), (1, (), 1)])
def test_the_generator_runs_as_often_as_the_losses_ask_for(batch, cycles, terms, calls):
    keep = {name: cfg for name, cfg in LOSSES.items() if name in ('adversarial', 'pixel', *terms)}
    model = build(cycles=cycles, losses=keep)
    seen = count_calls(model)
    model.train_step(batch, wrappers_of(model))
    assert len(seen) == calls
    seen.clear()
    model.predict({name: batch[name] for name in ('source_image', 'target_guide')})
    assert len(seen) == 1


def test_passes_are_in_the_order_that_running_statistics_depend_on(batch):
    model = build(cycles=2)
    seen = count_calls(model)
    fakes = model.generate(batch)
    x, y, c_x, c_y = (batch[name] for name in PICTURES)
    order = [(x, c_y), (fakes['image'], c_x), (y, c_x), (fakes['source_like'], c_y), (x, c_x), (y, c_y)]
    for inputs, (image, guide) in zip(seen, order, strict=True):
        assert torch.equal(inputs['source_image'], image) and torch.equal(inputs['target_guide'], guide)


@pytest.mark.parametrize('term', LOSSES)
def test_a_term_of_none_is_gone(batch, term):
    without = dict(discriminator=None, guided_discriminator=None) if term == 'adversarial' else {}
    model = build(losses={**LOSSES, term: None}, **without)
    log = model.train_step(batch, wrappers_of(model))
    assert not any(f'/loss_{term}' in name for name in log)
    assert any(name.startswith('discriminator') for name in log) is (term != 'adversarial')


def test_the_mistakes_of_a_config_are_named(batch):
    with pytest.raises(InputError, match='cycles must be 1 or 2, found 3'):
        build(cycles=3)
    with pytest.raises(InputError, match='adversarial and a discriminator need each other, found'):
        build(losses=dict(pixel=LOSSES['pixel']))
    with pytest.raises(InputError, match='adversarial and a discriminator need each other, found'):
        build(discriminator=None, guided_discriminator=None)
    del batch['source_guide']
    with pytest.raises(InputError, match='GestureGAN: the batch must hold source_guide, found source_image'):
        build().generate(batch)


def test_dropout_stays_on_at_test(batch):
    generator = dict(type='ResNetGenerator', guide_channels=3, channels=2, num_blocks=1, num_downsamplings=1,
                     dropout=0.5)
    for dropout_at_test, same in ((None, False), (False, True)):
        model = build(generator=generator, options=dict(dropout_at_test=dropout_at_test))
        pair = [torch.stack([sample['image'] for sample in model.predict(batch)]) for _ in range(2)]
        assert torch.equal(*pair) is same


# Table 2.9: the terms beside the cycle's and the adversarial one, and which discriminators.
ROWS = {
    'd_cycle': (dict(pixel='L1Loss'), 'plain'),
    'e11_colour_l1_of_cycle': (dict(pixel='L1Loss', colour_cycle=1), 'plain'),
    'e12_l1': (dict(pixel='L1Loss'), 'plain'),
    'e13_l2': (dict(pixel='L2Loss'), 'plain'),
    'e14_colour_l1': (dict(colour=1), 'plain'),
    'e15_colour_l2_and_l1': (dict(colour=2, pixel='L1Loss'), 'plain'),
    'e16_colour_l1_and_l1': (dict(colour=1, pixel='L1Loss'), 'plain'),
    'e21_guided_discriminator': (dict(pixel='L1Loss'), 'guided'),
    'e22_dual_discriminator': (dict(pixel='L1Loss'), 'plain guided'),
    'e3_self_content': (dict(pixel='L1Loss', self_content='L1Loss'), 'plain'),
    'e41_perceptual': (dict(pixel='L1Loss', perceptual=None), 'plain'),
    'e42_total_variation': (dict(pixel='L1Loss', perceptual=None, total_variation=None), 'plain'),
    'f_full': (dict(colour=1, pixel='L1Loss', self_content='L1Loss', perceptual=None, total_variation=None),
               'plain guided'),
}


@pytest.mark.parametrize('row', ROWS)
def test_rows_of_table_2_9(row):
    model = load_config(
        ROOT / f'configs/gesturegan/ablations/gesturegan_{row}_dayton_a2g-256.py').model
    terms, judges = ROWS[row]
    found = {name: cfg for name, cfg in model.losses.items() if cfg}
    assert set(found) == {'adversarial', 'cycle', *terms}
    for name, kind in terms.items():
        assert found[name].weight == (1e-6 if name == 'total_variation' else 100)
        assert kind in (None, found[name].type, found[name].get('power'))
    assert found['cycle'].weight == 0.1 and model.cycles == 1
    assert judges.split() == [name for name, key in (('plain', 'discriminator'),
                                                     ('guided', 'guided_discriminator')) if model[key]]


def test_every_row_from_d_on_is_tested():
    files = (ROOT / 'configs/gesturegan/ablations').glob('gesturegan_[def]*_dayton_a2g-256.py')
    assert {file.stem[len('gesturegan_'):-len('_dayton_a2g-256')] for file in files} == set(ROWS)
