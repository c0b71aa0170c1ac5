"""Configs that a user starts from."""
import pytest
from in_process import outcome

from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.config_files import config_files
from ggtoolbox.apis.own_config import copy_config
from ggtoolbox.errors import InputError


@pytest.mark.parametrize('name', ['gaugan_cityscapes-512x256', 'xinggan_toyworld-64', 'wgan_gp_toyworld-64'])
@pytest.mark.parametrize('whole', [False, True])
def test_a_copy_says_the_same(name, whole, tmp_path):
    mine = copy_config(name, tmp_path / 'new/my.py', whole)
    assert load_config(mine).pretty_text == load_config(name).pretty_text
    text = mine.read_text()
    base = f'ggtoolbox::{config_files()[name].parent.name}/{name}.py'
    assert (f'_base_ = {base!r}' in text) != whole
    assert ('default_scope' in text) == whole and 'optim_wrapper' in text


def test_what_is_changed_first_stands_there(tmp_path):
    text = copy_config('gaugan_sau_cityscapes-512x256', tmp_path / 'my.py').read_text()
    for said in ('num_classes=35', "data_root='data/cityscapes'", 'batch_size=', 'max_epochs=200', "'SAU'"):
        assert said in text


def test_a_copy_of_a_copy_leads_to_its_file(tmp_path):
    first = copy_config('gaugan_toyworld-64', tmp_path / 'a/first.py')
    first.write_text(first.read_text().replace('max_iters=1000', 'max_iters=7'))
    second = copy_config(first, tmp_path / 'b/second.py')
    assert "_base_ = '../a/first.py'" in second.read_text() and load_config(second).train_cfg.max_iters == 7


def test_nothing_is_overwritten(tmp_path):
    (tmp_path / 'my.py').write_text('mine')
    with pytest.raises(InputError, match='my.py is there already'):
        copy_config('gaugan_toyworld-64', tmp_path / 'my.py')
    assert (tmp_path / 'my.py').read_text() == 'mine'
    with pytest.raises(InputError, match='ends in .py, found .*my.txt'):
        copy_config('gaugan_toyworld-64', tmp_path / 'my.txt')


def test_the_command_lists_shows_and_copies(tmp_path):
    assert outcome('config')[1].split() == sorted(config_files())
    assert set(outcome('config', 'dancegan_*')[1].split()) < set(config_files())
    code, out, _ = outcome('config', 'gaugan_toyworld-64', '--copy', 'my.py', cwd=tmp_path)
    assert (code, out) == (0, 'my.py\n') and (tmp_path / 'my.py').is_file()
    options = ['--cfg-options', 'train_cfg.max_iters=3']
    assert 'max_iters=3' in outcome('config', 'my.py', *options, cwd=tmp_path)[1]
