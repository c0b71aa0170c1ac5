import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.music_encoder import MusicEncoder, PieceEncoder


@pytest.mark.parametrize('samples, rate, geometry', [
    (1600, 16000, [(80, 16, 32), (4, 2, 1), (4, 2, 1), (10, 5, 3), (5, 1, 0)]),
    (800, 8000, [(40, 8, 16), (4, 2, 1), (4, 2, 1), (10, 5, 3), (5, 1, 0)]),
    (2205, 22050, [(110, 22, 53), (101, 1, 0)])])
def test_geometry_follows_the_prime_factors(samples, rate, geometry):
    encoder = PieceEncoder(samples, rate, code_channels=6, channels=2)
    assert encoder.geometry == geometry
    code = encoder(torch.randn(3, samples))
    assert code.shape == (3, 6) and code.abs().max() <= 1


def test_a_piece_is_encoded_by_itself_and_hidden_states_know_both_sides():
    torch.manual_seed(0)
    encoder = MusicEncoder(80, 800, channels=4, piece_channels=2).eval()
    audio = torch.randn(1, 6, 80)
    changed = audio.clone()
    changed[:, 3] += 1
    codes, others = (encoder.pieces(sound[0]) for sound in (audio, changed))
    assert [bool((a == b).all()) for a, b in zip(codes, others)] == [True] * 3 + [False] + [True] * 2
    assert (encoder(audio) != encoder(changed)).all()


def test_other_pieces_are_refused():
    with pytest.raises(InputError, match=r'pieces of 80 samples, found \(1, 6, 79\)'):
        MusicEncoder(80, 800, channels=4, piece_channels=2)(torch.zeros(1, 6, 79))
    with pytest.raises(InputError, match='at least two strides'):
        PieceEncoder(10, 16000)
