import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.class_specific import ClassGroups, ClassSpecificGenerator


def draw(**arguments):
    torch.manual_seed(0)
    generator = ClassSpecificGenerator(4, 3, **arguments).double()
    label = torch.randint(0, 4, (2, 9, 10))
    return generator, torch.randn(2, 4, 9, 10, dtype=torch.float64), label


def masked(features, label, kind):
    """F_i, equation 2."""
    return features * (label == kind).unsqueeze(1)


@pytest.mark.parametrize('fusion', ['addition', 'convolution'])
def test_class_images_and_their_fusion_follow_the_equations(fusion):
    generator, features, label = draw(fusion=fusion)
    outputs = generator(features, label)
    images = [torch.tanh(convolution(F.pad(masked(features, label, kind), (3,) * 4, mode='reflect')))
              for kind, convolution in enumerate(generator.convolutions)]
    torch.testing.assert_close(outputs['class_images'], torch.stack(images, 1))
    expected = sum(images) if fusion == 'addition' else torch.tanh(generator.fusion(torch.cat(images, 1)))
    torch.testing.assert_close(outputs['image'], expected)
    assert set(outputs) == {'image', 'class_images'}


@pytest.mark.parametrize('pooling', ['image', 'class'])
def test_each_class_is_classified_by_its_pooled_features(pooling):
    generator, features, label = draw(num_classified=2, pooling=pooling)
    label[1] = torch.where(label[1] == 0, 2, label[1])
    outputs = generator(features, label)
    assert outputs['class_valid'].tolist() == [[1, 1], [0, 1]]
    for kind in range(2):
        area = 90 if pooling == 'image' else (label == kind).sum((1, 2)).clamp(min=1).view(-1, 1)
        pooled = masked(features, label, kind).sum((2, 3)) / area
        torch.testing.assert_close(outputs['class_logits'][:, kind], generator.classifier(pooled))


def test_implementations_agree():
    generator, features, label = draw(fusion='addition')
    expected = generator(features, label)['image']
    generator.implementation = 'reference'
    torch.testing.assert_close(generator(features, label)['image'], expected)


def test_groups_map_ids_and_one_hot_maps_alike():
    groups = ClassGroups(4, (0, 1, 2, 2))
    label = torch.tensor([[[0, 1], [3, 255]], [[2, 2], [-1, 4]]])
    expected = torch.tensor([[[0, 1], [2, 3]], [[2, 2], [3, 3]]])
    assert groups.count == 3
    assert torch.equal(groups(label), expected)
    one_hot = torch.stack([label == kind for kind in range(4)], 1).float()
    assert torch.equal(groups(one_hot), expected)
    assert ClassGroups(5).count == 5
    assert not groups.state_dict()


@pytest.mark.parametrize('groups', [(0, 1), (0, 2, 2, 3), (1, 1, 2, 2), (0, 1, -1, 2)])
def test_groups_with_gaps_are_refused(groups):
    with pytest.raises(InputError, match='each of the 4 classes a number, from 0 on without gaps'):
        ClassGroups(4, groups)


@pytest.mark.parametrize('arguments, message', [
    (dict(fusion='sum'), "'addition', 'convolution'.*found 'sum'"), (dict(pooling='mask'), "found .*'mask'"),
    (dict(num_classified=4), 'between 0 and .* 3, found 4')])
def test_wrong_options_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        draw(**arguments)
