"""The networks of a training algorithm by name: which draw images, which a file holds, which are left out."""
from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from mmengine.model import BaseModel
from torch import nn

from ggtoolbox.errors import InputError

from ..layers.derived import first_attribute


class TestInputs(NamedTuple):
    """Words of the vocabulary that a system reads when it generates.

    Attributes:
        required: without which it cannot.
        optional: which it takes where they are given, and else draws or does without.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    __test__ = False  # not a test, whatever pytest thinks of its name


class NamedNetworks(BaseModel):
    """What a :class:`~ggtoolbox.models.gans.base.BaseGAN` says of its networks by their names."""

    generating_players: tuple[str, ...] = ('generator',)
    only_in_training: tuple[str, ...] = ()

    def players(self) -> dict[str, list[nn.Module]]:
        """Player -> its networks."""
        raise NotImplementedError

    def generating_networks(self) -> list[nn.Module]:
        """Those of the ``generating_players`` that this model was built with."""
        players = self.players()
        return [network for player in self.generating_players for network in players.get(player, ())]

    def named_networks(self) -> dict[str, nn.Module]:
        """Name -> network that has weights, of all players and of none."""
        return {name: child for name, child in self.named_children()
                if name not in ('losses', 'data_preprocessor') and child.state_dict()}

    def networks_at_test(self) -> list[str]:
        """Names of the networks that draw ``image``: no other player's, and none ``only_in_training``."""
        others = {id(network) for player, networks in self.players().items()
                  if player not in self.generating_players for network in networks}
        return [name for name, network in self.named_networks().items()
                if id(network) not in others and name not in self.only_in_training]

    def networks_of(self, parts: Collection[str]) -> list[str]:
        """Names of the networks that lie in ``parts`` with all their weights.

        Args:
            parts: names of networks, or of networks inside them (``generator.image_generator``).
        """
        starts = tuple(f'{part}.' for part in parts)
        return [name for name, network in self.named_networks().items()
                if all(f'{name}.{weight}'.startswith(starts) for weight in network.state_dict())]

    def keep_networks(self, parts: Collection[str]) -> None:
        """Let the networks that ``parts`` do not make up be None, lest anything is drawn with untrained
        weights; see :meth:`networks_of`.

        Raises:
            InputError: the generator is not among those that are made up.
        """
        kept = self.networks_of(parts)
        if 'generator' not in kept:
            raise InputError(f'{type(self).__name__}: images need all weights of its generator, found those '
                             f'of {", ".join(parts)} alone')
        for name in self.named_networks():
            if name not in kept:
                setattr(self, name, None)

    @property
    def latent_dim(self) -> int:
        """Of the latent vector that the generator reads; 0 where it reads none."""
        return first_attribute(self.generator, 'latent_dim') or 0
