"""The Triton kernels under Triton's interpreter, in a process of their own: it must be asked for before
Triton is imported."""
import os
import subprocess
import sys

import pytest
import torch

#        batch, channels, height, width, kernel, scale, window, groups, normalise, channels last
CASES = [(2, 6, 5, 7, 5, 2, 'source', 2, True, False),
         (1, 20, 3, 5, 5, 2, 'source', 1, True, True),
         (1, 3, 2, 40, 3, 2, 'source', 1, True, False),
         (1, 4, 3, 2, 3, 3, 'source', 1, True, False),
         (2, 4, 3, 4, 5, 2, 'expanded', 1, True, False),
         (1, 4, 5, 6, 7, 1, 'source', 2, False, True),
         (1, 1, 1, 1, 1, 2, 'source', 1, False, False)]
TOLERANCES = {torch.float64: 1e-11, torch.float32: 1e-5, torch.bfloat16: 1e-2, torch.float16: 2e-3}


def test_triton_kernels_equal_the_reference():
    pytest.importorskip('triton')
    done = subprocess.run([sys.executable, __file__], env=os.environ | {'TRITON_INTERPRET': '1'},
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.count('ok') == len(CASES) * len(TOLERANCES)


def compare_all():
    from ggtoolbox.ops.sau import sau_reference, semantic_aware_upsample
    for dtype, tolerance in TOLERANCES.items():
        for batch, channels, height, width, k, s, window, groups, normalise, channels_last in CASES:
            torch.manual_seed(0)
            x = torch.randn(batch, channels, height, width).to(dtype)
            logits = torch.randn(batch, groups * k * k * s * s, height, width).to(dtype)
            if channels_last:
                x, logits = (t.contiguous(memory_format=torch.channels_last) for t in (x, logits))
            x.requires_grad_(), logits.requires_grad_()
            results = []
            for function, form in ((sau_reference, {}),
                                   (semantic_aware_upsample, dict(implementation='triton'))):
                y = function(x, logits, k, s, window, groups, normalise, **form)
                grad = torch.linspace(-1, 1, y.numel()).reshape(y.shape).to(dtype)
                results.append((y, *torch.autograd.grad(y, (x, logits), grad)))
            for expected, found in zip(*results):
                error = (found - expected).abs().max() / expected.abs().max()
                assert error <= tolerance, (dtype, k, s, window, groups, error)
            print('ok')


if __name__ == '__main__':
    compare_all()
