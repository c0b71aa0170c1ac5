import numpy as np
import pytest
from PIL import Image
from uploads import LONGEST_SIDE, read_label_map, read_source

from ggtoolbox.errors import InputError

PALETTE = np.array([(10, 20, 30), (200, 0, 0), (0, 200, 0)], np.uint8)


@pytest.fixture
def stored(tmp_path):
    """Writes an array as a PNG; returns its path."""
    def write(array, name='map.png'):
        Image.fromarray(array).save(tmp_path / name)
        return tmp_path / name
    return write


def test_ids_and_colours_are_the_same_map(stored):
    label = np.array([[0, 1], [2, 1]], np.uint8)
    expected = label.repeat(4, 0).repeat(4, 1)
    assert (read_label_map(stored(label), (8, 8), PALETTE) == expected).all()
    assert (read_label_map(stored(PALETTE[label]), (8, 8), PALETTE) == expected).all()


def test_a_label_that_is_none_is_named(stored):
    with pytest.raises(InputError, match='map.png: class id 3 was found, expected 0..2'):
        read_label_map(stored(np.full((4, 4), 3, np.uint8)), (8, 8), PALETTE)
    with pytest.raises(InputError, match=r'map.png: the colour \(1, 2, 3\) was found'):
        read_label_map(stored(np.full((4, 4, 3), (1, 2, 3), np.uint8)), (8, 8), PALETTE)


def test_the_middle_of_a_source_is_taken(stored):
    wide = np.zeros((64, 128, 3), np.uint8)
    wide[:, 48:80] = 255  # 64 x 32 in the middle
    assert (read_source(stored(wide), (64, 32)) == 255).all()
    assert read_source(stored(wide), (32, 32)).shape == (32, 32, 3)


@pytest.mark.parametrize('content', [b'', b'no picture', b'GIF89a', b'\x89PNG\r\n\x1a\n broken'])
def test_what_is_no_picture_is_refused(content, tmp_path):
    (tmp_path / 'map.png').write_bytes(content)
    with pytest.raises(InputError, match=r'^map.png: expected a picture .* is broken$'):
        read_source(tmp_path / 'map.png', (64, 64))


def test_a_large_picture_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    Image.new('1', (LONGEST_SIDE + 1, 8)).save(tmp_path / 'large.png')
    monkeypatch.setattr('PIL.ImageFile.ImageFile.load', lambda self: pytest.fail('decoded'))
    with pytest.raises(InputError, match=f'large.png: the picture is {LONGEST_SIDE + 1} x 8 pixels'):
        read_source(tmp_path / 'large.png', (64, 64))
