import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.heads import AttentionImageFusion, CoAttentionFusion


def draw(*channels, size=(6, 5)):
    torch.manual_seed(0)
    return [torch.randn(2, c, *size) for c in channels]


def test_co_attention_chooses_between_both_streams_images_and_the_source():
    head = CoAttentionFusion(4, num_intermediates=2, kernel_size=3, shape_channels=3, joint_channels=5)
    features, shape, joint, source = draw(4, 3, 5, 3)
    out = head(features, source.tanh(), shape_features=shape, joint_features=joint)
    pictures = [*torch.tanh(head.to_appearance_images(features)).split(3, 1),
                *torch.tanh(head.to_shape_images(shape)).split(3, 1), source.tanh()]
    weight = torch.einsum('io,bihw->bohw', head.to_attention.weight[..., 0, 0], joint)
    weight = (weight + head.to_attention.bias[:, None, None]).softmax(1)
    expected = sum(weight[:, i:i + 1] * picture for i, picture in enumerate(pictures))
    torch.testing.assert_close(out['image'], expected)
    torch.testing.assert_close(out['attention'].sum(1), torch.ones(2, 6, 5))
    assert out['intermediate_images'].shape == (2, 4, 3, 6, 5)


def test_co_attention_on_one_stream_takes_it_for_all():
    head = CoAttentionFusion(4, num_intermediates=2)
    features, source = draw(4, 3)
    out = head(features, source)
    torch.testing.assert_close(out['image'], head(features, source, features, features)['image'])
    assert head.to_attention.weight.shape == (4, 5, 1, 1)


def test_co_attention_joins_streams_that_nobody_joined():
    head = CoAttentionFusion(4, shape_channels=3)
    features, shape, source = draw(4, 3, 3)
    joined = head(features, source, shape, torch.cat([features, shape], dim=1))
    torch.testing.assert_close(head(features, source, shape)['image'], joined['image'])


def test_without_a_source_image_it_is_no_candidate():
    features, = draw(4)
    out = CoAttentionFusion(4, num_intermediates=2)(features)
    assert out['attention'].shape[1] == 4
    torch.testing.assert_close(out['attention'].sum(1), torch.ones(2, 6, 5))
    out = AttentionImageFusion(4)(features)
    assert torch.equal(out['image'], out['intermediate_image'])


@pytest.mark.parametrize('mask', ['sigmoid', 'linear'])
def test_attention_image_fusion_mixes_the_source_in(mask):
    head = AttentionImageFusion(4, mask=mask, attention_channels=2)
    features, attended, source = draw(4, 2, 3)
    out = head(features, source, attended)
    own = torch.tanh(head.to_image(features))
    maps = torch.einsum('io,bihw->bohw', head.to_attention.weight[..., 0, 0], attended)
    maps = maps + head.to_attention.bias[:, None, None]
    if mask == 'sigmoid':
        a = 1 / (1 + torch.exp(-maps))
        expected = source * a + own * (1 - a)
    else:
        expected = own * maps[:, :1] + source * maps[:, 1:]
    torch.testing.assert_close(out['image'], expected)
    assert out['attention'].shape[1] == (1 if mask == 'sigmoid' else 2)


@pytest.mark.parametrize('cls', [CoAttentionFusion, AttentionImageFusion])
def test_a_source_image_of_other_channels_is_named(cls):
    features, source = draw(4, 1)
    with pytest.raises(InputError, match='source_image must have the 3 channels of the image, found 1'):
        cls(4)(features, source)


def test_bad_options_are_named():
    with pytest.raises(InputError, match="mask must be 'sigmoid' or 'linear', found 'softmax'"):
        AttentionImageFusion(4, mask='softmax')
    with pytest.raises(InputError, match='num_intermediates must be at least 1, found 0'):
        CoAttentionFusion(4, num_intermediates=0)
