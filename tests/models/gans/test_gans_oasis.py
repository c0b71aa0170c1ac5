"""OASIS as options of GauGAN: its networks, its losses in place, its noise."""
import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.discriminators import OASISDiscriminator
from ggtoolbox.models.gans.gaugan import GauGAN
from ggtoolbox.models.generators import OASISGenerator
from ggtoolbox.models.layers.diff_augment import DRAWS, DiffAugment
from ggtoolbox.models.losses.segmentation_gan import class_weights, draw_label_mask


def build(**options):
    torch.manual_seed(0)
    arguments, inputs = OASISGenerator.example()
    model = GauGAN(dict(type='OASISGenerator', **arguments), dict(type='OASISDiscriminator', channels=(4, 6)),
                   dict(adversarial=dict(type='SegmentationGANLoss'),
                        label_mix=dict(type='L2Loss', weight=10.0)),
                   dict(init=dict(method=None), **options))
    label = inputs['label'].clone()
    label[0, :20] = 255
    return model, dict(inputs, label=label, target_image=torch.rand(2, 3, 64, 32) * 2 - 1)


def test_the_discriminator_is_a_u_net_that_does_not_read_the_layout():
    with torch.device('meta'):
        network = OASISDiscriminator(151)
        output, = network(torch.empty(1, 3, 256, 256))
    assert output.logits.shape == (1, 152, 256, 256)
    assert [block.conv_1.in_channels for block in network.ups] == [512, 1024, 512, 512, 256, 256]
    assert network.to_logits.in_channels == 64
    model, batch = build()
    assert model.discriminator.to_logits.out_channels == 5 + 1, "the class count is the generator's"
    image = batch['target_image']
    network = model.discriminator.eval()
    assert torch.equal(network(image)[0].logits, network(image, torch.zeros(2, 9, 64, 32))[0].logits)
    with pytest.raises(InputError, match='multiples of 4, found .64, 30.'):
        network(image[..., :30])


@pytest.mark.parametrize('policy', [(), ('translation', 'cutout')])
def test_the_terms_are_the_papers_of_what_the_discriminator_sees(policy):
    model, batch = build(diff_augment=policy)
    model.discriminator.eval()  # spectral norm stands still
    torch.manual_seed(1)
    with torch.no_grad():
        fake = model.generate(batch)['image']
    torch.manual_seed(2)
    losses = model.player_losses('discriminator', batch, dict(image=fake))

    torch.manual_seed(2)
    augment = DiffAugment(policy, torch.rand(2, DRAWS) if policy else torch.zeros(2, DRAWS))
    mask, real = draw_label_mask(batch['label']), batch['target_image']
    on_real, on_fake, on_mixed = (model.discriminator(augment.image(image))[0].logits for image in (
        real, fake, mask * real + (1 - mask) * fake))
    label, moved = augment.label(batch['label']), augment.guide(mask)
    known = label != 255
    alpha = class_weights(label, 5)
    of_class = on_real.log_softmax(1).gather(1, label.clamp(max=4).unsqueeze(1)).squeeze(1)[known]
    torch.testing.assert_close(losses['real'], -(alpha[label[known]] * of_class).mean())
    torch.testing.assert_close(losses['fake'], -on_fake.log_softmax(1)[:, 5][known].mean())
    difference = on_mixed - (moved * on_real + (1 - moved) * on_fake)
    torch.testing.assert_close(losses['label_mix'], 10 * difference.square().mean())


def test_noise_is_one_vector_an_image_behind_the_classes():
    model, batch = build()
    network, seen = model.generator.eval(), []
    network.stem.register_forward_pre_hook(lambda _module, given: seen.append(given[0]))
    latent = torch.randn(2, 3)
    image = network(batch['label'], batch['edge'], latent=latent)['image']
    assert seen[0].shape[1] == 5 + 1 + 3
    assert torch.equal(seen[0][:, 6:], latent[..., None, None].expand_as(seen[0][:, 6:]))
    assert not torch.equal(image, network(batch['label'], batch['edge'], latent=-latent)['image'])
    assert model.test_inputs() == (('label', 'edge'), ('latent',)) and model.latent_dim == 3
    torch.manual_seed(5)
    drawn = model.generate(batch)['image']
    torch.manual_seed(5)
    assert torch.equal(drawn, network(batch['label'], batch['edge'], latent=torch.randn(2, 3))['image'])
