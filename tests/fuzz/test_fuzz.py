"""Whatever nobody can mean ends in one sentence: no traceback, no acceptance, no hang."""
import contextlib
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import bad_commands
import fuzz_place
import pytest
from in_process import run

HERE = Path(__file__).parent
INPUTS = bad_commands.inputs()
# In this process, one after the other; the whole, in forks that may hang, is marked long.
CHEAP = [(tool, words) for tool, words in INPUTS if not tool.endswith('.sh') and 'analysis' not in tool]


@pytest.fixture(scope='module')
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp('place')
    fuzz_place.make(folder)
    return folder


def test_there_are_inputs_enough_for_all_tools():
    tools = {path.relative_to(HERE.parents[1] / 'tools').as_posix()
             for path in (HERE.parents[1] / 'tools').rglob('*') if path.suffix in ('.py', '.sh')}
    counts = Counter(tool for tool, _ in INPUTS)
    assert len(INPUTS) >= 400 and tools <= set(counts)
    assert len(set(INPUTS)) == len(INPUTS)


@pytest.mark.parametrize('number', range(7, len(CHEAP), 45))
def test_a_sample_ends_in_sentences(place, monkeypatch, number):
    tool, words = CHEAP[number]
    monkeypatch.chdir(place)
    sentence = run(tool, *words, fails=True)
    assert 'error: ' in sentence and 'Traceback' not in sentence


@pytest.mark.long
def test_all_end_in_sentences():
    process = subprocess.Popen([sys.executable, HERE / 'fuzz.py'], stdout=subprocess.PIPE, text=True,
                               start_new_session=True, env={**os.environ, 'OMP_NUM_THREADS': '1'})
    try:
        printed, _ = process.communicate()
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    print(printed)
    assert process.returncode == 0, printed
