"""The tools for people, hands and faces as a user runs them, and the configs that read what they write."""

import numpy as np
import pytest
import torch
from in_process import ROOT, run
from mmengine.config import Config
from PIL import Image

from ggtoolbox.datasets.face_landmarks import landmark_picture, landmark_segmentation
from ggtoolbox.datasets.person_files import read_annotations, read_pairs, write_annotations
from ggtoolbox.datasets.strip_folder import StripFolder
from ggtoolbox.datasets.toyworld.figure import draw_figure_pair
from ggtoolbox.datasets.toyworld.portrait import draw_face_pair
from ggtoolbox.registry import DATASETS
from ggtoolbox.structures import check_batch

BASES = ROOT / 'configs' / '_base_' / 'datasets'
FORMATS = dict(market=(128, 64), deepfashion=(256, 176), ntu=(64,), senz3d=(64,), radboud=(64,),
               celeba=(218, 178))


@pytest.fixture(scope='module')
def disk(tmp_path_factory):
    """ToyWorld's people, hands and faces in every real format."""
    root = tmp_path_factory.mktemp('people')
    for name, size in FORMATS.items():
        run('dataset_converters/toyworld_people_to_disk.py', name, '--out', root / name, '--train', 4,
            '--test', 2, '--size', *size)
    return root


@pytest.mark.parametrize('base, folder, guide, size', [
    ('market1501_128x64', 'market', 18, (128, 64)),
    ('deepfashion_pose_256', 'deepfashion', 18, (256, 176)),
    ('strips/ntu_both_guides_256', 'ntu', 3, (256, 256)),
    ('strips/senz3d_both_guides_256', 'senz3d', 3, (256, 256)),
    ('strips/radboud_landmarks_256', 'radboud', 3, (256, 256))])
def test_base_configs_read_their_format(disk, base, folder, guide, size):
    cfg = Config.fromfile(str(BASES / f'{base}.py'))
    for loader in (cfg.train_dataloader, cfg.test_dataloader):
        loader.dataset.data_root = str(disk / folder)
        dataset = DATASETS.build(loader.dataset)
        batch = torch.utils.data.default_collate([dataset[0], dataset[1]])
        check_batch(batch)
        for name in ('source_image', 'target_image'):
            assert batch[name].shape == (2, 3, *size)
        for name in ('source_guide', 'target_guide'):
            assert batch[name].shape == (2, guide, *size) and batch[name].std() > 0


def test_celeba_is_read_and_divided(disk):
    cfg = Config.fromfile(str(BASES / 'celeba_landmarks_128.py'))
    names = []
    for loader, count in ((cfg.train_dataloader, 3), (cfg.test_dataloader, 1)):
        loader.dataset.update(data_root=str(disk / 'celeba'), test_images=1)
        dataset = DATASETS.build(loader.dataset)
        assert len(dataset) == count
        sample = dataset[0]
        assert sample['target_image'].shape == (3, 128, 128) and sample['attributes'].shape == (5,)
        assert sample['label'].shape == (128, 128) and set(sample['label'].unique().tolist()) <= set(range(7))
        names += [dataset[i]['name'] for i in range(count)]
    assert sorted(names) == [f'{i:06d}' for i in range(1, 5)]


def test_market_on_disk_is_what_was_drawn(disk):
    cfg = Config.fromfile(str(BASES / 'market1501_128x64.py'))
    pair = draw_figure_pair(1, 1, 128, 64)
    for guide in ('heat_maps', 'files'):
        cfg.test_dataloader.dataset.update(data_root=str(disk / 'market'), guide=guide, pipeline=[])
        dataset = DATASETS.build(cfg.test_dataloader.dataset)
        assert len(dataset) == 4
        sample = dataset[2]
        np.testing.assert_array_equal(sample['keypoints'], pair.target_keypoints)
        assert np.abs(sample['target_image'].astype(int) - pair.target_image).mean() < 6
        assert sample['name'] == '0002_c1s1_000001_00___0002_c2s1_000001_00'


def test_radboud_has_the_targets_landmarks_in_front(disk):
    panels = Config.fromfile(str(BASES / 'strips/radboud_landmarks_256.py')).panels
    sample = StripFolder(str(disk / 'radboud'), split='test', panels=panels)[0]
    pair = draw_face_pair(1, 0, 64, 64)
    for field, points in (('source_guide', pair.source_keypoints), ('target_guide', pair.target_keypoints)):
        assert np.abs(sample[field].astype(float) - landmark_picture(points, (64, 64))).mean() < 4
    assert np.abs(sample['target_image'].astype(float) - pair.target_image).mean() < 6


def test_sizes_and_counts_that_make_no_sense_are_refused(tmp_path):
    tool = 'dataset_converters/toyworld_people_to_disk.py'
    assert '--size' in run(tool, 'ntu', '--out', tmp_path, '--size', 8, fails=True)
    assert '--train' in run(tool, 'ntu', '--out', tmp_path, '--train', 0, fails=True)


def test_segmentations_are_made_of_landmarks(tmp_path):
    pair = draw_face_pair(0, 3, 64, 64)
    points = ''.join(f'{x + 1:.4f} {y + 1:.4f}\n' for x, y, _ in pair.target_keypoints)
    parts = ''.join(f"<part name='{i:02d}' x='{x}' y='{y}'/>"
                    for i, (x, y, _) in enumerate(pair.target_keypoints))
    for folder in ('images', 'points'):
        (tmp_path / folder).mkdir()
    for name in 'ab':
        Image.fromarray(pair.target_image).save(tmp_path / 'images' / f'{name}.png')
    (tmp_path / 'points' / 'a.pts').write_text(f'version: 1\nn_points: 68\n{{\n{points}}}\n')
    (tmp_path / 'dlib.xml').write_text(f"<dataset><images><image file='x/a.jpg'><box>{parts}</box></image>"
                                       '</images></dataset>')
    tool = 'dataset_converters/landmarks_to_segmentation.py'
    for source in ('points', 'dlib.xml'):
        said = run(tool, tmp_path / source, '--images', tmp_path / 'images', '--out',
                   tmp_path / f'{source}_out')
        assert '1 segmentations; without landmarks: 1 b' in said
        written = np.asarray(Image.open(tmp_path / f'{source}_out' / 'a.png'))
        assert (written == landmark_segmentation(pair.target_keypoints, (64, 64))).mean() > 0.999
    assert 'expected an .xml' in run(tool, tmp_path / 'none', '--images', tmp_path / 'images', '--out',
                                     tmp_path / 'out', fails=True)


def test_person_lists_are_made_of_raw_data(tmp_path, disk):
    tool = 'dataset_converters/person_lists.py'
    annotations = disk / 'market' / 'market-annotation-train.csv'
    said = run(tool, 'market-pairs', annotations, '--out', tmp_path / 'pairs.csv')
    pairs = read_pairs(tmp_path / 'pairs.csv')
    assert f'{len(pairs)} pairs' in said
    assert set(pairs) <= set(read_pairs(disk / 'market' / 'market-pairs-train.csv'))
    assert 'were asked for' in run(tool, 'market-pairs', annotations, '--out', tmp_path / 'x', '--sample', 99,
                                   fails=True)

    keypoints = np.concatenate([np.full((18, 1), 50), np.full((18, 1), 9), np.ones((18, 1))], 1)
    write_annotations({'a.jpg': keypoints}, tmp_path / 'raw.csv')
    run(tool, 'deepfashion-annotations', tmp_path / 'raw.csv', '--out', tmp_path / 'cropped.csv')
    assert read_annotations(tmp_path / 'cropped.csv')['a.jpg'][0].tolist() == [10, 9, 1]


def test_deepfashion_is_renamed_selected_and_cropped(tmp_path):
    tool, folder = 'dataset_converters/person_lists.py', tmp_path / 'raw/WOMEN/Dresses/id_00000001'
    folder.mkdir(parents=True)
    picture = np.tile(np.arange(256, dtype=np.uint8)[None, :, None], (256, 1, 3))
    for name in ('01_1_front.png', '01_2_side.png'):
        Image.fromarray(picture).save(folder / name)
    wanted = 'fashionWOMENDressesid0000000101_1front.png'
    (tmp_path / 'train.lst').write_text(wanted + '\n')
    command = (tool, 'deepfashion-images', tmp_path / 'raw', '--out', tmp_path / 'train')
    run(*command, '--list', tmp_path / 'train.lst')
    assert [path.name for path in (tmp_path / 'train').iterdir()] == [wanted]
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / 'train' / wanted)), picture[:, 40:216])
    (tmp_path / 'train.lst').write_text(wanted + '\nfashionMEN.png\n')
    assert '1 of its images were not found' in run(*command, '--list', tmp_path / 'train.lst', fails=True)
    assert '--list' in run(*command, fails=True)
    Image.fromarray(picture[:100]).save(folder / '01_1_front.png')
    assert 'is 256 x 100 pixels' in run(*command, '--list', tmp_path / 'train.lst', fails=True)


def write_config(path, lines=''):
    path.write_text(f"_base_ = '{BASES}/toyworld_figure_64.py'\n"
                    "model = dict(type='GauGAN', generator=dict(type='SPADEGenerator', num_classes=3))\n"
                    + lines)
    return path


def test_the_copy_baseline_scores_the_source_image(tmp_path):
    config = write_config(tmp_path / 'a.py')
    options = ['--cfg-options', 'test_dataloader.dataset.length=6', 'test_dataloader.num_workers=0',
               'test_dataloader.persistent_workers=False']
    copied = run('analysis_tools/copy_baseline.py', config, *options)
    scores = {line.split(': ')[0]: float(line.split(': ')[1]) for line in copied.splitlines() if ': ' in line}
    pairs = [draw_figure_pair(1, index, 64, 32) for index in range(6)]
    errors = [((pair.source_image.astype(float) - pair.target_image) ** 2).mean() for pair in pairs]
    assert scores['PSNR'] == pytest.approx(np.mean(10 * np.log10(255 ** 2 / np.array(errors))), abs=0.05)
    perfect = run('analysis_tools/copy_baseline.py', config, '--key', 'target_image', *options)
    assert 'PSNR: 100.0000' in perfect and 'SSIM: 1.0000' in perfect


def test_the_copy_baseline_says_what_is_missing(tmp_path):
    config = write_config(tmp_path / 'a.py')
    options = ['--cfg-options', 'test_dataloader.dataset.length=6', 'test_dataloader.num_workers=0',
               'test_dataloader.persistent_workers=False']
    assert "no 'label' to copy" in run('analysis_tools/copy_baseline.py', config, '--key', 'label', *options,
                                       fails=True)
    bare = write_config(tmp_path / 'b.py', 'test_dataloader = None\n')
    assert 'needs test_dataloader' in run('analysis_tools/copy_baseline.py', bare, fails=True)
