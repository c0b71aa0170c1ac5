"""What stands between a training algorithm and its discriminators: augmentation, and penalties of their
gradients, for every algorithm alike."""
from __future__ import annotations

import inspect
from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.structures import DiscriminatorOutput

from ..layers.attention import PooledAttention
from ..layers.diff_augment import DRAWS, DiffAugment

if TYPE_CHECKING:
    from .base import BaseGAN, Batch, Fakes

Call = tuple[nn.Module, Tensor, tuple, dict[str, Any]]  # network, image, what else it was given

# The term that every algorithm with a discriminator may have beside its own.
PENALTY = 'r1_r2'


class Judging:
    """Sees each call of the discriminators that it :meth:`attends`, under the names they have anyway.

    Args:
        policy: of :class:`~ggtoolbox.models.layers.diff_augment.DiffAugment`. It is drawn once for a turn
            and a piece of the batch, by the run's generators, so that all that is judged in it, and all
            that it is compared with (feature matching), is augmented alike; conditions are moved with it.
        penalised: whether the term :data:`PENALTY` is asked for.
    """

    def __init__(self, policy: Collection[str], penalised: bool) -> None:
        self.policy, self.penalised = tuple(policy), penalised
        self.augmentation: DiffAugment | None = None
        self.calls: list[Call] | None = None

    def attends(self, discriminator: nn.Module) -> None:
        """Stand before this discriminator, if there is anything to do.

        Raises:
            InputError: augmentation of what is no image; a penalty where gradients have no gradient.
        """
        if self.policy and 'image' not in inspect.signature(discriminator.forward).parameters:
            raise InputError(f'options: diff_augment moves images, but {type(discriminator).__name__} judges '
                             'none')
        if self.penalised and any(isinstance(part, PooledAttention) for part in discriminator.modules()):
            raise InputError(f'losses: {PENALTY} differentiates twice, which the attention of '
                             f'{type(discriminator).__name__} cannot; build it without attention')
        if self.policy or self.penalised:
            discriminator.register_forward_pre_hook(self._before, with_kwargs=True)

    def losses_of(self, model: BaseGAN, turn: str, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """The model's ``<turn>_losses`` with augmented images, drawn anew; and, of a player that does not
        generate, the penalty of what it judged, where it is asked for."""
        like = next(value for value in batch.values() if isinstance(value, Tensor))
        if self.policy:
            draws = torch.rand(len(like), DRAWS, device=like.device)
            self.augmentation = DiffAugment(self.policy, draws)
        generates = model.extra_turns.get(turn, turn) in model.generating_players
        self.calls = [] if self.penalised and not generates else None
        try:
            losses = getattr(model, f'{turn}_losses')(batch, fakes)
            calls, self.calls = self.calls, None
            if calls:
                losses[PENALTY] = self.penalty(model.losses[PENALTY], calls, len(like))
            return losses
        finally:
            self.augmentation = self.calls = None

    def moved(self, label: Tensor | None) -> Tensor | None:
        """Class ids (B, H, W), or a mask (B, 1, H, W), moved as the images are in this turn."""
        if label is None or self.augmentation is None:
            return label
        return self.augmentation.label(label) if label.dim() == 3 else self.augmentation.guide(label)

    @staticmethod
    def penalty(loss: nn.Module, calls: list[Call], samples: int) -> Tensor:
        """gamma / 2 (E |grad D(x)|^2 + E |grad D(G(z))|^2) over all images that were judged in a turn, as
        they were before augmentation.

        Real and generated images have the same gamma, so that it does not matter which is which.
        """
        return sum(len(image) / samples * loss(partial(_in_full, network, others, named), image)
                   for network, image, others, named in calls)

    def _before(self, network: nn.Module, arguments: tuple, named: dict[str, Any]) -> tuple[tuple, dict]:
        image, *others = arguments
        if self.calls is not None and not image.requires_grad:  # else another penalty looks at it
            self.calls.append((network, image, tuple(others), named))
        if self.augmentation is not None:
            image = self.augmentation.image(image)
            others = [other if other is None else self.augmentation.guide(other) for other in others]
            named = {name: value if value is None else self.augmentation.guide(value)
                     for name, value in named.items()}
        return (image, *others), named


def _in_full(network: nn.Module, others: tuple, named: dict[str, Any], image: Tensor
             ) -> list[DiscriminatorOutput]:
    """``network`` of what autocast may have left in half precision."""
    dtype = next(network.parameters()).dtype
    return network(image.to(dtype), *(other if other is None else other.to(dtype) for other in others),
                   **{name: value if value is None else value.to(dtype) for name, value in named.items()})
