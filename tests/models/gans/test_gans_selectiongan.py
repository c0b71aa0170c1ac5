import copy

import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict

from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.selectiongan import SelectionGAN
from ggtoolbox.models.generators import SelectionGANGenerator
from ggtoolbox.models.losses.gan import fake_term, real_term

WEIGHTS = dict(coarse_image=100.0, coarse_guide=1.0, image=200.0, guide=2.0)


def losses(**changes):
    pixel = {name: dict(type='UncertaintyPixelLoss', weight=weight) for name, weight in WEIGHTS.items()}
    return {**dict(adversarial=dict(type='GANLoss', mode='vanilla', discriminator_weight=0.5),
                   total_variation=dict(type='TotalVariationLoss', weight=1e-6)), **pixel, **changes}


def build(uncertainty='shared', num_stages=2, **options):
    torch.manual_seed(0)
    arguments, inputs = SelectionGANGenerator.example()
    head = dict(type='MultiChannelAttentionSelection', num_intermediates=2, uncertainty=uncertainty,
                pre_activation=None)
    # no norms, so that a discriminator says the same of an image whatever it has seen before
    discriminator = dict(type='PatchDiscriminator', in_channels=6, channels=2, num_layers=2, padding=1,
                         norm=None, spectral=False)
    model = SelectionGAN(**{**dict(
        generator=dict(type='SelectionGANGenerator', **{**arguments, 'head': head, 'num_stages': num_stages}),
        discriminator=discriminator, losses=losses(),
        options=dict(init=dict(method='xavier', gain=1.0))), **options})
    target = inputs['source_image'].flip(-1)
    return model.eval(), dict(inputs, target_image=target)


def judge(model, batch, image):
    return model.discriminator(image, batch['source_image'])[0].logits


def test_both_stages_before_one_discriminator():
    model, batch = build()
    fakes = model.generate(batch)
    found = model.discriminator_losses(batch, fakes)
    on_real = real_term(judge(model, batch, batch['target_image']), 'vanilla')
    on_coarse, on_final = (fake_term(judge(model, batch, fakes[name]), 'vanilla')
                           for name in ('coarse_image', 'image'))
    torch.testing.assert_close(sum(found.values()), (5 * on_real + on_coarse + 4 * on_final) / 2)
    torch.testing.assert_close(found['fake_image'], 2 * on_final)
    terms = model.generator_losses(batch, fakes)
    as_real = [real_term(judge(model, batch, fakes[name]), 'vanilla') for name in ('coarse_image', 'image')]
    torch.testing.assert_close(terms['adversarial_coarse_image'], as_real[0])
    torch.testing.assert_close(terms['adversarial_image'], 4 * as_real[1])


@pytest.mark.parametrize('uncertainty', ['shared', 4])
def test_each_pixel_loss_has_its_own_map_or_all_have_one(uncertainty):
    model, batch = build(uncertainty)
    fakes = model.generate(batch)
    terms = model.generator_losses(batch, fakes)
    targets = dict(coarse_image='target_image', coarse_guide='target_guide', image='target_image',
                   guide='target_guide')
    for index, (name, target) in enumerate(targets.items()):
        first = 0 if uncertainty == 'shared' else index
        map_ = fakes['uncertainty'][:, first:first + 1]
        difference = (fakes[name] - batch[target]).abs()
        expected = WEIGHTS[name] * ((difference / map_ + map_.log()).mean() + difference.mean())
        torch.testing.assert_close(terms[name], expected)


def test_every_term_may_be_left_out():
    for name in losses():
        model, batch = build(losses=losses(**{name: None}))
        found = model.generator_losses(batch, model.generate(batch))
        assert not any(term.startswith(name) for term in found if term == name or name == 'adversarial')
        assert len(found) == (5 if name == 'adversarial' else 6)


def test_without_uncertainty_the_pixel_losses_may_be_plain():
    plain = {name: dict(type='L1Loss', weight=weight) for name, weight in WEIGHTS.items()}
    model, batch = build(None, losses=losses(**plain))
    fakes = model.generate(batch)
    expected = 200 * (fakes['image'] - batch['target_image']).abs().mean()
    torch.testing.assert_close(model.generator_losses(batch, fakes)['image'], expected)


def test_one_stage_has_one_image_one_guide_and_one_adversarial_term():
    plain = dict(coarse_image=None, coarse_guide=None, image=dict(type='L1Loss'), guide=dict(type='L1Loss'))
    model, batch = build(num_stages=1, stage_weights=(1.0,), losses=losses(**plain))
    fakes = model.generate(batch)
    assert set(model.generator_losses(batch, fakes)) == {'adversarial_image', 'image', 'guide',
                                                         'total_variation'}
    assert set(model.discriminator_losses(batch, fakes)) == {'real', 'fake_image'}


def test_the_discriminator_is_first_and_the_generator_meets_the_new_one():
    model, batch = build()
    assert model.order() == ('discriminator', 'generator')
    twin = copy.deepcopy(model)
    wrappers = OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.SGD([p for n in networks for p in n.parameters()], lr=0.1))
        for player, networks in model.players().items()})
    log = model.train_step(batch, wrappers)
    twin.discriminator.load_state_dict(model.discriminator.state_dict())
    with torch.no_grad():
        expected = twin.generator_losses(batch, twin.generate(batch))
    torch.testing.assert_close(log['generator/loss_adversarial_image'], expected['adversarial_image'])
    assert model.options.norm_at_test == 'running' and model.options.dropout_at_test is False


def test_a_stage_is_chosen_at_test():
    model, batch = build(stage_at_test=1)
    fakes = model.generate(batch)
    for sample, coarse, final in zip(model.predict(batch), fakes['coarse_image'], fakes['image']):
        assert torch.equal(sample['image'], coarse)
        assert not torch.equal(sample['image'], final)
    model.stage_at_test = 2
    assert torch.equal(model.predict(batch)[1]['image'], fakes['image'][1])


@pytest.mark.parametrize('options, message', [
    (dict(stage_weights=(1.0,)), r'one weight for each of the 2 stages, found \(1.0,\)'),
    (dict(num_stages=1, stage_weights=(1.0,)), 'one stage has no coarse_image and coarse_guide'),
    (dict(stage_at_test=3), 'stage_at_test must be 1 or 2, found 3')])
def test_impossible_arguments_are_named(options, message):
    with pytest.raises(InputError, match=message):
        build(**options)


@pytest.mark.parametrize('uncertainty, found', [(None, 'none'), (2, '2')])
def test_a_missing_map_is_named(uncertainty, found):
    model, batch = build(uncertainty)
    with pytest.raises(InputError, match=f"coarse_image needs a head with uncertainty='shared' or 4 maps, "
                                         f'found {found}'):
        model.generator_losses(batch, model.generate(batch))


def test_a_batch_without_a_guide_is_named():
    model, batch = build()
    del batch['target_guide']
    with pytest.raises(InputError, match='target_guide must have 2 channels, found 0'):
        model.generate(batch)
