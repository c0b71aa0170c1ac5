"""ToyWorld's dancer, MDVS's file of clips, and videos as frames with key points."""
import json

import numpy as np
import pytest
import torch

from ggtoolbox.datasets.dance_skeleton import dance_skeleton, motion_to_pixels, pixels_to_motion
from ggtoolbox.datasets.dance_video import DanceVideo, middle_square
from ggtoolbox.datasets.guides import render_guide
from ggtoolbox.datasets.music_dance import MusicDance, chosen_videos, samples_of_clip, write_clips
from ggtoolbox.datasets.toyworld.dancer import describe_dance, draw_frames, motion_of, skeletons_of
from ggtoolbox.datasets.toyworld.music import BEATS, play
from ggtoolbox.datasets.toyworld_dance import ToyWorldDance, ToyWorldMusic
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.dance import joint_speed, kinematic_beats, music_beats
from ggtoolbox.registry import TRANSFORMS


@pytest.mark.parametrize('index', range(6))
def test_the_dancer_hits_a_pose_on_every_beat_that_can_be_heard(index):
    dance = describe_dance(0, index)
    beats = list(dance.music.beats(50))
    assert list(music_beats(play(dance.music, 50).reshape(50, -1))) == beats
    hit = kinematic_beats(joint_speed(motion_of(dance, 50)))
    assert len(hit) >= len(beats) - 2
    assert set(hit) <= set(beats)


def test_bones_keep_their_length_and_feet_the_ground():
    dance = describe_dance(0, 3)
    skeletons = skeletons_of(dance, 20)
    for limb in ((2, 3), (3, 4), (8, 9), (9, 10)):
        lengths = [np.linalg.norm(np.subtract(s.joints[limb[0]], s.joints[limb[1]])) for s in skeletons]
        np.testing.assert_allclose(lengths, lengths[0], rtol=1e-6)
    assert all(abs(max(s.joints[10][1], s.joints[13][1]) - 0.965) < 1e-9 for s in skeletons)


def test_dances_are_drawn_from_seed_and_index_and_start_anywhere():
    first, again = (motion_of(describe_dance(1, 5), 10) for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, motion_of(describe_dance(2, 5), 10))
    np.testing.assert_allclose(motion_of(describe_dance(1, 5), 4, start=6), first[6:])
    frames = draw_frames(describe_dance(1, 5), 2, 32, 32, 0)
    assert frames.shape == (2, 32, 32, 3) and (frames[0] != frames[1]).any()


def test_kind_and_tempo_can_be_chosen():
    dance = describe_dance(0, 0, kind=1, beat=BEATS[1][0])
    assert (dance.music.kind, dance.music.beat) == (1, BEATS[1][0])


def test_videos_begin_anywhere_between_two_poses():
    world = ToyWorldDance(size=64, frames=2, length=40, seed=3)
    starts = [world[index] for index in range(12)]
    moved = [np.abs(sample['target_guide'].astype(int) - sample['previous_guide']).sum() for sample in starts]
    assert np.median(moved) > 3 * min(moved)
    away = [np.abs(sample['source_image'].astype(int) - sample['target_image']).mean() for sample in starts]
    assert np.median(away) > 2


def test_half_of_the_sources_stand_on_the_other_side():
    world = ToyWorldDance(size=64, frames=2, length=400, seed=3)
    beats = []
    for index in range(300):
        dance = describe_dance(3, index)
        places = world.places(dance, index)
        beats.append([(frame - dance.music.first) // dance.music.beat for frame in places])
    others = np.mean([(first - second) % 2 for first, second in beats])
    assert 0.35 < others < 0.65 and all(second > first for first, second in beats)


def test_music_samples_have_the_vocabularys_shapes_and_repeats_share_their_music():
    world = ToyWorldMusic(frames=12, rate=8000, length=8, repeats=4)
    samples = [world[i] for i in range(5)]
    assert samples[0]['audio'].shape == (12, 800) and samples[0]['target_motion'].shape == (12, 18, 2)
    assert np.abs(samples[0]['target_motion']).max() <= 1 and np.abs(samples[0]['audio']).max() > 1000
    assert all(np.array_equal(samples[0]['audio'], sample['audio']) for sample in samples[1:4])
    assert not np.array_equal(samples[0]['audio'], samples[4]['audio'])
    assert not np.array_equal(samples[0]['target_motion'], samples[1]['target_motion'])
    for wrong in (dict(frames=1), dict(rate=8001), dict(repeats=0)):
        with pytest.raises(InputError, match='ToyWorldMusic'):
            ToyWorldMusic(**wrong)


def test_video_samples_are_packed_frame_by_frame():
    sample = ToyWorldDance(size=32, frames=3)[2]
    assert sample['target_frames'].shape == sample['frame_guides'].shape == (3, 32, 32, 3)
    assert np.array_equal(sample['target_image'], sample['target_frames'][-1])
    assert np.array_equal(sample['previous_guide'], sample['frame_guides'][-2])
    pack = TRANSFORMS.build(dict(type='PackTensors', keys=['source_image', 'target_frames']))
    packed = pack.transform(sample)
    assert packed['target_frames'].shape == (3, 3, 32, 32) and packed['target_frames'].abs().max() <= 1
    drawn = render_guide(sample['keypoints'], (32, 32), 3)
    assert np.array_equal(drawn, sample['target_guide'])
    with pytest.raises(InputError, match='frames must be at least 2'):
        ToyWorldDance(frames=1)


def test_pixels_and_coordinates_lead_back():
    motion = np.random.default_rng(0).uniform(-1, 1, (3, 18, 2))
    pixels = motion_to_pixels(motion, (360, 640), whole=False)
    np.testing.assert_allclose(pixels, (motion + 1) * [320, 180])
    np.testing.assert_allclose(pixels_to_motion(pixels), motion, atol=1e-6)
    square = motion_to_pixels(motion, (36, 36), whole=False)
    np.testing.assert_allclose(square, (pixels - [140, 0]) / 10)


def test_a_limb_without_one_of_its_joints_is_left_out():
    points = motion_to_pixels(motion_of(describe_dance(0, 0), 1)[0], (64, 64), whole=False)
    whole = dance_skeleton(points, (64, 64))
    unseen = np.concatenate([points, np.ones((18, 1))], axis=1)
    assert np.array_equal(dance_skeleton(unseen, (64, 64)), whole)
    unseen[4, 2] = 0
    part = dance_skeleton(unseen, (64, 64))
    assert (part == 255).all(-1).sum() > (whole == 255).all(-1).sum()


@pytest.fixture(scope='module')
def clips(tmp_path_factory):
    """Four videos of a clip of ten seconds each."""
    root = tmp_path_factory.mktemp('clips')
    dances = [describe_dance(0, index) for index in range(4)]
    write_clips(root / 'pop.json', [[(play(dance.music, 100), motion_to_pixels(
        motion_of(dance, 100), (360, 640), whole=False))] for dance in dances])
    return root, dances


def test_clips_are_written_and_read_as_mdvs_does(clips):
    root, dances = clips
    text = json.loads((root / 'pop.json').read_text())
    assert isinstance(text, str) and list(json.loads(text)['000']) == ['000']
    data = MusicDance(str(root), ['pop.json'], split='all')
    assert len(data) == 8 and data[1]['name'] == 'pop_000_000_1'
    np.testing.assert_allclose(data[1]['target_motion'], motion_of(dances[0], 100)[50:], atol=1e-5)
    assert np.array_equal(data[1]['audio'].ravel(), play(dances[0].music, 100)[80000:])
    assert data[1]['audio'].dtype == np.float32
    assert len(MusicDance(str(root), ['pop.json'], split='test')) == 2
    slow = MusicDance(str(root), ['pop.json'], split='all', rate=8000)  # 0.1 s at half the rate
    assert slow[0]['audio'].shape == (50, slow.metainfo['samples']) == (50, 800)


def test_splits_of_thesis_and_code():
    videos = [f'{number:03d}' for number in range(50)]
    assert chosen_videos(videos, 'test', 0.1) == ['045', '046', '047', '048', '049']
    assert chosen_videos(videos, 'train', 0.1) == videos[:45]
    assert chosen_videos(videos, 'released_train', 0.1) == videos[:46]
    assert chosen_videos(videos, 'released_test', 0.1) == ['047', '049']


def test_a_clip_whose_joints_make_no_array_is_skipped(clips):
    audio = np.zeros(160000, np.int16)
    assert samples_of_clip(dict(audio_sequence=audio, joint_coors=[[[1, 2]] * 18, [[1, 2]] * 17])) == []
    assert samples_of_clip(dict(audio_sequence=audio, joint_coors=np.zeros((100, 17, 2)))) == []
    assert len(samples_of_clip(dict(audio_sequence=audio, joint_coors=np.zeros((100, 18, 2))))) == 2
    with pytest.raises(InputError, match="clip: expected whole numbers as its 'audio_sequence'"):
        samples_of_clip(dict(audio_sequence=['x'] * 160000, joint_coors=np.zeros((100, 18, 2))))
    with pytest.raises(InputError, match='clip: expected finite numbers'):
        samples_of_clip(dict(audio_sequence=audio, joint_coors=[[[None, 2]] * 18] * 100))
    root, _ = clips
    for content, complaint in (('{', 'this file of clips cannot be read'),
                               (json.dumps(json.dumps({'000': {'000': {}}})), "expected MDVS's JSON")):
        (root / 'bad.json').write_text(content)
        with pytest.raises(InputError, match=f'bad.json: {complaint}'):
            MusicDance(str(root), ['bad.json'])
    with pytest.raises(InputError, match="no clip of the split 'released_test'"):
        MusicDance(str(root), ['pop.json'], split='released_test')
    with pytest.raises(InputError, match='split must be one of'):
        MusicDance(str(root), ['pop.json'], split='validation')


def test_the_middle_of_a_frame_carries_its_key_points_along():
    image = np.zeros((20, 40, 3), np.uint8)
    image[8:12, 18:22] = 255
    square, points = middle_square(image, np.array([[20.0, 10.0, 1.0], [-1, -1, 0]]), 40)
    assert square.shape == (40, 40, 3) and square[20, 20, 0] == 255
    np.testing.assert_allclose(points, [[20, 20, 1], [-1, -1, 0]])
    tall, points = middle_square(image.transpose(1, 0, 2), np.array([[10.0, 20.0, 1.0]]), 40)
    assert tall[20, 20, 0] == 255
    np.testing.assert_allclose(points, [[20, 20, 1]])


def test_videos_are_read_from_a_folder(tmp_path):
    from PIL import Image
    points = np.concatenate([np.arange(36).reshape(18, 2), np.ones((18, 1))], axis=1)
    for frame in range(5):
        folder = tmp_path / 'train' / 'one'
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((40, 60, 3), 50 * frame, np.uint8)).save(folder / f'{frame}.png')
        (folder / f'{frame}_keypoints.json').write_text(json.dumps(dict(people=[dict(
            pose_keypoints_2d=points.ravel().tolist())])))
    data = DanceVideo(str(tmp_path), size=32, frames=3)
    assert len(data) == 3 and data.metainfo['frames'] == 3
    sample = data[2]
    assert sample['target_frames'][:, 0, 0, 0].tolist() == [100, 150, 200]
    assert sample['source_image'].max() == 0 and sample['name'] == 'one_4'
    assert torch.from_numpy(sample['keypoints']).shape == (18, 3)
    with pytest.raises(InputError, match='no video with 6 frames'):
        DanceVideo(str(tmp_path), frames=6)
    with pytest.raises(InputError, match='frames >= 2'):
        DanceVideo(str(tmp_path), frames=1)
