from pathlib import Path

import in_process
import numpy as np
import pytest
import torch
from PIL import Image

from ggtoolbox.apis.folders import FOLDER_METRICS, evaluate_folders
from ggtoolbox.datasets.files import read_image
from ggtoolbox.datasets.person_files import write_annotations
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.person_ssim import person_ssim
from ggtoolbox.evaluation.metrics.psnr import cross_view_psnr
from ggtoolbox.models.backbones import InceptionV3
from ggtoolbox.registry import METRICS, check_arguments

NO_WEIGHTS = ['psnr', 'psnr_crossview', 'ssim', 'ssim_crossview', 'ssim_person', 'ssim_person_fashion',
              'l1_person', 'sd']


def write(path, image):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(path)


@pytest.fixture
def folders(tmp_path):
    """Five pairs of 40 x 32; one lies in a sub-folder, one generated image is a JPEG."""
    random = np.random.default_rng(0)
    for index, name in enumerate(['a', 'b', 'sub/a', 'c', 'd']):
        real = random.integers(0, 256, (32, 40, 3), dtype=np.uint8)
        write(tmp_path / f'real/{name}.png', real)
        write(tmp_path / f'fake/{name}.{"jpg" if index == 3 else "png"}', real // 2 + 30)
    return str(tmp_path / 'real'), str(tmp_path / 'fake')


@pytest.fixture(scope='module')
def inception(tmp_path_factory):
    path = tmp_path_factory.mktemp('weights') / 'inception.pth'
    torch.save(InceptionV3(allow_random=True).state_dict(), path)
    return dict(inception=str(path))


def test_every_name_is_a_metric():
    for kind in FOLDER_METRICS.values():
        arguments = {**kind.cfg, **kind.weights, **(dict(num_classes=2) if kind.needs == 'labels' else {}),
                     **(dict(training='') if kind.cfg['type'] == 'Memorisation' else {})}
        check_arguments(METRICS.get(arguments.pop('type')), arguments)


@pytest.mark.parametrize('batch_size', [1, 2, 32])
def test_pairs(folders, batch_size):
    rows = {row.metric: row for row in evaluate_folders(*folders, NO_WEIGHTS, batch_size=batch_size)}
    assert len(rows) == len(NO_WEIGHTS) and {row.images for row in rows.values()} == {5}
    pairs = [[read_image(next(Path(folder).glob(f'{name}.*'))) for folder in reversed(folders)]
             for name in ('a', 'b', 'sub/a', 'c', 'd')]
    for metric, measure in (('PSNR_crossview', cross_view_psnr), ('SSIM_person_no_jpeg', person_ssim)):
        assert rows[metric].value == pytest.approx(np.mean([measure(*pair) for pair in pairs]))


def test_sets_need_no_names(folders, inception, tmp_path):
    (tmp_path / 'fake/a.png').rename(tmp_path / 'fake/z.png')
    rows = evaluate_folders(*folders, ['fid', 'kid'], inception)
    assert [(row.metric, row.images) for row in rows] == [('FID', 5), ('KID', 5), ('KID_std', 5)]
    with pytest.raises(InputError, match='IS: 10 splits need at least as many images, found 5'):
        evaluate_folders(None, folders[1], ['is'], inception)


def test_another_feature_network_statistics_and_training_images(folders, tmp_path):
    lite, sets = dict(feature_network='EfficientNetLite0'), ['fid', 'kid', 'psnr']
    rows = evaluate_folders(*folders, sets, **lite)
    names = ['FD_EfficientNetLite0', 'KID_EfficientNetLite0', 'KID_EfficientNetLite0_std', 'PSNR']
    assert [row.metric for row in rows] == names
    path = tmp_path / 'real.npz'
    said = in_process.run('analysis_tools/feature_statistics.py', folders[0], '--out', path,
                          '--feature-network', 'EfficientNetLite0')
    assert said.startswith(f'{path}: 5 images, EfficientNetLite0, pool')
    again = evaluate_folders(str(path), folders[1], sets[:2], **lite)
    assert [row.value for row in again] == pytest.approx([row.value for row in rows[:3]], rel=1e-3, abs=1e-6)
    near, close = evaluate_folders(*folders, ['memorisation'], training=folders[1], **lite)
    assert near.metric == 'Memorisation_EfficientNetLite0' and near.value == close.value == 1  # copies
    sheet = tmp_path / 'sheet.png'
    told = in_process.run('analysis_tools/nearest_training.py', '--training', folders[1], '--fake',
                          folders[1], '--out', sheet, '--number', 2, '--feature-network',
                          'EfficientNetLite0').splitlines()
    assert len(told) == 3 and all(line.split()[1] == line.split()[2] for line in told[:2])
    shown = read_image(sheet)[-256:]  # two rows below the names, 32 x 40 enlarged by four
    np.testing.assert_array_equal(shown[:, :160], shown[:, 160:])
    with pytest.raises(InputError, match='the folder of training images is needed'):
        evaluate_folders(*folders, ['memorisation'], **lite)


def test_label_maps(tmp_path):
    label = np.array([[0, 1, 255, 1]], np.uint8)
    write(tmp_path / 'real/a.png', label)
    write(tmp_path / 'fake/a.png', np.array([[0, 0, 1, 1]], np.uint8))
    folders = str(tmp_path / 'real'), str(tmp_path / 'fake')
    found = {row.metric: row.value for row in evaluate_folders(*folders, ['miou'], num_classes=2)}
    assert found == dict(mIoU=1 / 2, Acc=pytest.approx(2 / 3), Class_acc=3 / 4)
    with pytest.raises(InputError, match='miou: the number of classes must be given'):
        evaluate_folders(*folders, ['miou'])
    with pytest.raises(InputError, match='miou reads both folders as label maps; ask for it alone'):
        evaluate_folders(*folders, ['miou', 'psnr'], num_classes=2)
    write(tmp_path / 'fake/a.png', np.zeros((1, 4, 3), np.uint8))
    with pytest.raises(InputError, match='fake/a.png: a label map has one channel'):
        evaluate_folders(*folders, ['miou'], num_classes=2)


def person():
    keypoints = np.zeros((18, 3), np.float32)
    keypoints[:3] = [(10, 10, 1), (14, 18, 1), (8, 20, 1)]
    return keypoints


def test_key_points_by_the_papers_files(folders, tmp_path):
    real, predicted = person(), person()
    predicted[2, 0] += 9
    write_annotations({'x.jpg': real, 'y.jpg': real}, tmp_path / 'real.csv')
    write_annotations({'w___x_vis.jpg': predicted, 'y.png': real}, tmp_path / 'fake.csv')
    files = dict(keypoints=str(tmp_path / 'real.csv'), predicted_keypoints=str(tmp_path / 'fake.csv'))
    row, = evaluate_folders(None, None, ['pckh'], **files)
    assert (row.metric, row.value, row.images) == ('PCKh', pytest.approx(5 / 6), 2)
    with pytest.raises(InputError, match="real.csv: there are no key points of 'a'"):
        evaluate_folders(*folders, ['mask_ssim'], **files)
    with pytest.raises(InputError, match="the file of the real images' key points is needed"):
        evaluate_folders(*folders, ['mask_ssim'])
    write_annotations({f'{name}.png': real for name in 'abcd'}, tmp_path / 'real.csv')
    rows = evaluate_folders(*folders, ['mask_ssim', 'psnr'], **files)
    assert [row.metric for row in rows] == ['Mask-SSIM_no_jpeg', 'PSNR']


class TestBadInput:
    """Each ends in one sentence."""

    def test_names_that_do_not_match(self, folders, tmp_path):
        (tmp_path / 'fake/a.png').rename(tmp_path / 'fake/e.png')
        with pytest.raises(InputError, match="fake/e.png: this generated image has no real image of the same "
                                             "name \\('e'\\); found 5 generated image and 5 real image"):
            evaluate_folders(*folders, ['psnr'])

    def test_different_sizes(self, folders, tmp_path):
        write(tmp_path / 'fake/a.png', np.zeros((32, 20, 3), np.uint8))
        with pytest.raises(InputError, match="PSNR: the sample 'a' is 20 x 32 pixels, expected 40 x 32"):
            evaluate_folders(*folders, ['psnr'])

    def test_a_corrupt_image(self, folders, tmp_path):
        (tmp_path / 'real/b.png').write_bytes((tmp_path / 'real/b.png').read_bytes()[:200])
        with pytest.raises(InputError, match='real/b.png: the file is broken or not an image'):
            evaluate_folders(*folders, ['psnr'])

    def test_an_image_of_16_bits(self, folders, tmp_path):
        Image.fromarray(np.full((32, 40), 40000, np.uint16)).save(tmp_path / 'fake/a.png')
        with pytest.raises(InputError, match="fake/a.png: expected an image of 8 bits a channel, found 'I"):
            evaluate_folders(*folders, ['psnr'])

    def test_one_image_only(self, tmp_path, inception):
        for folder in ('real', 'fake'):
            write(tmp_path / f'{folder}/a.png', np.zeros((32, 32, 3), np.uint8))
        folders = str(tmp_path / 'real'), str(tmp_path / 'fake')
        values = {row.metric: row.value for row in evaluate_folders(*folders, NO_WEIGHTS)}
        assert values['PSNR'] == 100 and values['SSIM'] == 1 and values['SSIM_person_no_jpeg'] == 1
        with pytest.raises(InputError, match='FID: a covariance needs at least 2 generated images, found 1'):
            evaluate_folders(*folders, ['fid'], inception)

    def test_no_folder_and_no_images(self, folders, tmp_path):
        with pytest.raises(InputError, match='nowhere: there is no such folder'):
            evaluate_folders(folders[0], 'nowhere', ['psnr'])
        (tmp_path / 'empty').mkdir()
        with pytest.raises(InputError, match='empty: no image files were found in it'):
            evaluate_folders(folders[0], str(tmp_path / 'empty'), ['psnr'])
        with pytest.raises(InputError, match='the folder of real images is needed'):
            evaluate_folders(None, folders[1], ['psnr'])

    def test_unknown_names(self, folders):
        with pytest.raises(InputError, match="there is no metric 'pnsr'; did you mean 'psnr'"):
            evaluate_folders(*folders, ['pnsr'])
        with pytest.raises(InputError, match="no file of weights 'incpetion'; did you mean 'inception'"):
            evaluate_folders(*folders, ['psnr'], dict(incpetion='x'))

    def test_missing_weights(self, folders, tmp_path, monkeypatch):
        monkeypatch.setenv('TORCH_HOME', str(tmp_path))
        with pytest.raises(InputError, match='FID: download http.* \\(--weights inception=PATH\\)'):
            evaluate_folders(*folders, ['fid'])
        with pytest.raises(InputError, match='LPIPS_vgg: download .* \\(--weights lpips_vgg=PATH\\)'):
            evaluate_folders(*folders, ['lpips_vgg'])

    def test_statistics_for_another_metric(self, folders):
        with pytest.raises(InputError, match='psnr: the real images are needed, found statistics'):
            evaluate_folders('real.npz', folders[1], ['psnr'])
