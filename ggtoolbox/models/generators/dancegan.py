"""DanceGAN's first stage: from music to a skeleton sequence (Tang, PhD thesis, section 7.3.1)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS

from ..layers.graph_attention import SpatialGraphAttention, TemporalGraphAttention
from ..layers.music_encoder import MusicEncoder

SQUASHES = ('after', 'before')


class ResidualLinear(nn.Module):
    """x + [linear, batch norm, ReLU, linear, batch norm, ReLU](x)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(*_linear_layer(channels, channels), *_linear_layer(channels, channels))

    def forward(self, x: Tensor) -> Tensor:
        return x + self.layers(x)


def _linear_layer(before: int, after: int) -> tuple[nn.Module, ...]:
    return nn.Linear(before, after), nn.BatchNorm1d(after), nn.ReLU()


@GENERATORS.register_module()
class DanceGANGenerator(nn.Module):
    """G_I: the music's hidden states H, joints S' of each frame, and graph attention over S'.

    Without attention it is the generator of MDVS (Ren et al., ACM MM 2020), DanceGAN's baseline S1-1 of table
    7.5, whose released weights it takes. DanceGAN's own code was never released; what its text leaves open,
    an argument decides, with the default named first.

    A sequence that is longer or shorter than ``frames`` meets a spatial attention that convolves frames in
    windows of that length, each by itself; the last one ends with the sequence.

    Args:
        joints: V.
        frames: F, of the sequences in training.
        samples, rate: of a piece of music, one a frame.
        channels: h, of the hidden states.
        width: of the trunk: 4h in text and code.
        piece_channels: of the first convolution over a piece.
        noise_channels: of the noise that comes beside H, one row a frame: 10 in MDVS, whose dances differ for
            one music, as DanceGAN's do (figure 7.6); 0, as the text reads: none.
        noise_scale: its standard deviation.
        trunk: ``'residual'``: a linear layer and three residual blocks of two, as in the code; ``'plain'``:
            three linear layers with batch norm and ReLU, as in the text.
        dropout: behind the trunk.
        spatial_attention, temporal_attention: SSGA-Net and CTGA-Net: the rows of table 7.5.
        convolve: of :class:`SpatialGraphAttention`.
        squash: where tanh is: ``'after'`` the attention, so that joints lie in [-1, 1], or ``'before'``.
        fusion: of the two attentions' results, each of which has S' inside: ``'sum'``, as in the text (2 S'
            at the start), or ``'mean'``.

    Raises:
        InputError: a word that is none of these.
    """

    names = ('audio', 'noise')

    def __init__(self, joints: int = 18, frames: int = 50, samples: int = 1600, rate: int = 16000,
                 channels: int = 256, width: int = 1024, piece_channels: int = 16, noise_channels: int = 10,
                 noise_scale: float = 0.33, trunk: str = 'residual', dropout: float = 0.5,
                 spatial_attention: bool = True, temporal_attention: bool = True, convolve: str = 'frames',
                 squash: str = 'after', fusion: str = 'sum') -> None:
        super().__init__()
        for name, value, known in (('trunk', trunk, ('residual', 'plain')), ('squash', squash, SQUASHES),
                                   ('fusion', fusion, ('sum', 'mean'))):
            if value not in known:
                raise InputError(f'DanceGANGenerator: {name} must be {" or ".join(map(repr, known))}, found '
                                 f'{value!r}')
        self.joints, self.frames, self.samples = joints, frames, samples
        self.noise_channels, self.noise_scale = noise_channels, noise_scale
        self.squash, self.fusion = squash, fusion
        self.music = MusicEncoder(samples, rate, channels, piece_channels)
        self.noise = nn.GRU(noise_channels, noise_channels, batch_first=True) if noise_channels else None
        before = channels + noise_channels
        if trunk == 'residual':
            layers = [nn.Linear(before, width), *(ResidualLinear(width) for _ in range(3))]
        else:
            layers = [layer for i in range(3) for layer in _linear_layer(width if i else before, width)]
        self.trunk = nn.Sequential(*layers, nn.Dropout(dropout))
        self.to_joints = nn.Linear(width, 2 * joints)
        self.spatial = SpatialGraphAttention(frames, 2 * joints, convolve) if spatial_attention else None
        self.temporal = TemporalGraphAttention() if temporal_attention else None
        self.tied = spatial_attention and convolve == 'frames'

    def forward(self, audio: Tensor, noise: Tensor | None = None) -> dict[str, Tensor]:
        """Generate.

        Args:
            audio: (B, F, samples), a piece a frame.
            noise: (B, F, noise_channels) from N(0, 1); drawn where it is not given.

        Returns:
            ``motion`` (B, F, V, 2), x and y; ``initial_motion``, the same before attention; where there is
            attention and F is ``frames``, ``spatial_map`` (B, 2V, 2V) and ``temporal_map`` (B, F, F).

        Raises:
            InputError: pieces of another length, noise of another shape.
        """
        hidden = self.music(audio)
        if self.noise is not None:
            if noise is None:
                noise = torch.randn(*audio.shape[:2], self.noise_channels, dtype=hidden.dtype,
                                    device=hidden.device)
            expected = (*audio.shape[:2], self.noise_channels)
            if noise.shape != expected:
                raise InputError(f'DanceGANGenerator: noise must be (B, F, noise_channels), {expected} '
                                 f'beside this audio, found {tuple(noise.shape)}')
            hidden = torch.cat([hidden, self.noise(self.noise_scale * noise)[0].tanh()], dim=-1)
        initial = self.to_joints(self.trunk(hidden.flatten(0, 1))).unflatten(0, audio.shape[:2])
        if self.squash == 'before':
            initial = initial.tanh()
        motion, maps = self.attend(initial)
        if self.squash == 'after':
            motion = motion.tanh()
        outputs = dict(motion=motion, initial_motion=initial)
        return {name: value.unflatten(-1, (self.joints, 2)) for name, value in outputs.items()} | maps

    def attend(self, motion: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        """S from S', (B, F, 2V) each, and the attention's maps."""
        length = motion.shape[1]
        if not self.tied or length == self.frames:
            return self._fuse(motion)
        padded = motion
        if length < self.frames:
            padded = F.pad(motion.transpose(1, 2), (0, self.frames - length), 'replicate').transpose(1, 2)
        pieces = []
        for start in range(0, length, self.frames):
            first = min(start, padded.shape[1] - self.frames)
            pieces.append(self._fuse(padded[:, first:first + self.frames])[0][:, start - first:])
        return torch.cat(pieces, dim=1)[:, :length], {}

    def _fuse(self, motion: Tensor) -> tuple[Tensor, dict[str, Tensor]]:
        results, maps = [], {}
        for name, attention in (('spatial_map', self.spatial), ('temporal_map', self.temporal)):
            if attention is not None:
                result, maps[name] = attention(motion)
                results.append(result)
        if not results:
            return motion, maps
        return sum(results) / (len(results) if self.fusion == 'mean' else 1), maps

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        audio = torch.linspace(-40, 40, 2 * 6 * 80).sin().reshape(2, 6, 80)
        return (dict(joints=18, frames=6, samples=80, rate=1600, channels=4, width=8, piece_channels=2,
                     noise_channels=2), dict(audio=audio, noise=audio[..., :2]))
