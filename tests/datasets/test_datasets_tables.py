"""Tables and arrays: one sentence with file and line for everything that can be wrong with them."""
import io
import zipfile

import numpy as np
import pytest

from ggtoolbox.apis.interpolation import read_landmarks
from ggtoolbox.datasets.celeba_attributes import read_attributes
from ggtoolbox.datasets.detections import read_dlib_xml, read_openface_csv, read_openpose_json, read_points
from ggtoolbox.datasets.guides import read_keypoints
from ggtoolbox.datasets.label_folder import LabelMapFolder
from ggtoolbox.datasets.person_files import ANNOTATION_HEADER, read_annotations, read_pairs, read_pose_maps
from ggtoolbox.datasets.tables import read_array
from ggtoolbox.errors import InputError, noting_faults
from ggtoolbox.evaluation.feature_rows import FeatureRows
from ggtoolbox.evaluation.metrics.fid import read_statistics

LIST = list(range(18))


def refused(read, path, content, message):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=message) as caught:
        read(path)
    assert '\n' not in str(caught.value) and path.name in str(caught.value)
    return caught.value


@pytest.mark.parametrize('text, message', [
    ('from,to\na.jpg,b.jpg\na.jpg\n', r'p\.csv, line 3: expected 2 values \(from, to\), found 1'),
    ('from,to\na.jpg,b.jpg,c.jpg\n', r'line 2: expected 2 values \(from, to\), found 3'),
    ('from,to\na.jpg,\n', "line 2: expected the name of a file that lies in its folder, found ''"),
    ('from,to\na.jpg,b.jpg\n"c.jpg,d.jpg\ne.jpg,f.jpg\n', 'line 3: '),
    ('from,to\n"a.jpg,b.jpg\nc.jpg",d.jpg\n', 'line 2: a quote is opened that is not closed in this line'),
    ('from,to\n"a.jpg"x,b.jpg\n', 'line 2: this row of a pair list cannot be read'),
    ('from,to\na.jpg,b.jpg\nb.jpg,a.jpg\na.jpg,b.jpg\n', 'line 4: the pair a.jpg, b.jpg is in line 2'),
    ('from,to\n../a.jpg,b.jpg\n', r"line 2: expected the name of a file .*'\.\./a\.jpg'"),
    ('from,to\n/etc/a.jpg,b.jpg\n', "line 2: expected the name of a file .*'/etc/a.jpg'"),
    ('from,to\nx/../../a.jpg,b.jpg\n', 'line 2: expected the name of a file'),
    ('from,too\na.jpg,b.jpg\n', r"has the columns 'from' and 'to', found \['from', 'too'\]"),
    ('', "'from' and 'to'"),
    ('from,to\n' + 'a' * 200000 + ',b.jpg\n', 'line 2: this row of a pair list cannot be read')])
def test_pair_lists(tmp_path, text, message):
    refused(read_pairs, tmp_path / 'p.csv', text, message)


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-8-sig', 'utf-16'])
@pytest.mark.parametrize('end', ['\n', '\r\n', '\r'])
def test_pair_lists_of_spreadsheets(tmp_path, encoding, end):
    lines = ['"from", to', 'ä.jpg,"b, c.jpg"', '', 'b.jpg,ä.jpg']
    (tmp_path / 'p.csv').write_bytes(end.join(lines).encode(encoding))
    assert read_pairs(tmp_path / 'p.csv') == [('ä.jpg', 'b, c.jpg'), ('b.jpg', 'ä.jpg')]


def test_every_fault_of_a_list_is_told(tmp_path):
    text = 'from,to\na.jpg\na.jpg,b.jpg\na.jpg,b.jpg\n../x,b.jpg\nb.jpg,a.jpg\n'
    error = refused(read_pairs, tmp_path / 'p.csv', text, 'line 2')
    assert [sentence.split(': ')[0][-6:] for sentence in error.sentences()] == ['line 2']
    with noting_faults() as noted:
        assert read_pairs(tmp_path / 'p.csv') == [('a.jpg', 'b.jpg'), ('b.jpg', 'a.jpg')]
    assert [sentence.split(': ')[0][-6:] for sentence in noted] == ['line 2', 'line 4', 'line 5']


@pytest.mark.parametrize('line, message', [
    (f'a.jpg: {LIST}', r'line 3: expected name: \[y, ...\]'),
    (f'a.jpg: {LIST}: {LIST[:-1]}', 'line 3: expected two lists of 18 numbers, found 18 and 17'),
    (f'a.jpg: {LIST}: {[float("nan")] * 18}', 'line 3: this list cannot be read'),
    (f'a.jpg: {LIST}: {LIST[:-1] + ["NaN"]}'.replace("'", ''), 'line 3: .*finite numbers, found NaN'),
    (f'a.jpg: {LIST}: {LIST[:-1] + ["1e999"]}'.replace("'", ''), 'line 3: .*found 1e999'),
    (f'a.jpg: {LIST}: {{"a": 1}}'.replace('"a": 1', ''), 'line 3: expected name'),
    (f'x.jpg: {LIST}: {LIST}', r'line 3: the key points of x\.jpg are in a line above already'),
    (f'a.jpg: {LIST}: ' + '[' * 50000, 'line 3: .*nested too deeply')])
def test_annotations(tmp_path, line, message):
    text = f'{ANNOTATION_HEADER}\nx.jpg: {LIST}: {LIST}\n{line}\n'
    refused(read_annotations, tmp_path / 'a.csv', text, message)
    with noting_faults() as noted:
        assert list(read_annotations(tmp_path / 'a.csv')) == ['x.jpg'] and len(noted) == 1


def test_annotations_with_a_mark_and_colons_in_names(tmp_path):
    (tmp_path / 'a.csv').write_text(f'{ANNOTATION_HEADER}\na:1.jpg: {LIST}: {LIST}\n', encoding='utf-8-sig')
    assert list(read_annotations(tmp_path / 'a.csv')) == ['a:1.jpg']


@pytest.mark.parametrize('lines, message', [
    (['a.jpg 1'], 'line 3: expected an image name and 2 values'),
    (['a.jpg 1 -1', 'a.jpg 1 -1'], r'line 4: a\.jpg is in a line above already'),
    (['../a.jpg 1 -1'], 'line 3: expected the name of a file'),
    (['a.jpg 1 nan'], 'line 3: expected an image')])
def test_attribute_lists(tmp_path, lines, message):
    refused(read_attributes, tmp_path / 'a.txt', '\n'.join([str(len(lines)), 'Male Young', *lines]), message)
    (tmp_path / 'a.txt').write_text('1\nMale Young\na.jpg 1 -1\n', encoding='utf-8-sig')
    assert read_attributes(tmp_path / 'a.txt')[1] == {'a.jpg': [1, -1]}


OPENFACE = ['success', *(f'{axis}_{i}' for axis in 'xy' for i in range(68))]


@pytest.mark.parametrize('value, message', [('nan', "line 2, x_0: expected a finite number, found 'nan'"),
                                            ('inf', "line 2, x_0: .*'inf'"), ('', "line 2, x_0: .*found ''"),
                                            ('1,2', 'line 2: expected 137 values .* found 138')])
def test_openface(tmp_path, value, message):
    text = ','.join(OPENFACE) + '\n' + ','.join(['1', value, *['5'] * 135]) + '\n'
    refused(read_openface_csv, tmp_path / 'a.csv', text, message)


@pytest.mark.parametrize('text, message', [
    ('1 2\n3 nan\n', "line 2: expected a finite number, found 'nan'"),
    ('1 2\n\n3\n', 'line 3: expected 2 numbers'),
    ('1 2\n3 x\n', "line 2: expected a finite number, found 'x'"),
    ('# nothing\n', 'expected lines of numbers')])
def test_lines_of_numbers(tmp_path, text, message):
    refused(read_keypoints, tmp_path / 'a.txt', text, message)
    refused(read_landmarks, tmp_path / 'b.txt', text, 'expected a text file of landmarks')
    body = text.replace('# nothing\n', '')
    (tmp_path / 'c.pts').write_text(f'version: 1\nn_points: 2\n{{\n{body}}}\n')
    with pytest.raises(InputError, match=r'c\.pts'):
        read_points(tmp_path / 'c.pts')


def test_lines_of_points_are_counted_from_the_files_first(tmp_path):
    refused(read_points, tmp_path / 'a.pts', 'version: 1\nn_points: 2\n{\n1 2\n3 inf\n}\n', 'line 5: .*inf')


@pytest.mark.parametrize('text, message', [
    ('{"people": [{"pose_keypoints_2d": [NaN, 1, 1]}]}', 'expected OpenPose.*found NaN'),
    ('{"people": [{"pose_keypoints_2d": [null, 1, 1]}]}', 'expected OpenPose.*expected finite numbers'),
    ('[' * 50000, 'expected OpenPose.*nested too deeply'), ('{"people": 3}', 'expected OpenPose')])
def test_openpose(tmp_path, text, message):
    refused(read_openpose_json, tmp_path / 'a.json', text, message)


def test_lists_of_points_in_json(tmp_path):
    refused(read_keypoints, tmp_path / 'a.json', '[[1, 2],\n[3, NaN]]', 'line 2: expected finite numbers')
    refused(read_keypoints, tmp_path / 'a.json', '[' * 50000, 'nested too deeply')
    refused(read_keypoints, tmp_path / 'a.json', '[[1, 2], [3]]', "expected OpenPose's JSON or a list")


LAUGHS = '<!DOCTYPE x [<!ENTITY a0 "ha">' + ''.join(
    f'<!ENTITY a{i} "{"".join([f"&a{i - 1};"] * 10)}">' for i in range(1, 30)) + ']><x>&a29;</x>'


@pytest.mark.parametrize('text, message', [
    (LAUGHS, 'declares no document type'),
    ("<d><image file='a.jpg'><box><part name='3' x='nan' y='1'/></box></image></d>", 'expected a finite'),
    ("<d><image file='a.jpg'><box><part name='-1' x='2' y='1'/></box></image></d>", "expected dlib's XML"),
    ("<d><image file='a.jpg'><box><part name='68' x='2' y='1'/></box></image></d>", "expected dlib's XML")])
def test_dlib(tmp_path, text, message):
    refused(read_dlib_xml, tmp_path / 'a.xml', text, message)


def npy(array, shape=None):
    """The bytes of an .npy file, whose header may lie about the shape."""
    content = io.BytesIO()
    np.lib.format.write_array_header_1_0(content, dict(
        descr=np.lib.format.dtype_to_descr(array.dtype), fortran_order=False, shape=shape or array.shape))
    return content.getvalue() + array.tobytes()


@pytest.mark.parametrize('content, message', [
    (npy(np.array([1, np.nan])), r'a\.npy: expected finite numbers, found nan at \(1,\)'),
    (npy(np.array([[1, 2], [3, np.inf]])), r'found inf at \(1, 1\)'),
    (npy(np.zeros(3), (10 ** 12,)), 'no array of numbers can be read'),
    (npy(np.zeros(3), (-3,)), 'no array of numbers can be read'),
    (npy(np.array(['a'])), 'no array of numbers can be read'), (npy(np.zeros(3))[:-4], 'no array of numbers'),
    (npy(np.zeros(2, complex)), 'no array of numbers'), (b'', 'no array of numbers'),
    (b'PK\3\4', 'no array of numbers')])
def test_arrays(tmp_path, content, message):
    refused(read_array, tmp_path / 'a.npy', content, message)


def test_pose_maps_and_arrays_that_are_fine(tmp_path):
    maps = np.random.RandomState(0).rand(4, 3, 18)
    np.save(tmp_path / 'a.npy', maps)
    assert (read_pose_maps(tmp_path / 'a.npy') == maps.transpose(2, 0, 1).astype(np.float32)).all()
    np.save(tmp_path / 'b.npy', np.asfortranarray(np.arange(6).reshape(2, 3)))
    assert read_array(tmp_path / 'b.npy').tolist() == [[0, 1, 2], [3, 4, 5]]


def test_statistics(tmp_path):
    features = FeatureRows('FID', 'toyworld_street')

    def read(path):
        return read_statistics(path, features)

    np.savez(tmp_path / 's.npz', mu=[0, np.nan], sigma=np.eye(2))
    with pytest.raises(InputError, match=r's\.npz, mu: expected finite numbers, found nan at \(1,\)'):
        read(tmp_path / 's.npz')
    refused(read, tmp_path / 's.npz', b'PK\3\4 broken', "expected a .npz file with 'mu' and")
    with zipfile.ZipFile(tmp_path / 's.npz', 'w') as archive:
        for name in ('mu', 'sigma'):
            archive.writestr(f'{name}.npy', npy(np.zeros(1), (10 ** 13,)))
    with pytest.raises(InputError, match="expected a .npz file with 'mu' and 'sigma'"):
        read(tmp_path / 's.npz')


@pytest.mark.parametrize('text, message', [
    ('[' * 50000, 'nested too deeply'),
    ('{"classes": ["a"],\n"palette": [[NaN, 1, 2]]}', 'line 2: expected finite'),
    ('{"classes": ["a"], "palette": [[1, 2]]}', 'palette must hold three whole numbers'),
    ('{"classes": 3, "palette": [[1, 2, 3]]}', "expected a JSON object with 'classes'")])
def test_meta_files(tmp_path, text, message):
    (tmp_path / 'meta.json').write_text(text)
    with pytest.raises(InputError, match=message):
        LabelMapFolder('i', 'l', data_root=str(tmp_path), meta_file='meta.json', lazy_init=True)
