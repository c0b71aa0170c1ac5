"""Discriminators of skeleton sequences: MDVS's local temporal and global content ones, which DanceGAN keeps.

Ren et al., Self-supervised Dance Video Synthesis Conditioned on Music, ACM MM 2020; Tang, PhD thesis, section
7.3.1.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DISCRIMINATORS
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.co_occurrence import CooccurrenceEncoder
from ..layers.music_encoder import MusicEncoder


@DISCRIMINATORS.register_module()
class LocalTemporalDiscriminator(nn.Module):
    """One logit for each window of a few frames: is this how a body moves?

    Args:
        joints: V.
        window, stride: of the windows, in frames.
        channels, dropout: of :class:`CooccurrenceEncoder`.
    """

    def __init__(self, joints: int = 18, window: int = 5, stride: int = 3, channels: int = 64,
                 dropout: float = 0.5) -> None:
        super().__init__()
        self.window, self.stride = window, stride
        self.encoder = CooccurrenceEncoder(window, joints, channels, pools=(6,), hidden=4 * channels,
                                           out_channels=1, dropout=dropout)

    def forward(self, motion: Tensor, audio: Tensor | None = None) -> list[DiscriminatorOutput]:
        """motion (B, F, V, 2) -> one scale, logits (B, windows); ``audio`` is not looked at."""
        if motion.shape[1] < self.window:
            raise InputError(f'LocalTemporalDiscriminator: expected {self.window} frames at least, found '
                             f'{motion.shape[1]}')
        windows = motion.unfold(1, self.window, self.stride).permute(0, 1, 4, 2, 3)
        logits, _ = self.encoder(windows.flatten(0, 1))
        return [DiscriminatorOutput(logits.unflatten(0, windows.shape[:2]).squeeze(-1), [])]

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        motion = torch.linspace(0, 60, 2 * 12 * 5 * 2).sin().reshape(2, 12, 5, 2)
        return dict(joints=5, channels=8), dict(motion=motion)


@DISCRIMINATORS.register_module()
class GlobalContentDiscriminator(nn.Module):
    """One logit for a whole dance: does it fit the music?

    The music's hidden states are summed up by attention over time; that code and the dance's are the two
    channels of a convolution of length 2, and a linear layer follows.

    Paper and code differ: the released code reads its audio features (B, F, h) as (F, B, h), so that for B
    above 1 the samples of a batch are mixed; ``mixes_samples=True`` does so, too.

    Args:
        joints, frames: V and F.
        samples, rate, audio_channels, piece_channels: of the music's own :class:`MusicEncoder`.
        channels, dropout, repeat_third: of :class:`CooccurrenceEncoder`.
        attention_channels: hidden ones of the attention over time.
    """

    def __init__(self, joints: int = 18, frames: int = 50, samples: int = 1600, rate: int = 16000,
                 audio_channels: int = 256, piece_channels: int = 16, channels: int = 64,
                 attention_channels: int = 20, dropout: float = 0.5, repeat_third: bool = True,
                 mixes_samples: bool = False) -> None:
        super().__init__()
        self.mixes_samples = mixes_samples
        self.music = MusicEncoder(samples, rate, audio_channels, piece_channels)
        self.pose = CooccurrenceEncoder(frames, joints, channels, (3, 4, 5, 6), 8 * channels, audio_channels,
                                        dropout, repeat_third)
        self.attention = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(audio_channels, attention_channels, bias=False), nn.Tanh(),
            nn.Linear(attention_channels, 1, bias=False))
        self.join = nn.Conv1d(2, 1, 2)
        self.to_logit = nn.Linear(audio_channels - 1, 1)

    def forward(self, motion: Tensor, audio: Tensor | None = None) -> list[DiscriminatorOutput]:
        """Judge.

        Args:
            motion: (B, F, V, 2), or (n * B, F, V, 2) for n dances to each music, one batch behind another:
                the music is encoded once, and its batch norms' statistics move as by n passes.
            audio: (B, F, samples); None asks for features alone, which then no dropout touches, as feature
                matching reads them in the released code.

        Returns:
            One scale: logits (n * B, 1) (none without music), and the features of the dance.
        """
        if audio is None:
            with _without_dropout(self.pose):
                return [DiscriminatorOutput(motion.new_empty(len(motion), 0), self.pose(motion)[1])]
        passes = len(motion) // len(audio)
        with _moving_statistics_as_by(passes, self.music):
            hidden = self.music(audio)
        if self.mixes_samples:
            hidden = hidden.reshape(hidden.shape[1], hidden.shape[0], -1).transpose(0, 1)
        hidden = hidden.repeat(passes, 1, 1)
        music = (self.attention(hidden).softmax(dim=1) * hidden).sum(dim=1)
        dance, features = self.pose(motion)
        joined = self.join(torch.stack([music, dance], dim=1)).squeeze(1)
        return [DiscriminatorOutput(self.to_logit(joined), features)]

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        motion = torch.linspace(0, 60, 2 * 18 * 5 * 2).sin().reshape(2, 18, 5, 2)
        audio = torch.linspace(0, 90, 2 * 18 * 80).sin().reshape(2, 18, 80)
        arguments = dict(joints=5, frames=18, samples=80, rate=1600, audio_channels=8, piece_channels=2)
        return dict(arguments, channels=32), dict(motion=motion, audio=audio)


@contextmanager
def _without_dropout(module: nn.Module) -> Iterator[None]:
    was_training = module.training
    module.eval()
    try:
        yield
    finally:
        module.train(was_training)


@contextmanager
def _moving_statistics_as_by(passes: int, module: nn.Module) -> Iterator[None]:
    """One pass moves running statistics as far as so many passes over the same batch: r by (1 - m)^n."""
    norms = [layer for layer in module.modules() if isinstance(layer, nn.modules.batchnorm._BatchNorm)]
    before = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 1 - (1 - norm.momentum) ** passes
    try:
        yield
    finally:
        for norm, momentum in zip(norms, before):
            norm.momentum = momentum
