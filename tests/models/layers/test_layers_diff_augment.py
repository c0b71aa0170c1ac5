"""DiffAugment against its formulas, written out sample by sample."""
import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.diff_augment import DRAWS, POLICIES, DiffAugment


def inputs(batch=3, height=16, width=24):
    torch.manual_seed(0)
    return torch.rand(batch, 3, height, width, dtype=torch.double) * 2 - 1, torch.rand(batch, DRAWS)


def shifted(x, down, right):
    """(..., H, W) with zeros behind."""
    out, (height, width) = torch.zeros_like(x), x.shape[-2:]
    for i in range(height):
        for j in range(width):
            if 0 <= i - down < height and 0 <= j - right < width:
                out[..., i, j] = x[..., i - down, j - right]
    return out


def test_colours():
    image, draws = inputs()
    found = DiffAugment(('colour',), draws).image(image)
    for x, y, (brightness, saturation, contrast) in zip(image, found, draws[:, :3].double()):
        x = x + (brightness - 0.5)
        x = x.mean(0) + 2 * saturation * (x - x.mean(0))
        torch.testing.assert_close(y, x.mean() + (0.5 + contrast) * (x - x.mean()))


def test_translation_is_by_up_to_an_eighth():
    image, draws = inputs()
    draws[0, 3:5], draws[1, 3:5] = 0, 1 - 2 ** -24
    found = DiffAugment(('translation',), draws).image(image)
    assert torch.equal(found[0], shifted(image[0], -2, -3)) and torch.equal(found[1], shifted(image[1], 2, 3))
    down, right = (int(u * n) - n // 2 for u, n in zip(draws[2, 3:5].tolist(), (5, 7)))
    assert torch.equal(found[2], shifted(image[2], down, right))


def test_cutout_is_a_square_of_half_the_size_that_may_reach_over_the_border():
    image, draws = inputs()
    draws[0, 5:], draws[1, 5:] = 0.5, 0
    found = DiffAugment(('cutout',), draws).image(image)
    expected = image.clone()
    expected[0, :, 4:12, 6:18] = 0
    expected[1, :, :4, :6] = 0
    assert torch.equal(found[:2], expected[:2])
    assert (found[2] == 0).any() and torch.equal(found[2][found[2] != 0], image[2][found[2] != 0])


def test_what_belongs_together_moves_together_and_only_pictures_change_their_colours():
    image, draws = inputs()
    label = torch.randint(0, 5, (3, 16, 24))
    augment = DiffAugment(POLICIES, draws)
    one_hot = torch.nn.functional.one_hot(label, 5).permute(0, 3, 1, 2).double()
    moved, guide = augment.label(label), augment.guide(one_hot)
    assert torch.equal(guide.argmax(1)[moved != 255], moved[moved != 255])
    assert torch.equal(guide.sum(1) == 0, moved == 255) and set(guide.unique().tolist()) == {0, 1}
    assert (moved == 255).any() and (moved != 255).any()
    assert torch.equal(augment.image(image) == 0, (moved == 255).unsqueeze(1).expand_as(image))


def test_fakes_and_reals_in_one_batch_have_the_same_draws():
    image, draws = inputs()
    augment = DiffAugment(POLICIES, draws)
    assert torch.equal(augment.image(torch.cat([image, image])), augment.image(image).repeat(2, 1, 1, 1))


def test_gradients_are_those_of_finite_differences():
    image, draws = inputs(1, 4, 5)
    augment, image = DiffAugment(POLICIES, draws), image.requires_grad_()
    assert torch.autograd.gradcheck(augment.image, image)
    assert torch.autograd.gradgradcheck(lambda x: augment.image(x).square(), image)


def test_nothing_is_changed_without_a_policy_and_colours_need_pictures():
    image, draws = inputs()
    assert DiffAugment((), draws).image(image) is image
    with pytest.raises(InputError, match='judges 6 together'):
        DiffAugment(('colour',), draws).image(torch.cat([image, image], 1))
