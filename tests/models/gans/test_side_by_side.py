"""Images judged side by side: the numbers and gradients of one forward, and no graph for the real."""
import copy

import pytest
import torch

from ggtoolbox.models.gans.side_by_side import judge_side_by_side
from ggtoolbox.registry import DISCRIMINATORS


def discriminator(**settings):
    torch.manual_seed(0)
    inner = dict(type='PatchDiscriminator', channels=4, num_layers=3, **settings)
    network = dict(type='MultiScaleDiscriminator', in_channels=5, discriminator=inner)
    return DISCRIMINATORS.build(network).double()


def draw(wants=(True, False)):
    torch.manual_seed(1)
    images = [torch.randn(2, 3, 32, 32, dtype=torch.double, requires_grad=want) for want in wants]
    return images, torch.randn(2, 2, 32, 32, dtype=torch.double)


def one_forward(network, images, condition):
    outputs = network(torch.cat(images), torch.cat([condition] * len(images)))
    return [[[o.logits.chunk(len(images))[i], *(f.chunk(len(images))[i] for f in o.features)]
             for o in outputs] for i in range(len(images))]


def numbers(judgement):
    return [[output.logits, *output.features] for output in judgement]


@pytest.mark.parametrize('wants', [(True, False), (False, True), (True, True, False)])
@pytest.mark.parametrize('settings, apart', [
    (dict(), True), (dict(norm=None), True), (dict(norm='batch'), False),
    (dict(track_running_stats=True), False)])
def test_all_is_as_in_one_forward(wants, settings, apart):
    plain = discriminator(**settings).requires_grad_(False)
    ours, (images, condition), found = copy.deepcopy(plain), draw(wants), []
    judgements = judge_side_by_side(ours, images, condition)
    for judged in (one_forward(plain, images, condition), [numbers(judgement) for judgement in judgements]):
        # the generator's loss: fakes against zero, and against the real side, which is a constant
        fakes = [side for side, want in zip(judged, wants) if want]
        real = judged[wants.index(False)]
        loss = sum((x - y.detach()).abs().mean() + x.square().mean()
                   for fake in fakes for scale, other in zip(fake, real) for x, y in zip(scale, other))
        wanted = [image for image in images if image.requires_grad]
        said = [number for judgement in judged for scale in judgement for number in scale]
        found.append((loss, *torch.autograd.grad(loss, wanted), *said))
    for expected, ours_gives in zip(*found):
        torch.testing.assert_close(ours_gives, expected)
    torch.testing.assert_close(dict(ours.named_buffers()), dict(plain.named_buffers()))
    assert judgements[wants.index(False)][0].logits.requires_grad is not apart


def test_a_discriminator_that_learns_judges_all_in_one_forward_with_a_graph():
    ours, (images, condition) = discriminator(), draw((False, False))
    on_fake, on_real = judge_side_by_side(ours, images, condition)
    assert on_fake[0].logits.requires_grad and on_real[0].logits.requires_grad
    assert on_fake[0].logits._base is on_real[0].logits._base


def test_without_gradients_or_condition():
    network, (images, _) = dict(type='PatchDiscriminator', in_channels=3, channels=4), draw()
    with torch.no_grad():
        on_fake, on_real = judge_side_by_side(DISCRIMINATORS.build(network).double(), images)
    assert len(on_fake[0].logits) == len(on_real[0].logits) == 2 and not on_fake[0].logits.requires_grad
