"""What the Inferencer hands out and writes."""
import numpy as np
import pytest
from inferencers import HAND, LATENT, ROOT, STREET, scene
from PIL import Image

from ggtoolbox.datasets.files import read_image
from ggtoolbox.errors import InputError


def test_maps_are_handed_out_and_written(build_inferencer, tmp_path):
    inferencer = build_inferencer('lggan/lggan_toyworld-64')
    result, = inferencer(label=scene(inferencer)['label'], out_dir=tmp_path, save_maps=True, progress=False)
    assert result['weight_map'].shape == (2, 64, 64) and result['local_image'].shape == (3, 64, 64)
    written = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob('*.png'))
    assert written == ['000000.png', 'global_image/000000.png', 'local_image/000000.png',
                       'weight_map/000000.png']
    np.testing.assert_array_equal(read_image(tmp_path / '000000.png'), result['image'])


def test_samples_are_written_in_a_folder_each(build_inferencer, tmp_path):
    result, = build_inferencer(LATENT)(samples=2, seed=0, out_dir=tmp_path, progress=False)
    for index in range(2):
        np.testing.assert_array_equal(read_image(tmp_path / '000000' / f'{index}.png'),
                                      result['samples'][index])


def test_nothing_is_overwritten_within_a_call(build_inferencer, tmp_path):
    inferencer = build_inferencer()
    for number, folder in enumerate(('x', 'y')):
        (tmp_path / folder).mkdir()
        Image.fromarray(scene(inferencer, number)['label']).save(tmp_path / folder / 'a.png')
    results = inferencer(label=[tmp_path / 'x', tmp_path / 'y'], out_dir=tmp_path / 'out', progress=False)
    assert [result['name'] for result in results] == ['a', 'a_2']
    written = [read_image(tmp_path / 'out' / f'{name}.png') for name in ('a', 'a_2')]
    assert not np.array_equal(*written)


def test_an_error_stands_on_a_line_below_the_bar(build_inferencer, capsys):
    with pytest.raises(InputError, match='200'):
        build_inferencer()(label=np.full((64, 64), 200, np.uint8))
    shown = capsys.readouterr().out
    assert '0/1' in shown and shown.endswith('\n')


def test_a_bar_shows_progress(build_inferencer, capsys):
    build_inferencer()(label=[scene(build_inferencer())['label']] * 3)
    assert '3/3' in capsys.readouterr().out


def test_the_example_of_the_documentation_runs(build_inferencer, tmp_path, monkeypatch, capsys):
    page = (ROOT / 'docs/inference.md').read_text()
    code = page.split('```python\n')[1].split('```')[0]
    assert "Inferencer('gaugan_sau_toyworld-64')" in code
    cfg, checkpoint = build_inferencer.config(STREET)
    monkeypatch.chdir(tmp_path)
    exec(code.replace("Inferencer('gaugan_sau_toyworld-64')", 'Inferencer(cfg, checkpoint)'),
         dict(cfg=cfg, checkpoint=checkpoint))
    assert capsys.readouterr().out.endswith('000000 (64, 64, 3)\n')
    assert read_image('out/000000.png').shape == (64, 64, 3)


@pytest.mark.parametrize(('name', 'field'), [(STREET, 'label'), (HAND, 'source_image')])
def test_a_picture_of_the_inputs_size(name, field, build_inferencer):
    """A generator of one size, and one of any: the latter's own size is what it makes without padding."""
    inferencer = build_inferencer(name)
    sample = scene(inferencer)
    given = {one: sample[one] for one in inferencer.fields.required}
    same, = inferencer(**given, resize=False, progress=False)
    expected, = inferencer(**given, progress=False)
    np.testing.assert_array_equal(same['image'], expected['image'])
    cut = {one: value[:50, :40] for one, value in given.items()}
    smaller, = inferencer(**cut, resize=False, progress=False)
    assert smaller['image'].shape == (50, 40, 3) and given[field].shape[:2] == (64, 64)
    assert inferencer(**cut, progress=False)[0]['image'].shape == (64, 64, 3)


def test_results_come_one_at_a_time(build_inferencer, tmp_path):
    inferencer = build_inferencer(batch_size=1)
    labels = [scene(inferencer)['label'], np.full((64, 64), 99, np.uint8)]
    results = inferencer.iterate(dict(label=labels, instance=None), out_dir=tmp_path, progress=False)
    assert next(results)['name'] == '000000' and (tmp_path / '000000.png').is_file()
    with pytest.raises(InputError, match=r'label\[1\]: label id 99'):
        next(results)
