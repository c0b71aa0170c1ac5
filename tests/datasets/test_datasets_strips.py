"""Strips: panels, labels as grey values, crops and flips as the released loaders do them."""
import numpy as np
import pytest
import torch
from PIL import Image

from ggtoolbox.datasets.merged_classes import CLASSES, COLOURS, GREY_VALUES, PALETTE, grey_panel, ids_of_greys
from ggtoolbox.datasets.strip_folder import StripFolder
from ggtoolbox.datasets.transforms.geometry import RandomMirror, ResizeAndCrop
from ggtoolbox.datasets.transforms.label_from_grey import LabelFromGrey
from ggtoolbox.datasets.transforms.pack import PackTensors, image_to_tensor
from ggtoolbox.errors import InputError
from ggtoolbox.registry import DATASETS

SIX = ('source_image', 'target_image', 'source_guide', 'target_guide', None, 'label_picture')


def write(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)


def noise(seed: int, height: int = 10, width: int = 40):
    return np.random.RandomState(seed).randint(0, 256, (height, width, 3)).astype(np.uint8)


def greys(seed: int, side: int):
    """A label panel: blocks of the six values and of one that means nothing."""
    values = np.random.RandomState(seed).permutation(np.resize([*GREY_VALUES, 7], (side // 8) ** 2))
    blocks = values.reshape(side // 8, side // 8)
    return blocks.astype(np.uint8).repeat(8, 0).repeat(8, 1)[..., None].repeat(3, 2)


def test_panels_are_cut_from_left_to_right(tmp_path):
    strip = noise(0)
    write(tmp_path / 'train/a.png', strip)
    sample = StripFolder(str(tmp_path), panels=('source_image', 'target_image', 'source_guide',
                                                'target_guide'))[0]
    for i, name in enumerate(('source_image', 'target_image', 'source_guide', 'target_guide')):
        assert (sample[name] == strip[:, 10 * i:10 * i + 10]).all()
    assert sample['name'] == 'a' and sample['image_path'].endswith('a.png')
    default = StripFolder(str(tmp_path))[0]
    assert 'source_guide' not in default and (default['target_guide'] == strip[:, 30:]).all()


def test_the_other_direction_is_another_order(tmp_path):
    write(tmp_path / 'train/a.png', noise(0))
    forth = StripFolder(str(tmp_path), panels=SIX[:4])[0]
    back = StripFolder(str(tmp_path), panels=('target_image', 'source_image', 'target_guide',
                                              'source_guide'))[0]
    for one, other in (('source_image', 'target_image'), ('source_guide', 'target_guide')):
        assert (forth[one] == back[other]).all() and (forth[other] == back[one]).all()


def test_files_are_found_anywhere_below_and_sorted_by_path(tmp_path):
    for name in ('10.png', '9.PNG', 'sub/2.bmp', 'sub/1.ppm'):
        write(tmp_path / 'test' / name, noise(1))
    write(tmp_path / 'test' / 'b.jpeg', noise(1))
    write(tmp_path / 'test' / 'c.tif', noise(1))
    (tmp_path / 'test' / 'notes.txt').write_text('no picture')
    dataset = StripFolder(str(tmp_path), split='test')
    assert [sample['name'] for sample in (dataset[i] for i in range(len(dataset)))] == [
        '10', '9', 'b', '1', '2']
    write(tmp_path / 'test' / 'sub/9.png', noise(1))
    assert StripFolder(str(tmp_path), split='test').get_data_info(5)['name'] == 'sub_9.png'
    assert len(StripFolder(str(tmp_path / 'test'), split='')) == 6


def test_the_last_panel_takes_the_rest_only_if_asked(tmp_path):
    strip = noise(2, width=43)
    write(tmp_path / 'train/a.png', strip)
    with pytest.raises(InputError, match=r'a.png: this strip is 43 pixels wide, .* its 4 panels'):
        StripFolder(str(tmp_path))[0]
    sample = StripFolder(str(tmp_path), uneven=True)[0]
    assert sample['source_image'].shape == (10, 10, 3) and (sample['target_guide'] == strip[:, 30:]).all()
    step = ResizeAndCrop(load_size=16, crop_size=16)
    assert {step(sample)[key].shape for key in SIX[:2]} == {(16, 16, 3)}


def test_bad_folders_and_files_are_named(tmp_path):
    with pytest.raises(InputError, match='train: there is no such folder'):
        StripFolder(str(tmp_path))
    (tmp_path / 'train').mkdir()
    with pytest.raises(InputError, match='train: no image files were found'):
        StripFolder(str(tmp_path))
    (tmp_path / 'train/a.png').write_bytes(b'\x89PNG no')
    with pytest.raises(InputError, match='a.png: the file is broken or not an image'):
        StripFolder(str(tmp_path))[0]


@pytest.mark.parametrize('panels', [(), (None, None), ('source_image', 'source_image'), ('image', None)])
def test_panels_must_be_distinct_fields(tmp_path, panels):
    with pytest.raises(InputError, match='panels must be distinct names of target_image'):
        StripFolder(str(tmp_path), panels=panels)


def released_panels(strip, load, fine, x, y):
    """The released loader's steps, word by word, for panels 0..5 of one strip."""
    width = strip.shape[1] // 6
    for i in range(6):
        panel = Image.fromarray(strip[:, i * width:(i + 1) * width]).resize((load, load), Image.BICUBIC)
        tensor = torch.from_numpy(np.array(panel)).permute(2, 0, 1).float().div(255)
        yield tensor[:, y:y + fine, x:x + fine].sub(0.5).div(0.5)


@pytest.mark.parametrize('load, fine', [(36, 32), (32, 32), (21, 16)])
def test_the_pipeline_equals_the_released_loader(tmp_path, load, fine):
    strip = np.concatenate([noise(3, 32, 160), greys(4, 32)], axis=1)
    write(tmp_path / 'train/a.png', strip)
    x, y = (load - fine) // 2, (load - fine) // 3
    pipeline = [ResizeAndCrop(load_size=load, crop_size=fine, position=(x, y)), LabelFromGrey(),
                PackTensors()]
    sample = StripFolder(str(tmp_path), panels=SIX, pipeline=pipeline)[0]
    expected = list(released_panels(strip, load, fine, x, y))
    for i, name in enumerate(SIX[:4]):
        assert torch.equal(sample[name], expected[i])
    values = expected[5][0] * 127.5 + 127.5
    for k in range(6):
        assert torch.equal(sample['label'] == k, values == 10 * (k + 1))
    assert set(sample['label'].unique().tolist()) == {*range(6), 255}


def test_bytes_survive_the_round_trip_through_the_pictures_range():
    every = np.arange(256, dtype=np.uint8)[None, :, None].repeat(3, 2)
    assert torch.equal(image_to_tensor(every)[0, 0] * 127.5 + 127.5, torch.arange(256).float())


def test_labels_may_be_read_before_they_are_resized(tmp_path):
    write(tmp_path / 'train/a.png', np.concatenate([noise(3, 32, 160), greys(5, 32)], axis=1))
    resized = ResizeAndCrop(load_size=36, crop_size=36)
    late, early = (StripFolder(str(tmp_path), panels=SIX, pipeline=steps)[0]['label'] for steps in (
        [resized, LabelFromGrey()], [LabelFromGrey(), resized]))
    stored = ids_of_greys(greys(5, 32))
    assert (early == 255).mean() == pytest.approx((stored == 255).mean(), abs=0.05)
    assert (late == 255).mean() > (early == 255).mean() + 0.05
    assert (late == early)[late != 255].mean() > 0.9


def test_the_last_crop_is_never_drawn_as_released():
    np.random.seed(0)
    image = np.arange(6, dtype=np.uint8)[None, :, None] + 10 * np.arange(6, dtype=np.uint8)[:, None, None]
    image = image.repeat(3, 2)
    for position, offsets in (('random', {0, 1, 2, 3}), ('random_but_last', {0, 1, 2})):
        step = ResizeAndCrop('crop', crop_size=3, position=position)
        corners = {int(step(dict(target_image=image))['target_image'][0, 0, 0]) for _ in range(300)}
        assert corners == {x + 10 * y for x in offsets for y in offsets}
    whole = ResizeAndCrop('crop', crop_size=6, position='random_but_last')(dict(target_image=image))
    assert (whole['target_image'] == image).all()
    centre = ResizeAndCrop('crop', crop_size=3, position='centre')(dict(target_image=image))
    assert centre['target_image'][0, 0, 0] == 11
    with pytest.raises(InputError, match="position must be .* found 'middle'"):
        ResizeAndCrop(position='middle')


def test_the_released_flip_leaves_the_maps():
    panels = {name: noise(i, 4, 6) for i, name in enumerate(SIX[:4])}
    right = RandomMirror(1.0)(dict(panels))
    released = RandomMirror(1.0, keys=('source_image', 'target_image'))(dict(panels))
    for name in SIX[:4]:
        assert (right[name] == panels[name][:, ::-1]).all()
        assert (released[name] == panels[name][:, ::-1 if name.endswith('image') else 1]).all()
    with pytest.raises(InputError, match="unknown key 'picture'"):
        RandomMirror(keys=('picture',))


def test_cityscapes_colours_become_grey_values():
    colours = [colour for group in COLOURS for colour in group] + [(0, 0, 0), (111, 74, 0)]
    panel = grey_panel(np.array([colours], np.uint8))
    ids = [k for k, group in enumerate(COLOURS) for _ in group]
    assert panel[0, :-2, 0].tolist() == [10 * (k + 1) for k in ids]
    assert (panel[..., :1] == panel)[0, :-2].all() and panel[0, -1].tolist() == [111, 74, 0]
    assert ids_of_greys(panel)[0].tolist() == ids + [255, 255]
    assert len(CLASSES) == len(COLOURS) == len(PALETTE) == len(GREY_VALUES) == 6


def test_label_from_grey_refuses_nonsense():
    for values in ((10, 10), (300,)):
        with pytest.raises(InputError, match='values must be distinct and lie in 0..255'):
            LabelFromGrey(values)
    with pytest.raises(InputError, match="no 'label_picture'"):
        LabelFromGrey()(dict(name='a'))


def test_label_panels_bring_their_classes(tmp_path):
    write(tmp_path / 'train/a.png', noise(0, 8, 48))
    merged = DATASETS.build(dict(type='StripFolder', data_root=str(tmp_path), panels=SIX)).metainfo
    assert merged['num_classes'] == 6 and tuple(merged['classes']) == CLASSES
    assert merged['palette'][4] == (70, 130, 180)
    own = StripFolder(str(tmp_path), panels=SIX, classes=('hand', 'other')).metainfo
    assert own['num_classes'] == 2 and 'palette' not in own
    assert 'num_classes' not in StripFolder(str(tmp_path)).metainfo
