"""What stands behind --cfg-options."""
import argparse

import pytest
from mmengine.config import Config

from ggtoolbox.apis.settings.options import ConfigOptions, apply_options, parse_value
from ggtoolbox.errors import InputError


@pytest.mark.parametrize(('text', 'value'), [
    ('3', 3), ('1e-3', 1e-3), ('True', True), ('false', False), ('None', None), ('none', 'none'), ('', ''),
    ('my data', 'my data'), (' a b ', 'a b'), ('/data/my photos (old)/x', '/data/my photos (old)/x'),
    ("'1,2'", '1,2'), ('"3"', '3'), ("it's", "it's"), ('1,2', [1, 2]), ('[1,2]', [1, 2]), ('(1, 2)', (1, 2)),
    ('(64,)', (64,)), ('[]', []), ('[(1,2),[a, b c],d]', [(1, 2), ['a', 'b c'], 'd']),
    ('[a],[b]', [['a'], ['b']]),
    ("['a, b',c]", ['a, b', 'c'])])
def test_values(text, value):
    assert parse_value(text) == value and type(parse_value(text)) is type(value)


@pytest.mark.parametrize('text', ['(1,2', '1,2)', '[1,(2]', "'a", '[(])'])
def test_brackets_and_quotes_match(text):
    with pytest.raises(InputError, match='that match'):
        parse_value(text)


@pytest.mark.parametrize('pair', ['train_cfg', '=3', '.a=3', 'a..b=3', 'a.=3', ' a=3'])
def test_pairs_have_keys(pair, capsys):
    parser = argparse.ArgumentParser()
    parser.add_argument('--cfg-options', nargs='+', action=ConfigOptions)
    with pytest.raises(SystemExit):
        parser.parse_args(['--cfg-options', pair])
    assert 'expected KEY=VALUE with dotted keys' in capsys.readouterr().err


@pytest.fixture
def cfg():
    return Config(dict(data_root='data/a', model=dict(losses=dict(perceptual=None), betas=(0.5, 0.9)),
                       train_dataloader=dict(dataset=dict(data_root='data/a')), hooks=[dict(momentum=0.1)]),
                  filename='mine.py', cfg_text='as written')


def test_options_reach_lists_and_what_was_taken_out(cfg):
    apply_options(cfg, {'hooks.0.momentum': 0.5, 'model.losses.perceptual.weight': 2, 'model.new': 1,
                        'train_cfg.max_iters': 3}, {'model', 'hooks', 'train_cfg'})
    assert cfg.hooks[0].momentum == 0.5 and cfg.model.losses.perceptual.weight == 2
    assert cfg.model.new == 1 and cfg.train_cfg.max_iters == 3


@pytest.mark.parametrize(('key', 'said'), [
    ('modle.x', "knows the key 'modle'; did you mean 'model'"),
    ('hooks.1.momentum', "expected a number below 1 after hooks, found '1'"),
    ('hooks.a.momentum', "expected a number below 1 after hooks, found 'a'"),
    ('model.betas.0', r'expected a dict or a list in model.betas, found \(0.5, 0.9\)'),
    ('data_root', "'data_root' is a variable of mine.py, .* set train_dataloader.dataset.data_root, where")])
def test_ways_that_lead_nowhere(cfg, key, said):
    with pytest.raises(InputError, match=said):
        apply_options(cfg, {key: 1}, {'model', 'hooks', 'train_dataloader'})
