"""The tools of dances as a user runs them."""
import numpy as np
import torch
from in_process import ROOT, run
from PIL import Image

from ggtoolbox.apis.config import load_config
from ggtoolbox.datasets.sound import write_sound
from ggtoolbox.datasets.toyworld_dance import toyworld_video
from ggtoolbox.registry import DATASETS, MODELS


def untrained(stage, folder):
    """Config of a stage, and a checkpoint of random weights."""
    config = ROOT / f'configs/dancegan/dancegan_{stage}_toyworld-64.py'
    settings = load_config(config).model
    settings.losses = None
    torch.manual_seed(0)
    torch.save(dict(state_dict=MODELS.build(settings).state_dict(), meta={}), folder / f'{stage}.pth')
    return f'--{stage}', config, f'--{stage}-checkpoint', folder / f'{stage}.pth'


def test_a_song_and_a_person_become_a_video(tmp_path):
    _, sound, person = toyworld_video(7, 1, 1.0, (64, 64))
    write_sound(tmp_path / 'song.wav', sound)
    Image.fromarray(person).save(tmp_path / 'person.png')
    models = [*untrained('motion', tmp_path), *untrained('video', tmp_path)]
    tool = ('dance.py', tmp_path / 'song.wav', tmp_path / 'person.png', '--seed', 0, *models)
    assert 'dance.gif: 10 frames, 1.0 s' in run(*tool, '--out', tmp_path / 'dance.gif', '--skeletons')
    with Image.open(tmp_path / 'dance.gif') as picture:
        assert picture.size == (128, 64) and picture.n_frames == 10
    assert (tmp_path / 'dance.wav').is_file()
    before = (tmp_path / 'song.wav').read_bytes()
    for out in ('song.gif', 'song.wav', 'song', '.'):  # a song's own sound, or its folder
        assert '--out: ' in run(*tool, '--out', tmp_path / out, fails=True)
    assert (tmp_path / 'song.wav').read_bytes() == before
    assert 'absent.wav: there is no such sound file' in run(
        'dance.py', tmp_path / 'absent.wav', tmp_path / 'person.png', '--out', tmp_path / 'x.mp4', *models,
        fails=True)


def test_toyworld_on_disk_is_what_the_real_configs_read(tmp_path):
    for kind, config, field in (('music', 'dancegan_motion_mdvs', 'target_motion'),
                                ('video', 'dancegan_video_custom-256', 'target_image')):
        run('dataset_converters/toyworld_dance_to_disk.py', kind, '--out', tmp_path / kind, '--number', 4,
            '--size', 32)
        cfg = load_config(ROOT / f'configs/dancegan/{config}.py')
        for loader in (cfg.train_dataloader, cfg.test_dataloader):
            loader.dataset.data_root = str(tmp_path / kind)
            sample = DATASETS.build(loader.dataset)[0]
        assert sample[field].abs().max() <= 1 and np.isfinite(sample[field]).all()
    tool = 'dataset_converters/toyworld_dance_to_disk.py'
    assert "of at least 4, found '2'" in run(tool, 'music', '--out', tmp_path, '--number', 2, fails=True)


def test_a_pose_network_learns_from_files(tmp_path):
    run('dataset_converters/toyworld_dance_to_disk.py', 'music', '--out', tmp_path, '--number', 12)
    out = tmp_path / 'gcn.safetensors'
    told = run('train_pose_judge.py', '--data-root', tmp_path, '--files', 'kpop.json', 'ballet.json',
               '--iterations', 1, '--out', out)
    assert out.is_file() and 'of the test dances' in told
    assert '--out must be a .safetensors file' in run('train_pose_judge.py', '--files', 'a.json', fails=True)
