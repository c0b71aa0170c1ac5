import math

import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.registry import LOSSES


@pytest.mark.parametrize('mask_of', [None, {2: 1}, {0: 2, 2: 0}])
def test_class_l1_is_equation_3_with_its_gradient(mask_of):
    torch.manual_seed(0)
    images = torch.randn(2, 3, 3, 5, 6, dtype=torch.float64, requires_grad=True)
    target, label = torch.randn(2, 3, 5, 6, dtype=torch.float64), torch.randint(0, 5, (2, 5, 6))
    found = LOSSES.build(dict(type='ClassL1Loss', weight=2.0, mask_of=mask_of))(images, target, label)
    masks = [(label == (mask_of or {}).get(kind, kind)).unsqueeze(1) for kind in range(3)]
    expected = 2 * sum(F.l1_loss(images[:, kind], target * mask) for kind, mask in enumerate(masks))
    torch.testing.assert_close(found, expected)
    torch.testing.assert_close(*(torch.autograd.grad(loss, images)[0] for loss in (found, expected)))


def test_a_mask_of_an_unknown_class_is_refused():
    loss = LOSSES.build(dict(type='ClassL1Loss', mask_of={27: 26}))
    with pytest.raises(InputError, match=r'classes below 3, found \{27: 26\}'):
        loss(torch.zeros(1, 3, 3, 2, 2), torch.zeros(1, 3, 2, 2), torch.zeros(1, 2, 2))


@pytest.mark.parametrize('reduction, expected', [('mean', 1), ('sum', 3 / 2)])
def test_classification_leaves_absent_classes_out(reduction, expected):
    loss = LOSSES.build(dict(type='ClassificationLoss', weight=0.5, reduction=reduction))
    logits = torch.zeros(2, 2, 2)
    valid = torch.tensor([[1.0, 1], [0, 1]])
    logits[1, 0] = torch.tensor([-50.0, 50])  # wrong, but absent
    assert loss(logits, valid).item() == pytest.approx(0.5 * expected * math.log(2))
    assert loss(logits, torch.zeros(2, 2)).item() == 0
