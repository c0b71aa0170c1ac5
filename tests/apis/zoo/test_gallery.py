"""The gallery shows models on the same inputs."""
import cv2
import numpy as np

from ggtoolbox.apis.zoo.gallery import gallery_sheets, shipped_models, write_gallery
from ggtoolbox.apis.zoo.models import PACKAGE
from ggtoolbox.registry import DATASETS

MODELS = ['xinggan_toyworld-64', 'patn_selection_toyworld-64', 'wgan_gp_toyworld-64']


def test_models_of_a_task_share_a_sheet_and_its_scenes(tmp_path):
    sheets = gallery_sheets(MODELS, images=1)
    assert list(sheets) == ['toyworld_figure', 'toyworld_face']
    people = sheets['toyworld_figure']
    assert people.shape == (30 + 128 + 2, 6 * 64, 3)  # source, two guides, target, two models
    scene = DATASETS.build(dict(type='ToyWorldFigure', size=(64, 32), length=1, seed=2))[0]
    for column, field in ((0, 'source_image'), (3, 'target_image')):
        shown = people[30:158:2, 64 * column:64 * column + 64:2].astype(int)
        assert np.abs(shown - scene[field]).max() <= 1
    drawn = [people[30:158, 64 * column:64 * column + 64].astype(int) for column in (3, 4, 5)]
    assert all(np.abs(drawn[0] - image).mean() > 1 for image in drawn[1:]) and (drawn[1] != drawn[2]).any()


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
