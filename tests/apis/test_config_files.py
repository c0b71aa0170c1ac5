"""A config by path, by name, and as a base of the package."""
import pytest

from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.config_files import config_files, find_config
from ggtoolbox.apis.places import zoo_root
from ggtoolbox.errors import InputError

NAME = 'gaugan_toyworld-64'
PLACE = f'ggtoolbox::gaugan/{NAME}.py'


def test_a_name_a_place_in_the_package_and_a_path_lead_to_the_same(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    expected = zoo_root() / f'configs/gaugan/{NAME}.py'
    assert {find_config(text) for text in (NAME, PLACE, f'ggtoolbox::{NAME}', str(expected))} == {expected}
    assert load_config(NAME).pretty_text == load_config(expected).pretty_text


def test_ablations_have_names_and_parts_have_none():
    assert 'ablations' in config_files()['gaugan_b1_nearest_cityscapes-512x256'].parts
    assert 'ttur_adam_200e' not in config_files()


def test_a_file_that_is_there_is_meant_before_a_name(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / NAME).write_text('')
    assert find_config(NAME).resolve() == tmp_path / NAME


@pytest.mark.parametrize('given, sentence', [
    ('gaugan_toywold-64',
     "there is no config of this name, and no such file; did you mean 'gaugan_toyworld-64'"),
    (f'configs/gaugan/{NAME}.py', "there is no such config file; did you mean 'gaugan_toyworld-64'"),
    ('nowhere.py', 'nowhere.py: there is no such config file'),
    ('ggtoolbox::gaugan/gaugan_toywold-64.py',
     "ggtoolbox has no such config; did you mean 'gaugan/gaugan_toyworld-64.py'"),
    ('ggtoolbox::../setup.py', 'ggtoolbox has no such config')])
def test_what_is_not_there_ends_in_a_sentence(given, sentence, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        find_config(given)
    assert sentence in str(caught.value) and '\n' not in str(caught.value)


@pytest.mark.parametrize('base', [PLACE, f'ggtoolbox::{NAME}'])
def test_a_config_elsewhere_inherits_from_the_package(base, tmp_path):
    path = tmp_path / 'mine.py'
    path.write_text(f'_base_ = {base!r}\ntrain_cfg = dict(max_iters=7)\n')
    cfg, whole = load_config(path), load_config(NAME)
    assert cfg.train_cfg.max_iters == 7 and cfg.model == whole.model


def test_values_of_a_base_can_be_used(tmp_path):
    path = tmp_path / 'mine.py'
    path.write_text(f'_base_ = {PLACE!r}\nval_dataloader = _base_.test_dataloader\n')
    assert load_config(path).val_dataloader == load_config(NAME).test_dataloader


@pytest.mark.parametrize('base, sentence', [
    ('ggtoolbox::gaugan/gaugan_toywold-64.py', 'ggtoolbox has no such config; did you mean'),
    ('mmnothing::gaugan/gaugan.py', 'the config cannot be read'),
    ('nowhere.py', 'the config cannot be read')])
def test_a_wrong_base_ends_in_a_sentence(base, sentence, tmp_path):
    path = tmp_path / 'mine.py'
    path.write_text(f'_base_ = {base!r}\n')
    with pytest.raises(InputError, match=f'^{path}: .*{sentence}') as caught:
        load_config(path)
    assert '\n' not in str(caught.value)
