"""Videos in and out of the Inferencer, and their frames with key points."""
import json

import cv2
import numpy as np
import pytest
from in_process import outcome

from ggtoolbox.apis.analysis.untrained import untrained_model
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.frames import as_folders, extract_frames, rate_of, read_frames
from ggtoolbox.apis.videos import write_video
from ggtoolbox.apis.zoo.models import find_model
from ggtoolbox.datasets.dance_video import DanceVideo
from ggtoolbox.errors import InputError
from ggtoolbox.safe_load import save_safetensors

pytest.importorskip('imageio_ffmpeg')


@pytest.fixture(scope='module')
def model(tmp_path_factory):
    """A config and weights that were never trained."""
    path = tmp_path_factory.mktemp('model') / 'untrained.safetensors'
    config = find_model('cyclegan_toyworld-64').config
    save_safetensors(path, untrained_model(load_config(config)).state_dict(), dict(config=config.stem))
    return config, path


@pytest.fixture
def video(tmp_path):
    """Ten frames of 64 x 64 pixels, each brighter than the one before."""
    frames = (np.full((64, 64, 3), 20 * number, np.uint8) for number in range(10))
    return write_video(tmp_path / 'in/street.mp4', frames, 5)


def test_what_is_written_is_read(video):
    read = list(read_frames(video))
    assert [number for number, _ in read] == list(range(10)) and rate_of(dict(a=None, b=[video])) == 5
    assert [round(frame.mean() / 20) for _, frame in read] == list(range(10))
    assert [number for number, _ in read_frames(video, every=2, start=0.4, seconds=1.2)] == [2, 4, 6]


@pytest.mark.parametrize('case, sentence', [
    ('late', 'expected frames from second 99 on, found 10 frames in all'),
    ('broken', 'expected a video, found a file that is broken'), ('nowhere', 'nowhere.mp4')])
def test_what_is_no_video_ends_in_a_sentence(case, sentence, video):
    path = dict(late=video).get(case, video.with_name(f'{case}.mp4'))
    video.with_name('broken.mp4').write_bytes(b'no video')
    with pytest.raises(InputError, match=sentence):
        list(read_frames(path, start=99))


def test_frames_of_several_sizes_leave_no_video(tmp_path):
    frames = [np.zeros((8, 8, 3), np.uint8), np.zeros((8, 10, 3), np.uint8)]
    for name in ('a.mp4', 'a.gif'):
        with pytest.raises(InputError, match='of one size, found 8 x 8 and, as frame 1, 8 x 10'):
            write_video(tmp_path / name, frames, 5)
        assert not (tmp_path / name).exists()
    with pytest.raises(InputError, match='expected a frame at least'):
        write_video(tmp_path / 'a.mp4', [], 5)


def test_frames_with_key_points_are_a_data_set(video, tmp_path):
    points = tmp_path / 'openpose'
    points.mkdir()
    for number in range(0, 10, 2):
        people = [dict(pose_keypoints_2d=[float(number), 1.0, 1.0] * 18)]
        (points / f'street_{number:012d}_keypoints.json').write_text(json.dumps(dict(people=people)))
    words = ['video-to-frames', video, '--out', tmp_path / 'data/train', '--keypoints', points, '--every']
    code, out, errors = outcome(*words, 2)
    assert code == 0 and out == f'{tmp_path}/data/train/street: 5 frames\n', errors
    data = DanceVideo(tmp_path / 'data', size=64, frames=4)
    assert len(data) == 2 and data[1]['name'].startswith('street')
    last = outcome(*words, 1)[2].splitlines()[-1]
    assert 'street_000000000001_keypoints.json' in last
    assert 'found two of street' in outcome('video-to-frames', video, video, '--out', tmp_path / 'b')[2]


def test_a_video_of_ids_is_refused(video):
    with (pytest.raises(InputError, match='^label: a video is stored with loss'),
          as_folders(dict(label=[video]))):
        pass


@pytest.mark.parametrize('out', ['out.mp4', 'out.gif'])
def test_a_video_is_turned_into_a_video(video, model, tmp_path, out):
    words = ['infer', *model, video, '--out', tmp_path / out, '--no-progress']
    code, said, errors = outcome(*words)
    assert code == 0 and said == f'{tmp_path / out}: pictures of 10 inputs\n', errors
    if out.endswith('.mp4'):
        read = [frame for _, frame in read_frames(tmp_path / out)]
        assert len(read) == 10 and read[0].shape == (64, 64, 3) and rate_of(dict(a=tmp_path / out)) == 5


def test_a_folder_of_frames_becomes_a_video_and_an_input_is_kept(video, model, tmp_path):
    extract_frames(video, tmp_path / 'frames', every=5)
    words = ['infer', *model, tmp_path / 'frames', '--out', tmp_path / 'out.mp4']
    code, said, errors = outcome(*words, '--fps', 2.5, '--no-progress')
    assert code == 0 and rate_of(dict(a=tmp_path / 'out.mp4')) == 2.5, errors
    before = video.read_bytes()
    errors = outcome('infer', *model, video, '--out', video)[2]
    assert 'expected a file that is not read' in errors and video.read_bytes() == before
    assert '--samples need a folder' in outcome(*words, '--samples', 2)[2]


def test_frames_of_a_video_are_pictures_of_a_folder(video):
    with as_folders(dict(source_image=[video], label='a.png')) as fields:
        folder, = fields['source_image']
        assert len(list(folder.glob('street_*.png'))) == 10 and fields['label'] == 'a.png'
        assert cv2.imread(str(folder / 'street_000000000009.png')).shape == (64, 64, 3)
    assert not folder.exists()
