import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict

from ggtoolbox.models.discriminators.motion import GlobalContentDiscriminator, LocalTemporalDiscriminator
from ggtoolbox.models.generators.dancegan import DanceGANGenerator
from ggtoolbox.registry import GENERATORS, MODELS

L1 = dict(type='L1Loss', weight=1.0)
ADVERSARIAL = dict(type='GANLoss', mode='vanilla', discriminator_weight=0.5)


@pytest.fixture
def motion_batch():
    torch.manual_seed(0)
    return dict(audio=torch.randn(4, 18, 80), target_motion=torch.rand(4, 18, 5, 2) * 2 - 1)


def motion_gan(**losses):
    torch.manual_seed(0)
    parts = dict(generator=DanceGANGenerator, local_discriminator=LocalTemporalDiscriminator,
                 global_discriminator=GlobalContentDiscriminator)
    networks = {name: dict(cls.example()[0], type=cls.__name__) for name, cls in parts.items()}
    networks['generator'].update(joints=5, frames=18)
    terms = dict(adversarial=ADVERSARIAL, feature_matching=dict(type='FeatureMatchingLoss', weight=1.0),
                 reconstruction=dict(type='L1Loss', weight=200.0),
                 gradient_penalty=dict(type='GradientPenaltyLoss', weight=1.0, squash=True))
    return MODELS.build(dict(type='DanceGANMotion', **networks, losses={**terms, **losses}))


def step(model, batch):
    return model.train_step(batch, OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.Adam(networks[0].parameters(), lr=1e-3))
        for player, networks in model.players().items()}))


def test_all_three_players_of_stage_one_learn(motion_batch):
    model = motion_gan()
    before = {name: p.clone() for name, p in model.named_parameters()}
    log = step(model, motion_batch)
    assert [name.split('/loss_') for name in log] == [
        ['generator', 'adversarial_local'], ['generator', 'adversarial_global'],
        ['generator', 'feature_matching'], ['generator', 'reconstruction'], ['local_discriminator', 'real'],
        ['local_discriminator', 'fake'], ['global_discriminator', 'real'], ['global_discriminator', 'fake'],
        ['global_discriminator', 'gradient_penalty']]
    for player in model.players():
        assert any(not torch.equal(p, before[name]) for name, p in model.named_parameters()
                   if name.startswith(f'{player}.'))


def test_a_term_that_is_none_is_gone_and_adversaries_may_be_absent(motion_batch):
    model = motion_gan(feature_matching=None, gradient_penalty=None)
    assert not any('feature' in name or 'penalty' in name for name in step(model, motion_batch))
    config = dict(type='DanceGANMotion', generator=dict(
        DanceGANGenerator.example()[0], type='DanceGANGenerator', joints=5, frames=18), losses=dict(
        reconstruction=L1))
    assert list(step(MODELS.build(config), motion_batch)) == ['generator/loss_reconstruction']


def test_both_discriminators_see_the_dances_from_before_the_update(motion_batch):
    model = motion_gan()
    seen = []
    for name in ('local_discriminator', 'global_discriminator'):
        getattr(model, name).register_forward_hook(
            lambda _network, given, _result: seen.append(given[0][len(given[0]) // 2:].detach()))
    step(model, motion_batch)
    generated, halves = seen[0], [dances for dances in seen if len(dances) == 4]
    assert len(halves) == 2
    assert torch.equal(halves[0], halves[1]) and torch.equal(halves[0][-2:], generated)


def test_a_dance_is_predicted_from_music_alone(motion_batch):
    model = motion_gan()
    assert model.test_inputs().required == ('audio',)
    samples = model.predict(dict(audio=motion_batch['audio']))
    assert len(samples) == 4 and samples[0]['motion'].shape == (18, 5, 2)
    assert not torch.equal(samples[0]['motion'], model.predict(motion_batch)[0]['motion'])


def video_gan(generator=None, **more):
    torch.manual_seed(0)
    losses = dict(adversarial=dict(type='GANLoss', mode='least_squares'), pixel=L1, forward_regularisation=L1,
                  backward_regularisation=L1)
    losses.update(more.pop('losses', {}))
    generator = generator or dict(type='Pix2pixHDGenerator', source_channels=3, guide_channels=3, channels=2,
                                  num_downsamplings=1, num_blocks=1)
    discriminator = dict(type='PatchDiscriminator', in_channels=9, channels=2, num_layers=2)
    return MODELS.build(dict(
        type='DanceGANVideo', generator=generator, losses=losses,
        discriminator=discriminator if losses['adversarial'] else None,
        options=dict(init=dict(method='xavier', gain=1.0)), **more))


@pytest.fixture
def video_batch():
    torch.manual_seed(1)
    return dict(source_image=torch.rand(2, 3, 16, 16) * 2 - 1,
                target_frames=torch.rand(2, 4, 3, 16, 16) * 2 - 1,
                frame_guides=torch.rand(2, 4, 3, 16, 16) * 2 - 1)


def test_frames_are_made_from_the_picture_and_again_from_their_neighbours(video_batch):
    model = video_gan()
    fakes, source = model.generate(video_batch), video_batch['source_image']
    guides = video_batch['frame_guides']
    draw = lambda image, guide: model.generator(source_image=image, target_guide=guide)['image']
    frames = [draw(source, guides[:, i]) for i in range(4)]
    for i in range(4):
        torch.testing.assert_close(fakes['frames'][:, i], frames[i])
    for i in range(1, 4):
        torch.testing.assert_close(fakes['forward_frames'][:, i - 1], draw(frames[i - 1], guides[:, i]))
        torch.testing.assert_close(fakes['backward_frames'][:, i - 1], draw(frames[i], guides[:, i - 1]))


@pytest.mark.parametrize('absent, left', [
    (('forward', 'backward'), ('frames',)), (('backward',), ('frames', 'forward_frames')),
    (('forward',), ('frames', 'backward_frames'))])
def test_rows_of_table_7_6_make_no_frames_in_vain(video_batch, absent, left):
    model = video_gan(losses={f'{name}_regularisation': None for name in absent})
    assert tuple(model.generate(video_batch)) == left
    assert sum('regularisation' in name for name in step(model, video_batch)) == len(left) - 1


def test_gradients_can_be_stopped(video_batch):
    def gradient(**options):
        model = video_gan(losses=dict(adversarial=None, pixel=None, backward_regularisation=None), **options)
        sum(model.generator_losses(video_batch, model.generate(video_batch)).values()).backward()
        return torch.cat([p.grad.flatten() for p in model.generator.parameters() if p.grad is not None])
    whole, neighbours, both = (gradient(**options) for options in (
        {}, dict(detach_neighbours=True), dict(detach_neighbours=True, detach_baseline=True)))
    assert not torch.allclose(whole, neighbours) and not torch.allclose(neighbours, both)


def test_single_pictures_at_test(video_batch):
    model = video_gan()
    assert model.test_inputs().required == ('source_image', 'target_guide')
    guides = video_batch['frame_guides']
    batch = dict(source_image=video_batch['source_image'], target_guide=guides[:, 1],
                 previous_guide=guides[:, 0])
    frames = model.eval().generate(video_batch)['frames']
    sample = model.predict(batch)[0]
    torch.testing.assert_close(sample['image'], frames[0, 1])
    torch.testing.assert_close(sample['generated_previous_image'], frames[0, 0])
    del batch['previous_guide']
    assert 'generated_previous_image' not in model.predict(batch)[0]


@pytest.mark.parametrize('kind', ['Pix2pixHDGenerator', 'UNetGenerator', 'ResNetGenerator',
                                  'XingGANGenerator'])
def test_other_generators_dance_too(kind):
    cls = GENERATORS.get(kind)
    arguments, _ = cls.example()
    arguments = {name: value for name, value in arguments.items() if name not in ('num_classes', 'edge')}
    arguments.update(source_channels=3, guide_channels=3)
    model = video_gan(dict(arguments, type=kind), losses=dict(adversarial=None))
    torch.manual_seed(0)
    size = 32
    batch = dict(source_image=torch.rand(1, 3, size, size), frame_guides=torch.rand(1, 3, 3, size, size),
                 target_frames=torch.rand(1, 3, 3, size, size), source_guide=torch.rand(1, 3, size, size))
    assert {'generator/loss_pixel', 'generator/loss_forward_regularisation'} <= step(model, batch).keys()
