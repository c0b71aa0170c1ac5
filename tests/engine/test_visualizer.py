import importlib.util

import pytest

from ggtoolbox.engine.visualizer import RunVisualizer


@pytest.mark.parametrize('installed', [False, True])
def test_tensorboard_is_used_where_it_is_installed(tmp_path, monkeypatch, installed):
    if installed:
        pytest.importorskip('tensorboard')
    else:
        monkeypatch.setattr(importlib.util, 'find_spec', lambda name: None)
    visualizer = RunVisualizer(name=f'run_{installed}', save_dir=str(tmp_path))
    assert set(visualizer._vis_backends) == {'LocalVisBackend', *['TensorboardVisBackend'] * installed}
    visualizer.add_scalar('loss', 1.0, step=3)
    assert '"loss": 1.0' in (tmp_path / 'vis_data/scalars.json').read_text()


def test_the_config_decides_where_it_names_back_ends(tmp_path):
    visualizer = RunVisualizer([dict(type='LocalVisBackend')], 'chosen', str(tmp_path))
    assert list(visualizer._vis_backends) == ['LocalVisBackend']
