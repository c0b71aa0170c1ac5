"""Market-1501 and DeepFashion pairs: joints, maps, masks, and the files as the papers' archives hold them."""
import numpy as np
import pytest
import torch
from PIL import Image
from skimage.draw import disk

from ggtoolbox.datasets.person_files import (
    crop_deepfashion,
    deepfashion_name,
    market_pairs,
    read_annotations,
    read_pairs,
    sample_pairs,
    write_annotations,
    write_pairs,
)
from ggtoolbox.datasets.person_pairs import PersonPairs
from ggtoolbox.datasets.person_pose import (
    JOINTS,
    _in_discs,
    draw_skeleton,
    heat_maps,
    keypoints_of_maps,
    mirror_keypoints,
    person_mask,
    single_pixel_maps,
)
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import check_batch

SIZE = (64, 32)
PACK = [dict(type='PackTensors')]


def some_keypoints(seed=0, missing=(3,)):
    random = np.random.RandomState(seed)
    keypoints = np.stack([random.randint(0, SIZE[1], 18), random.randint(0, SIZE[0], 18), np.ones(18)], 1)
    keypoints[list(missing)] = -1, -1, 0
    return keypoints.astype(np.float32)


@pytest.fixture
def market(tmp_path):
    """A tiny Market-1501: three images, two pairs."""
    names = ['0001_c1.jpg', '0001_c2.jpg', '0007_c1.jpg']
    keypoints = {name: some_keypoints(i) for i, name in enumerate(names)}
    random = np.random.RandomState(0)
    for split in ('train', 'test'):
        for folder in (split, f'{split}K'):
            (tmp_path / folder).mkdir()
        for name in names:
            Image.fromarray(random.randint(0, 255, (*SIZE, 3), np.uint8)).save(tmp_path / split / name)
            maps = heat_maps(keypoints[name], SIZE).transpose(1, 2, 0)
            np.save(tmp_path / f'{split}K' / f'{name}.npy', maps)
        write_annotations(keypoints, tmp_path / f'market-annotation-{split}.csv')
        write_pairs([(names[0], names[1]), (names[1], names[0])], tmp_path / f'market-pairs-{split}.csv')
    return tmp_path


def pairs_of(root, split='train', **arguments):
    arguments = dict(dict(pairs=f'market-pairs-{split}.csv', annotations=f'market-annotation-{split}.csv',
                          split=split, size=SIZE), **arguments)
    return PersonPairs(str(root), **arguments)


def test_heat_map_is_a_gaussian_around_each_joint():
    keypoints = some_keypoints()
    keypoints[5] = -20, 10, 1
    maps = heat_maps(keypoints, SIZE, sigma=2.0)
    x, y, _ = keypoints[0].astype(int)
    rows, columns = np.mgrid[:SIZE[0], :SIZE[1]]
    plain = np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (2 * 2.0 ** 2))
    np.testing.assert_allclose(maps[0], plain, atol=1e-6)
    assert maps.dtype == np.float32 and maps[0, y, x] == 1 and not maps[3].any()
    wide = heat_maps(keypoints, SIZE, sigma=6.0)
    assert 0 < wide[5].max() < 0.01 and wide[5, 10, 0] == wide[5].max()  # a joint outside sends its tail in


def test_single_pixels_are_what_8_bits_leave_of_the_heat_map():
    keypoints = some_keypoints()
    keypoints[5] = 40, 10, 1
    maps = single_pixel_maps(keypoints, SIZE)
    np.testing.assert_array_equal(maps, heat_maps(keypoints, SIZE).astype(np.uint8))
    assert maps.sum() == 16


def test_key_points_come_back_from_maps():
    keypoints = some_keypoints()
    for maps in (heat_maps(keypoints, SIZE), single_pixel_maps(keypoints, SIZE)):
        np.testing.assert_array_equal(keypoints_of_maps(maps), keypoints)
    faint = heat_maps(keypoints, SIZE) * 0.09
    assert not keypoints_of_maps(faint)[:, 2].any()


def test_mask_covers_joints_and_limbs_and_nothing_far_away():
    keypoints = np.full((18, 3), (-1, -1, 0), np.float32)
    assert not person_mask(keypoints, SIZE).any()
    keypoints[2], keypoints[3] = (8, 20, 1), (24, 20, 1)
    mask = person_mask(keypoints, SIZE, radius=4)
    assert mask[20, 8] and mask[20, 16] and mask[17, 16] and mask[23, 16] and not mask[26, 16]
    assert mask.sum() < 16 * 9 + 9 * 9
    keypoints[3] = keypoints[2]
    assert person_mask(keypoints, SIZE).sum() < 81  # a limb of no length is its discs


def test_skeleton_is_drawn_on_black_in_the_joints_colours():
    keypoints = some_keypoints()
    keypoints[5] = 60, 10, 1
    picture, drawn = draw_skeleton(keypoints, SIZE)
    x, y, _ = keypoints[17].astype(int)
    assert picture[y, x].tolist() == [255, 0, 85] and not picture[~drawn].any() and drawn[y, x]


def test_mirrored_joints_change_sides():
    keypoints = some_keypoints()
    mirrored = mirror_keypoints(keypoints, SIZE[1])
    right, left = JOINTS.index('right elbow'), JOINTS.index('left elbow')
    assert mirrored[right].tolist() == [SIZE[1] - 1 - keypoints[left, 0], keypoints[left, 1], 1]
    assert mirrored[left].tolist() == [-1, -1, 0]
    np.testing.assert_array_equal(mirror_keypoints(mirrored, SIZE[1]), keypoints)
    kept = mirror_keypoints(keypoints, SIZE[1], swap_sides=False)
    np.testing.assert_array_equal(heat_maps(kept, SIZE), heat_maps(keypoints, SIZE)[:, :, ::-1])
    with pytest.raises(InputError, match='expected the 18 joints'):
        mirror_keypoints(keypoints[:5], SIZE[1])


def test_pairs_are_read(market):
    dataset = DATASETS.build(dict(
        type='PersonPairs', data_root=str(market), pairs='market-pairs-test.csv', split='test', size=SIZE,
        annotations='market-annotation-test.csv', mask=True, pipeline=PACK))
    batch = torch.utils.data.default_collate([dataset[0], dataset[1]])
    check_batch(batch)
    assert batch['name'] == ['0001_c1___0001_c2', '0001_c2___0001_c1']
    assert torch.equal(batch['source_image'][0], batch['target_image'][1])
    assert batch['source_guide'].shape == (2, 18, *SIZE) and batch['mask'].shape == (2, 1, *SIZE)
    np.testing.assert_array_equal(batch['source_keypoints'][0], some_keypoints(0))
    np.testing.assert_array_equal(batch['target_guide'][0], heat_maps(some_keypoints(1), SIZE))
    np.testing.assert_array_equal(batch['mask'][0, 0], person_mask(some_keypoints(1), SIZE))


def test_maps_on_disk_are_the_maps_that_we_compute(market):
    computed, read = pairs_of(market)[1], pairs_of(market, guide='files')[1]
    np.testing.assert_array_equal(read['target_guide'], computed['target_guide'])
    alone = pairs_of(market, guide='files', annotations=None)[1]
    np.testing.assert_array_equal(alone['keypoints'], computed['keypoints'])
    single = pairs_of(market, guide='single_pixels')[1]
    assert single['target_guide'].sum() == 17


def test_maps_of_8_bits_become_floats(market):
    name = '0001_c1.jpg'
    np.save(market / 'trainK' / f'{name}.npy',
            single_pixel_maps(some_keypoints(0), SIZE).transpose(1, 2, 0).astype(np.uint8))
    guide = pairs_of(market, guide='files')[0]['source_guide']
    assert guide.dtype == np.float32
    np.testing.assert_array_equal(guide, single_pixel_maps(some_keypoints(0), SIZE))


def test_an_epoch_of_random_pairs(market):
    dataset = pairs_of(market, samples_per_epoch=40)
    assert len(dataset) == 40 and len(pairs_of(market)) == 2
    np.random.seed(0)
    drawn = [dataset[0]['name'] for _ in range(40)]
    assert 8 < drawn.count('0001_c1___0001_c2') < 32
    np.random.seed(0)
    assert [dataset[39]['name'] for _ in range(40)] == drawn


def test_annotation_file_is_read_as_it_is_written_by_others(tmp_path):
    rows, columns = [-1, *range(17)], [-1, 5, -1, *range(15)]
    (tmp_path / 'a.csv').write_text(f'name:keypoints_y:keypoints_x\nx.jpg: {rows}: {columns}\n')
    (keypoints,) = read_annotations(tmp_path / 'a.csv').values()
    assert keypoints[0].tolist() == [-1, -1, 0] and keypoints[1].tolist() == [5, 0, 1]
    assert keypoints[2, 2] == 0 and keypoints[4].tolist() == [1, 3, 1]


@pytest.mark.parametrize('text, message', [
    ('name,keypoints\n', 'begins with'), ('', 'begins with'),
    ('name:keypoints_y:keypoints_x\nx.jpg: [1, 2]: [3, 4]\n', 'line 2: expected two lists of 18'),
    ('name:keypoints_y:keypoints_x\n\nx.jpg: [1, 2\n', 'line 3: expected name')])
def test_broken_annotations_are_refused(tmp_path, text, message):
    (tmp_path / 'a.csv').write_text(text)
    with pytest.raises(InputError, match=message):
        read_annotations(tmp_path / 'a.csv')


def test_pair_list_ignores_other_columns(tmp_path):
    (tmp_path / 'p.csv').write_text(',from,to,score\n0,a.jpg,b.jpg,1\n1,b.jpg,a.jpg,2\n')
    assert read_pairs(tmp_path / 'p.csv') == [('a.jpg', 'b.jpg'), ('b.jpg', 'a.jpg')]
    (tmp_path / 'q.csv').write_text('a,b\n')
    with pytest.raises(InputError, match="'from' and 'to'"):
        read_pairs(tmp_path / 'q.csv')


@pytest.mark.parametrize('arguments, message', [
    (dict(guide='dots'), 'guide must be'), (dict(annotations=None), 'needs annotations'),
    (dict(samples_per_epoch=0), 'must be positive'), (dict(pairs='none.csv'), 'no such pair list'),
    (dict(annotations='none.csv'), 'no such file of key points')])
def test_data_set_refuses_nonsense(market, arguments, message):
    with pytest.raises(InputError, match=message):
        pairs_of(market, **arguments)


def test_samples_that_do_not_fit_are_refused(market):
    with pytest.raises(InputError, match='is 32 x 64 pixels, expected 64 x 128'):
        pairs_of(market, size=(128, 64))[0]
    (market / 'trainK' / '0001_c1.jpg.npy').unlink()
    with pytest.raises(InputError, match='no such file of pose maps'):
        pairs_of(market, guide='files')[0]
    np.save(market / 'trainK' / '0001_c1.jpg.npy', np.zeros((64, 32, 17)))
    with pytest.raises(InputError, match=r'\(H, W, 18\), found \(64, 32, 17\)'):
        pairs_of(market, guide='files')[0]
    np.save(market / 'trainK' / '0001_c1.jpg.npy', np.zeros((32, 32, 18)))
    with pytest.raises(InputError, match='are 32 x 32 pixels, expected 32 x 64'):
        pairs_of(market, guide='files')[0]
    write_pairs([('0001_c1.jpg', 'x.jpg')], market / 'market-pairs-train.csv')
    with pytest.raises(InputError, match='x.jpg'):
        pairs_of(market)[0]
    write_pairs([], market / 'market-pairs-train.csv')
    with pytest.raises(InputError, match='empty'):
        pairs_of(market)


def test_market_pairs_need_hips_shoulders_and_a_name():
    whole, partly = some_keypoints(), some_keypoints(missing=(8,))
    names = {'0002_a': whole, '0002_b': whole, '0002_c': partly, '-1_a': whole, '-1_b': whole,
             '0000_a': whole, '0000_b': whole, '0003_a': whole}
    pairs = market_pairs(names)
    assert pairs == [('0002_a', '0002_b'), ('0002_b', '0002_a')]
    many = [(str(i), str(-i)) for i in range(50)]
    assert len(set(sample_pairs(many, 20))) == 20
    assert sample_pairs(many, 3) == [('28', '-28'), ('11', '-11'), ('10', '-10')]
    with pytest.raises(InputError, match='there are 2'):
        sample_pairs(pairs, 3)


def test_deepfashion_is_renamed_and_cropped():
    path = 'fashion/WOMEN/Dresses/id_00002718/01_1_front.jpg'
    assert deepfashion_name(path) == 'fashionWOMENDressesid0000271801_1front.jpg'
    keypoints = some_keypoints(missing=())
    keypoints[:4, 0] = 40, 39, 30, 100
    cropped = crop_deepfashion(keypoints)
    assert cropped[:4].tolist() == [[0, keypoints[0, 1], 1], [-1, -1, 0], [-10, keypoints[2, 1], 1],
                                    [60, keypoints[3, 1], 1]]


@pytest.mark.parametrize('places', ['whole', 'between'])
def test_a_mask_without_limbs_is_the_discs_of_its_joints(places):
    rng = np.random.default_rng(0)
    for radius in (1.0, 2.5, 4):
        points = rng.uniform(-5, 45, (6, 2))
        points = np.round(points) if places == 'whole' else points
        discs = np.zeros((30, 40), bool)
        for x, y in points:
            discs[disk((y, x), radius, shape=discs.shape)] = True
        assert (_in_discs(points, discs.shape, radius) == discs).all()
    assert not _in_discs(np.empty((0, 2)), (30, 40), 4).any()
