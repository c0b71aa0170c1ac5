"""Where StarGAN v2's styles come from (Choi et al., CVPR 2020): a latent, or another image."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.ops.recording import is_recorded
from ggtoolbox.registry import BACKBONES

from ..layers.pre_activation import trunk_to_4x4


def pick(of_each: Tensor, domain: Tensor) -> Tensor:
    """(B, K, ...) and (B,) int64 -> (B, ...): each sample's own domain's.

    Raises:
        InputError: a domain outside 0 .. K - 1. The check reads the values, and so is left out on a GPU.
    """
    reads = domain.device.type == 'cpu' and not torch.compiler.is_compiling() and not is_recorded()
    if reads and ((domain < 0) | (domain >= of_each.shape[1])).any():
        raise InputError(f'domain: expected 0 to {of_each.shape[1] - 1}, found {domain.tolist()}')
    return of_each[torch.arange(domain.shape[0], device=domain.device), domain]


def perceptron(channels: tuple[int, ...]) -> nn.Sequential:
    """Linear layers with ReLU between them."""
    layers: list[nn.Module] = []
    for before, after in zip(channels, channels[1:]):
        layers += [nn.Linear(before, after), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


@BACKBONES.register_module()
class MappingNetwork(nn.Module):
    """F: four linear layers that all domains share, four of each domain's own; ReLU between them.

    Args:
        num_domains: K.
        latent_dim: of z (16).
        style_channels: of the style (64).
        hidden_channels: 512.
    """

    def __init__(self, num_domains: int = 2, latent_dim: int = 16, style_channels: int = 64,
                 hidden_channels: int = 512) -> None:
        super().__init__()
        self.num_domains, self.latent_dim, hidden = num_domains, latent_dim, hidden_channels
        self.shared = perceptron((latent_dim, hidden, hidden, hidden, hidden)).append(nn.ReLU())
        self.unshared = nn.ModuleList(perceptron((hidden, hidden, hidden, hidden, style_channels))
                                      for _ in range(num_domains))

    def forward(self, latent: Tensor, domain: Tensor | None = None) -> dict[str, Tensor]:
        """latent (B, latent_dim) -> ``styles`` (B, K, style_channels) of all domains, and, of the given
        domains (B,), ``style`` (B, style_channels)."""
        hidden = self.shared(latent)
        styles = torch.stack([head(hidden) for head in self.unshared], dim=1)
        return dict(styles=styles) if domain is None else dict(styles=styles, style=pick(styles, domain))

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        return (dict(num_domains=3, latent_dim=4, style_channels=5, hidden_channels=6),
                dict(latent=torch.linspace(-1, 1, 8).reshape(2, 4), domain=torch.tensor([2, 0])))


@BACKBONES.register_module()
class StyleEncoder(nn.Module):
    """E: blocks without norm down to 4 x 4, a convolution over that, a linear layer for each domain.

    Args:
        num_domains: K.
        resolution: of square images, a power of 2.
        channels: width at full size; None: 2^14 / resolution.
        max_channels: 512.
        style_channels: of the style (64).
    """

    def __init__(self, num_domains: int = 2, resolution: int = 256, channels: int | None = None,
                 max_channels: int = 512, style_channels: int = 64) -> None:
        super().__init__()
        self.resolution = resolution
        self.trunk, width = trunk_to_4x4('StyleEncoder', resolution, 3, channels, max_channels)
        self.convolution = nn.Conv2d(width, width, 4)
        self.unshared = nn.ModuleList(nn.Linear(width, style_channels) for _ in range(num_domains))

    def forward(self, image: Tensor, domain: Tensor | None = None) -> dict[str, Tensor]:
        """image (B, 3, resolution, resolution) in [-1, 1] -> ``styles`` (B, K, style_channels) of all
        domains, and, of the given domains (B,), ``style`` (B, style_channels).

        Raises:
            InputError: another size than ``resolution``.
        """
        if tuple(image.shape[2:]) != (self.resolution, self.resolution):
            raise InputError(f'StyleEncoder: image must measure {self.resolution} x {self.resolution} pixels '
                             f'by resolution, found {tuple(image.shape[2:])}')
        x = F.leaky_relu(self.trunk(image), 0.2)
        x = F.leaky_relu(self.convolution(x), 0.2).flatten(1)
        styles = torch.stack([head(x) for head in self.unshared], dim=1)
        return dict(styles=styles) if domain is None else dict(styles=styles, style=pick(styles, domain))

    @classmethod
    def example(cls) -> tuple[dict, dict[str, Tensor]]:
        image = torch.linspace(-1, 1, 2 * 3 * 16 * 16).reshape(2, 3, 16, 16)
        return (dict(num_domains=3, resolution=16, channels=2, style_channels=5),
                dict(image=image, domain=torch.tensor([2, 0])))
