"""The command ``ggtoolbox``: what it offers, what it imports, and how the tools hang on it."""
import ast
import re
import signal
import sys

import pytest
from in_process import ROOT, outcome
from processes import run

from ggtoolbox.commands import HERE, commands, summary
from ggtoolbox.commands.analysis_tools.judge_everything import find_configs
from ggtoolbox.commands.train_zoo import read_list
from ggtoolbox.errors import InputError

TOOLS = sorted((ROOT / 'tools').rglob('*.py'))
WITHOUT_TOOL = {'demo', 'models'}


def test_help_names_every_command_and_imports_none():
    code, out, errors = run([sys.executable, '-X', 'importtime', '-m', 'ggtoolbox', '--help'])
    assert code == 0 and 'torch' not in errors and 'numpy' not in errors
    assert [name for name in commands() if f'\n  {name} ' not in out] == []


@pytest.mark.parametrize('name', commands())
def test_a_command_says_what_it_does(name):
    assert 10 < len(summary(commands()[name])) < 90
    tree = ast.parse(commands()[name].read_text())
    assert any(isinstance(node, ast.FunctionDef) and node.name == 'main' for node in tree.body)


@pytest.mark.parametrize('tool', TOOLS, ids=lambda path: path.name)
def test_a_tool_is_the_command_of_its_place(tool):
    name = re.search(r"^    run\('(.*)'\)$", tool.read_text(), re.MULTILINE)[1]
    assert name == {'print_config': 'config'}.get(tool.stem, tool.stem.replace('_', '-'))
    assert commands()[name].relative_to(HERE).parent == tool.relative_to(ROOT / 'tools').parent


def test_every_command_but_few_has_a_tool():
    tools = {tool.stem.replace('_', '-') for tool in TOOLS} | {'config'}
    assert set(commands()) - tools == WITHOUT_TOOL


def test_a_command_that_nobody_has():
    code, out, errors = outcome('trian')
    assert (code, out) == (2, '') and "there is no command 'trian'; did you mean 'train'?" in errors


def test_a_command_names_itself_in_its_errors():
    assert outcome('config', 'nowhere.py')[2] == (
        'ggtoolbox config: error: nowhere.py: there is no such config file\n')
    assert outcome('train')[2].startswith('usage: ggtoolbox train ')


def test_the_version_tells_what_else_matters():
    code, out, _ = outcome('--version')
    assert code == 0 and out.startswith('ggtoolbox 0.') and 'torch' in out and 'mmengine' in out


def test_models_are_listed():
    code, out, _ = outcome('models', 'gaugan*', '--shipped')
    assert code == 0 and all(line.startswith('gaugan') and ' MB' in line for line in out.splitlines())
    assert 'gaugan_sau_toyworld-64' in out and 'cityscapes' not in out
    assert 'no model has such a name' in outcome('models', 'zz*')[2]


def test_lists_of_configs_take_names(tmp_path):
    (tmp_path / 'list.txt').write_text('gaugan_toyworld-64  # by name\n')
    assert read_list(tmp_path / 'list.txt') == find_configs(['gaugan_toyworld-64']) == [
        ROOT / 'configs/gaugan/gaugan_toyworld-64.py']
    (tmp_path / 'list.txt').write_text('gaugan_toywold-64')
    with pytest.raises(InputError, match="list.txt: gaugan_toywold-64: .*did you mean 'gaugan_toyworld-64'"):
        read_list(tmp_path / 'list.txt')


@pytest.mark.parametrize('arguments', [
    ('claims', '--json', 'claims.json', '--runs', 0), ('train-zoo', 'list.txt', '--out', 'zoo'),
    ('judge-everything', '--out', 'judged', '--configs', 'nowhere.py')])
def test_commands_that_wait_for_trainings_end_them_at_sigterm(arguments, tmp_path, monkeypatch):
    (tmp_path / 'list.txt').write_text('nowhere.py')
    real, answers = signal.signal, {}

    def answer(number, handler):
        answers[number] = getattr(handler, '__qualname__', '')
        return real(number, handler)

    with monkeypatch.context() as patch:
        patch.setattr(signal, 'signal', answer)
        patch.setattr('in_process.ANSWERED', ())
        before = signal.getsignal(signal.SIGTERM)
        try:
            outcome(*arguments, cwd=tmp_path)
        finally:
            real(signal.SIGTERM, before)
    assert answers[signal.SIGTERM] == 'end_by_signal.<locals>.stop'
