"""Whether operators are being written down instead of merely run."""
from __future__ import annotations

import torch


def is_recorded() -> bool:
    """True inside ``torch.export``, ``torch.onnx.export`` and ``torch.jit.trace``.

    What is written down is to run elsewhere: it must consist of plain operators (no kernels of ours, no
    autograd functions), of few of them, and hold for batches and labels that are not those of the moment.
    """
    return torch.compiler.is_exporting() or torch.jit.is_tracing()
