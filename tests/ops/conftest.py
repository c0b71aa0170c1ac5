"""GGTOOLBOX_TEST_DEVICE=cuda runs the tests of operators on a GPU (benchmarks/gpu.sh does)."""
import os

import pytest
import torch


@pytest.fixture(autouse=True)
def device_of_new_tensors():
    """Tensors that a test makes lie on the device, unless it says another."""
    with torch.device(os.environ.get('GGTOOLBOX_TEST_DEVICE', 'cpu')):
        yield
