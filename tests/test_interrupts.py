import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = sorted((ROOT / 'tools').rglob('*.py'))


def end_of(statement):
    return subprocess.run([sys.executable, '-c', f'import ggtoolbox.interrupts\n{statement}'],
                          capture_output=True, text=True, timeout=600)


def test_an_interrupt_outside_of_main_is_one_word():
    ended = end_of('raise KeyboardInterrupt')
    assert (ended.stderr, ended.returncode) == ('-c: interrupted\n', -signal.SIGINT)


def test_another_error_keeps_its_traceback():
    ended = end_of('raise ValueError("mine")')
    assert ended.stderr.startswith('Traceback') and ended.stderr.endswith('ValueError: mine\n')
    assert ended.returncode == 1


def imports_of(path):
    return [line.split('#')[0].strip() for line in path.read_text().splitlines()
            if line.startswith(('import', 'from'))]


@pytest.mark.parametrize('tool', [*TOOLS, ROOT / 'ggtoolbox/__main__.py'], ids=lambda path: path.name)
def test_tools_import_the_commands_and_no_more(tool):
    imported, = imports_of(tool)
    assert imported in ('from ggtoolbox.commands import run', 'from ggtoolbox.commands import main')


def test_the_commands_import_it_before_the_rest_of_the_package():
    imported = imports_of(ROOT / 'ggtoolbox/commands/__init__.py')
    assert next(line for line in imported if 'ggtoolbox' in line) == 'import ggtoolbox.interrupts'
