"""The converter as a user runs it, on the state dicts of golden cases."""
import sys
from functools import partial
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'parity'))

from golden import Golden  # noqa: E402
from in_process import outcome  # noqa: E402

from ggtoolbox.registry import MODELS  # noqa: E402

convert = partial(outcome, 'model_converters/convert.py')


@pytest.fixture(scope='module')
def released(tmp_path_factory):
    """Files as the authors' code writes them: ``latest_net_{G,D,E}.pth``."""
    folder = tmp_path_factory.mktemp('released')
    state = Golden(ROOT / 'tests/data/goldens/spade_losses_vae.json').official_state
    for letter in 'GDE':
        prefix = f'net{letter}.'
        torch.save({name.removeprefix(prefix): value for name, value in state.items()
                    if name.startswith(prefix)}, folder / f'latest_net_{letter}.pth')
    return folder


def test_joins_parts_into_a_checkpoint_that_the_model_loads(released, tmp_path):
    files = [released / f'latest_net_{letter}.pth' for letter in 'GDE']
    code, printed, errors = convert('spade', *files, tmp_path / 'out.pth')
    assert code == 0, errors
    assert '234 mapped, 0 missing, 0 unexpected, 0 differently shaped' in printed
    checkpoint = torch.load(tmp_path / 'out.pth', weights_only=True)
    assert checkpoint['meta']['system'] == 'GauGAN'
    assert checkpoint['meta']['parts'] == ['generator', 'discriminator', 'encoder']
    model = MODELS.build(dict(type='GauGAN', **checkpoint['meta']['networks']))
    model.load_state_dict(checkpoint['state_dict'])


def test_names_what_it_leaves_out(released, tmp_path):
    state = torch.load(released / 'latest_net_G.pth')
    torch.save({**state, 'extra.weight': torch.zeros(2)}, tmp_path / 'odd.pth')
    code, printed, errors = convert('spade', tmp_path / 'odd.pth', tmp_path / 'out.pth')
    assert code == 0
    assert '1 unexpected' in printed
    assert 'extra.weight' in errors


def test_bad_files_end_in_one_sentence(released, tmp_path):
    torch.save(torch.nn.Linear(2, 2), tmp_path / 'code.pth')
    whole = (released / 'latest_net_D.pth').read_bytes()
    (tmp_path / 'truncated.pth').write_bytes(whole[:len(whole) // 2])
    torch.save({'model.0.weight': torch.zeros(2)}, tmp_path / 'other.pth')
    for name, reason in (('code', 'refused'), ('truncated', 'truncated'), ('other', 'expected one part'),
                         ('absent', 'no such')):
        code, _, errors = convert('spade', tmp_path / f'{name}.pth', tmp_path / 'out.pth')
        assert code == 2
        assert len(errors.strip().splitlines()) == 1
        assert f'{name}.pth' in errors
        assert reason in errors
    assert not (tmp_path / 'out.pth').exists()


def test_a_part_is_given_for_each_file(tmp_path):
    state, files, parts = Golden(ROOT / 'tests/data/goldens/p2p_cyclegan_losses.json').official_state, [], []
    for name, part in (('G_A', 'generator'), ('D_B', 'source_discriminator'), ('G_B', 'inverse_generator')):
        files.append(tmp_path / f'latest_net_{name}.pth')
        parts += ['--part', part]
        torch.save({key.removeprefix(f'{name}.'): value for key, value in state.items()
                    if key.startswith(f'{name}.')}, files[-1])
    code, _, errors = convert('cyclegan', *files, tmp_path / 'out.pth', *parts)
    assert code == 0, errors
    checkpoint = torch.load(tmp_path / 'out.pth', weights_only=True)
    assert checkpoint['meta']['parts'] == parts[1::2]
    stem = checkpoint['state_dict']['inverse_generator.stem.0.weight']
    assert torch.equal(stem, state['G_B.model.1.weight'])
    code, _, errors = convert('cyclegan', *files, tmp_path / 'out.pth', *parts[:4])
    assert code == 2
    assert 'once for each of the 3 files, found 2' in errors
