"""The steps that most networks here are made of: a convolution, or an upsampling, with its norm."""
from __future__ import annotations

from torch import Tensor, nn

from ggtoolbox.errors import InputError

from .adaptive_convolution import AdaptiveConv2d
from .normalisation import build_norm
from .spectral_norm import spectral_norm

PADDING_MODES = ('zeros', 'reflect', 'replicate')


def bias_beside(norm: str | None) -> bool:
    """Whether a convolution in front of ``norm`` has a bias: not before batch norm, which would take it
    away again (the pix2pix code of 2017 and 2018; before instance norm it keeps a useless one)."""
    return norm != 'batch'


def normalised_convolution(in_channels: int, out_channels: int, kernel_size: int = 3, stride: int = 1,
                           padding: int | None = None, padding_mode: str = 'zeros',
                           norm: str | None = 'batch', track_running_stats: bool = False,
                           bias: bool | None = None, spectral: bool = False,
                           affine: bool | None = None) -> nn.Sequential:
    """``[convolution, norm]``.

    Args:
        padding: None for half of an odd ``kernel_size``.
        padding_mode: ``'zeros'``, ``'reflect'`` or ``'replicate'``.
        norm: ``'batch'``, ``'instance'`` or None.
        track_running_stats: of instance norm.
        bias: None for what :func:`bias_beside` says.
        spectral: spectral normalisation of the convolution.
        affine: the norm's scale and shift; None: batch norm has them, instance norm has not.

    Raises:
        InputError: another padding or norm.
    """
    if padding_mode not in PADDING_MODES:
        raise InputError(f'padding_mode: expected one of {", ".join(PADDING_MODES)}, found {padding_mode!r}')
    convolution = AdaptiveConv2d(
        in_channels, out_channels, kernel_size, stride,
        padding=kernel_size // 2 if padding is None else padding, padding_mode=padding_mode,
        bias=bias_beside(norm) if bias is None else bias)
    return nn.Sequential(spectral_norm(convolution, spectral),
                         build_norm(norm, out_channels, norm == 'batch' if affine is None else affine,
                                    track_running_stats))


class UpStep(nn.Module):
    """Upsampling, norm, dropout. The activation in front is the caller's, who may need its result.

    Args:
        dropout: probability; 0 for none.
    """

    def __init__(self, upsampler: nn.Module, norm: nn.Module, dropout: float = 0.0) -> None:
        super().__init__()
        self.upsampler, self.norm, self.dropout = upsampler, norm, nn.Dropout(dropout)

    def forward(self, x: Tensor, guide: Tensor) -> Tensor:
        """(B, C, H, W) -> (B, C', 2H, 2W); ``guide`` (B, K, ., .) is for upsamplers that use it."""
        return self.dropout(self.norm(self.upsampler(x, guide)))
