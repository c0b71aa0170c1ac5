"""Two processes over gloo equal one process with the doubled batch."""
import pytest
import torch
from mmengine.model import MMDistributedDataParallel, MMSeparateDistributedDataParallel
from mmengine.optim import OptimWrapper
from ranks import in_ranks

from ggtoolbox.engine.hooks.model_state import unwrapped_names
from ggtoolbox.engine.optimisers import PlayerOptimWrapperConstructor
from ggtoolbox.registry import MODELS

STEPS = 3


def build(spectral=True, **options):
    torch.manual_seed(0)
    model = dict(
        type='GauGAN',
        generator=dict(type='SPADEGenerator', num_classes=4, image_size=(64, 64), channels=2,
                       num_upsamplings=5, norm='instance', norm_hidden_channels=8, spectral=spectral,
                       upsampler=dict(type='SAU', compressed_channels=4)),
        discriminator=dict(type='MultiScaleDiscriminator', in_channels=7,
                           discriminator=dict(type='PatchDiscriminator', channels=4, num_layers=3,
                                              spectral=spectral)),
        losses=dict(adversarial=dict(type='GANLoss'), feature_matching=dict(type='FeatureMatchingLoss')))
    return MODELS.build({**model, **options}).double()


def batch(start, stop):
    generator = torch.Generator().manual_seed(7)
    full = dict(label=torch.randint(0, 4, (4, 64, 64), generator=generator),
                target_image=torch.rand(4, 3, 64, 64, generator=generator).double() * 2 - 1)
    return {key: value[start:stop] for key, value in full.items()}


def optimisers(model, accumulate):
    entry = dict(optimizer=dict(type='SGD', lr=1e-3), accumulative_counts=accumulate)
    return PlayerOptimWrapperConstructor(dict(generator=entry, discriminator=entry))(model)


def work(rank, folder, options, accumulate):
    model = build(**options)
    wrapped = MMSeparateDistributedDataParallel(model)
    optim_wrapper = optimisers(wrapped, accumulate)
    for _ in range(STEPS):
        wrapped.train_step(batch(2 * rank, 2 * rank + 2), optim_wrapper)
    torch.save(unwrapped_names(model, model.state_dict()), folder / f'{rank}.pth')


@pytest.mark.parametrize(('options', 'accumulate'), [
    ({}, 1), (dict(options=dict(reuse_fakes=True, update_order=('discriminator', 'generator'))), 1),
    # spectral norm iterates once a piece, and the pieces hold other samples
    (dict(spectral=False), 2)])
def test_two_processes_equal_the_doubled_batch(tmp_path, options, accumulate):
    one = build(**options)
    optim_wrapper = optimisers(one, accumulate)
    for _ in range(STEPS):
        one.train_step(batch(0, 4), optim_wrapper)
    in_ranks(work, tmp_path, options, accumulate)
    first, second = (torch.load(tmp_path / f'{rank}.pth') for rank in (0, 1))
    for name, value in one.state_dict().items():
        assert torch.equal(first[name], second[name])
        # float64, so that what is left is only that sums are taken in another order
        torch.testing.assert_close(first[name], value, rtol=1e-9, atol=1e-9)


def work_alone(rank, folder):
    model = build(discriminator=None, losses=dict(perceptual=dict(
        type='PerceptualLoss', network=dict(type='VGG19', allow_random=True, layers=('relu1_1',)),
        layer_weights=(1.0,))))
    wrapped = MMDistributedDataParallel(model)
    wrapper = OptimWrapper(torch.optim.SGD(model.generator.parameters(), lr=1e-3))
    for _ in range(STEPS):
        wrapped.train_step(batch(2 * rank, 2 * rank + 2), wrapper)
    torch.save(model.state_dict(), folder / f'{rank}.pth')


def test_one_player_trains_under_the_plain_wrapper(tmp_path):
    in_ranks(work_alone, tmp_path)
    first, second = (torch.load(tmp_path / f'{rank}.pth') for rank in (0, 1))
    untrained = build().generator.state_dict()
    assert any(not torch.equal(first[f'generator.{name}'], value) for name, value in untrained.items())
    assert all(torch.equal(second[name], value) for name, value in first.items())
