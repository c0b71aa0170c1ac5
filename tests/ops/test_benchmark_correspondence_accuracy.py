import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[2] / 'benchmarks'))

from correspondence_accuracy import mirrored_accuracy  # noqa: E402


def test_places_are_matched_with_their_mirror_images():
    label = torch.tensor([[0, 1, 1, 2], [0, 0, 1, 2], [2, 2, 1, 0]]).expand(3, 3, 4)
    mirror = torch.eye(12).view(3, 4, 12).flip(1).reshape(12, 12)  # the place that each is likest
    beside = mirror.view(12, 3, 4).roll(1, 2).reshape(12, 12)
    correlation = torch.stack([mirror, beside, mirror.flip(0)])
    found = mirrored_accuracy(correlation, label, label.flip(-1))
    assert found['exact'].tolist() == [1, 0, 0]
    assert found['near'][0] == 1 and found['near'][1].item() == 0.75  # a quarter goes round the edge
    assert found['class'][0] == 1 and 0 < found['class'][1] < 1
    assert torch.allclose(found['chance'], torch.tensor(1 / 12))
