from types import SimpleNamespace

import pytest
import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict

from ggtoolbox.engine.hooks.ema import GeneratorEMAHook
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.maskgan import MaskGAN
from ggtoolbox.models.generators import MaskGANGenerator
from ggtoolbox.models.layers.maskgan import AlphaBlender, MaskVAE

D = dict(type='MultiScaleDiscriminator', in_channels=4 + 3,
         discriminator=dict(type='PatchDiscriminator', channels=4, spectral=False, bias_before_norm=True))
LOSSES = dict(adversarial=dict(type='GANLoss', mode='least_squares', sum_scales=True),
              mask_reconstruction=dict(type='SegmentationLoss'), mask_kl=dict(type='KLLoss', weight=1e-5))


def build(**changes):
    torch.manual_seed(0)
    arguments, inputs = MaskGANGenerator.example()
    model = MaskGAN(**{**dict(
        generator=dict(type='MaskGANGenerator', **arguments), discriminator=D, losses=LOSSES,
        blender=dict(channels=2, num_blocks=1, num_downsamplings=1),
        mask_vae=dict(channels=2, latent_dim=6, image_size=64)), **changes})
    return model, dict(label=inputs['label'], target_image=inputs['exemplar_image'])


def wrappers(model):
    return OptimWrapperDict(**{
        player: OptimWrapper(torch.optim.SGD([p for n in networks for p in n.parameters()], lr=1e-3))
        for player, networks in model.players().items()})


def test_the_blend_moves_the_generator_and_the_blender_alone():
    model, batch = build(options=dict(update_order=('blender',)))
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    log = model.train_step(batch, wrappers(model))
    assert log.keys() == {'blender/loss_adversarial'}
    moved = {name.split('.')[0] for name, p in model.named_parameters() if not torch.equal(p, before[name])}
    assert moved == {'generator', 'blender'}


def test_every_player_takes_its_turn():
    model, batch = build()
    assert model.order() == ('generator', 'blender', 'discriminator', 'mask_vae')
    log = model.train_step(batch, wrappers(model))
    assert log.keys() == {
        'generator/loss_adversarial', 'blender/loss_adversarial', 'discriminator/loss_real',
        'discriminator/loss_fake', 'discriminator/loss_blend', 'mask_vae/loss_mask_reconstruction',
        'mask_vae/loss_mask_kl'}


def test_without_edits_it_is_the_dense_mapping_network():
    losses = dict(adversarial=LOSSES['adversarial'])
    model, batch = build(blender=None, mask_vae=None, losses=losses)
    assert model.order() == ('generator', 'discriminator')
    assert model.train_step(batch, wrappers(model)).keys() == {
        'generator/loss_adversarial', 'discriminator/loss_real', 'discriminator/loss_fake'}
    hook = GeneratorEMAHook()
    hook.before_run(SimpleNamespace(model=model))  # the average is of what generates and is there
    assert list(hook.src_model) == ['generator'] and len(model.predict(batch)) == len(batch['label'])


def test_edits_of_the_batch_are_rendered_with_one_style_and_blended():
    model, batch = build(mask_vae=None)
    batch.update(inter_label=batch['label'].flip(2), outer_label=batch['label'].flip(1))
    fakes = model.generate(batch)
    for name, label in (('image', 'label'), ('inter_image', 'inter_label'), ('outer_image', 'outer_label')):
        alone = model.generator(batch[label], exemplar_image=batch['target_image'],
                                exemplar_label=batch['label'])
        torch.testing.assert_close(fakes[name], alone['image'], rtol=1e-4, atol=1e-5)
    mixed = fakes['alpha'] * fakes['inter_image'] + (1 - fakes['alpha']) * fakes['outer_image']
    torch.testing.assert_close(fakes['blend'], mixed)


def test_a_blender_without_edits_is_named():
    model, batch = build(mask_vae=None)
    with pytest.raises(InputError, match='its blender learns from simulated edits'):
        model.blender_losses(batch, model.generate(batch))


def test_edits_lie_on_both_sides_of_the_map(monkeypatch):
    torch.manual_seed(0)
    vae = MaskVAE(3, 2, 5, 16).eval()
    monkeypatch.setattr('torch.randn_like', torch.zeros_like)
    one, other = (torch.randn(2, 3, 16, 16) for _ in range(2))
    towards, away = vae.between(one, other, 2.5)
    z, z_ref = vae.encode(one)[0], vae.encode(other)[0]
    torch.testing.assert_close(towards, vae.decode(z + (z_ref - z) / 2.5))
    torch.testing.assert_close(away, vae.decode(z - (z_ref - z) / 2.5))


def test_parameters_are_the_released_ones():
    with torch.device('meta'):
        networks = (*map(MaskGANGenerator, (19, 36, 151)), AlphaBlender(), MaskVAE(19))
    assert [sum(p.numel() for p in network.parameters()) for network in networks] == [
        89_702_595, 89_769_235, 90_220_035, 4_329_443, 170_619_571]


def test_the_style_is_given_or_read():
    arguments, inputs = MaskGANGenerator.example()
    network = MaskGANGenerator(**arguments)
    found = network(**inputs)
    assert torch.equal(network(inputs['label'], style=found['style'])['image'], found['image'])
    with pytest.raises(InputError, match='one of exemplar_image and style must be given, found none'):
        network(inputs['label'])
    with pytest.raises(InputError, match='image_size must be a power of two from 8 up, found 48'):
        MaskVAE(3, image_size=48)
    with pytest.raises(InputError, match=r'label maps must be \(B, 3, 16, 16\), found \(1, 3, 8, 8\)'):
        MaskVAE(3, 2, 5, 16).encode(torch.zeros(1, 3, 8, 8))


@pytest.mark.parametrize('part', ['blender', 'mask_vae'])
def test_an_unknown_argument_of_a_part_is_named(part):
    with pytest.raises(InputError, match=f"{part}: .* has no argument 'colour'"):
        MaskGAN(dict(type='MaskGANGenerator', **MaskGANGenerator.example()[0]), **{part: dict(colour=1)})
