import pytest
import torch
import torch.nn.functional as F
from mmengine.optim import OptimWrapper, OptimWrapperDict

from ggtoolbox.errors import InputError
from ggtoolbox.models.gans import Pix2pixHD


def build(features=3, **changes):
    torch.manual_seed(0)
    patch = dict(type='PatchDiscriminator', channels=2, num_layers=2, spectral=False)
    return Pix2pixHD(**{**dict(
        generator=dict(type='Pix2pixHDGenerator', num_classes=4, edge=True, channels=2, num_blocks=1,
                       num_downsamplings=1, feature_channels=features),
        encoder=dict(type='InstanceFeatureEncoder', channels=2, num_downsamplings=1),
        discriminator=dict(type='MultiScaleDiscriminator', in_channels=8, num_scales=3, discriminator=patch),
        losses=dict(
            adversarial=dict(type='GANLoss', mode='least_squares', sum_scales=True, discriminator_weight=0.5),
            feature_matching=dict(type='FeatureMatchingLoss', weight=10.0)),
        options=dict(init=dict(method='xavier', gain=1.0))), **changes})


def batch(size=2):
    generator = torch.Generator().manual_seed(1)
    label = torch.randint(0, 4, (size, 4, 4), generator=generator)
    label = label.repeat_interleave(8, 1).repeat_interleave(8, 2)
    return dict(label=label, instance=label + 100, edge=(label.unsqueeze(1) == 2).float(),
                target_image=torch.rand(size, 3, 32, 32, generator=generator) * 2 - 1)


def optimisers(model):
    return OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.Adam([p for n in networks for p in n.parameters()], lr=2e-4))
        for player, networks in model.players().items()})


def test_terms_are_the_papers_written_out():
    model, data = build(), batch()
    fakes = model.generate(data)
    condition = torch.cat([F.one_hot(data['label'], 4).permute(0, 3, 1, 2).float(), data['edge']], dim=1)
    on_fake = model.discriminator(fakes['image'], condition)  # the labels alone, without the features
    on_real = model.discriminator(data['target_image'], condition)
    terms = model.generator_losses(data, fakes)
    assert set(terms) == {'adversarial', 'feature_matching'}
    torch.testing.assert_close(terms['adversarial'], sum((o.logits - 1).square().mean() for o in on_fake))
    matching = sum(F.l1_loss(f, r) for fake, real in zip(on_fake, on_real)
                   for f, r in zip(fake.features, real.features))
    torch.testing.assert_close(terms['feature_matching'], 10 * matching / 3)
    terms = model.discriminator_losses(data, {'image': fakes['image'].detach()})
    torch.testing.assert_close(sum(terms.values()), 0.5 * sum(
        f.logits.square().mean() + (r.logits - 1).square().mean() for f, r in zip(on_fake, on_real)))


def test_a_step_moves_generator_encoder_and_discriminator():
    model = build()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    log = model.train_step(batch(), optimisers(model))
    assert set(log) == {'generator/loss_adversarial', 'generator/loss_feature_matching',
                        'discriminator/loss_real', 'discriminator/loss_fake'}
    for network in ('generator', 'encoder', 'discriminator'):
        assert any(not torch.equal(p, before[name]) for name, p in model.named_parameters()
                   if name.startswith(network))


def test_given_styles_come_before_the_encoders():
    model, data = build(), batch()
    given = torch.randn(2, 3, 32, 32)
    expected = model.generator(data['label'], data['edge'], instance_features=given)['image']
    assert torch.equal(model.generate({**data, 'instance_features': given})['image'], expected)
    assert not torch.equal(model.generate(data)['image'], expected)


def test_a_test_encodes_until_styles_are_known_and_draws_them_then():
    model, data = build(), batch()
    encoded = model.encoder.eval()(data['target_image'], data['instance'])['instance_features']
    expected = model.generator.eval()(data['label'], data['edge'], instance_features=encoded)['image']
    torch.testing.assert_close(torch.stack([s['image'] for s in model.val_step(data)]), expected)
    model.train()
    model.cluster([batch(), batch(1)])
    assert model.encoder.training
    samples = model.val_step({**data, 'target_image': torch.zeros_like(data['target_image'])})
    drawn = torch.stack([s['instance_features'] for s in samples])
    for sample, sample_label in zip(drawn, data['label']):
        for index in sample_label.unique():
            style = sample[:, sample_label == index]
            assert (style == style[:, :1]).all()
            assert (model.clusters.centres[index] == style[:, 0]).all(dim=1).any()


@pytest.mark.parametrize('generator', [
    dict(type='Pix2pixHDGenerator', num_downsamplings=1), dict(type='ResNetGenerator', source_channels=0)])
def test_without_an_encoder(generator):
    model = build(generator=dict(generator, num_classes=4, edge=True, channels=2, num_blocks=1), encoder=None)
    data = batch()
    assert model.clusters is None and model.predict(data)[0]['image'].shape == (3, 32, 32)
    model.train_step(data, optimisers(model))


def test_what_does_not_fit_is_named():
    with pytest.raises(InputError, match='need each other, found none and 3'):
        build(encoder=None)
    data = batch()
    del data['instance']
    with pytest.raises(InputError, match="need 'instance' in the batch"):
        build().generate(data)
