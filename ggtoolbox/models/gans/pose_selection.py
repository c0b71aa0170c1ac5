"""SelectionGAN for persons: two stages, judged for appearance and shape.

Tang et al., Multi-Channel Attention Selection GANs for Guided Image-to-Image Translation, TPAMI 2022; thesis
section 5.4.4; released as ``person_transfer``.
"""
from __future__ import annotations

from functools import partial

from torch import Tensor

from ggtoolbox.registry import MODELS

from .base import Batch, Fakes
from .pose_transfer import CONDITIONS, PoseTransferGAN

STAGES = ('coarse_image', 'image')


@MODELS.register_module()
class PoseSelectionGAN(PoseTransferGAN):
    """SelectionGAN for persons; reads and learns what :class:`PoseTransferGAN` does.

    Losses, by name: ``adversarial`` of both stages by both discriminators; ``uncertainty``, the pixel loss
    under the one map of uncertainty (equation 5.6), ``pixel``, ``perceptual``, ``total_variation`` of both
    stages; ``ssim`` of the final image. Their weights are the first stage's; ``pixel_stage_weights``
    multiplies the first three.

    Paper and code differ:

    - the code (the default) takes the values of ``pixel`` and ``perceptual`` as plain numbers: they shift
      the reported loss and teach nothing; ``reported_only=()`` lets them teach;
    - the code shows the final image to the appearance discriminator a second time in the generator's turn,
      where the coarse image is meant; ``coarse_appearance=True`` shows that;
    - the stages weigh 1 and lambda = 4 for the generator, and 1 and 1 for the discriminators in the code
      (whose log says 4); for both 1 and 4 in the paper;
    - ``ssim`` is in the code alone.

    Args:
        stage_weights: of the generator's adversarial terms of coarse and final image.
        discriminator_stage_weights: the same of the discriminators' terms.
        pixel_stage_weights: see above.
        reported_only: terms that give no gradient.
        coarse_appearance: see above.

    The other arguments are :class:`PoseTransferGAN`'s.
    """

    loss_names = ('adversarial', 'uncertainty', 'pixel', 'perceptual', 'total_variation', 'ssim')

    def __init__(self, generator: dict, appearance_discriminator: dict | None = None,
                 shape_discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, pool_size: int = 50, discriminator_init: dict | None = None,
                 stage_weights: tuple[float, float] = (1.0, 4.0),
                 discriminator_stage_weights: tuple[float, float] = (1.0, 1.0),
                 pixel_stage_weights: tuple[float, float] = (1.0, 2.0),
                 reported_only: tuple[str, ...] = ('pixel', 'perceptual'),
                 coarse_appearance: bool = False) -> None:
        super().__init__(generator, appearance_discriminator, shape_discriminator, losses, options, pool_size,
                         discriminator_init)
        self.stage_weights = dict(zip(STAGES, stage_weights))
        self.discriminator_stage_weights = dict(zip(STAGES, discriminator_stage_weights))
        self.pixel_stage_weights = dict(zip(STAGES, pixel_stage_weights))
        self.reported_only, self.coarse_appearance = tuple(reported_only), coarse_appearance

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses = {}
        target = batch['target_image']
        if 'adversarial' in self.losses:
            for name in self.judges():
                losses[f'adversarial_{name}'] = sum(
                    weight * self.losses['adversarial'].generator(
                        self.judge(name, self.shown(name, stage, fakes), batch[CONDITIONS[name]]),
                        partial(self.judge, name, target, batch[CONDITIONS[name]]))
                    for stage, weight in self.stage_weights.items())
        for name in ('uncertainty', 'pixel', 'perceptual'):
            if name in self.losses:
                others = (fakes['uncertainty'],) if name == 'uncertainty' else ()
                term = sum(weight * self.losses[name](fakes[stage], target, *others)
                           for stage, weight in self.pixel_stage_weights.items())
                losses[name] = term.detach() if name in self.reported_only else term
        if 'total_variation' in self.losses:
            losses['total_variation'] = sum(self.losses['total_variation'](fakes[stage]) for stage in STAGES)
        if 'ssim' in self.losses:
            losses['ssim'] = self.losses['ssim'](fakes['image'], target)
        return losses

    def shown(self, name: str, stage: str, fakes: Fakes) -> Tensor:
        """What the discriminator ``name`` sees of a stage in the generator's turn."""
        return fakes['image' if name == 'appearance' and not self.coarse_appearance else stage]

    def appearance_discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        return self.stage_losses('appearance', batch, fakes)

    def shape_discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        return self.stage_losses('shape', batch, fakes)

    def stage_losses(self, name: str, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """Both stages before the same D and through the same pool, the final image first."""
        losses = {}
        for stage in reversed(STAGES):
            for term, value in self.pair_losses(name, batch, fakes[stage]).items():
                losses[f'{term}_{stage}'] = self.discriminator_stage_weights[stage] * value
        return losses
