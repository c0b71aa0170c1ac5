"""Pictures of 8 bits become on the device what data sets yield."""
import numpy as np
import torch

from ggtoolbox.datasets.transforms.pack import PackTensors
from ggtoolbox.models.gans.picture_scaler import PictureScaler


def test_the_numbers_are_those_that_data_sets_yield_to_the_bit():
    values = np.random.RandomState(0).randint(0, 256, (2, 3, 8, 8, 3), dtype=np.uint8)
    sample = dict(name='a', target_image=values[0, 0], target_guide=values[0, 1], target_frames=values[1],
                  label=values[0, 2, :, :, 0], mask=values[0, 2, :, :, 1] % 2)
    packed, unscaled = (PackTensors(scale=scale)(sample) for scale in (True, False))
    pictures = 'target_image', 'target_guide', 'target_frames'
    assert all(unscaled[name].dtype == torch.uint8 for name in pictures)
    scaler = PictureScaler()
    found = scaler(unscaled, True)
    assert found.keys() == packed.keys() and found.pop('name') == 'a'
    for name, value in found.items():
        assert value.dtype == packed[name].dtype and torch.equal(value, packed[name]), name
    assert not scaler.state_dict()
    assert torch.equal(scaler.levels[unscaled['target_image'].int()], packed['target_image'])  # as on a GPU


def test_what_is_no_picture_is_only_moved():
    batch = dict(own=torch.zeros(2, dtype=torch.uint8), label=torch.zeros(1, 2, 2, dtype=torch.uint8))
    found = PictureScaler()(batch)
    assert all(found[name].dtype == torch.uint8 for name in batch)
