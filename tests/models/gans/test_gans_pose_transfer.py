import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict

from ggtoolbox.errors import InputError
from ggtoolbox.models.losses.ssim import structural_similarity
from ggtoolbox.registry import MODELS

WEIGHT = 2.5


def config(**changes):
    return dict(dict(
        type='PoseTransferGAN', pool_size=0,
        generator=dict(type='PATNGenerator', guide_channels=2, channels=4, num_blocks=1),
        appearance_discriminator=dict(type='ResidualDiscriminator', in_channels=6, channels=4, num_blocks=1,
                                      dropout=0.0),
        shape_discriminator=dict(type='ResidualDiscriminator', in_channels=5, channels=4, num_blocks=1,
                                 dropout=0.0),
        losses=dict(
            adversarial=dict(type='GANLoss', mode='least_squares', weight=WEIGHT,
                             discriminator_weight=WEIGHT),
            pixel=dict(type='L1Loss', weight=10.0))), **changes)


def selection(**changes):
    losses = dict(config()['losses'], uncertainty=dict(type='UncertaintyPixelLoss', weight=10.0, plain=False),
                  total_variation=dict(type='TotalVariationLoss'), ssim=dict(type='SSIMLoss', weight=20.0))
    stages = dict(type='PoseSelectionGenerator', guide_channels=2,
                  first_stage=dict(type='PATNGenerator', channels=2, num_blocks=1))
    return config(**(dict(type='PoseSelectionGAN', generator=stages, losses=losses) | changes))


def build(cfg):
    torch.manual_seed(0)
    return MODELS.build(cfg)


@pytest.fixture
def batch():
    torch.manual_seed(1)
    channels = dict(source_image=3, target_image=3, source_guide=2, target_guide=2)
    return {name: torch.rand(2, count, 16, 16) * 2 - 1 for name, count in channels.items()}


def step(model, batch):
    return model.train_step(batch, OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.SGD(networks[0].parameters(), lr=0.1))
        for player, networks in model.players().items()}))


def fakes_of(model, batch):
    return {name: value.detach() for name, value in model.generate(batch).items()}


def test_the_generators_turn_is_first_then_appearance_then_shape(batch):
    model = build(config())
    assert model.order() == ('generator', 'appearance_discriminator', 'shape_discriminator')
    log = step(model, batch)
    assert list(log) == [
        'generator/loss_adversarial_appearance', 'generator/loss_adversarial_shape', 'generator/loss_pixel',
        'appearance_discriminator/loss_real', 'appearance_discriminator/loss_fake',
        'shape_discriminator/loss_real', 'shape_discriminator/loss_fake']


def test_a_step_moves_every_network_with_one_pass_of_the_generator(batch):
    model, passes = build(config()), []
    model.generator.register_forward_hook(lambda *_: passes.append(1))
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    step(model, batch)
    assert len(passes) == 1
    for network in ('generator', 'appearance_discriminator', 'shape_discriminator'):
        assert any(not torch.equal(p, before[name]) for name, p in model.named_parameters()
                   if name.startswith(network))


def test_terms_are_those_of_equation_4_8(batch):
    model = build(config()).eval()
    fakes = fakes_of(model, batch)
    image, target = fakes['image'], batch['target_image']
    losses = model.generator_losses(batch, fakes)
    for name, condition in (('appearance', 'source_image'), ('shape', 'target_guide')):
        judge = getattr(model, f'{name}_discriminator')
        fake, real = (judge(x, batch[condition])[0].logits for x in (image, target))
        torch.testing.assert_close(losses[f'adversarial_{name}'], WEIGHT * ((fake - 1) ** 2).mean())
        found = getattr(model, f'{name}_discriminator_losses')(batch, fakes)
        torch.testing.assert_close(found['real'], WEIGHT * ((real - 1) ** 2).mean())
        torch.testing.assert_close(found['fake'], WEIGHT * (fake ** 2).mean())
    torch.testing.assert_close(losses['pixel'], 10 * (image - target).abs().mean())


def test_discriminators_see_earlier_pairs_through_their_pools(batch):
    model = build(config(pool_size=2)).eval()
    first = fakes_of(model, batch)
    model.appearance_discriminator_losses(batch, first)
    pool = model.pools['appearance']
    pairs = torch.cat([first['image'], batch['source_image']], dim=1)
    torch.testing.assert_close(torch.stack(pool.images), pairs)
    assert model.pools['shape'].images == []
    model.shape_discriminator_losses(batch, first)
    assert model.pools['shape'].images[0].shape == (5, 16, 16)


def test_a_discriminator_that_is_none_has_no_turn_and_no_term(batch):
    model = build(config(appearance_discriminator=None))
    assert model.order() == ('generator', 'shape_discriminator')
    assert set(model.generator_losses(batch, fakes_of(model, batch))) == {'adversarial_shape', 'pixel'}


def test_discriminators_keep_pytorchs_weights_unless_told():
    torch.manual_seed(0)
    released, drawn = build(config()), build(config(discriminator_init=dict(method='normal', gain=0.5)))
    weights = [m.appearance_discriminator.encoder[1][0].weight.std() for m in (released, drawn)]
    assert weights[0] < 0.15 and 0.4 < weights[1] < 0.6
    assert released.generator.blocks[0].appearance_stack.first[0].weight.std() < 0.03
    assert torch.equal(released.shape_discriminator.encoder[0][1].weight, torch.ones(4))


def test_unknown_terms_are_named():
    with pytest.raises(InputError, match="PoseTransferGAN has no term 'ssim'"):
        build(config(losses=dict(ssim=dict(type='SSIMLoss'))))


def test_selection_judges_both_stages(batch):
    model = build(selection(coarse_appearance=True)).eval()
    fakes = fakes_of(model, batch)
    found = model.generator_losses(batch, fakes)
    for name, condition in (('appearance', 'source_image'), ('shape', 'target_guide')):
        judge = getattr(model, f'{name}_discriminator')
        on = {stage: ((judge(fakes[stage], batch[condition])[0].logits - 1) ** 2).mean()
              for stage in ('coarse_image', 'image')}
        expected = WEIGHT * (on['coarse_image'] + 4 * on['image'])
        torch.testing.assert_close(found[f'adversarial_{name}'], expected)
        losses = getattr(model, f'{name}_discriminator_losses')(batch, fakes)
        assert set(losses) == {'real_image', 'fake_image', 'real_coarse_image', 'fake_coarse_image'}
        torch.testing.assert_close(losses['real_image'], losses['real_coarse_image'])


def test_the_released_appearance_discriminator_sees_the_final_image_twice(batch):
    model = build(selection()).eval()
    fakes, seen = fakes_of(model, batch), []
    model.appearance_discriminator.register_forward_hook(lambda _m, given, _o: seen.append(given[0]))
    model.generator_losses(batch, fakes)
    assert len(seen) == 2 and all(torch.equal(image, fakes['image']) for image in seen)


def test_selections_pixel_terms_weigh_the_final_image_twice(batch):
    model = build(selection()).eval()
    fakes, target = fakes_of(model, batch), batch['target_image']
    found = model.generator_losses(batch, fakes)
    coarse, final = ((fakes[stage] - target).abs() for stage in ('coarse_image', 'image'))
    torch.testing.assert_close(found['pixel'], 10 * (coarse.mean() + 2 * final.mean()))
    u = fakes['uncertainty']
    torch.testing.assert_close(found['uncertainty'],
                               10 * ((coarse + 2 * final) / u + 3 * u.log()).mean())
    torch.testing.assert_close(found['ssim'], -20 * structural_similarity(fakes['image'], target))


@pytest.mark.parametrize('reported_only, teaches', [(('pixel', 'perceptual'), False), ((), True)])
def test_reported_terms_teach_nothing(batch, reported_only, teaches):
    model = build(selection(reported_only=reported_only))
    assert model.generator_losses(batch, model.generate(batch))['pixel'].requires_grad == teaches
    step(model, batch)
