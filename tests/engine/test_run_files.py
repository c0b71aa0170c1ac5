from types import SimpleNamespace

from mmengine.visualization.vis_backend import TensorboardVisBackend

from ggtoolbox.engine.run_files import log_files, log_sizes, set_back


def test_logs_go_back_to_where_they_were(tmp_path):
    data = tmp_path / 'vis_data'
    data.mkdir()
    scalars, events = data / 'scalars.json', data / 'events.out.tfevents.1'
    scalars.write_text('{"step": 1}\n')
    events.write_bytes(b'first')
    (data / 'config.py').write_text('a = 1')

    backend = TensorboardVisBackend(str(data))  # it writes behind the run's back, until it is flushed
    backend._env_initialized = True
    backend._tensorboard = SimpleNamespace(flush=lambda: events.write_bytes(b'first, second'))
    sizes = log_sizes(tmp_path, SimpleNamespace(_vis_backends=dict(backend=backend)))
    assert sizes == {'scalars.json': 12, events.name: 13}

    scalars.write_text('{"step": 1}\n{"step": 2}\n{"st')
    events.write_bytes(b'first, second, third')
    (data / '1.json').write_text('later')
    (data / 'config.py').write_text('a = 2')
    files = log_files(tmp_path)
    (data / 'events.out.tfevents.2').write_bytes(b'of the run that goes on')
    set_back(files, sizes)
    assert scalars.read_text() == '{"step": 1}\n' and events.read_bytes() == b'first, second'
    assert not (data / '1.json').exists() and (data / 'config.py').read_text() == 'a = 2'
    assert (data / 'events.out.tfevents.2').exists()


def test_a_shorter_file_stays(tmp_path):
    (tmp_path / 'vis_data').mkdir()
    file = tmp_path / 'vis_data/scalars.json'
    file.write_text('{}')
    set_back([file], {'scalars.json': 10})
    assert file.read_text() == '{}'
