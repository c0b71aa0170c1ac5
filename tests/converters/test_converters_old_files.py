"""Released state dicts are read whatever PyTorch wrote them."""
import sys
from collections import OrderedDict
from pathlib import Path

import pytest
import torch
from old_files import SAVERS, save_as_before_zip
from torch import nn

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tests' / 'parity'), str(ROOT / 'tests' / 'tools')]

from golden import Golden  # noqa: E402
from in_process import run  # noqa: E402

from ggtoolbox.commands.model_converters.convert import print_table  # noqa: E402
from ggtoolbox.converters.conversion import convert, families, find_family  # noqa: E402
from ggtoolbox.errors import InputError  # noqa: E402
from ggtoolbox.safe_load import load_tensors  # noqa: E402

RELEASED = ['bigraphgan', 'c2gan', 'ccfpse', 'cocosnet', 'cross_view', 'cyclegan', 'dagan', 'gesturegan',
            'lggan', 'maskgan', 'mdvs', 'patn', 'pg2', 'pix2pix', 'pix2pixhd', 'pose_transfer', 'scgan',
            'sean', 'selectiongan', 'selectiongan_semantic', 'sketchycoco', 'spade', 'stargan',
            'stargan_v2', 'xinggan']


@pytest.fixture(scope='module')
def discriminator():
    """GauGAN's, with spectral norm and, of instance norm, nothing."""
    state = Golden(ROOT / 'tests/data/goldens/spade_losses_vae.json').official_state
    return OrderedDict((name.removeprefix('netD.'), value) for name, value in state.items()
                       if name.startswith('netD.'))


def test_every_released_family_has_a_converter():
    assert families() == RELEASED
    assert all(find_family(name).SYSTEM and find_family(name).SOURCE for name in RELEASED)


@pytest.mark.parametrize('out', ['out.pth', 'out.safetensors'])
@pytest.mark.parametrize('saver', SAVERS)
def test_each_format(discriminator, tmp_path, saver, out):
    state = OrderedDict(discriminator)
    state._metadata = OrderedDict(version=1)  # as state_dict() leaves it
    SAVERS[saver](state, tmp_path / 'latest_net_D.pth')
    printed = run('model_converters/convert.py', 'spade', tmp_path / 'latest_net_D.pth', tmp_path / out)
    assert f'{len(state)} mapped, 0 missing, 0 unexpected, 0 differently shaped' in printed
    found, names = load_tensors(tmp_path / out), convert('spade', state).names
    assert found['meta']['system'] == 'GauGAN' and found['meta']['parts'] == ['discriminator']
    assert all(torch.equal(found['state_dict'][f'discriminator.{names[name]}'], value)
               for name, value in state.items())


def test_half_precision_parallel_names_and_parameters(discriminator):
    plain = convert('spade', discriminator).state
    halved = convert('spade', {f'module.{name}': nn.Parameter(value.half())
                               for name, value in discriminator.items()})
    assert halved.state.keys() == plain.keys()
    assert all(value.dtype == torch.float32 and not value.requires_grad for value in halved.state.values())
    assert all(torch.allclose(halved.state[name], value, rtol=1e-3, atol=1e-6)
               for name, value in plain.items())


def test_the_table_tells_what_is_wrong_before_it_stops(discriminator, tmp_path, capsys):
    state = OrderedDict(discriminator)
    third, last = list(state)[2], next(reversed(state))
    state[third] = torch.zeros(3)
    state['scores'] = state.pop(last)
    save_as_before_zip(state, tmp_path / 'odd.pth')
    conversion = convert('spade', state)
    assert conversion.unexpected == ['scores'] and len(conversion.missing) == 1
    (ours, (found, expected)), = conversion.differing.items()
    assert found == (3,) and ours == conversion.names[third] and len(expected) == 4
    assert "odd.pth: converting the discriminator, the file lacks 'scales." in run(
        'model_converters/convert.py', 'spade', tmp_path / 'odd.pth', tmp_path / 'out.pth', fails=True)
    assert not (tmp_path / 'out.pth').exists()
    print_table('odd.pth', conversion)
    lines = [' '.join(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert lines[0] == 'odd.pth: discriminator'
    assert f'{third} {ours} differently shaped: (3,), expected {expected}' in lines
    assert f'- {conversion.missing[0]} missing' in lines and 'scores - unexpected' in lines
    assert lines[-1] == f'{len(state) - 2} mapped, 1 missing, 1 unexpected, 1 differently shaped'


def test_shapes_of_no_network_end_in_a_sentence(discriminator):
    state = {**discriminator, next(iter(discriminator)): torch.zeros(3)}
    with pytest.raises(InputError, match='found its names with shapes that make no such network'):
        convert('spade', state)


def test_a_network_saved_whole_ends_in_a_sentence(tmp_path):
    for saver in SAVERS.values():
        saver(nn.Sequential(nn.Conv2d(3, 3, 1)), tmp_path / 'whole.pth')
        sentence = run('model_converters/convert.py', 'spade', tmp_path / 'whole.pth', tmp_path / 'out.pth',
                       fails=True)
        assert "whole.pth: refused, because it holds 'torch.nn.modules.container.Sequential'" in sentence
        assert 'save its state_dict()' in sentence


def old_global_generator(width=4):
    """NVIDIA/pix2pixHD's, of PyTorch before 0.4: instance norm without weights, with statistics."""
    def convolution(place, *shape):
        return {f'model.{place}.weight': torch.randn(shape), f'model.{place}.bias': torch.randn(width)}

    def norm(place):
        return {f'model.{place}.running_mean': torch.zeros(width), f'model.{place}.running_var':
                torch.ones(width)}

    state = {**convolution(1, width, 5, 7, 7), **norm(2)}
    for block in (4, 5):
        for number in (1, 5):
            state.update(convolution(f'{block}.conv_block.{number}', width, width, 3, 3),
                         **norm(f'{block}.conv_block.{number + 1}'))
    return {**state, 'model.7.weight': torch.randn(3, width, 7, 7), 'model.7.bias': torch.randn(3)}


def test_statistics_of_old_instance_norm_do_not_make_it_batch_norm():
    state = old_global_generator()
    conversion = convert('pix2pixhd', state)
    assert conversion.network['norm'] == 'instance' and conversion.missing == []
    assert set(conversion.unexpected) == {name for name in state if 'running' in name}
