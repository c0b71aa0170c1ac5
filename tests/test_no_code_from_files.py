"""No source file of ours reads files by functions that can run what they find, but safe_load.py."""
import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
UNSAFE = {'torch.load', 'torch.jit.load', 'torch.hub.load', 'torch.hub.load_state_dict_from_url',
          'torch.utils.model_zoo.load_url', 'pickle.load', 'pickle.loads', 'pickle.Unpickler',
          '_pickle.loads', 'dill.load', 'dill.loads', 'cloudpickle.load', 'joblib.load', 'marshal.loads',
          'shelve.open', 'pandas.read_pickle', 'yaml.load', 'yaml.load_all', 'yaml.unsafe_load',
          'yaml.full_load'}
ALLOWED = {'ggtoolbox/safe_load.py': {'torch.load'}}
FILES = [path for folder in ('ggtoolbox', 'tools', 'demo', 'benchmarks', 'configs', 'docs')
         for path in sorted((ROOT / folder).rglob('*.py'))] + [ROOT / 'setup.py']


def unsafe_uses(source):
    """Dotted names out of UNSAFE that a source mentions, whatever it calls them; and ``allow_pickle``."""
    tree, aliases, found = ast.parse(source), {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases.update({alias.asname or alias.name.split('.')[0]:
                            alias.name if alias.asname else alias.name.split('.')[0] for alias in node.names})
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            aliases.update({alias.asname or alias.name: f'{node.module}.{alias.name}'
                            for alias in node.names})

    def dotted(node):
        if isinstance(node, ast.Name):
            return aliases.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f'{dotted(node.value)}.{node.attr}'
        return ''

    for node in ast.walk(tree):
        if isinstance(node, (ast.Name, ast.Attribute)):
            found.add(dotted(node))
        elif isinstance(node, ast.keyword) and node.arg == 'allow_pickle' and not (
                isinstance(node.value, ast.Constant) and node.value.value is False):
            found.add('allow_pickle')
    return found & (UNSAFE | {'allow_pickle'})


@pytest.mark.parametrize('path', FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_reads_nothing_that_could_run(path):
    assert unsafe_uses(path.read_text()) <= ALLOWED.get(str(path.relative_to(ROOT)), set())


def test_the_walk_finds_what_it_looks_for():
    for source, name in (('import torch\ntorch.load(1)', 'torch.load'),
                         ('from torch import load as read\nread(1)', 'torch.load'),
                         ('import torch as t\nt.hub.load_state_dict_from_url(1)',
                          'torch.hub.load_state_dict_from_url'),
                         ('from torch import hub\nf = hub.load', 'torch.hub.load'),
                         ('import pickle\nclass A(pickle.Unpickler): pass', 'pickle.Unpickler'),
                         ('import numpy as np\nnp.load(1, allow_pickle=True)', 'allow_pickle'),
                         ('from yaml import load\nload(1)', 'yaml.load')):
        assert unsafe_uses(source) == {name}, source
    assert unsafe_uses('import yaml, numpy\nyaml.safe_load(1)\nnumpy.load(1, allow_pickle=False)') == set()
