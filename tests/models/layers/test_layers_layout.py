import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.layout import Layout, one_hot


def test_one_hot_sets_one_channel_and_none_for_ignored_pixels():
    label = torch.tensor([[[0, 2], [255, 1]]])
    expected = torch.zeros(1, 3, 2, 2)
    expected[0, 0, 0, 0] = expected[0, 2, 0, 1] = expected[0, 1, 1, 1] = 1
    assert torch.equal(one_hot(label, 3), expected)


@pytest.mark.parametrize('wrong', [3, 254, -1])
def test_a_class_id_out_of_range_is_named(wrong):
    with pytest.raises(InputError, match=f'class id {wrong}, expected 0 to 2'):
        one_hot(torch.tensor([[[0, wrong]]]), 3)


def test_one_hot_compiles_without_reading_values():
    label = torch.tensor([[[0, 2], [255, 7]]])  # 7 is out of range: all zeros where it is not checked
    found = torch.compile(one_hot, backend='eager', fullgraph=True)(label, 3)
    assert torch.equal(found[:, :, 1, 1], torch.zeros(1, 3))
    assert torch.equal(found[:, 2, 0, 1], torch.ones(1))


@pytest.mark.parametrize('size', [(3, 5), (4, 4), (8, 12), (16, 24)])
def test_resizes_by_floor_once_for_each_size(size):
    semantics = torch.arange(8 * 12.0).reshape(1, 1, 8, 12)
    layout = Layout(semantics)
    rows = torch.arange(size[0]) * 8 // size[0]
    columns = torch.arange(size[1]) * 12 // size[1]
    assert torch.equal(layout.at(size), semantics[:, :, rows][..., columns])
    assert layout.at(size) is layout.at(torch.Size(size))
