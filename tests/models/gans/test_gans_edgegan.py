import pytest
import torch
import torch.nn.functional as F
from mmengine.optim import OptimWrapper, OptimWrapperDict

from ggtoolbox.errors import InputError
from ggtoolbox.models.generators import EdgeGANGenerator
from ggtoolbox.registry import MODELS

ROWS = dict(row_1=dict(edge_generator=False, edge_transfer=False, semantic_preserving=False),
            row_2=dict(edge_transfer=False, semantic_preserving=False),
            row_3=dict(semantic_preserving=False), row_4={})
PERCEPTUAL = dict(type='PerceptualLoss', weight=10.0, layer_weights=(0.5, 1.0),
                  network=dict(type='VGG19', layers=('relu1_1', 'relu2_1'), allow_random=True))


def build(mode='hinge', perceptual=PERCEPTUAL, image_weight=2.0, **changes):
    torch.manual_seed(0)
    arguments, inputs = EdgeGANGenerator.example()
    model = MODELS.build(dict(
        type='EdgeGAN', generator=dict(type='EdgeGANGenerator', **{**arguments, **changes}),
        discriminator=dict(type='MultiScaleDiscriminator', in_channels=9, discriminator=dict(
            type='PatchDiscriminator', channels=4, num_layers=3, spectral_ends=True)),
        losses=dict(adversarial=dict(type='GANLoss', mode=mode, weight=1.0),
                    feature_matching=dict(type='FeatureMatchingLoss', weight=10.0), perceptual=perceptual),
        image_weight=image_weight, options=dict(init=dict(method='xavier', gain=1.0))))
    edges = torch.where(torch.rand(2, 1, 64, 32) > 0.8, 1.0, -1.0)
    batch = dict(inputs, target_image=torch.rand(2, 3, 64, 32) * 2 - 1, target_edge=edges)
    with torch.no_grad():
        for _ in range(3):  # spectral norm starts from random vectors and settles by iteration
            model.discriminator_losses(batch, model.generate(batch))
    return model, batch


def judge(model, batch, picture):
    """D(S, picture) of one picture by itself; in eval mode, since no weight moves then."""
    layout = torch.cat([F.one_hot(batch['label'], 5).movedim(3, 1).float(), batch['edge']], dim=1)
    return model.discriminator(picture.expand(-1, 3, -1, -1), layout)


def pictures_of(row, batch, fakes):
    """(fake, real, factor) as equations 6.16 to 6.18 have them, lambda = 2."""
    pictures = [(fakes['intermediate_image'], batch['target_image'], 1.0)]
    if row != 'row_1':
        pictures.append((fakes['edge_image'], batch['target_edge'].expand(-1, 3, -1, -1), 1.0))
    if row == 'row_4':
        pictures.append((fakes['image'], batch['target_image'], 2.0))
    return pictures


@pytest.mark.parametrize('row', ROWS)
def test_the_generators_terms_are_equation_6_18(row):
    model, batch = build(**ROWS[row])
    model.eval()
    fakes = model.generate(batch)
    found = model.generator_losses(batch, fakes)
    adversarial, matching, perceptual = 0, 0, 0
    features = model.losses['perceptual'].network
    for fake, real, factor in pictures_of(row, batch, fakes):
        on_fake, on_real = judge(model, batch, fake), judge(model, batch, real)
        adversarial += factor * sum(-scale.logits.mean() for scale in on_fake) / 2
        matching += factor * sum((f - r).abs().mean() for f_scale, r_scale in zip(on_fake, on_real)
                                 for f, r in zip(f_scale.features, r_scale.features)) / 2
        perceptual += factor * sum(weight * (f - r).abs().mean() for weight, f, r in zip(
            (0.5, 1.0), features(fake).values(), features(real).values()))
    torch.testing.assert_close(found['adversarial'], adversarial)
    torch.testing.assert_close(found['feature_matching'], 10 * matching)
    torch.testing.assert_close(found['perceptual'], 10 * perceptual)
    assert len(found) == 3


@pytest.mark.parametrize('mode', ['hinge', 'vanilla'])
@pytest.mark.parametrize('row', ROWS)
def test_the_discriminators_terms_are_equations_6_16_and_6_17(row, mode):
    model, batch = build(mode, perceptual=None, **ROWS[row])
    model.eval()
    fakes = {name: value.detach() for name, value in model.generate(batch).items()}
    real, fake = 0, 0
    on_fake, on_real = ((lambda p: F.relu(1 + p), lambda p: F.relu(1 - p)) if mode == 'hinge' else
                        (lambda p: -torch.log(1 - torch.sigmoid(p)), lambda p: -torch.log(torch.sigmoid(p))))
    for drawn, true, factor in pictures_of(row, batch, fakes):
        fake += factor * sum(on_fake(scale.logits).mean() for scale in judge(model, batch, drawn)) / 2
        real += factor * sum(on_real(scale.logits).mean() for scale in judge(model, batch, true)) / 2
    found = model.discriminator_losses(batch, fakes)
    torch.testing.assert_close(found['real'], real)
    torch.testing.assert_close(found['fake'], fake)


def test_lambda_is_the_factor_of_the_final_images_terms():
    totals = []
    for image_weight in (0.0, 1.0, 3.0):
        model, batch = build(image_weight=image_weight)
        model.eval()
        totals.append(sum(model.generator_losses(batch, model.generate(batch)).values()))
    torch.testing.assert_close(totals[2] - totals[0], 3 * (totals[1] - totals[0]))


def test_each_picture_is_judged_and_compared_once():
    model, batch = build()
    judged, compared = [], []
    model.discriminator.register_forward_hook(lambda _m, given, _out: judged.append(len(given[0])))
    network = model.losses['perceptual'].network
    network.register_forward_hook(lambda _m, given, _out: compared.append(given[0].requires_grad))
    fakes = model.generate(batch)
    model.generator_losses(batch, fakes)
    assert judged == [2 * 5]
    assert sorted(compared) == [False, False, True, True, True]


def test_both_players_learn():
    model, batch = build(perceptual=None)
    wrappers = OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.Adam(torch.nn.ModuleList(networks).parameters(), lr=1e-3))
        for player, networks in model.players().items()})
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    log = model.train_step(batch, wrappers)
    assert set(log) == {'generator/loss_adversarial', 'generator/loss_feature_matching',
                        'discriminator/loss_real', 'discriminator/loss_fake'}
    moved = {name for name, parameter in model.named_parameters()
             if not torch.equal(parameter, before[name])}
    assert {'generator.edge_generator.head.convolution.weight_orig', 'generator.encoder.stem.weight_orig',
            'generator.head.convolution.weight_orig'} <= moved
    assert any(name.startswith('discriminator.') for name in moved)


def test_missing_edges_are_named_where_they_are_needed():
    model, batch = build(perceptual=None)
    del batch['target_edge']
    with pytest.raises(InputError, match="no 'target_edge'; put CannyEdge into the training pipeline"):
        model.discriminator_losses(batch, model.generate(batch))
    model, batch = build(perceptual=None, **ROWS['row_1'])
    del batch['target_edge']
    assert torch.isfinite(model.discriminator_losses(batch, model.generate(batch))['real'])


def test_prediction_needs_no_edges_and_gives_all_pictures():
    model, batch = build(perceptual=None)
    samples = model.predict({name: batch[name] for name in ('label', 'edge')})
    assert len(samples) == 2
    assert samples[0]['image'].shape == samples[0]['edge_image'].shape == (3, 64, 32)
    assert samples[0]['scaling_factors'].shape == (6,)
