"""Picture files of every kind: depth, orientation, loss, colours, size, and one sentence for the rest."""
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from ggtoolbox.datasets.files import read_ids, read_image, read_label
from ggtoolbox.datasets.label_folder import LabelMapFolder
from ggtoolbox.datasets.pictures import orientation
from ggtoolbox.errors import InputError

PALETTE = [(10, 0, 0), (0, 20, 0), (0, 0, 30)]
RAMP = np.linspace(0, 65535, 4096).reshape(64, 64).astype(np.uint16)


def save(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    picture = array if isinstance(array, Image.Image) else Image.fromarray(np.asarray(array))
    picture.save(path, **options)
    return path


@pytest.mark.parametrize('suffix', ['png', 'tif', 'pgm'])
def test_sixteen_bits_of_grey_become_their_upper_eight(tmp_path, suffix):
    read = read_image(save(tmp_path / f'a.{suffix}', RAMP))
    assert (read == (RAMP >> 8)[..., None]).all() and np.unique(read).size == 256


@pytest.mark.parametrize('suffix', ['png', 'tif'])
def test_sixteen_bits_of_colour_become_their_upper_eight(tmp_path, suffix):
    colours = np.random.RandomState(0).randint(0, 65536, (5, 7, 3)).astype(np.uint16)
    cv2.imwrite(str(tmp_path / f'a.{suffix}'), colours[..., ::-1])
    assert (read_image(tmp_path / f'a.{suffix}') == colours >> 8).all()
    with pytest.raises(InputError, match=r'expected an image of 8 bits a channel, found .RGB;16'):
        read_image(tmp_path / f'a.{suffix}', eight_bits=True)


def test_eight_bits_stored_in_sixteen_come_back(tmp_path):
    every = np.arange(256, dtype=np.uint16).reshape(16, 16)
    for factor in (256, 257):
        assert (read_image(save(tmp_path / 'a.png', every * factor))[..., 0] == every).all()


def test_floats_are_scaled_from_0_to_1_or_refused(tmp_path):
    read = read_image(save(tmp_path / 'a.tif', (RAMP / 65535).astype(np.float32)))
    assert (read[..., 0] == np.rint(RAMP / 65535 * 255)).all()
    for values, found in (([0, 255], '0 to 255'), ([-1, 1], '-1 to 1'), ([0, np.nan], 'not finite'),
                          ([0, np.inf], 'not finite')):
        path = save(tmp_path / 'b.tif', np.array([values], np.float32))
        with pytest.raises(InputError, match=rf'b\.tif: a picture of floats holds .* found .*{found}'):
            read_image(path)


def test_pictures_of_no_known_white_are_refused(tmp_path):
    path = save(tmp_path / 'a.tif', np.arange(4, dtype=np.int32).reshape(2, 2))
    with pytest.raises(InputError, match=r'a\.tif: expected a picture of 8 or 16 bits .* found one of 32'):
        read_image(path)
    assert read_ids(path).tolist() == [[0, 1], [2, 3]]
    cv2.imwrite(str(tmp_path / 'b.tif'), np.zeros((2, 2, 3), np.float32))
    with pytest.raises(InputError, match=r'b\.tif: the file is broken or not an image that can be read'):
        read_image(tmp_path / 'b.tif')


@pytest.mark.parametrize('turned', range(1, 9))
@pytest.mark.parametrize('suffix', ['jpg', 'png', 'tif', 'webp'])
def test_a_photograph_is_read_as_viewers_show_it(tmp_path, turned, suffix):
    shown = np.zeros((16, 24, 3), np.uint8)
    shown[:8, :8] = 255  # bright in the upper left corner
    image = Image.fromarray(shown)
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # the transpose that undoes each
    stored = image.transpose(back[turned]) if turned > 1 else image
    exif = stored.getexif()
    exif[0x0112] = turned
    read = read_image(save(tmp_path / f'a.{suffix}', stored, exif=exif, quality=100))
    assert read.shape == shown.shape and np.abs(read.astype(int) - shown).mean() < 3


def test_both_halves_of_a_pair_are_turned(tmp_path):
    shown = np.zeros((6, 4), np.uint8)
    shown[:3] = 1
    stored = Image.fromarray(shown).transpose(Image.Transpose.ROTATE_90)
    exif = Image.new('L', (1, 1)).getexif()
    exif[0x0112] = 6
    save(tmp_path / 'i/a.png', stored.point(lambda v: 200 * v).convert('RGB'), exif=exif)
    for label in (dict(array=stored, exif=exif), dict(array=shown)):  # turned like it, or drawn upright
        save(tmp_path / 'l/a.png', **label)
        sample = LabelMapFolder('i', 'l', data_root=str(tmp_path), num_classes=2)[0]
        assert (sample['label'] == shown).all() and (sample['target_image'][..., 0] == 200 * shown).all()
    save(tmp_path / 'l/a.png', stored)  # made from the pixels as stored, which nobody sees
    with pytest.raises(InputError, match=r'this label map is 6 x 4 pixels, its image .* is 4 x 6'):
        LabelMapFolder('i', 'l', data_root=str(tmp_path), num_classes=2)[0]


@pytest.mark.parametrize('value', [0, 9, 77, 'six'])
def test_an_orientation_that_is_none_turns_nothing(tmp_path, value):
    image = Image.new('RGB', (4, 2))
    image.getexif()[0x0112] = value
    assert orientation(image) == 1
    broken = save(tmp_path / 'a.jpg', image, exif=b'Exif\0\0garbage')
    assert read_image(broken).shape == (2, 4, 3)


LOSSY = [('jpg', {}), ('webp', dict(quality=100)), ('tif', dict(compression='jpeg'))]


@pytest.mark.parametrize('suffix, options', LOSSY)
def test_maps_in_lossy_formats_are_refused(tmp_path, suffix, options):
    blocks = np.kron(np.random.RandomState(0).randint(0, 3, (8, 8)), np.ones((8, 8))).astype(np.uint8)
    if suffix != 'webp':  # which has no single channel
        path = save(tmp_path / f'a.{suffix}', blocks, **options)
        for what in ('label map', 'instance map'):
            with pytest.raises(InputError, match=rf'a\.{suffix}: a {what} must be stored without loss'):
                read_ids(path, what)
    path = save(tmp_path / f'b.{suffix}', np.array(PALETTE, np.uint8)[blocks], **options)
    with pytest.raises(InputError, match=rf'b\.{suffix}: a label map must be stored without loss'):
        read_label(path, PALETTE, lambda ids, where: ids)


@pytest.mark.parametrize('suffix, options', [
    ('png', {}), ('webp', dict(lossless=True)), ('bmp', {}), ('tif', dict(compression='tiff_lzw')),
    ('ppm', {}), ('webp', dict(lossless=True, exif=b'Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0'))])
def test_maps_in_lossless_formats_are_read(tmp_path, suffix, options):
    blocks = np.random.RandomState(0).randint(0, 3, (8, 8)).astype(np.uint8)
    path = save(tmp_path / f'b.{suffix}', np.array(PALETTE, np.uint8)[blocks], **options)
    assert (read_label(path, PALETTE, lambda ids, where: ids) == blocks).all()


def test_ids_are_not_stretched(tmp_path):
    (tmp_path / 'a.pgm').write_bytes(b'P5 2 1 17\n' + bytes([3, 17]))
    with pytest.raises(InputError, match=r'a\.pgm: .* must have 255 or 65535 .*, found 17'):
        read_ids(tmp_path / 'a.pgm')
    (tmp_path / 'a.pgm').write_bytes(b'P5 2 1 255\n' + bytes([3, 17]))
    assert read_ids(tmp_path / 'a.pgm').tolist() == [[3, 17]]


def indexed(indices, colours):
    picture = Image.fromarray(np.asarray(indices, np.uint8), 'P')
    picture.putpalette([value for colour in colours for value in colour])
    return picture


def classes_of(path, palette=PALETTE):
    return read_label(path, palette, lambda ids, where: ids).tolist()


def test_indexed_and_coloured_maps_are_the_same(tmp_path):
    coloured = save(tmp_path / 'c.png', np.array(PALETTE, np.uint8)[[[0, 2, 1]]])
    in_order = save(tmp_path / 'o.png', indexed([[0, 2, 1]], PALETTE))
    shuffled = save(tmp_path / 's.png', indexed([[2, 1, 0]], [PALETTE[1], PALETTE[2], PALETTE[0]]))
    greys = save(tmp_path / 'g.png', indexed([[0, 2, 1]], [(i, i, i) for i in range(256)]))
    ids = save(tmp_path / 'i.png', np.array([[0, 2, 1]], np.uint8))
    assert [classes_of(path) for path in (coloured, in_order, shuffled, greys, ids)] == [[[0, 2, 1]]] * 5
    for path in (in_order, shuffled):
        assert (read_image(path) == read_image(coloured)).all()


def test_black_is_no_class_in_either(tmp_path):
    coloured = save(tmp_path / 'c.png', np.array([[PALETTE[1], (0, 0, 0)]], np.uint8))
    shuffled = save(tmp_path / 's.png', indexed([[0, 9]], [PALETTE[1]] + [(0, 0, 0)] * 9))
    assert classes_of(coloured) == classes_of(shuffled) == [[1, 255]]


def test_an_index_that_could_mean_two_things_is_refused(tmp_path):
    path = save(tmp_path / 'a.png', indexed([[0, 1]], [PALETTE[2], (99, 99, 99)]))
    with pytest.raises(InputError, match='index 0 .* colour of class 2, but index 1 that of no class'):
        classes_of(path)
    assert read_label(path, PALETTE, lambda ids, where: ids, indices_are_ids=True).tolist() == [[0, 1]]


def test_a_data_set_reads_its_stated_colours_only(tmp_path):
    save(tmp_path / 'i/a.png', np.zeros((1, 2, 3), np.uint8))
    save(tmp_path / 'l/a.png', np.array([[PALETTE[2], PALETTE[0]]], np.uint8))
    folder = dict(image_dir='i', label_dir='l', data_root=str(tmp_path), num_classes=3)
    assert LabelMapFolder(**folder, palette=PALETTE)[0]['label'].tolist() == [[2, 0]]
    with pytest.raises(InputError, match='a label map has one channel with ids'):
        LabelMapFolder(**folder)[0]
    for palette in ([(1, 2)] * 3, [(1, 2, 256)] * 3, [(1.5, 2, 3)] * 3, [7] * 3):
        with pytest.raises(InputError, match='palette must hold three whole numbers from 0 to 255'):
            LabelMapFolder(**folder, palette=palette)


def png_of_size(path, width, height):
    """A file of some hundred bytes that says it is a picture of this size."""
    chunk = lambda kind, data: struct.pack('>I', len(data)) + kind + data + struct.pack(
        '>I', zlib.crc32(kind + data))
    head = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    path.write_bytes(b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head)
                     + chunk(b'IDAT', zlib.compress(b'\0' * 10000)) + chunk(b'IEND', b''))
    return path


@pytest.mark.parametrize('side', [12000, 30000, 60000])
def test_a_decompression_bomb_is_named_before_it_is_decoded(tmp_path, monkeypatch, side):
    monkeypatch.setattr('PIL.ImageFile.ImageFile.load', lambda self: pytest.fail('decoded'))
    path = png_of_size(tmp_path / 'bomb.png', side, side)
    for read in (read_image, read_ids):
        with pytest.raises(InputError, match=r'bomb\.png: this picture is .* expected at most 134217728'):
            read(path)


def test_the_limit_can_be_moved(tmp_path, monkeypatch):
    path = save(tmp_path / 'a.png', np.zeros((10, 10), np.uint8))
    monkeypatch.setenv('GGTOOLBOX_MOST_PIXELS', '99')
    with pytest.raises(InputError, match='this picture is 10 x 10 pixels, expected at most 99 in all'):
        read_image(path)
    monkeypatch.setenv('GGTOOLBOX_MOST_PIXELS', 'many')
    with pytest.raises(InputError, match="GGTOOLBOX_MOST_PIXELS: expected a number of pixels, found 'many'"):
        read_image(path)


@pytest.mark.parametrize('suffix', ['png', 'jpg', 'tif', 'bmp', 'webp', 'ppm'])
def test_no_harm_to_a_file_ends_in_a_traceback(tmp_path, suffix):
    random = np.random.RandomState(1)
    path = save(tmp_path / f'a.{suffix}', random.randint(0, 255, (12, 9, 3)).astype(np.uint8))
    whole = path.read_bytes()
    for _ in range(60):
        content = bytearray(whole[:random.randint(1, len(whole) + 1)])
        for place in random.randint(0, len(content), 3):
            content[place] = random.randint(256)
        path.write_bytes(bytes(content))
        try:
            assert read_image(path).dtype == np.uint8
        except InputError as error:
            assert f'a.{suffix}: ' in str(error)


def test_a_picture_that_runs_programs_is_none(tmp_path):
    (tmp_path / 'a.png').write_bytes(b'%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n')
    with pytest.raises(InputError, match=r'a\.png: the file is broken or not an image'):
        read_image(tmp_path / 'a.png')
