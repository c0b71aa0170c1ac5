"""OASIS's loss and LabelMix against their equations, pixel by pixel."""
import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.losses import SegmentationGANLoss
from ggtoolbox.models.losses.segmentation_gan import class_weights, draw_label_mask, label_mix
from ggtoolbox.structures import DiscriminatorOutput

CLASSES = 3
LABEL = torch.tensor([[[0, 0, 1], [0, 255, 0]], [[0, 1, 1], [255, 0, 0]]])  # class 2 is absent


def outputs(seed):
    generator = torch.Generator().manual_seed(seed)
    logits = torch.randn(2, CLASSES + 1, 2, 3, generator=generator)
    return [DiscriminatorOutput(logits.requires_grad_(), [])]


def mean_entropy(logits, label, weights):
    """-1 / pixels * sum over known pixels of weight_c * log softmax_c."""
    pixels = [(b, i, j) for b in range(2) for i in range(2) for j in range(3) if LABEL[b, i, j] != 255]
    total = 0
    for b, i, j in pixels:
        c = label(b, i, j)
        exponentials = logits[b, :, i, j].exp()
        total = total - weights[c] * (exponentials[c] / exponentials.sum()).log()
    return total / len(pixels)


def test_classes_weigh_as_they_are_rare():
    weights = class_weights(LABEL, CLASSES)
    torch.testing.assert_close(weights, torch.tensor([10 / (7 * 2), 10 / (3 * 2), 0]))
    known = LABEL[LABEL != 255]
    assert weights[known].mean().item() == pytest.approx(1)
    assert class_weights(torch.full((1, 2, 2), 255), CLASSES).tolist() == [0, 0, 0]


@pytest.mark.parametrize('balanced', [True, False])
def test_both_players_see_classes_and_one_more(balanced):
    loss = SegmentationGANLoss(weight=3.0, discriminator_weight=2.0, balanced=balanced)
    fake, real = outputs(0), outputs(1)
    weights = torch.cat([class_weights(LABEL, CLASSES) if balanced else torch.ones(CLASSES), torch.ones(1)])
    own, generated = (lambda b, i, j: int(LABEL[b, i, j])), (lambda b, i, j: CLASSES)
    expected = dict(real=2 * mean_entropy(real[0].logits, own, weights),
                    fake=2 * mean_entropy(fake[0].logits, generated, weights))
    found = loss.discriminator(real, fake, LABEL)
    torch.testing.assert_close(found, expected)
    of_generator = 3 * mean_entropy(fake[0].logits, own, weights)
    torch.testing.assert_close(loss.generator(fake, real, LABEL), of_generator)
    torch.testing.assert_close(torch.autograd.grad(loss(fake, LABEL), fake[0].logits),
                               torch.autograd.grad(of_generator, fake[0].logits))


def test_labels_must_be_those_of_the_logits():
    for label in (None, LABEL[:, :1]):
        with pytest.raises(InputError, match='the class of each pixel and a discriminator that segments'):
            SegmentationGANLoss().generator(outputs(0), None, label)


def test_label_mix_takes_whole_classes_of_each_image():
    torch.manual_seed(0)
    label = torch.randint(0, 8, (6, 9, 9))
    mask = draw_label_mask(label)
    assert mask.shape == (6, 1, 9, 9) and set(mask.unique().tolist()) == {0, 1}
    bits = [{(int(c), float(bit[classes == c].unique())) for c in classes.unique()}
            for bit, classes in zip(mask[:, 0], label)]
    assert len({frozenset(of_image) for of_image in bits}) > 1
    real, fake = torch.randn(2, 6, 3, 9, 9)
    assert torch.equal(label_mix(real, fake, mask), torch.where(mask.bool(), real, fake))
