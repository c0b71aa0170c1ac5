"""The data tools as a user runs them, and the base configs that read what they write."""
import json

import numpy as np
import pytest
import torch
from in_process import ROOT, run
from mmengine.config import Config
from PIL import Image

from ggtoolbox.commands.dataset_converters.toyworld_to_disk import FORMATS
from ggtoolbox.datasets.palette import CITYSCAPES_PALETTE
from ggtoolbox.registry import DATASETS, METRICS, TRANSFORMS

BASES = ROOT / 'configs' / '_base_' / 'datasets'


@pytest.fixture(scope='module')
def disk(tmp_path_factory):
    """ToyWorld in every real format."""
    root = tmp_path_factory.mktemp('disk')
    for name in FORMATS:
        square = name in ('domains', 'class_strips')
        run('dataset_converters/toyworld_to_disk.py', name, '--out', root / name, '--train', 4,
            '--val', 2, '--size', 32, 32 if square else 64)
    return root


@pytest.mark.parametrize('base, folder, classes, shape', [
    ('cityscapes_512x256', 'cityscapes', 35, (256, 512)),
    ('ade20k_256', 'ade20k', 151, (256, 256)),
    ('coco_stuff_256', 'coco_stuff', 183, (256, 256)),
    ('facades_256', 'facades', 13, (256, 256)),
    ('celebamask_hq_512', 'celebamask_hq', 19, (512, 512)),
    ('deepfashion_256', 'deepfashion', 20, (256, 256)),
    ('strips_with_labels/dayton_a2g_256', 'strips_with_labels', 6, (256, 256)),
    ('strips_with_labels/dayton_a2g_64', 'strips_with_labels', 6, (64, 64)),
])
def test_base_configs_read_their_format(disk, base, folder, classes, shape):
    cfg = Config.fromfile(str(BASES / f'{base}.py'))
    for loader, count in ((cfg.train_dataloader, 4), (cfg.val_dataloader, 2)):
        loader.dataset.data_root = str(disk / folder)
        dataset = DATASETS.build(loader.dataset)
        sample = dataset[1]
        assert len(dataset) == count and dataset.metainfo['num_classes'] == classes
        assert sample['label'].shape == shape and sample['target_image'].shape == (3, *shape)
        ids = sample['label'][sample['label'] != 255]  # between two grey values there is no class
        assert int(ids.max()) < classes and len(sample['label'].unique()) > 3
        if 'edge' in sample:
            assert 0.005 < sample['edge'].mean() < 0.3


@pytest.mark.parametrize('base, folder, counts, fields', [
    ('unpaired_256', 'unpaired', (4, 2), {'source_image', 'target_image'}),
    ('domains_256', 'domains', (4, 10), {'source_image', 'exemplar_image', 'domain'}),
    ('sketchycoco_objects_64', 'class_strips', (4, 2), {'target_image', 'target_guide', 'domain'})])
def test_configs_of_domains_and_objects_read_theirs(disk, base, folder, counts, fields):
    cfg = Config.fromfile(str(BASES / f'{base}.py'))
    if folder == 'domains':
        cfg.val_dataloader.dataset.target = 'male'
    for loader, count in zip((cfg.train_dataloader, cfg.val_dataloader), counts):
        loader.dataset.data_root = str(disk / folder)
        dataset = DATASETS.build(loader.dataset)
        assert len(dataset) == count and fields <= dataset[1].keys()


@pytest.mark.parametrize('base, folder, inner, reference, guide', [
    ('celeba_hq_exemplars_256', 'celeba_hq_parts', 'CelebAHQParts', 'celebahq_ref', 'label'),
    ('celeba_hq_edges_256', 'celeba_hq_parts', 'CelebAHQParts', 'celebahq_ref', 'target_guide'),
    ('deepfashion_exemplars_256', 'fashion_poses', 'FashionPoses', 'deepfashion_ref', 'target_guide')])
def test_configs_with_exemplars_read_theirs(disk, base, folder, inner, reference, guide):
    cfg = Config.fromfile(str(BASES / f'{base}.py'))
    for loader, suffix in ((cfg.train_dataloader, ''), (cfg.val_dataloader, '_test')):
        loader.dataset.references = str(disk / folder / f'{reference}{suffix}.txt')
        loader.dataset.dataset.data_root = str(disk / folder)
        dataset = DATASETS.build(loader.dataset)
        sample = dataset[1]
        assert loader.dataset.dataset.type == inner and len(dataset) == (2 if suffix else 4)
        assert sample['exemplar_image'].shape == sample['target_image'].shape == (3, 256, 256)
        assert len(sample[guide].unique()) > 4
        if suffix:
            assert not torch.equal(sample['exemplar_image'], sample['target_image'])


def test_attributes_and_poses_are_read_as_they_were_drawn(disk):
    drawn = DATASETS.build(dict(type='ToyWorldFace', size=(32, 64), length=4, seed=0))
    splits = [DATASETS.build(dict(type='CelebA', data_root=str(disk / 'celeba'), split=split, test_images=2))
              for split in ('train', 'test')]
    read = {face['name']: face['attributes'].tolist() for split in splits for face in split}
    assert [read[f'{2 * i + 1:06d}'] for i in range(4)] == [drawn[i]['attributes'].tolist() for i in range(4)]
    poses = DATASETS.build(dict(type='FashionPoses', data_root=str(disk / 'fashion_poses')))
    people = DATASETS.build(dict(type='ToyWorldFigure', size=(32, 64), length=4, seed=0))
    for number in range(4):
        image = disk / f'fashion_poses/img/train/id_{number:08d}/01_2_side.jpg'
        np.testing.assert_array_equal(poses.keypoints(image), people[number]['keypoints'])
    expressions = DATASETS.build(dict(type='DomainFolders', data_root=str(disk / 'expressions')))
    assert set(expressions.metainfo['domains']) == {drawn[i]['expression'] for i in range(4)}


@pytest.mark.parametrize('base, size, batch', [
    ('dayton_a2g_256', 256, 4), ('dayton_g2a_64', 64, 16), ('ego2top_256', 256, 8), ('sva_256', 256, 4)])
def test_strip_configs_read_strips(disk, base, size, batch):
    cfg = Config.fromfile(str(BASES / 'strips' / f'{base}.py'))
    assert cfg.train_dataloader.batch_size == batch
    for loader, count in ((cfg.train_dataloader, 4), (cfg.val_dataloader, 2), (cfg.test_dataloader, 2)):
        loader.dataset.data_root = str(disk / 'strips')
        dataset = DATASETS.build(loader.dataset)
        sample = dataset[1]
        assert len(dataset) == count and 'source_guide' not in sample
        assert {sample[name].shape for name in ('source_image', 'target_image', 'target_guide')} == {
            (3, size, size)}


def test_a_test_of_strips_is_the_same_each_time(disk):
    cfg = Config.fromfile(str(BASES / 'strips/dayton_a2g_256.py'))
    train, test = cfg.train_dataloader.dataset, cfg.test_dataloader.dataset
    train.data_root = test.data_root = str(disk / 'strips')
    train, test = DATASETS.build(train), DATASETS.build(test)
    assert torch.equal(test[0]['target_image'], test[0]['target_image'])
    assert any(not torch.equal(train[0]['target_image'], train[0]['target_image']) for _ in range(5))


def test_strips_hold_both_views_and_their_classes(disk):
    """Drawn, written, read back through the released loader's format: not a pixel has changed."""
    strips = DATASETS.build(dict(
        type='StripFolder', data_root=str(disk / 'strips_with_labels'), split='test', panels=[
            'source_image', 'target_image', 'source_guide', 'target_guide', None, 'label_picture'],
        pipeline=[dict(type='LabelFromGrey')]))
    drawn = DATASETS.build(dict(type='ToyWorldCrossView', size=(32, 64), length=2, seed=1))
    for read, made in zip((strips[0], strips[1]), (drawn[0], drawn[1])):
        assert (read['source_image'] == made['source_image']).all()
        assert (read['target_image'] == made['target_image']).all()
        colours = {tuple(colour) for colour in read['target_guide'].reshape(-1, 3)}
        assert colours <= set(CITYSCAPES_PALETTE) and (70, 130, 180) in colours
        names = [drawn.metainfo['classes'].index(name) for name in ('sky', 'cloud', 'sun')]
        assert ((read['label'] == 4) == np.isin(made['label'], names)).all()
        assert (read['label'] == 1).any() and (read['label'] < 6).all()


def test_make_strips_adds_the_label_panels(disk, tmp_path):
    out = run('dataset_converters/make_strips.py', '--strips', disk / 'strips/train', '--labels',
              '--out', tmp_path / 'six')
    assert '4 strips of 6 panels; 0.0 % of the fourth panels have no class' in out
    for path in sorted((disk / 'strips_with_labels/train').iterdir()):
        assert (np.asarray(Image.open(path)) == np.asarray(Image.open(tmp_path / 'six' / path.name))).all()


def test_make_strips_joins_folders(disk, tmp_path):
    folders = [disk / 'generic/train' / kind for kind in ('images', 'labels')]
    run('dataset_converters/make_strips.py', '--panels', *folders, '-', '--size', 16, '--out', tmp_path / 'o')
    strip = np.asarray(Image.open(tmp_path / 'o/street_000002.png'))
    image = Image.open(folders[0] / 'street_000002.png').resize((16, 16), Image.Resampling.BICUBIC)
    assert strip.shape == (16, 48, 3) and (strip[:, :16] == np.asarray(image)).all()
    assert not strip[:, 32:].any() and len(list((tmp_path / 'o').iterdir())) == 4


@pytest.mark.parametrize('options, message', [
    (['--panels', '-', '-'], 'expected at least one folder'),
    (['--panels', 'a', 'b', '--labels'], '--labels: expected four panels, found 2'),
    (['--panels', '{disk}/generic/train/images', '--size', 0], '--size: expected at least 1'),
    (['--panels', 'nowhere'], 'nowhere: there is no such folder'),
    (['--panels', '{disk}/generic/train/images', '{disk}/generic/val/images'], 'has no panel'),
    (['--strips', '{odd}'], 'no multiple of its 4 panels'),
    (['--strips', '{out}'], 'is a folder that is read'),
])
def test_make_strips_refuses_nonsense(disk, tmp_path, options, message):
    (tmp_path / 'odd').mkdir()
    Image.new('RGB', (26, 4)).save(tmp_path / 'odd/a.png')
    options = [str(option).format(disk=disk, odd=tmp_path / 'odd', out=tmp_path / 'o') for option in options]
    assert message in run('dataset_converters/make_strips.py', *options, '--out', tmp_path / 'o', fails=True)


def test_generic_format_keeps_every_pixel(disk):
    dataset = DATASETS.build(dict(
        type='LabelMapFolder', image_dir='val/images', label_dir='val/labels',
        instance_dir='val/instances', data_root=str(disk / 'generic'), num_classes=17))
    drawn = DATASETS.build(dict(type='ToyWorldStreet', size=(32, 64), length=2, seed=1))
    for read, made in zip((dataset[0], dataset[1]), (drawn[0], drawn[1])):
        for key in ('target_image', 'label', 'instance'):
            assert (read[key] == made[key]).all()


def test_cityscapes_instances_count_cars_and_people(disk):
    dataset = DATASETS.build(dict(type='Cityscapes', data_root=str(disk / 'cityscapes')))
    for sample in (dataset[i] for i in range(4)):
        things = sample['instance'] >= 1000
        assert (sample['instance'][things] // 1000 == sample['label'][things]).all()
        assert (sample['instance'][~things] == sample['label'][~things]).all()
        assert set(np.unique(sample['label'][things])) <= {24, 26}


def test_custom_base_config_reads_the_generic_format(disk):
    cfg = Config.fromfile(str(BASES / 'custom_256.py'))
    dataset = cfg.train_dataloader.dataset
    dataset.data_root, dataset.num_classes = str(disk / 'generic'), 17
    assert DATASETS.build(dataset)[0]['label'].shape == (256, 256)


@pytest.mark.parametrize('path', sorted(BASES.rglob('*.py')), ids=lambda path: path.stem)
def test_base_configs_name_what_exists(path):
    cfg = Config.fromfile(str(path))
    for loader in (cfg.train_dataloader, cfg.val_dataloader, cfg.test_dataloader):
        assert loader.dataset.type in DATASETS and loader.collate_fn.type == 'default_collate'
        for dataset in loader.dataset.get('datasets', [loader.dataset]):
            assert dataset.type in DATASETS and all(step.type in TRANSFORMS for step in dataset.pipeline)
    of_dances = {'MusicDance', 'ToyWorldMusic'} & {cfg.test_dataloader.dataset.type}
    judged = 'BeatAlignment' if of_dances else 'PSNR'
    assert cfg.test_evaluator[0].type == judged
    assert all(metric.type in METRICS for metric in cfg.test_evaluator)


def test_toyworld_base_config_has_other_scenes_for_validation():
    cfg = Config.fromfile(str(ROOT / 'configs/gaugan/gaugan_toyworld-64.py'))
    train, val = (DATASETS.build(cfg[f'{split}_dataloader'].dataset) for split in ('train', 'val'))
    assert len(val) == 64 and cfg.model.generator.num_classes == val.metainfo['num_classes']
    assert not torch.equal(train[0]['label'], val[0]['label'])


def test_browse_writes_sheets_and_a_histogram(disk, tmp_path):
    out = run('browse_dataset.py', ROOT / 'configs/gaugan/gaugan_facades-256.py', '--split', 'val',
              '--out', tmp_path, '--number', 2, '--rows', 1, '--cfg-options',
              f'val_dataloader.dataset.data_root={disk / "facades"}')
    sheets = sorted(tmp_path.glob('*.png'))
    assert [sheet.name for sheet in sheets] == ['val_000.png', 'val_001.png']
    assert Image.open(sheets[0]).size == (2 * 256, 30 + 256 + 2)
    assert 'facade' in out and 'ids outside 0..12: none' in out
    share = [float(line.split()[-2]) for line in out.splitlines() if line.endswith('%')]
    assert sum(share) == pytest.approx(100, abs=0.1) and share == sorted(share, reverse=True)


def test_browse_shows_pairs_with_their_guides(disk, tmp_path):
    out = run('browse_dataset.py', ROOT / 'configs/pix2pix/pix2pix_toyworld-64.py', '--out', tmp_path / 'a',
              '--number', 2)
    shown = np.asarray(Image.open(tmp_path / 'a/train_000.png'))
    assert shown.shape == (30 + 2 * (128 + 2), 5 * 128, 3) and 'source_guide (3, 64, 64)' in out
    shown = shown[30::2, ::2]  # below the names, and not enlarged
    sample = DATASETS.build(dict(type='ToyWorldCrossView', size=64, length=2, seed=0))[0]
    for i, name in enumerate(('source_image', 'source_guide', 'target_guide', 'target_image')):
        difference = shown[:64, 64 * i:64 * i + 64].astype(int) - sample[name]
        assert abs(difference).max() <= 1, name  # cut off, not rounded
    run('browse_dataset.py', ROOT / 'configs/pix2pix/pix2pix_plus_dayton_a2g-64.py', '--split', 'val',
        '--out', tmp_path / 'b', '--cfg-options', f'val_dataloader.dataset.data_root={disk / "strips"}')
    assert Image.open(tmp_path / 'b/val_000.png').size == (3 * 128, 30 + 2 * (128 + 2))


def test_the_data_page_names_every_format_and_config():
    page = (ROOT / 'docs/data.md').read_text()
    assert [name for name in FORMATS if f'| `{name}` |' not in page] == []
    for path in BASES.rglob('*.py'):
        assert path.stem in page or f'`{path.parent.name}/*`' in page or \
            f'_{path.stem.split("_")[-1]}`' in page, path


@pytest.mark.parametrize('tool', ['browse_dataset.py', 'dataset_converters/make_strips.py',
                                  'dataset_converters/photos_to_layout.py',
                                  'dataset_converters/toyworld_to_disk.py'])
def test_tools_start_from_any_folder(tool, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert '--out' in run(tool, '--help')


def test_browse_names_a_bad_label_file(disk, tmp_path):
    root = tmp_path / 'facades'
    image, label = np.zeros((8, 8, 3), np.uint8), np.full((8, 8), 99, np.uint8)
    for kind, array in (('img', image), ('label', label)):
        (root / f'val_{kind}').mkdir(parents=True)
        Image.fromarray(array).save(root / f'val_{kind}' / 'x.png')
    error = run('browse_dataset.py', ROOT / 'configs/gaugan/gaugan_facades-256.py', '--split', 'val',
                '--out', tmp_path, '--cfg-options', f'val_dataloader.dataset.data_root={root}',
                fails=True)
    assert 'x.png: label id 99 was found in 64 pixels; expected 0..12' in error


@pytest.fixture
def photos(tmp_path):
    """Five photographs: a bright left half and a dark right half, each of its own colour."""
    rng = np.random.RandomState(0)
    for i in range(5):
        photo = rng.randint(0, 30, (60 + i, 80, 3))
        photo[:, :40] += np.array([150, 120 + 10 * i, 60])
        (tmp_path / 'photos').mkdir(exist_ok=True)
        Image.fromarray(photo.astype(np.uint8)).save(tmp_path / 'photos' / f'p{i}.png')
    return tmp_path / 'photos'


def test_photos_become_a_label_folder(photos, tmp_path):
    options = ['--classes', 2, '--size', 32, '--short-side', 64, '--crops', 3, '--test-crops', 2,
               '--instances']
    run('dataset_converters/photos_to_layout.py', photos, '--out', tmp_path / 'a', *options)
    run('dataset_converters/photos_to_layout.py', photos, '--out', tmp_path / 'b', *options)
    written = sorted(p.relative_to(tmp_path / 'a') for p in (tmp_path / 'a').rglob('*.*'))
    assert all((tmp_path / 'a' / p).read_bytes() == (tmp_path / 'b' / p).read_bytes() for p in written)
    meta = json.loads((tmp_path / 'a' / 'meta.json').read_text())
    assert meta['test'] == ['p4'] and meta['train'] == ['p0', 'p1', 'p2', 'p3']
    dataset = DATASETS.build(dict(
        type='LabelMapFolder', image_dir='train/images', label_dir='train/labels',
        instance_dir='train/instances', data_root=str(tmp_path / 'a'), meta_file='meta.json'))
    assert len(dataset) == 12
    for sample in (dataset[i] for i in range(12)):
        bright = sample['target_image'].astype(int).sum(-1) > 180
        assert sample['label'].shape == (32, 32) and (bright == (sample['label'] == 1)).mean() > 0.9
    dark, light = np.array(meta['palette'])
    assert (dark < 40).all() and light[0] > 140


def test_whole_photos_and_named_test_photos(photos, tmp_path):
    run('dataset_converters/photos_to_layout.py', photos, '--out', tmp_path / 'o', '--size', 0,
        '--short-side', 60, '--test', 'p0', 'p2', '--classes', 3)
    assert sorted(p.name for p in (tmp_path / 'o/test/images').iterdir()) == ['p0.png', 'p2.png']
    assert Image.open(tmp_path / 'o/train/labels/p1.png').size == (79, 60)
    assert not (tmp_path / 'o/train/instances').exists()


@pytest.mark.parametrize('options, message', [
    ([], 'give a folder of photographs, or --skimage'),
    (['nowhere'], 'nowhere: there is no such folder'),
    (['nowhere', '--skimage'], 'expected a folder of photographs or --skimage, found both (nowhere)'),
    (['--skimage', '--test', 'nobody'], "--test: there is no photograph 'nobody'"),
    (['--skimage', '--classes', 1], '--classes: expected 2 to 255, found 1'),
    (['--skimage', '--size', 500], '--size: expected 0 to --short-side'),
])
def test_photos_refuses_nonsense(tmp_path, options, message):
    error = run('dataset_converters/photos_to_layout.py', '--out', tmp_path / 'o', *options, fails=True)
    assert message in error


def test_photos_of_scikit_image_feed_the_base_config(tmp_path):
    out = tmp_path / 'photos'
    arguments = ['dataset_converters/photos_to_layout.py', '--skimage', '--out', out, '--instances',
                 '--crops', 4, '--test-crops', 2]
    assert 'photographs' in run(*arguments)
    assert 'use --overwrite' in run(*arguments, fails=True)
    cfg = Config.fromfile(str(BASES / 'photos_64.py'))
    counts = []
    for loader in (cfg.train_dataloader, cfg.val_dataloader):
        loader.dataset.data_root = str(out)
        dataset = DATASETS.build(loader.dataset)
        counts.append(len(dataset))
        assert dataset[0]['target_image'].shape == (3, 64, 64) and dataset[0]['edge'].max() == 1
    assert counts == [24, 4] and dataset.metainfo['num_classes'] == 12


def test_make_strips_reads_photographs_as_the_data_sets_do(tmp_path):
    for name in 'abcd':
        (tmp_path / name).mkdir()
        Image.new('RGB', (6, 4), (128, 64, 128)).save(tmp_path / name / '0.png')
    deep = np.arange(24, dtype=np.uint16).reshape(4, 6) * 2000
    Image.fromarray(deep).save(tmp_path / 'a/0.png')
    turned = Image.new('RGB', (4, 6), 'white')
    exif = turned.getexif()
    exif[0x0112] = 6
    turned.save(tmp_path / 'b/0.png', exif=exif)
    (tmp_path / 'b/._0.png').write_bytes(b'of a Mac')
    folders = [tmp_path / name for name in 'abcd']
    run('dataset_converters/make_strips.py', '--panels', *folders, '--out', tmp_path / 'out')
    strip = np.asarray(Image.open(tmp_path / 'out/0.png'))
    assert (strip[:, :6, 0] == deep >> 8).all() and (strip[:, 6:12] == 255).all() and strip.shape[1] == 24
    Image.open(tmp_path / 'd/0.png').save(tmp_path / 'd/0.jpg')
    (tmp_path / 'd/0.png').unlink()
    sentence = run('dataset_converters/make_strips.py', '--panels', *folders, '--labels', '--out',
                   tmp_path / 'maps', fails=True)
    assert 'd/0.jpg: a panel of colours that are classes' in sentence and 'found JPEG' in sentence
    run('dataset_converters/make_strips.py', '--panels', *folders, '--labels', '--lossy-labels', '--out',
        tmp_path / 'maps')
