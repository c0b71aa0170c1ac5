"""Each system's page says what is true of the code: symbols, arguments, defaults, configs, commands.

A link whose text is code and whose target is a file of the package names what that file defines: ``Class``,
``function``, ``Class.method``, or ``Class(argument=default)`` for an argument and its default; those of
``Class(options=dict(...))`` are what the training algorithm's ``default_options`` say.
"""
import ast
import fnmatch
import itertools
import re
import runpy
from pathlib import Path

import pytest

from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.registry import MODELS

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / 'docs' / 'systems').glob('*.md'))
SECTIONS = ['Data flow', 'Equations to code', 'Paper and code differ', 'Configs', 'Reproduce',
            'Released weights']


def definitions(path):
    """Dotted name -> node of every class and function of a file, methods included."""
    found = {}

    def visit(body, prefix):
        for node in body:
            if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
                found[prefix + node.name] = node
                if isinstance(node, ast.ClassDef):
                    visit(node.body, f'{prefix}{node.name}.')

    visit(ast.parse(path.read_text()).body, '')
    return found


def defaults_of(function):
    """Argument -> default as it is written (None where there is none)."""
    every = [*function.args.posonlyargs, *function.args.args]
    values = [None] * (len(every) - len(function.args.defaults)) + function.args.defaults
    pairs = [*zip(every, values), *zip(function.args.kwonlyargs, function.args.kw_defaults)]
    return {argument.arg: None if value is None else ast.unparse(value) for argument, value in pairs}


def wrong_about_the_code(symbol, path):
    """What ``symbol`` says that the file at ``path`` does not; None if it is right."""
    found = definitions(path)
    call = ast.parse(symbol, mode='eval').body
    name = ast.unparse(call.func) if isinstance(call, ast.Call) else symbol
    if name not in found:
        return f'{path.name} defines no {name}'
    if not isinstance(call, ast.Call):
        return None
    function = found.get(f'{name}.__init__', found[name])
    defaults = defaults_of(function) if isinstance(function, ast.FunctionDef) else {}
    for argument in call.keywords:
        if argument.arg == 'options':
            if wrong := wrong_about_options(symbol, name, argument.value):
                return wrong
            continue
        if argument.arg not in defaults:
            return f'{name} has no argument {argument.arg}'
        if ast.unparse(argument.value) != defaults[argument.arg]:
            return f'{symbol}: the default is {defaults[argument.arg]}'
    return None


def wrong_about_options(symbol, name, said):
    """The same of the options of a training algorithm."""
    defaults = (MODELS.get(name) if name != 'BaseGAN' else BaseGAN).default_options
    for option in said.keywords:
        if ast.literal_eval(option.value) != getattr(defaults, option.arg):
            return f'{symbol}: the default is {getattr(defaults, option.arg)!r}'
    return None


def expand(pattern):
    """``a_{b,c}-*`` -> the shell's patterns, braces expanded."""
    parts = re.split(r'\{([^}]*)\}', pattern)
    choices = [part.split(',') if index % 2 else [part] for index, part in enumerate(parts)]
    return [''.join(choice) for choice in itertools.product(*choices)]


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.stem)
class TestSystemPage:

    def test_it_has_the_sections_and_a_figure(self, page):
        text = page.read_text()
        assert re.findall(r'^## (.+)$', text, re.MULTILINE) == SECTIONS
        figure = text.split('```mermaid\nflowchart')[1].split('```')[0]
        assert re.findall(r'^ *(end|style|class|click|graph|subgraph|default)\b', figure, re.MULTILINE) == []

    def test_symbols_arguments_and_defaults_are_the_codes(self, page):
        links = re.findall(r'\[`([^`\]]+)`\]\(((?:\.\./)+ggtoolbox/[^)]+\.py)\)', page.read_text())
        assert links
        assert [wrong for symbol, target in links
                if (wrong := wrong_about_the_code(symbol, page.parent / target))] == []

    def test_commands_name_configs_and_tools_that_exist(self, page):
        code = '\n'.join(re.findall(r'^```\n(.*?)^```', page.read_text(), re.MULTILINE | re.DOTALL))
        paths = re.findall(r'\b(?:configs|tools|docs|demo)/[\w./-]+\w', code)
        assert paths
        assert [path for path in paths if not (ROOT / path).exists()] == []

    def test_its_table_of_configs_is_complete(self, page):
        section = page.read_text().split('## Configs')[1].split('\n## ')[0]
        folders = {page.parent / target for target in re.findall(r'\]\((\.\./\.\./configs/\w+)\)', section)}
        there = {path.stem for folder in folders for path in folder.glob('*.py')}
        cells = ' '.join(row.split('|')[1] for row in section.splitlines() if row.startswith('| '))
        patterns = [name for cell in re.findall(r'`/?([\w{},*.-]+)`', cells) for name in expand(cell)]
        every = there | {path.stem for folder in folders for path in folder.glob('ablations/*.py')}
        named = {name for pattern in patterns for name in fnmatch.filter(every, pattern)}
        assert [pattern for pattern in patterns if not fnmatch.filter(every, pattern)] == []
        assert there - named == set()


def test_all_differences_stand_on_one_page():
    joined = runpy.run_path(str(ROOT / 'docs' / 'paper_and_code.py'))['joined']
    assert (ROOT / 'docs' / 'paper_and_code.md').read_text() == joined(), 'run python docs/paper_and_code.py'


@pytest.mark.parametrize('symbol, complaint', [
    ('SAU', None), ('SAU.logits', None), ("SAU(window='source', norm=None)", None),
    ('SAV', 'sau.py defines no SAV'), ('SAU(dilation=2)', 'SAU has no argument dilation'),
    ('SAU(kernel_conv=1)', 'SAU(kernel_conv=1): the default is 3')])
def test_a_wrong_symbol_is_noticed(symbol, complaint):
    assert wrong_about_the_code(symbol, ROOT / 'ggtoolbox/models/upsamplers/sau.py') == complaint


@pytest.mark.parametrize('symbol, complaint', [
    ('SCGAN(options=dict(discriminator_steps=5, reuse_fakes=True))', None),
    ('SCGAN(options=dict(discriminator_steps=1))',
     'SCGAN(options=dict(discriminator_steps=1)): the default is 5')])
def test_a_wrong_option_is_noticed(symbol, complaint):
    assert wrong_about_the_code(symbol, ROOT / 'ggtoolbox/models/gans/scgan.py') == complaint
