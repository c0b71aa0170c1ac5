"""Outputs never eat inputs."""
import pytest
from PIL import Image

from ggtoolbox.apis.outputs import input_folders, output_file, output_folder
from ggtoolbox.datasets.label_folder import LabelMapFolder
from ggtoolbox.errors import InputError


@pytest.fixture
def maps(tmp_path):
    (tmp_path / 'data/maps').mkdir(parents=True)
    Image.new('L', (4, 4)).save(tmp_path / 'data/maps/a.png')
    return tmp_path / 'data/maps'


def test_a_folder_elsewhere_is_made(maps, tmp_path):
    for out in (tmp_path / 'new/deep', maps / 'out', tmp_path / 'other'):
        assert output_folder(out, [maps, maps / 'a.png', None]).is_dir()


def test_a_folder_that_holds_an_input_is_refused(maps, tmp_path):
    (tmp_path / 'link').symlink_to(maps)
    picture, gone = maps / 'a.png', tmp_path / 'gone'
    for out, inputs in ((maps, [maps]), (maps, [picture]), (maps.parent, [maps]), (tmp_path, [picture]),
                        (tmp_path / 'link', [maps]), (maps / '../maps', [maps]), (gone, [gone])):
        with pytest.raises(InputError, match='^--out: .*(is read|of which)'):
            output_folder(out, inputs)
    (maps / 'more').mkdir()
    Image.new('L', (4, 4)).save(maps / 'more/b.png')
    with pytest.raises(InputError, match='holds no input'):
        output_folder(maps / 'more', [maps])  # b.png is read as well


def test_files(maps, tmp_path):
    table = tmp_path / 'new/table.json'
    assert output_file(table, [maps]) == table and table.parent.is_dir()
    (tmp_path / 'points.csv').write_text('')
    assert output_file(tmp_path / 'x.json', [tmp_path / 'points.csv', None])  # beside a file that is read
    for file, inputs, said in ((tmp_path / 'points.csv', [tmp_path / 'points.csv'], 'is an input'),
                               (maps / 'x.json', [maps], 'a folder that is read'),
                               (maps, [], 'found the folder'),
                               (tmp_path / 'points.csv/x.json', [], 'cannot be made|found a file')):
        with pytest.raises(InputError, match=said):
            output_file(file, inputs)


def test_the_folders_of_a_data_set(maps):
    dataset = LabelMapFolder(str(maps), str(maps), num_classes=2)
    assert input_folders(dataset) == {maps}
    assert input_folders(object()) == set()
