import pytest
import torch
from mmengine.optim import OptimWrapperDict

from ggtoolbox.engine.optimisers import PlayerOptimWrapperConstructor
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.pix2pix import Pix2pix

LOSSES = dict(adversarial=dict(type='GANLoss', mode='vanilla', discriminator_weight=0.5),
              pixel=dict(type='L1Loss', weight=100.0))


def build(**changes):
    torch.manual_seed(0)
    generator = dict(type='UNetGenerator', channels=2, num_downsamplings=3, num_classes=2, guide_channels=0)
    discriminator = dict(type='PatchDiscriminator', channels=2, num_layers=2, padding=1, spectral=False,
                         norm='batch')
    model = Pix2pix(**{**dict(generator=generator, discriminator=discriminator, losses=LOSSES), **changes})
    entry = dict(optimizer=dict(type='Adam', lr=1e-3))
    return model, PlayerOptimWrapperConstructor(dict.fromkeys(model.players(), entry))(model)


@pytest.fixture
def batch():
    torch.manual_seed(1)
    return dict(source_image=torch.rand(2, 3, 16, 16) * 2 - 1, target_image=torch.rand(2, 3, 16, 16) * 2 - 1,
                label=torch.arange(2 * 256).reshape(2, 16, 16) // 7 % 2)


def test_the_discriminator_comes_first_and_sees_the_fakes_that_the_generator_learns_from(batch):
    model, wrappers = build()
    seen = []
    model.discriminator.register_forward_hook(lambda _module, inputs, _output: seen.append(inputs[0]))
    log = model.train_step(batch, wrappers)
    assert list(log) == ['discriminator/loss_real', 'discriminator/loss_fake', 'generator/loss_adversarial',
                         'generator/loss_pixel']
    assert [image.requires_grad for image in seen] == [False, False, True]
    assert torch.equal(seen[0], seen[2]) and torch.equal(seen[1], batch['target_image'])


@pytest.mark.parametrize('condition, channels, parts', [
    (None, 5, ('source_image', 'label')), (('source_image',), 3, ('source_image',)),
    (('label',), 2, ('label',)), ((), 0, ())])
def test_the_discriminator_is_conditioned_on_what_is_asked_for(batch, condition, channels, parts):
    model, _ = build(condition=condition)
    assert model.discriminator.layers[0][0].in_channels == channels + 3
    seen = []
    model.discriminator.register_forward_hook(lambda _module, inputs, _output: seen.append(inputs))
    model.discriminator_losses(batch, model.generate(batch))
    one_hot = torch.stack([batch['label'] == 0, batch['label'] == 1], 1).float()
    given = dict(source_image=batch['source_image'], label=one_hot)
    for inputs in seen:
        if parts:
            assert torch.equal(inputs[1], torch.cat([given[part] for part in parts], 1))
        else:
            assert len(inputs) == 1 or inputs[1] is None


def test_a_condition_that_the_generator_does_not_read_is_refused():
    with pytest.raises(InputError, match="UNetGenerator: condition .*found 'edge'"):
        build(condition=('edge',))


@pytest.mark.parametrize('term', LOSSES)
def test_a_term_of_none_is_gone(batch, term):
    model, wrappers = build(losses={**LOSSES, term: None}, **(
        dict(discriminator=None) if term == 'adversarial' else {}))
    assert isinstance(wrappers, OptimWrapperDict)
    log = model.train_step(batch, wrappers)
    assert not any(name.endswith(f'generator/loss_{term}') for name in log)
    assert ('discriminator/loss_real' in log) is (term == 'pixel')


def test_dropout_and_statistics_of_the_batch_stay_on_at_test(batch):
    model, _ = build(generator=dict(type='UNetGenerator', channels=2, num_downsamplings=6, norm='batch'))
    batch = {name: image.repeat(1, *[4] * (image.dim() - 1))[:, :3] for name, image in batch.items()
             if name != 'label'}
    images = []
    for options in (dict(), dict(dropout_at_test=False), dict(norm_at_test='running', dropout_at_test=False)):
        model.options = Pix2pix.default_options.changed(options)
        pair = [torch.stack([sample['image'] for sample in model.predict(batch)]) for _ in range(2)]
        assert torch.equal(*pair) == bool(options)
        images.append(pair[0])
    assert not torch.equal(images[1], images[2])


def test_outputs_hold_no_features(batch):
    model, _ = build()
    assert 'features' not in model.predict(batch)[0]
