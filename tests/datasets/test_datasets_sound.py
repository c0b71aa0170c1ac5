import sys

import numpy as np
import pytest

from ggtoolbox.datasets.sound import cut_into_pieces, read_sound, resample, to_int16, write_sound
from ggtoolbox.errors import InputError


def tone(rate, seconds=1.0, pitch=440):
    return np.sin(2 * np.pi * pitch * np.arange(round(rate * seconds)) / rate)


@pytest.mark.parametrize('suffix', ['wav', 'flac'])
def test_files_lead_back_bit_for_bit(tmp_path, suffix):
    samples = to_int16(0.5 * tone(16000))
    write_sound(tmp_path / f'x.{suffix}', samples)
    found = read_sound(tmp_path / f'x.{suffix}')
    assert found.dtype == np.int16 and np.abs(found - samples.astype(int)).max() <= 1


def test_another_rate_is_resampled_and_channels_are_averaged(tmp_path):
    import soundfile
    left = 0.5 * tone(44100)
    soundfile.write(tmp_path / 'stereo.wav', np.stack([left, np.zeros_like(left)], axis=1), 44100)
    found = read_sound(tmp_path / 'stereo.wav', 16000) / 32767
    assert len(found) == 16000
    np.testing.assert_allclose(found[200:-200], 0.25 * tone(16000)[200:-200], atol=2e-3)


def test_resampling_keeps_what_has_the_rate_and_removes_what_cannot_be_heard():
    samples = tone(16000)
    assert np.array_equal(resample(samples, 16000, 16000), samples)
    assert np.abs(resample(tone(16000, pitch=7000), 16000, 8000)[100:-100]).max() < 0.01


def test_pieces_drop_what_is_left_over():
    pieces = cut_into_pieces(np.arange(35), 10)
    assert pieces.shape == (3, 10) and pieces[2, 9] == 29 and pieces.dtype == np.float32
    with pytest.raises(InputError, match='song.wav: expected at least 10 samples, found 9'):
        cut_into_pieces(np.arange(9), 10, 'song.wav')


def test_what_is_no_sound_is_told(tmp_path, monkeypatch):
    (tmp_path / 'text.wav').write_text('no sound')
    with pytest.raises(InputError, match='text.wav: no sound can be read'):
        read_sound(tmp_path / 'text.wav')
    with pytest.raises(InputError, match='there is no such sound file'):
        read_sound(tmp_path / 'absent.wav')
    write_sound(tmp_path / 'empty.wav', np.zeros(0, np.int16))
    with pytest.raises(InputError, match='without any sample'):
        read_sound(tmp_path / 'empty.wav')
    with pytest.raises(InputError, match='cannot be written'):
        write_sound(tmp_path / 'x.unknown', np.zeros(10, np.int16))
    monkeypatch.setitem(sys.modules, 'soundfile', None)
    with pytest.raises(InputError, match=r"pip install 'ggtoolbox\[sound\]'"):
        read_sound(tmp_path / 'text.wav')
