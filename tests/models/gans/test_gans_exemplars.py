"""CoCosNet and StarGAN v2: who is moved by what, and terms that the papers do not have."""
import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict

from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.cocosnet import CoCosNet
from ggtoolbox.models.gans.sean import SEAN
from ggtoolbox.models.gans.stargan_v2 import StarGANv2, falling_weight
from ggtoolbox.models.generators import SEANGenerator

L1 = dict(type='L1Loss')


def wrappers(model):
    return OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.SGD([p for n in networks for p in n.parameters()], lr=1e-2))
        for player, networks in model.players().items()})


def moved(model, batch):
    """Networks that a step changes, and what it logs."""
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    log = model.train_step(batch, wrappers(model))
    changed = [name for name, p in model.named_parameters() if not torch.equal(p, before[name])]
    return {name.split('.')[0] for name in changed}, log


def stargan(order, **changes):
    torch.manual_seed(0)
    model = StarGANv2(
        generator=dict(type='StarGANv2Generator', resolution=32, channels=4, max_channels=8,
                       style_channels=4),
        mapping_network=dict(type='MappingNetwork', num_domains=3, latent_dim=4, hidden_channels=8),
        style_encoder=dict(type='StyleEncoder', channels=4, max_channels=8),
        discriminator=dict(type='DomainDiscriminator', channels=4, max_channels=8),
        losses=dict(adversarial=dict(type='GANLoss', mode='vanilla'), style=L1, cycle=L1,
                    diversity=L1), options=dict(update_order=order), **changes)
    image = lambda: torch.rand(3, 3, 32, 32) * 2 - 1
    return model, dict(source_image=image(), source_domain=torch.tensor([0, 1, 2]), exemplar_image=image(),
                       second_exemplar_image=image(), domain=torch.tensor([2, 0, 1]))


@pytest.mark.parametrize(('turn', 'joint', 'expected'), [
    ('latent_generator', False, {'generator', 'mapping_network', 'style_encoder'}),
    ('reference_generator', False, {'generator'}),
    ('reference_generator', True, {'generator', 'style_encoder'}),
    ('latent_discriminator', False, {'discriminator'}),
    ('reference_discriminator', False, {'discriminator'})])
def test_each_turn_moves_its_networks(turn, joint, expected):
    model, batch = stargan((turn,), joint_reference=joint)
    found, log = moved(model, batch)
    assert found == expected and all(name.startswith(f'{turn}/') for name in log)


def test_the_weight_of_diversity_falls_with_the_iterations_and_ends():
    assert [falling_weight(2.0, 4, iteration) for iteration in range(6)] == [2.0, 1.5, 1.0, 0.5, 0.0, 0.0]
    model, batch = stargan(('latent_generator',), diversity_iterations=2)
    logs = [model.train_step(batch, wrappers(model)) for _ in range(3)]
    terms = [log.get('latent_generator/loss_diversity') for log in logs]
    assert float(terms[0]) < 0 and float(terms[1]) < 0 and terms[2] is None


def test_styles_come_from_an_exemplar_a_latent_or_are_drawn_nearer_to_the_mean():
    model, batch = stargan(('latent_generator',))
    model.eval()
    given = {name: batch[name] for name in ('source_image', 'domain')}
    by_exemplar = model.generate({**given, 'exemplar_image': batch['exemplar_image']})
    again = model.generate({**given, 'style': by_exemplar['style']})
    torch.testing.assert_close(again['image'], by_exemplar['image'])
    latents = torch.randn(2, 3, 4)
    one, other = (model.generate({**given, 'latent': latent})['style'] for latent in latents)
    assert (one - other).abs().min(1).values.max() > 0
    model.truncation = 0.0  # the mean of 10,000 latents, whatever this one is
    one_mean, other_mean = (model.generate({**given, 'latent': latent})['style'] for latent in latents)
    assert (one_mean - other_mean).abs().max() < 0.2 * (one - other).abs().max()
    with pytest.raises(InputError, match='diversity_iterations must be from 1 on, found 0'):
        stargan(('latent_generator',), diversity_iterations=0)


def cocosnet(**losses):
    torch.manual_seed(0)
    model = CoCosNet(
        generator=dict(type='CoCosNetGenerator', num_classes=5, channels=2, norm_hidden_channels=4),
        correspondence_network=dict(type='CorrespondenceNetwork', channels=2, norm_hidden_channels=4),
        losses=losses)
    image = lambda: torch.rand(4, 3, 64, 64) * 2 - 1
    label = lambda: torch.randint(0, 5, (4, 64, 64))
    return model, dict(label=label(), target_image=image(), exemplar_image=image(), exemplar_label=label(),
                       self_reference=torch.tensor([1.0, 0, 1, 0]))


def test_pixels_are_compared_where_the_exemplar_is_the_picture_itself():
    model, batch = cocosnet(pixel=dict(L1, weight=100.0), warp_self=dict(L1, weight=2.0))
    fakes = model.train().generate(batch)
    losses = model.generator_losses(batch, fakes)
    for name, drawn, weight in (('pixel', 'image', 100), ('warp_self', 'warped_image', 2)):
        off = (fakes[drawn] - batch['target_image']).abs().mean((1, 2, 3))
        torch.testing.assert_close(losses[name], weight * (off[0] + off[2]) / 2 / 4, rtol=1e-4, atol=0)
    none = model.generator_losses({**batch, 'self_reference': torch.zeros(4)}, fakes)
    assert none['pixel'] == none['warp_self'] == 0
    found, _ = moved(model, batch)
    assert found == {'generator', 'correspondence_network'}


def test_a_small_sean_may_compare_pixels():
    arguments, inputs = SEANGenerator.example()
    model = SEAN(generator=dict(type='SEANGenerator', **arguments), losses=dict(pixel=L1))
    batch = dict(label=inputs['label'], target_image=torch.rand(len(inputs['label']), 3, 64, 64))
    fakes = dict(image=torch.zeros_like(batch['target_image']))
    losses = model.generator_losses(batch, fakes)
    torch.testing.assert_close(losses, dict(pixel=batch['target_image'].mean()))
