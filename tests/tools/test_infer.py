"""The command line of the Inferencer."""
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from in_process import run
from PIL import Image

from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.inferencer import Inferencer
from ggtoolbox.datasets.files import read_image
from ggtoolbox.registry import DATASETS, MODELS

CONFIGS = Path(__file__).resolve().parents[2] / 'configs'


def save_random_weights(config, path):
    cfg = load_config(config)
    settings = cfg.model.copy()
    settings.losses = None
    torch.manual_seed(0)
    torch.save(dict(state_dict=MODELS.build(settings).state_dict(), meta={}), path)
    return DATASETS.build({**cfg.test_dataloader.dataset, 'pipeline': []})


@pytest.fixture(scope='module')
def street(tmp_path_factory):
    """Config, checkpoint, and folders of three label and instance maps."""
    folder, config = tmp_path_factory.mktemp('street'), CONFIGS / 'lggan/lggan_toyworld-64.py'
    scenes = save_random_weights(config, folder / 'street.pth')
    for number in range(3):
        for field in ('label', 'instance'):
            (folder / field).mkdir(exist_ok=True)
            Image.fromarray(scenes[number][field]).save(folder / field / f'scene_{number}.png')
    return config, folder / 'street.pth', folder


@pytest.fixture(scope='module')
def hand(tmp_path_factory):
    """Config, checkpoint, a picture and two files of key points."""
    folder, config = tmp_path_factory.mktemp('hand'), CONFIGS / 'gesturegan/gesturegan_toyworld-64.py'
    scenes = save_random_weights(config, folder / 'hand.pth')
    Image.fromarray(scenes[0]['source_image']).save(folder / 'me.png')
    (folder / 'poses').mkdir()
    for number in range(2):
        points = scenes[number]['keypoints'].tolist()
        (folder / 'poses' / f'sign_{number}.json').write_text(json.dumps(points))
    return config, folder / 'hand.pth', folder


def test_folders_become_pictures_as_of_the_inferencer(street, tmp_path):
    config, checkpoint, folder = street
    said = run('infer.py', config, checkpoint, folder / 'label', '--instance', folder / 'instance',
               '--out', tmp_path, '--device', 'cpu')
    assert '3/3' in said and said.rstrip().endswith(f'{tmp_path}: pictures of 3 inputs')
    results = Inferencer(str(config), checkpoint, device='cpu')(
        label=folder / 'label', instance=folder / 'instance', progress=False)
    for number, result in enumerate(results):
        np.testing.assert_array_equal(read_image(tmp_path / f'scene_{number}.png'), result['image'])
    assert len(list(tmp_path.rglob('*.png'))) == 3


def test_several_inputs_maps_and_no_bar(street, tmp_path):
    config, checkpoint, folder = street
    files = [folder / 'label' / f'scene_{number}.png' for number in (2, 0)]
    said = run('infer.py', config, checkpoint, *files, '--out', tmp_path, '--save-maps', '--no-progress',
               '--batch-size', 1, '--amp', '--device', 'cpu')
    assert said == f'{tmp_path}: pictures of 2 inputs\n'
    assert {path.name for path in tmp_path.glob('*.png')} == {'scene_0.png', 'scene_2.png'}
    assert {path.name for path in (tmp_path / 'local_image').iterdir()} == {'scene_0.png', 'scene_2.png'}


def test_a_picture_keeps_the_size_of_its_input(hand, tmp_path):
    config, checkpoint, folder = hand
    Image.fromarray(read_image(folder / 'me.png')).resize((80, 50)).save(tmp_path / 'wide.png')
    run('infer.py', config, checkpoint, tmp_path / 'wide.png', '--target-guide', folder / 'poses',
        '--keypoints-size', 64, 64, '--keep-size', '--out', tmp_path / 'out', '--device', 'cpu')
    written = sorted((tmp_path / 'out').iterdir())
    assert [path.name for path in written] == ['sign_0.png', 'sign_1.png']
    assert read_image(written[0]).shape == (50, 80, 3)


def test_latents_are_drawn_by_a_seed(tmp_path):
    config, checkpoint = CONFIGS / 'wgan_gp/wgan_gp_toyworld-64.py', tmp_path / 'x.pth'
    save_random_weights(config, checkpoint)
    for out in ('a', 'b'):
        run('infer.py', config, checkpoint, '--samples', 2, '--seed', 1, '--out', tmp_path / out,
            '--device', 'cpu')
    pictures = [read_image(tmp_path / out / '000000' / f'{i}.png') for out in ('a', 'b') for i in (0, 1)]
    np.testing.assert_array_equal(pictures[:2], pictures[2:])
    assert not np.array_equal(pictures[0], pictures[1])


def test_mistakes_end_in_a_sentence(street, hand, tmp_path):
    config, checkpoint, folder = street
    out = ['--out', tmp_path / 'out', '--device', 'cpu']
    def refused(*arguments):
        said = run('infer.py', config, checkpoint, *arguments, *out, fails=True)
        return said.removeprefix('infer.py: error: ')

    assert refused() == ('lggan_toyworld-64: it needs label, found nothing; it reads label (and takes '
                         'instance)')
    said = refused(folder / 'label', '--source-image', 'x.png')
    assert 'it does not read source_image' in said
    assert 'is no field left for this INPUT' in refused(folder / 'label', '--label', folder / 'label')
    assert 'there is no such file or folder' in refused('no.png')
    ids = np.full((64, 64), 40, np.uint8)
    Image.fromarray(ids).save(tmp_path / 'bad.png')
    assert refused(tmp_path / 'bad.png') == (f'{tmp_path / "bad.png"}: label id 40 was found in 4096 pixels; '
                                             'expected 0..16, or 255 for pixels to be ignored')
    config, checkpoint, folder = hand
    assert 'it needs target_guide, found source_image' in refused(folder / 'me.png')


def test_the_inputs_stay_as_they_are(street, tmp_path):
    config, checkpoint, folder = street
    maps = tmp_path / 'maps'
    maps.mkdir()
    (maps / 'scene_0.png').write_bytes((folder / 'label/scene_0.png').read_bytes())
    before = (maps / 'scene_0.png').read_bytes()
    for inputs, out in ((maps, maps), (maps / 'scene_0.png', maps), (maps, tmp_path)):
        said = run('infer.py', config, checkpoint, inputs, '--out', out, '--device', 'cpu', fails=True)
        assert 'is read' in said and (maps / 'scene_0.png').read_bytes() == before
