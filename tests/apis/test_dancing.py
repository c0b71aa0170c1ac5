"""Song and person in, video out, by small models with random weights."""
import sys

import numpy as np
import pytest
import torch
from inferencers import ROOT
from PIL import Image

from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.dancing import Choreographer
from ggtoolbox.apis.inferencer import Inferencer
from ggtoolbox.apis.videos import write_video
from ggtoolbox.datasets.sound import read_sound, write_sound
from ggtoolbox.errors import InputError
from ggtoolbox.registry import MODELS

TINY = dict(motion={'model.generator.channels': 4, 'model.generator.width': 8,
                    'model.generator.piece_channels': 2},
            video={'model.generator.channels': 2})


@pytest.fixture(scope='module')
def stages(tmp_path_factory):
    """Config and checkpoint of each stage."""
    found = {}
    for stage, options in TINY.items():
        cfg = load_config(ROOT / f'configs/dancegan/dancegan_{stage}_toyworld-64.py', options)
        settings = cfg.model.copy()
        settings.losses = None
        torch.manual_seed(0)
        model, path = MODELS.build(settings), tmp_path_factory.mktemp('dance') / f'{stage}.pth'
        torch.save(dict(state_dict=model.state_dict(), meta={}), path)
        found[stage] = cfg, str(path)
    return found


@pytest.fixture(scope='module')
def choreographer(stages):
    return Choreographer(*(Inferencer(*stages[stage], device='cpu') for stage in ('motion', 'video')))


@pytest.fixture(scope='module')
def song(tmp_path_factory):
    path = tmp_path_factory.mktemp('song') / 'song.wav'
    tones = 9000 * np.sin(np.arange(22050 * 13 // 10) / 20)
    write_sound(path, tones.astype(np.int16), 22050)
    return path


def test_sound_becomes_a_motion_of_a_frame_a_tenth_of_a_second(choreographer, song, tmp_path):
    motion = choreographer.motion
    assert motion.piece == 1600 and motion.stochastic and motion.fields.required == ('audio',)
    by_file = motion(audio=song, seed=1, out_dir=tmp_path, progress=False)[0]
    assert by_file['name'] == 'song' and by_file['motion'].shape == (13, 18, 2)
    assert by_file['image'].shape == (64, 640, 3)
    assert np.array_equal(np.load(tmp_path / 'song.npy'), by_file['motion'])
    assert (tmp_path / 'song.png').is_file()
    samples = read_sound(song)
    pieces = samples[:13 * 1600].reshape(13, 1600)
    for given in (samples, pieces, torch.from_numpy(pieces.astype(np.float32))):
        assert np.array_equal(motion(audio=given, seed=1, progress=False)[0]['motion'], by_file['motion'])
    assert not np.array_equal(motion(audio=song, seed=2, progress=False)[0]['motion'], by_file['motion'])
    assert len(motion(audio=song.parent, samples=3, seed=0, progress=False)[0]['samples']) == 3
    with pytest.raises(InputError, match=r'pieces \(F, 1600\) of 0.1 s'):
        motion(audio=np.zeros((3, 1599), np.float32), progress=False)


def test_key_points_of_a_person_are_drawn_as_a_skeleton(choreographer):
    person, points = np.full((64, 64, 3), 100, np.uint8), np.linspace(5, 60, 36).reshape(18, 2)
    results = choreographer.video(source_image=person, keypoints=points, progress=False)
    assert results[0]['image'].shape == (64, 64, 3)


def test_a_performance_is_as_long_as_its_sound(choreographer, song):
    person = np.random.default_rng(0).integers(0, 255, (80, 50, 3), dtype=np.uint8)
    whole = choreographer(song, person, seed=3)
    assert whole.frames.shape == whole.skeletons.shape == (13, 64, 64, 3)
    assert len(whole.sound) == 13 * 1600 and whole.rate == 16000
    part = choreographer(song, person, seconds=0.5, start=0.2, seed=3)
    assert len(part.frames) == 5 and np.array_equal(part.sound, read_sound(song)[3200:11200])
    again = choreographer(read_sound(song), person, seed=3)
    assert np.array_equal(again.frames, whole.frames)
    for wrong, complaint in ((dict(start=9.0), 'at least 1600 samples, found 0'),
                             (dict(seconds=-1.0), 'seconds > 0')):
        with pytest.raises(InputError, match=complaint):
            choreographer(song, person, **wrong)


def test_models_in_the_wrong_place_are_told(choreographer):
    with pytest.raises(InputError, match='expected a model that reads audio'):
        Choreographer(choreographer.video, choreographer.video)


@pytest.mark.parametrize('name', ['dance.mp4', 'dance.gif', 'dance'])
def test_videos_hold_the_frames_and_the_sound(tmp_path, name):
    frames = np.stack([np.full((17, 32, 3), 25 * i, np.uint8) for i in range(10)])
    sound = (8000 * np.sin(np.arange(16000) / 10)).astype(np.int16)
    path = write_video(tmp_path / name, frames, 10, sound)
    if name == 'dance':
        pictures = [np.asarray(Image.open(file)) for file in sorted(path.iterdir())]
        assert [picture[0, 0, 0] for picture in pictures] == list(range(0, 250, 25))
    elif name == 'dance.gif':
        with Image.open(path) as picture:
            assert picture.n_frames == 10 and picture.info['duration'] == 100
    else:
        import imageio_ffmpeg
        reader = imageio_ffmpeg.read_frames(str(path))
        meta = next(reader)
        shown = [np.frombuffer(frame, np.uint8).mean() for frame in reader]
        assert meta['fps'] == 10 and meta['size'] == (32, 18) and meta['audio_codec'] == 'aac'
        assert abs(meta['duration'] - 1) < 0.15
        np.testing.assert_allclose(shown, np.arange(0, 250, 25), atol=4)
    if name != 'dance.mp4':
        assert np.array_equal(read_sound(tmp_path / 'dance.wav'), sound)


def test_no_codec_and_no_video_are_told(tmp_path, monkeypatch):
    frames = np.zeros((2, 16, 16, 3), np.uint8)
    with pytest.raises(InputError, match='dance.txt: expected a video of .mp4, .mov, .mkv, a .gif, or'):
        write_video(tmp_path / 'dance.txt', frames, 10)
    monkeypatch.setitem(sys.modules, 'imageio_ffmpeg', None)
    with pytest.raises(InputError, match=r"a video needs imageio-ffmpeg: pip install 'ggtoolbox\[sound\]'"):
        write_video(tmp_path / 'dance.mp4', frames, 10)
