"""The gallery shows models on the same inputs."""
from itertools import combinations

import cv2
import numpy as np

from ggtoolbox.apis.places import PACKAGE
from ggtoolbox.apis.zoo.gallery import (
    changing_hands,
    draw,
    gallery_sheets,
    overview,
    shipped_models,
    write_gallery,
)
from ggtoolbox.engine.sheets import sheet
from ggtoolbox.models.backbones.conv_encoder import ConvEncoder
from ggtoolbox.registry import DATASETS

MODELS = ['xinggan_toyworld-128', 'bigraphgan_toyworld-128', 'sean_toyworld-64',
          'dancegan_motion_toyworld-64']


def test_models_of_a_task_share_a_sheet_and_its_scenes(tmp_path):
    sheets = gallery_sheets(MODELS, images=1)
    persons = 'toyworld_figure, 128 x 64'
    assert list(sheets) == [persons, 'toyworld_face']
    faces = sheets['toyworld_face']
    assert faces.shape == (30 + 128 + 2, 6 * 128, 3)  # source, guides, label, target, one model, enlarged
    face = DATASETS.build(dict(type='ToyWorldFace', size=(64, 64), length=1, seed=2))[0]
    for place, field in ((0, 'source_image'), (4, 'target_image')):
        panel = faces[30:158:2, place * 128:(place + 1) * 128:2].astype(int)
        assert np.abs(panel - face[field]).max() <= 1
    sheet_of_two = sheets[persons]
    assert sheet_of_two.shape == (30 + 128 + 2, 6 * 64, 3)  # source, guides, target, two models
    scene = DATASETS.build(dict(type='ToyWorldFigure', size=(128, 64), length=1, seed=2))[0]
    panels = [sheet_of_two[30:158, left:left + 64].astype(int) for left in range(0, 6 * 64, 64)]
    for panel, field in ((panels[0], 'source_image'), (panels[3], 'target_image')):
        assert np.abs(panel - scene[field]).max() <= 1
    drawn = panels[3:]
    assert all(np.abs(drawn[0] - image).mean() > 1 for image in drawn[1:]) and (drawn[1] != drawn[2]).any()


def test_of_photographs_the_models_own_are_shown():
    sheets = gallery_sheets(['gesturegan_hands-96'], images=2)
    assert list(sheets) == ['hands']
    assert sheets['hands'].shape == (30 + 2 * (192 + 2), 4 * 192, 3)  # source, guides, and no target
    source = cv2.imread(str(PACKAGE.parent / 'demo/hands/hand01128_sign5.jpg'))[..., ::-1]
    assert np.abs(sheets['hands'][30:222:2, :192:2].astype(int) - source).max() <= 1


def test_a_hand_changes_its_sign():
    picture = changing_hands('gesturegan_hands-96', hands=2, signs=2)
    assert picture.shape == (4 * 96, 3 * 96, 3)
    guides, images = picture[:96, 96:].astype(int), picture[96:192].astype(int)
    assert (picture[:96, :96] == 255).all() and np.isin(guides, (0, 255)).mean() > 0.8
    panels = np.split(images, 3, axis=1)  # the source, and two other signs of it
    assert all(np.abs(one - other).mean() > 3 for one, other in combinations(panels, 2))


def test_the_page_shows_what_lies_beside_it(tmp_path):
    (tmp_path / 'images').mkdir()
    (tmp_path / 'images/gallery_former.png').touch()
    page = write_gallery(tmp_path, MODELS[2:], images=1).read_text()
    assert '![Faces](images/gallery_face.png)' in page
    assert [path.name for path in (tmp_path / 'images').iterdir()] == ['gallery_face.png']
    assert cv2.imread(str(tmp_path / 'images/gallery_face.png')).std() > 10


def test_every_model_with_weights_in_the_package_is_shown():
    shown = shipped_models()
    files = {path.stem[:-9] for path in (PACKAGE / 'weights').glob('*.safetensors')}
    assert set(shown) == files and len(shown) == len(files)


def test_an_overview_shares_out_scenes_among_repeated_models():
    name, columns = MODELS[1], ('target_image', 'image')
    both = draw(name, 2)
    picture = overview([[name, name], [MODELS[2]]], 1, columns)
    height, width = 30 + 128 + 2, 2 * 64
    assert picture.shape == (2 * height + 12, 2 * width + 12, 3)
    for index, sample in enumerate(both.samples):
        x = index * (width + 12)
        assert (picture[:height, x:x + width] == sheet([sample], columns)).all()
    assert (picture[:height, width:width + 12] == 255).all() and (picture[height:height + 12] == 255).all()


def test_of_a_source_with_several_outputs_one_is_shown():
    first, second = (sample['source_image'] for sample in draw('stargan_v2_toyworld-64', 2).samples)
    assert not first.equal(second)


def test_styles_are_drawn_and_not_the_targets_own(monkeypatch):
    monkeypatch.setattr(ConvEncoder, 'forward', None)
    images = [sample['image'] for sample in draw('gaugan_sau_vae_toyworld-128', 2).samples]
    assert images[0].shape == (3, 128, 128) and images[0].std() > 0.1
