import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.guided_input import GuidedInput


def test_channels_are_source_then_classes_then_edge_then_guide():
    guided_input = GuidedInput(1, 2, True, 2)
    assert guided_input.channels == 6
    assert guided_input.names == ('source_image', 'label', 'edge', 'target_guide')
    found = guided_input(torch.tensor([[[[-1.0]]]]), torch.tensor([[[1]]]), torch.tensor([[[[0.5]]]]),
                         torch.tensor([[[[7.0]], [[8.0]]]]))
    assert found.flatten().tolist() == [-1, 0, 1, 0.5, 7, 8]


def test_a_ready_class_map_is_taken_as_it_is():
    found = GuidedInput(num_classes=2)(label=torch.tensor([[[[0.25]], [[0.75]]]]))
    assert found.flatten().tolist() == [0.25, 0.75]


@pytest.mark.parametrize('given, message', [
    (dict(), 'source_image must have 3 channels, found 0'),
    (dict(source_image=torch.zeros(1, 4, 4, 4)), 'source_image must have 3 channels, found 4'),
    (dict(source_image=torch.zeros(1, 3, 4, 4), label=torch.zeros(1, 4, 4, dtype=torch.int64)),
     'label must have 0 channels, found class ids'),
    (dict(source_image=torch.zeros(1, 3, 4, 4), target_guide=torch.zeros(1, 2, 4, 6)),
     r'source_image \(1, 3, 4, 4\), target_guide \(1, 2, 4, 6\)'),
])
def test_parts_that_do_not_fit_are_named(given, message):
    with pytest.raises(InputError, match=f'(Net: {message}|{message})'):
        GuidedInput(3, guide_channels=2 if 'target_guide' in given else 0, owner='Net')(**given)


def test_a_generator_must_be_steered_by_something():
    with pytest.raises(InputError, match='Net: one of source_channels'):
        GuidedInput(owner='Net')


def test_a_condition_is_some_of_the_parts_in_their_order():
    guided_input = GuidedInput(3, 5, False, 2, owner='Net')
    condition = guided_input.only(('target_guide', 'source_image'))
    assert condition.names == ('source_image', 'target_guide') and condition.channels == 5
    assert guided_input.only(('label',)).num_classes == 5
    assert guided_input.only(()) is None
    with pytest.raises(InputError, match="Net: condition .* source_image, label, target_guide, found 'edge'"):
        guided_input.only(('edge',))


def test_a_source_guide_stands_in_front_of_the_targets():
    guided_input = GuidedInput(1, guide_channels=1, source_guide_channels=2)
    assert guided_input.names == ('source_image', 'source_guide', 'target_guide')
    given = dict(source_image=torch.tensor([[[[-1.0]]]]), source_guide=torch.tensor([[[[7.0]], [[8.0]]]]),
                 target_guide=torch.tensor([[[[9.0]]]]))
    assert guided_input(**given).flatten().tolist() == [-1, 7, 8, 9]
    guides = guided_input.only(('source_guide', 'target_guide'))
    assert guides(source_guide=given['source_guide'],
                  target_guide=given['target_guide']).flatten().tolist() == [7, 8, 9]
    with pytest.raises(InputError, match='source_guide must have 2 channels, found 0'):
        guided_input(given['source_image'], target_guide=given['target_guide'])
