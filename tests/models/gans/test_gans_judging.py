"""Augmentation before, and penalties of, the discriminators of every training algorithm."""
from pathlib import Path

import pytest
import torch

from ggtoolbox.apis import load_config
from ggtoolbox.apis.analysis.example_batch import example_batch
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.layers.diff_augment import DRAWS, POLICIES, DiffAugment
from ggtoolbox.registry import MODELS

CONFIGS = Path(__file__).resolve().parents[3] / 'configs'
# Discriminators once a batch, once an image, several, from pools, of pictures joined along the channels.
SYSTEMS = ('gaugan', 'pix2pix', 'lggan_cross_view', 'cyclegan', 'c2gan', 'selectiongan', 'stargan',
           'dancegan_video')
OTHERS = ('patn', 'patn_selection', 'gesturegan', 'edgegan', 'stargan_v2', 'wgan_gp', 'scgan', 'xseq')


class Discriminator(torch.nn.Module):
    """Sees image and condition; its score is not linear in the image."""

    def __init__(self):
        super().__init__()
        self.net = torch.nn.Conv2d(4, 1, 3, padding=1)

    def forward(self, image, condition=None):
        self.seen = image, condition
        return [self.Output(self.net(torch.cat([condition, image], 1)).square())]

    class Output:
        def __init__(self, logits):
            self.logits = logits


class TinyGAN(BaseGAN):
    loss_names = ()

    def discriminator_losses(self, batch, fakes):
        outputs = self.discriminator(torch.cat([fakes['image'], batch['target_image']]),
                                     torch.cat([batch['edge']] * 2))
        return dict(all=outputs[0].logits.mean())

    def generator_losses(self, batch, fakes):
        return dict(all=-self.discriminator(fakes['image'], condition=batch['edge'])[0].logits.mean())


def build(losses=None, **options):
    torch.manual_seed(0)
    model = TinyGAN(dict(type=torch.nn.Conv2d, in_channels=1, out_channels=3, kernel_size=1),
                    dict(type=Discriminator), losses, dict(init=dict(method=None), **options))
    real, fake = torch.rand(2, 2, 3, 16, 16) - 0.5
    return model, dict(edge=(real[:, :1] > 0).float(), target_image=real), dict(image=fake)


def test_image_and_condition_are_augmented_before_the_discriminator_with_the_draws_of_the_run():
    model, batch, fakes = build(diff_augment=POLICIES)
    for player, images in (('discriminator', torch.cat([fakes['image'], batch['target_image']])),
                           ('generator', fakes['image'])):
        torch.manual_seed(3)
        model.player_losses(player, batch, fakes)
        torch.manual_seed(3)
        augment = DiffAugment(POLICIES, torch.rand(2, DRAWS))
        image, condition = model.discriminator.seen
        assert torch.equal(image, augment.image(images))
        assert torch.equal(condition[:2], augment.guide(batch['edge'])) and len(condition) == len(images)
    model.discriminator(fakes['image'], batch['edge'])
    assert model.discriminator.seen[0] is fakes['image'], 'augmented outside a turn'


def test_the_penalty_is_half_the_squared_gradients_of_all_that_was_judged():
    model, batch, fakes = build(dict(r1_r2=dict(type='R1Loss', weight=3.0)), diff_augment=['translation'])
    assert 'r1_r2' not in model.player_losses('generator', batch, fakes)
    torch.manual_seed(3)
    losses = model.player_losses('discriminator', batch, fakes)
    torch.manual_seed(3)
    augment, expected = DiffAugment(['translation'], torch.rand(2, DRAWS)), 0
    for image in (batch['target_image'], fakes['image']):
        x = image.clone().requires_grad_()
        score = model.discriminator(augment.image(x), augment.guide(batch['edge']))[0].logits.sum()
        gradient, = torch.autograd.grad(score, x, create_graph=True)
        expected = expected + 3.0 / 2 * gradient.square().sum((1, 2, 3)).mean()
    torch.testing.assert_close(losses['r1_r2'], expected)
    weight = model.discriminator.net.weight
    torch.testing.assert_close(*(torch.autograd.grad(term, weight) for term in (losses['r1_r2'], expected)))


def with_everything(name, policy=('translation', 'cutout')):
    cfg = load_config(next(CONFIGS.rglob(f'{name}_toyworld-64.py')))
    losses = cfg.model.losses
    for term in losses:
        if losses[term] and losses[term].type == 'GANLoss':
            losses[term] = dict(type='RelativisticGANLoss', weight=losses[term].get('weight', 1.0))
    losses.r1_r2 = dict(type='R1Loss', weight=0.1)
    cfg.model.options = dict(cfg.model.get('options', {}), diff_augment=policy)
    return cfg


@pytest.mark.parametrize('name', [*SYSTEMS, *(pytest.param(name, marks=pytest.mark.long) for name in OTHERS)])
def test_every_algorithm_takes_augmentation_the_relativistic_loss_and_its_penalties(name):
    cfg = with_everything(name)
    with torch.device('meta'):
        model = MODELS.build(cfg.model)
        batch = model.prepare(example_batch(cfg))
        model.watch.check_losses = lambda *_: None  # numbers on the meta device are none
        fakes = model.generate(batch)
        for turn in model.order():
            generates = model.extra_turns.get(turn, turn) in model.generating_players
            given = fakes if generates else {name: value.detach() for name, value in fakes.items()}
            losses = model.player_losses(turn, batch, given)
            assert ('r1_r2' in losses) == ('discriminator' in turn)
            sum(losses.values()).backward()
    assert all(parameter.grad is not None for networks in model.players().values()
               for network in networks for parameter in network.parameters() if parameter.requires_grad)


def test_what_cannot_be_is_one_sentence():
    with pytest.raises(InputError, match="no term 'r1_r3'; did you mean 'r1_r2'"):
        build(dict(r1_r3=dict(type='R1Loss')))
    with pytest.raises(InputError, match='diff_augment must be a list of colour, translation, cutout'):
        build(diff_augment=('color',))
    with pytest.raises(InputError, match='LocalTemporalDiscriminator judges none'):
        MODELS.build(with_everything('dancegan_motion').model)
    with pytest.raises(InputError, match='build it without attention'):
        MODELS.build(with_everything('cocosnet', ()).model)
