import signal
import subprocess
import sys
from pathlib import Path

import pytest

TOOLS = [path for path in sorted((Path(__file__).resolve().parents[1] / 'tools').rglob('*.py'))
         if 'run_command' in path.read_text()]


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


@pytest.mark.parametrize('tool', TOOLS, ids=lambda path: path.name)
def test_tools_import_it_before_the_rest_of_the_package(tool):
    lines = tool.read_text().splitlines()
    first = next(line for line in lines if line.startswith(('import ggtoolbox', 'from ggtoolbox')))
    assert first.split('#')[0].strip() == 'import ggtoolbox.interrupts'
