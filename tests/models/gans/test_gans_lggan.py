import copy

import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict

from ggtoolbox.errors import InputError
from ggtoolbox.registry import MODELS

SIZE = (32, 32)
JUDGE = dict(type='PatchDiscriminator', in_channels=6, channels=4, num_layers=2, spectral=False)


def cross_view(**arguments):
    torch.manual_seed(0)
    generator = dict(type='LGGANGenerator', num_classes=3, source_channels=3, guide_channels=3,
                     reads_label=False, share_blocks=True, channels=2, num_blocks=1)
    losses = {name: dict(type=kind) for name, kind in dict(
        class_pixel='ClassL1Loss', classification='ClassificationLoss', adversarial='GANLoss',
        feature_matching='FeatureMatchingLoss', pixel='L1Loss',
        total_variation='TotalVariationLoss').items()}
    return MODELS.build({**dict(type='LGGAN', generator=generator, discriminator=JUDGE,
                                image_discriminator=JUDGE, losses=losses), **arguments})


def draw():
    torch.manual_seed(1)
    image = dict.fromkeys(('source_image', 'target_guide', 'target_image'))
    return dict({name: torch.rand(2, 3, *SIZE) * 2 - 1 for name in image},
                label=torch.randint(0, 4, (2, *SIZE)))  # 3 is no class


def test_terms_are_sums_over_the_three_images():
    model, batch = cross_view().eval(), draw()
    fakes = model.generate(batch)
    terms = model.generator_losses(batch, fakes)
    images = [fakes[name] for name in ('image', 'global_image', 'local_image')]
    for judge, network, seen in (('', model.discriminator, 'target_guide'),
                                 ('image_', model.image_discriminator, 'source_image')):
        logits = [network(image, batch[seen])[0].logits for image in images]
        torch.testing.assert_close(terms[f'{judge}adversarial'], -sum(map(torch.mean, logits)))
    real = batch['target_image']
    torch.testing.assert_close(terms['pixel'], sum((image - real).abs().mean() for image in images))
    assert set(terms) == {'class_pixel', 'classification', 'pixel', 'total_variation', 'adversarial',
                          'feature_matching', 'image_adversarial', 'image_feature_matching'}


def test_only_the_fused_image_is_judged_where_the_config_says_so():
    model, batch = cross_view(judged=('image',)).eval(), draw()
    fakes = model.generate(batch)
    terms = model.generator_losses(batch, fakes)
    assert terms['pixel'] == (fakes['image'] - batch['target_image']).abs().mean()
    assert set(model.discriminator_losses(batch, fakes)) == {'fake', 'real', 'image_fake', 'image_real'}


@pytest.mark.parametrize('network', [JUDGE, dict(JUDGE, norm=None, spectral=True)])
def test_judging_together_equals_judging_in_turn(network):
    model, batch = cross_view(discriminator=network).eval(), draw()
    fakes = model.generate(batch)
    results = []
    for model.judge_in_turn in (False, True):
        results.append((model.generator_losses(batch, fakes), model.discriminator_losses(batch, fakes)))
    for together, in_turn in zip(*results):
        torch.testing.assert_close(together, in_turn)


def test_one_optimiser_trains_both_discriminators():
    options = dict(update_order=('discriminator', 'generator'), reuse_fakes=True)
    model, batch = cross_view(options=options), draw()
    assert model.players()['discriminator'] == [model.discriminator, model.image_discriminator]
    before = copy.deepcopy(model.state_dict())
    wrappers = OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.Adam([p for n in networks for p in n.parameters()], lr=1e-3))
        for player, networks in model.players().items()})
    log = model.train_step(batch, wrappers)
    assert list(log)[0].startswith('discriminator/')
    assert {'discriminator/loss_fake_local', 'discriminator/loss_image_real'} <= set(log)
    for name, value in model.state_dict().items():
        if value.dim() > 1:
            assert not torch.equal(value, before[name]), f'{name} stood still'


def test_the_real_image_is_not_judged_where_nothing_asks_for_it():
    model, batch = cross_view(), draw()
    seen = []
    model.discriminator.register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))
    fakes = model.generate(batch)
    model.generator_losses(batch, fakes)
    del model.losses['feature_matching']
    model.generator_losses(batch, fakes)
    assert seen == [8, 6]


def test_semantic_synthesis_conditions_on_label_and_edge():
    torch.manual_seed(0)
    generator = dict(type='LGGANGenerator', num_classes=3, edge=True, channels=2, num_blocks=1)
    model = MODELS.build(dict(
        type='LGGAN', generator=generator,
        discriminator=dict(JUDGE, in_channels=3 + 1 + 3), losses=dict(adversarial=dict(type='GANLoss'))))
    batch = dict(label=torch.randint(0, 3, (2, *SIZE)), edge=torch.zeros(2, 1, *SIZE),
                 target_image=torch.zeros(2, 3, *SIZE))
    assert set(model.discriminator_losses(batch, model.generate(batch))) == {
        'fake', 'fake_global', 'fake_local', 'real'}
    assert set(model.predict(batch)[0]) >= {'image', 'class_images', 'weight_map', 'target_image'}


def test_a_discriminator_with_nothing_to_see_is_refused():
    generator = dict(type='LGGANGenerator', num_classes=3, source_channels=3, reads_label=False, channels=2)
    with pytest.raises(InputError, match='discriminator sees .* beside source_image'):
        MODELS.build(dict(type='LGGAN', generator=generator, discriminator=JUDGE,
                          losses=dict(adversarial=dict(type='GANLoss'))))
