"""GGTOOLBOX_TEST_DEVICE=cuda runs the tests of operators on a GPU (benchmarks/gpu.sh does)."""
import contextlib
import os

import pytest
import torch


@pytest.fixture(autouse=True)
def device_of_new_tensors():
    """Tensors that a test makes lie on the device, unless it says another."""
    device = os.environ.get('GGTOOLBOX_TEST_DEVICE')
    with torch.device(device) if device else contextlib.nullcontext():
        yield
