"""CoCosNet's data: pairs with exemplars, parts of faces, poses of dressed people."""
import numpy as np
import pytest
from PIL import Image

from ggtoolbox.datasets.celeba_hq_parts import PARTS, CelebAHQParts
from ggtoolbox.datasets.exemplars import ExemplarPairs
from ggtoolbox.datasets.fashion_poses import DRAWN, FashionPoses, openpose_picture
from ggtoolbox.datasets.transforms.instance_edge import instance_edges
from ggtoolbox.datasets.transforms.part_guide import FacePartGuide, LimbGuide, distance_map
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS, TRANSFORMS

STREET = dict(type='ToyWorldStreet', size=(32, 32), length=20)


def write(path, array):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path)


@pytest.fixture
def folder(tmp_path):
    """Four pictures of one shade each, in two folders, and their maps."""
    for number, place in enumerate(('a/x', 'a/y', 'b/x', 'b/z')):
        write(tmp_path / f'images/{place}.png', np.full((8, 8, 3), 40 * number, np.uint8))
        write(tmp_path / f'labels/{place}.png', np.full((8, 8), number, np.uint8))
    return dict(type='LabelMapFolder', image_dir='images', label_dir='labels', data_root=str(tmp_path),
                num_classes=4)


def shades(dataset, times=1):
    samples = (dataset[index] for _ in range(times) for index in range(len(dataset)))
    return [(*(int(s[name].max()) for name in ('target_image', 'exemplar_image')),
             int(s['exemplar_label'].max()) * 40, float(s['self_reference'])) for s in samples]


def test_a_list_says_which_samples_there_are_and_what_is_likest(folder, tmp_path):
    listed = tmp_path / 'ref.txt'
    listed.write_text('b/z.jpg,a/x.jpg,a/y.jpg,b/x.jpg\n\ny.png, z.png\n')
    fixed = ExemplarPairs(folder, str(listed), own_probability=0, hard_probability=0, fixed=True)
    assert shades(fixed) == [(120, 0, 0, 0), (40, 120, 120, 0)]
    hard = ExemplarPairs(folder, str(listed), own_probability=0, hard_probability=1)
    assert shades(hard)[0] == (120, 80, 80, 0)
    own = ExemplarPairs(folder, str(listed), own_probability=1)
    assert shades(own) == [(120, 120, 120, 1), (40, 40, 40, 1)]
    np.random.seed(0)
    drawn = shades(ExemplarPairs(folder, str(listed)), 200)[::2]
    counts = [sum(exemplar == shade for _, exemplar, _, _ in drawn) for shade in (120, 0, 80)]
    assert np.abs(np.array(counts) / 200 - (0.3, 0.5, 0.2)).max() < 0.12  # itself, easy, hard


@pytest.mark.parametrize(('line', 'sentence'), [
    ('x.png,z.png', "found 'x.png'"), ('z.png', "found 'z.png'"), ('z.png,w.png', "found 'w.png'"),
    ('', 'found none')])
def test_a_broken_list_is_named_with_its_line(folder, tmp_path, line, sentence):
    (tmp_path / 'ref.txt').write_text(line)
    with pytest.raises(InputError, match=f'ref.txt.*expected an image and its exemplars.*{sentence}'):
        ExemplarPairs(folder, str(tmp_path / 'ref.txt'))


@pytest.mark.parametrize(('options', 'sentence'), [
    (dict(same_group=True), "same_group needs a data set whose samples have 'group', found LabelMapFolder"),
    (dict(dataset=dict(type='ToyWorldStreet', length=2), references='ref.txt'),
     "references needs a data set whose samples have 'image_path', found ToyWorldStreet"),
    (dict(hard_probability=2), 'hard_probability must lie between 0 and 1')])
def test_what_the_data_set_cannot_give_is_named(folder, options, sentence):
    with pytest.raises(InputError, match=sentence):
        ExemplarPairs(**{'dataset': folder, **options})


def test_without_a_list_any_sample_is_an_exemplar_and_mirrors_differ():
    plain = ExemplarPairs(STREET, own_probability=0.5)
    samples = [plain[i] for i in range(20)]
    own = [(s['target_image'] == s['exemplar_image']).all() == s['self_reference'] for s in samples]
    assert sum(own) >= 19 and 3 < sum(s['self_reference'] for s in samples) < 17
    mirrored = ExemplarPairs({**STREET, 'pipeline': [dict(type='RandomMirror')]}, own_probability=1.0)
    pairs = [(s['label'], s['exemplar_label']) for s in map(mirrored.__getitem__, range(8))]
    same = [(a == b).all() for a, b in pairs]
    assert 0 < sum(same) < 8 and all((a == b).all() or (a == b[:, ::-1]).all() for a, b in pairs)


@pytest.fixture
def face(tmp_path):
    """Face 2003: skin everywhere but in the first rows, which are hair, and an eye; glasses."""
    size, masks = (16, 16), tmp_path / 'CelebAMask-HQ-mask-anno'
    marked = {part: np.zeros(size, np.uint8) for part in ('skin', 'hair', 'l_eye', 'eye_g')}
    marked['hair'][:4], marked['skin'][4:], marked['l_eye'][8:10, 4:8] = 255, 255, 255
    marked['eye_g'][8:10] = 255
    for part, mask in marked.items():
        write(masks / f'1/02003_{part}.png', mask)
    label = np.full(size, 1, np.uint8)
    label[:4], label[8:10, 4:8] = 13, 4
    write(masks / 'all_parts_except_glasses/02003.png', label)
    write(tmp_path / 'CelebA-HQ-img/2003.jpg', np.full((32, 32, 3), 120, np.uint8))
    return tmp_path, marked, label


def test_faces_are_read_as_classes_and_glasses_or_as_parts(face):
    root, marked, label = face
    classes = CelebAHQParts(str(root))[0]
    np.testing.assert_array_equal(classes['label'], label)
    np.testing.assert_array_equal(classes['mask'], marked['eye_g'] > 0)
    assert classes['target_image'].shape == (16, 16, 3)
    bits = CelebAHQParts(str(root), reads='parts')[0]['instance']
    for place, part in enumerate(PARTS):
        np.testing.assert_array_equal(bits >> place & 1, marked.get(part, np.zeros_like(label)) > 0)
    write(root / 'CelebAMask-HQ-mask-anno/1/02003_nose.png', np.zeros((8, 8), np.uint8))
    with pytest.raises(InputError, match='02003_nose.png: expected a mask of 16 x 16 pixels, found 8 x 8'):
        CelebAHQParts(str(root), reads='parts')[0]
    with pytest.raises(InputError, match="reads must be 'classes' or 'parts', found 'edges'"):
        CelebAHQParts(str(root), reads='edges')


def test_edges_of_a_face_are_boundaries_distances_and_lines_outside(face):
    root, marked, _ = face
    sample = CelebAHQParts(str(root), reads='parts')[0]
    sample['target_image'] = sample['target_image'].copy()
    sample['target_image'][1, :, :] = 255  # a line within the hair, and one within the face
    sample['target_image'][13, :, :] = 255
    guide = FacePartGuide().transform(sample)['target_guide']
    assert guide.shape == (15, 16, 16) and guide.dtype == np.float32 and 'instance' not in sample
    boundaries = np.any([instance_edges(mask) for mask in marked.values()], axis=0)
    np.testing.assert_array_equal(guide[14], boundaries)
    assert (guide[0] >= guide[14]).all() and guide[0, 0:3].any() and not guide[0, 12:15].any()
    eye = 1 + PARTS.index('l_eye')
    np.testing.assert_allclose(guide[eye][8, 8:14], np.arange(6) / 3 / 255, atol=1e-6)
    assert (guide[1 + PARTS.index('nose')] == 1).all()
    with pytest.raises(InputError, match="FacePartGuide: the sample has no 'instance'"):
        FacePartGuide().transform(dict(target_image=sample['target_image']))


def test_distances_are_those_of_city_blocks():
    marked = np.zeros((9, 12), bool)
    marked[2, 3] = marked[7, 10] = True
    rows, columns = np.indices(marked.shape)
    expected = np.minimum(*(abs(rows - y) + abs(columns - x) for y, x in ((2, 3), (7, 10))))
    np.testing.assert_allclose(distance_map(marked), expected / 3 / 255, rtol=1e-6)


def test_poses_are_drawn_and_an_exemplar_wears_the_same_clothes(tmp_path):
    places = 'WOMEN/Tees/id_1/01_1_front', 'WOMEN/Tees/id_1/01_2_side', 'MEN/Tees/id_2/01_1_front'
    for number, place in enumerate(places):
        write(tmp_path / f'img/{place}.jpg', np.full((40, 30, 3), 80 * number, np.uint8))
        pose = tmp_path / f'pose/{place}'
        pose.parent.mkdir(parents=True, exist_ok=True)
        pose.with_name(f'{pose.name}_candidate.txt').write_text('10 5 .9 0\n20 20 .9 1\n10 20 .9 2\n')
        people = [0, 1, 2, *[-1] * 15, 5, 3]
        pose.with_name(f'{pose.name}_subset.txt').write_text(' '.join(map(str, people)) + '\n')
    dataset = FashionPoses(str(tmp_path))
    sample = next(dataset[i] for i in range(3) if dataset[i]['name'][:13] == 'MEN_Tees_id_2')
    points = np.float32([(10, 5, 1), (20, 20, 1), (10, 20, 1), *[(-1, -1, 0)] * 15])
    np.testing.assert_array_equal(sample['target_guide'], openpose_picture(points, (40, 30)))
    limbs = [place for place in range(17) if (sample['instance'] >> place & 1).any()]
    assert [DRAWN[place] for place in limbs] == [(1, 2), (1, 0)]
    guide = LimbGuide().transform(sample)['target_guide']
    assert guide.shape == (20, 40, 30) and guide[3 + limbs[0]][20, 15] == 0 and (guide[4] == 1).all()
    (tmp_path / 'ref.txt').write_text('img/WOMEN/Tees/id_1/01_1_front.jpg,img/MEN/Tees/id_2/01_1_front.jpg\n'
                                      '01_2_side.jpg,img/MEN/Tees/id_2/01_1_front.jpg\n')
    pairs = ExemplarPairs(dict(type='FashionPoses', data_root=str(tmp_path)), str(tmp_path / 'ref.txt'),
                          own_probability=1.0, same_group=True)
    other = {int(s['target_image'].max()): (int(s['exemplar_image'].max()), s['self_reference'])
             for s in map(pairs.__getitem__, range(2))}
    assert other == {0: (80, 1), 80: (0, 1)}
    (tmp_path / 'pose/MEN/Tees/id_2/01_1_front_subset.txt').write_text(' '.join(['7'] * 20))
    with pytest.raises(InputError, match='01_1_front_subset.txt: expected 18 or more columns'):
        [dataset[i] for i in range(3)]
    (tmp_path / 'pose/MEN/Tees/id_2/01_1_front_subset.txt').write_text('')
    assert not any(dataset[i]['target_guide'].any() for i in range(3) if 'id_2' in dataset[i]['name'])


def test_all_of_it_is_registered():
    assert all(name in DATASETS for name in ('CelebAHQParts', 'FashionPoses', 'ExemplarPairs'))
    assert all(name in TRANSFORMS for name in ('FacePartGuide', 'LimbGuide'))
