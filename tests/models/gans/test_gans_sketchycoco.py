"""SketchyCOCO: whom each turn moves, and how much each critic counts."""
import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict

from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.sketchycoco import SketchyCOCO


def build(order=('generator',), **changes):
    torch.manual_seed(0)
    drawing = dict(type='ClassLatentGenerator', channels=2)
    critic = dict(type='DCGANDiscriminator', channels=2, num_layers=2, kernel_size=4, bias=False,
                  norm='deviation')
    model = SketchyCOCO(
        generator=dict(drawing, num_classes=3, latent_dim=4), edge_generator=drawing,
        encoder=dict(type='EdgeEncoder', channels=(2, 4, 4)),
        classifier=dict(type='MaskedResidualClassifier', channels=4),
        joint_discriminator=dict(image_size=(64, 128), **critic),
        discriminator=dict(image_size=(64, 64), **critic),
        edge_discriminator=dict(image_size=(64, 64), **critic), enlarge=False,
        losses=dict(adversarial=dict(type='GANLoss', mode='wasserstein'),
                    classification=dict(type='FocalDomainLoss', weight=1.0),
                    image_class=dict(type='DomainLoss', weight=0.5), latent=dict(type='L1Loss', weight=10.0)),
        options=dict(update_order=order), **changes)
    picture = lambda: torch.rand(2, 3, 64, 64) * 2 - 1
    return model.train(), dict(target_image=picture(), target_guide=picture(), domain=torch.tensor([0, 2]),
                               latent=torch.randn(2, 4))


@pytest.mark.parametrize(('turn', 'expected'), [
    ('joint_discriminator', {'joint_discriminator'}), ('edge_discriminator', {'edge_discriminator'}),
    ('classifier', {'classifier'}), ('encoder', {'encoder'}),
    ('second_generator', {'generator', 'edge_generator'})])
def test_each_turn_moves_its_networks(turn, expected):
    model, batch = build((turn,))
    before = {name: parameter.detach().clone() for name, parameter in model.named_parameters()}
    model.train_step(batch, OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.SGD([p for n in networks for p in n.parameters()], lr=1e-2))
        for player, networks in model.players().items()}))
    assert {name.split('.')[0] for name, parameter in model.named_parameters()
            if not torch.equal(parameter, before[name])} == expected


def test_critics_count_as_they_are_weighted():
    terms = {}
    for weights in (None, dict(joint=2.0, edge=0.0)):
        model, batch = build(critic_weights=weights)
        terms[weights is None] = model.generator_losses(batch, model.generate(batch))
    for kind, factor in dict(joint=2.0, image=1.0, edge=0.0).items():
        plain = terms[True][f'adversarial_{kind}']
        assert terms[False][f'adversarial_{kind}'] == factor * plain and plain != 0
    assert terms[False]['image_class'] == terms[True]['image_class']


def test_pixels_of_real_edges_teach_generators_and_encoder():
    model, batch = build()
    fakes = model.generate(batch)
    assert 'pixel' not in model.generator_losses(batch, fakes)
    model.losses['pixel'] = torch.nn.L1Loss()
    latent = model.encoder(batch['target_guide'], torch.tensor(0.0))['latent']
    drawn = model.generate({**batch, 'latent': latent})
    expected = ((drawn['image'] - batch['target_image']).abs().mean()
                + (drawn['edge_image'] - batch['target_guide']).abs().mean())
    for turn in ('generator_losses', 'encoder_losses'):
        term = getattr(model, turn)(batch, fakes)['pixel']
        torch.testing.assert_close(term, expected)
    term.backward()
    moved = {name.split('.')[0] for name, parameter in model.named_parameters() if parameter.grad is not None}
    assert moved == {'generator', 'edge_generator', 'encoder'}


def test_a_critic_that_there_is_not():
    with pytest.raises(InputError, match="critic_weights are of joint, image and edge, found 'edges'"):
        build(critic_weights=dict(edges=1.0))
