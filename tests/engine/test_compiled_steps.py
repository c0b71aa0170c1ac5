"""The step of every system with compiled networks equals the step without, in double precision."""
import sys
from pathlib import Path

import pytest
import torch
import torch._inductor.config

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / 'benchmarks'))

from _differences import largest_differences, one_step  # noqa: E402
from _systems import System, draw_batches, settings_of  # noqa: E402

CONFIGS = sorted((ROOT / 'configs').glob('*/*_toyworld-64.py'), reverse=True)
FOLDERS = {path.parent.name: path for path in CONFIGS}  # one of each system


def step_of(system, switch):
    batch, = draw_batches(system, settings_of(system), 1, 'cpu')
    double = {name: value.double() if value.is_floating_point() else value for name, value in batch.items()}
    return one_step(settings_of(system, switch), double)


@pytest.fixture
def double_precision():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.compiler.reset()
    # numbers of PyTorch's generator, which the compiler would replace by its own
    with torch._inductor.config.patch(fallback_random=True):
        yield
    torch.set_default_dtype(before)


@pytest.mark.long
@pytest.mark.parametrize('switch', ['compile', 'channels_last'])
@pytest.mark.parametrize('name', sorted(FOLDERS))
def test_a_step_with_a_switch_equals_the_step_without(name, switch, double_precision):
    system = System(f'{name}/{FOLDERS[name].stem}', batch=2)
    found = largest_differences(step_of(system, 'default'), step_of(system, switch))
    assert found['term_difference'] < 1e-5 and found['gradient_difference'] < 1e-6, found
