"""The notebook's cells run, one after the other."""
import json
from pathlib import Path

import pytest

from ggtoolbox.apis import list_models
from ggtoolbox.registry import UPSAMPLERS

NOTEBOOK = Path(__file__).parents[2] / 'demo/first_steps.ipynb'


@pytest.fixture
def cells():
    content = json.loads(NOTEBOOK.read_text())
    assert (content['nbformat'], content['metadata']['language_info']['name']) == (4, 'python')
    assert not any(cell.get('outputs') for cell in content['cells'])
    yield [''.join(cell['source']) for cell in content['cells'] if cell['cell_type'] == 'code']
    UPSAMPLERS.module_dict.pop('AreaUpsampler', None)


def test_the_notebook_runs(cells, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names, shown = {'__name__': 'notebook'}, []
    for cell in cells:
        *body, last = cell.rstrip().split('\n')
        exec('\n'.join(body), names)
        shown.append(eval(last, names))
    shipped, picture, kernels, outputs, size, iterations = shown
    assert set(shipped) <= set(list_models()) and 'gaugan_sau_toyworld-64' in shipped
    assert picture.size == (768, 256) and picture.convert('RGB').getextrema()[0][1] > 100
    assert [grid for grid, _ in kernels] == [(2 ** i, 2 ** i) for i in range(1, 6)]
    assert outputs['image'] == (1, 3, 64, 64) and outputs['attention'] == (1, 10, 64, 64)
    assert size == (1, 3, 64, 64) and iterations == 2
    assert list(tmp_path.iterdir()) == []
