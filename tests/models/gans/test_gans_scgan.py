"""SCGAN, and WGAN-GP and ACWGAN on which it stands."""
import pytest
import torch
from mmengine.model import MMSeparateDistributedDataParallel
from mmengine.optim import OptimWrapper, OptimWrapperDict
from ranks import in_ranks

from ggtoolbox.engine.hooks.model_state import unwrapped_names
from ggtoolbox.engine.optimisers import BFloat16OptimWrapper
from ggtoolbox.errors import InputError
from ggtoolbox.registry import MODELS

TERMS = dict(
    adversarial=dict(type='GANLoss', mode='wasserstein'), gradient_penalty=dict(type='GradientPenaltyLoss'),
    classification=dict(type='AttributeLoss'), segmentation=dict(type='SegmentationLoss'))
OWN_STEP = ('discriminator', 'penalty', 'segmentor', 'generator')
GENERATOR = dict(type='SCGANGenerator', num_classes=4, num_attributes=3, latent_dim=6, image_size=(16, 16),
                 channels=2, num_doublings=3, latent_channels=4)


def build(losses=None, options=None, **changes):
    torch.manual_seed(0)
    return MODELS.build(dict(dict(
        type='SCGAN', generator=GENERATOR,
        discriminator=dict(type='AttributeDiscriminator', num_attributes=3, image_size=(16, 16), channels=2,
                           num_layers=3),
        segmentor=dict(type='Segmentor', num_classes=4, channels=2, num_blocks=1),
        losses={**TERMS, **(losses or {})}, options=dict(dict(discriminator_steps=1), **(options or {}))),
        **changes)).train()


def build_wgan(attributes=0, **options):
    torch.manual_seed(0)
    losses = {name: TERMS[name] for name in ('adversarial', 'gradient_penalty')}
    if attributes:
        losses['classification'] = TERMS['classification']
    return MODELS.build(dict(
        type='WGANGP', generator=dict(GENERATOR, num_classes=0, num_attributes=attributes, attribute_step=0),
        discriminator=dict(type='AttributeDiscriminator', num_attributes=attributes, image_size=(16, 16),
                           channels=2, num_layers=3), losses=losses, options=options)).train()


def batch(size=4, dtype=torch.float32):
    generator = torch.Generator().manual_seed(7)
    return dict(target_image=torch.rand(size, 3, 16, 16, generator=generator, dtype=dtype) * 2 - 1,
                label=torch.randint(0, 4, (size, 16, 16), generator=generator),
                attributes=torch.randint(0, 2, (size, 3), generator=generator).to(dtype))


def optimisers(model, kind=torch.optim.Adam, wrapper=OptimWrapper, **options):
    return OptimWrapperDict(**{
        player: wrapper(kind([p for network in networks for p in network.parameters()], lr=1e-2), **options)
        for player, networks in model.players().items()})


def weights(model):
    return {name: value.clone() for name, value in model.state_dict().items()}


def changed(model, before):
    """The networks of which a weight has moved."""
    return {name.partition('.')[0] for name, value in model.state_dict().items()
            if not torch.equal(value, before[name])}


def test_the_generator_takes_its_turn_in_each_nth_iteration_the_others_in_every():
    model = build(options=dict(discriminator_steps=3))
    wrappers, moved = optimisers(model), []
    for _ in range(4):
        before = weights(model)
        log = model.train_step(batch(), wrappers)
        moved.append(changed(model, before))
        assert ('generator/loss_adversarial' in log) == ('generator' in moved[-1])
    others = {'discriminator', 'segmentor'}
    assert moved == [others | {'generator'}, others, others, others | {'generator'}]


def test_terms_of_each_player():
    assert set(build().train_step(batch(), optimisers(build()))) == {
        'discriminator/loss_real', 'discriminator/loss_fake', 'discriminator/loss_classification',
        'discriminator/loss_gradient_penalty', 'segmentor/loss_segmentation', 'generator/loss_adversarial',
        'generator/loss_classification', 'generator/loss_segmentation'}


@pytest.mark.parametrize('term, options', [
    ('classification', {}), ('gradient_penalty', {}), ('adversarial', {}),
    ('segmentation', dict(segmentor=None))])
def test_a_term_that_is_none_is_gone(term, options):
    model = build({term: None}, **options)
    names = model.train_step(batch(), optimisers(model))
    gone = {'adversarial': ('real', 'fake', 'adversarial')}.get(term, (term,))
    assert names and not any(name.endswith(gone) for name in names)
    assert ('segmentor' in model.players()) == (term != 'segmentation')


def test_the_penalty_may_have_a_step_of_its_own():
    one, two = build(), build(options=dict(update_order=OWN_STEP))
    for model in (one, two):
        torch.manual_seed(1)
        wrappers = optimisers(model)
        model.train_step(batch(), wrappers)
        states = wrappers['discriminator'].optimizer.state.values()
        steps = {int(state['step']) for state in states}
        assert steps == {1 if model is one else 2}
    # after the first step the penalty is that of the updated discriminator
    torch.manual_seed(1)
    order, model = [], build(options=dict(update_order=OWN_STEP))
    losses = model.player_losses
    model.player_losses = lambda turn, *rest: order.append(turn) or losses(turn, *rest)
    log = model.train_step(batch(), optimisers(model))
    assert order == list(OWN_STEP)
    assert 'penalty/loss_gradient_penalty' in log and 'discriminator/loss_gradient_penalty' not in log


def test_in_the_penaltys_step_momentum_moves_the_classifier_and_biases():
    model = build(options=dict(update_order=('discriminator', 'penalty')))
    seen, wrapper = [], optimisers(model)
    weight, bias = model.discriminator.to_attributes.weight, model.discriminator.layers[0].bias
    wrapper['discriminator'].optimizer.register_step_post_hook(
        lambda *_: seen.append((weight.detach().clone(), bias.detach().clone())))
    model.train_step(batch(), wrapper)
    (first, first_bias), (second, second_bias) = seen
    assert not torch.equal(first, second) and not torch.equal(first_bias, second_bias)


def test_fakes_drawn_once_are_those_drawn_again():
    """Nothing changes the generator before its turn, and what is random is drawn once an iteration."""
    results = []
    for reuse in (True, False):
        model = build(options=dict(reuse_fakes=reuse))
        torch.manual_seed(1)
        calls = []
        model.generator.register_forward_hook(lambda *_, calls=calls: calls.append(1))
        log = model.train_step(batch(), optimisers(model))
        results.append((log, weights(model)))
        assert len(calls) == (1 if reuse else 2)
    torch.testing.assert_close(*[log for log, _ in results])
    torch.testing.assert_close(*[state for _, state in results])


@pytest.mark.parametrize('order', [None, OWN_STEP])
def test_a_batch_in_pieces_makes_the_same_step(order):
    states = []
    for pieces in (1, 2):
        model = build(options=dict(update_order=order)).double()
        torch.manual_seed(1)
        log = model.train_step(batch(dtype=torch.float64),
                               optimisers(model, torch.optim.SGD, accumulative_counts=pieces))
        states.append((log, weights(model)))
    for first, second in zip(*states):  # losses are float32
        torch.testing.assert_close(first, second, rtol=1e-5, atol=1e-5)


def test_it_learns_in_bfloat16():
    model, plain = build(), build()
    logs = []
    for each, wrapper in ((model, BFloat16OptimWrapper), (plain, OptimWrapper)):
        torch.manual_seed(1)
        before = weights(each)
        logs.append(each.train_step(batch(), optimisers(each, wrapper=wrapper)))
        assert changed(each, before) == {'generator', 'discriminator', 'segmentor'}
    assert all(value.isfinite() for value in logs[0].values())
    torch.testing.assert_close(logs[0]['discriminator/loss_gradient_penalty'],
                               logs[1]['discriminator/loss_gradient_penalty'], rtol=1e-2, atol=1e-2)


def test_target_segmentations_are_those_of_the_batch_in_another_order():
    model, given = build(), batch(6)
    torch.manual_seed(2)
    prepared = model.prepare(given)
    rows = [next(i for i in range(6) if torch.equal(label, given['label'][i]))
            for label in prepared['shuffled_label']]
    assert sorted(rows) == list(range(6)) and rows != list(range(6))
    assert torch.equal(prepared['attributes'], given['attributes'])
    assert torch.equal(prepared['label'], given['label'])
    asked = []
    model.generator.register_forward_pre_hook(lambda _m, _a, kwargs: asked.append(kwargs), with_kwargs=True)
    fakes = model.generate(prepared)
    model.predict(given)
    assert torch.equal(asked[0]['label'], prepared['shuffled_label'])
    assert torch.equal(asked[1]['label'], given['label'])
    # the generator's segmentation loss asks for what it was given, the segmentor's for what is in the image
    loss, logits = model.losses['segmentation'], model.segmentor(fakes['image'])['logits']
    torch.testing.assert_close(model.generator_losses(prepared, fakes)['segmentation'],
                               loss(logits, prepared['shuffled_label']))
    torch.testing.assert_close(model.segmentor_losses(prepared, {})['segmentation'],
                               loss(model.segmentor(given['target_image'])['logits'], given['label']))


def test_a_segmentor_learns_alone_and_nothing_is_generated_for_it():
    model = build(options=dict(update_order=('segmentor',)))
    model.generator.register_forward_hook(lambda *_: pytest.fail('something was generated'))
    before, wrappers = weights(model), optimisers(model)
    first = model.train_step(batch(), wrappers)['segmentor/loss_segmentation']
    for _ in range(20):
        last = model.train_step(batch(), wrappers)['segmentor/loss_segmentation']
    assert changed(model, before) == {'segmentor'} and last < first


def test_a_segmentor_of_another_run_is_taken_over_and_fixed(tmp_path):
    trained = build()
    torch.save(dict(state_dict=trained.state_dict()), tmp_path / 'trained.pth')
    torch.manual_seed(9)
    model = build(segmentor_weights=str(tmp_path / 'trained.pth'))
    for parameter in model.segmentor.parameters():
        parameter.data.zero_()
    model.init_weights()
    torch.testing.assert_close(model.segmentor.state_dict(), trained.segmentor.state_dict())
    before = weights(model)
    log = model.train_step(batch(), optimisers(model))
    assert changed(model, before) == {'generator', 'discriminator'}
    assert 'generator/loss_segmentation' in log and 'segmentor/loss_segmentation' not in log
    torch.save(dict(state_dict=build_wgan().state_dict()), tmp_path / 'other.pth')
    with pytest.raises(InputError, match='other.pth: expected weights of Segmentor, but the file lacks'):
        build(segmentor_weights=str(tmp_path / 'other.pth')).init_weights()
    with pytest.raises(InputError, match='there is no such weights file'):
        build(segmentor_weights=str(tmp_path / 'none.pth')).init_weights()


def test_a_segmentation_loss_needs_a_segmentor():
    with pytest.raises(InputError, match='SCGAN: segmentor must be given'):
        build(segmentor=None)


@pytest.mark.parametrize('attributes', [0, 3])
def test_wgan_gp_and_acwgan_read_no_segmentation(attributes):
    model, given = build_wgan(attributes, discriminator_steps=2), batch()
    del given['label']
    wrappers = optimisers(model)
    for iteration in range(3):
        before = weights(model)
        log = model.train_step(given, wrappers)
        assert ('generator' in changed(model, before)) == (iteration != 1)
    assert ('discriminator/loss_classification' in log) == bool(attributes)
    assert len(model.predict(given)) == 4
    latent = torch.randn(4, 6)
    first, again = (model.generate(dict(given, latent=latent))['image'] for _ in range(2))
    assert torch.equal(first, again) and not torch.equal(model.generate(given)['image'], first)


def test_a_discriminator_with_spectral_norm_can_be_penalised():
    model = build(discriminator=dict(type='SpectralAttributeDiscriminator', num_attributes=3, channels=2,
                                     num_downsamplings=2))
    before = weights(model)
    log = model.train_step(batch(), optimisers(model))
    assert log['discriminator/loss_gradient_penalty'] > 0
    assert changed(model, before) == {'generator', 'discriminator', 'segmentor'}


def work(rank, folder, order):
    model, half = build(options=dict(update_order=order)).double(), slice(2 * rank, 2 * rank + 2)
    fix_draws(model, half)
    wrapped = MMSeparateDistributedDataParallel(model)
    wrapped.train_step({name: value[half] for name, value in batch(dtype=torch.float64).items()},
                       optimisers(model, torch.optim.SGD))
    torch.save(unwrapped_names(model, model.state_dict()), folder / f'{rank}.pth')


def fix_draws(model, part):
    generator = torch.Generator().manual_seed(3)
    drawn = dict(latent=torch.randn(4, 6, generator=generator).double(),
                 interpolation=torch.rand(4, 1, 1, 1, generator=generator).double(),
                 shuffled_label=batch()['label'].flip(0))
    model.prepare = lambda given: dict(given, **{name: value[part] for name, value in drawn.items()})


@pytest.mark.parametrize('order', [None, OWN_STEP])
def test_two_processes_equal_the_doubled_batch(order, tmp_path):
    one = build(options=dict(update_order=order)).double()
    fix_draws(one, slice(None))
    one.train_step(batch(dtype=torch.float64), optimisers(one, torch.optim.SGD))
    in_ranks(work, tmp_path, order)
    for rank in (0, 1):
        found = torch.load(tmp_path / f'{rank}.pth')
        torch.testing.assert_close(found, dict(one.state_dict()), rtol=1e-6, atol=1e-6)
