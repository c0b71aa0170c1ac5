"""PG2: a person in another pose, coarsely first and then sharpened adversarially.

Ma et al., Pose Guided Person Image Generation, NIPS 2017.
"""
from __future__ import annotations

import torch
from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS, MODELS
from ggtoolbox.structures import DiscriminatorOutput, parted, require_fields

from .base import BaseGAN, Batch, Fakes, TestInputs
from .options import GANOptions

JUDGED = ('target_image', 'source_image', 'coarse_image', 'image')
NEGATIVES = ('source_image', 'image')


@MODELS.register_module()
class PG2(BaseGAN):
    """PG2; reads ``source_image`` and ``target_guide``, learns ``target_image`` with ``mask``.

    ``generator`` is G2 and reads the coarse image as its guide.

    Losses, by name: of G1 ``coarse_pixel`` (L1) and ``coarse_mask`` (L1 where ``mask`` is 1; together
    equation 1); of G2 ``adversarial`` (vanilla, equations 4 and 6), ``pixel`` and ``mask`` (their weight is
    lambda of equation 6: 10 for Market-1501, 50 for DeepFashion).

    For ``coarse_iterations`` G1 is trained alone; then it stays as it is, and G2 and D take turns.

    Paper and code differ: the paper's D sees pairs with the condition image. The code's sees single
    pictures, all of a step in one batch (its norm mixes them), and the condition images are negatives as
    well, each kind with half the weight of the real ones; on DeepFashion G2 is told that these look real,
    too (``fights_for_source``), which halves its own term and adds a constant.

    Args:
        coarse_generator: config of ``GENERATORS``: G1; a player of its own.
        coarse_iterations: 22,000 of 60,000 (Market-1501) or 80,000 (DeepFashion).
        judged: the pictures in D's batch, among target_image, source_image, coarse_image and image.
            DeepFashion: without coarse_image, which has no term and counts for the norm alone.
        fights_for_source: see above.

    The other arguments are :class:`BaseGAN`'s.
    """

    loss_names = ('coarse_pixel', 'coarse_mask', 'adversarial', 'pixel', 'mask')
    player_networks = dict(coarse_generator=('coarse_generator',), generator=('generator',),
                           discriminator=('discriminator',))
    generating_players = ('coarse_generator', 'generator')
    default_options = GANOptions(init=dict(method='xavier_uniform'))

    def __init__(self, generator: dict, coarse_generator: dict, discriminator: dict | None = None,
                 losses: dict | None = None, options: dict | None = None, coarse_iterations: int = 22000,
                 judged: tuple[str, ...] = JUDGED, fights_for_source: bool = False) -> None:
        super().__init__(generator, discriminator, losses, options)
        self.coarse_generator = self.build_network(GENERATORS, coarse_generator)
        if not set(judged) <= set(JUDGED) or not {'target_image', 'image'} <= set(judged):
            raise InputError(f'PG2: judged must be of {", ".join(JUDGED)}, with target_image and image, '
                             f'found {tuple(judged)}')
        self.coarse_iterations, self.judged = coarse_iterations, tuple(judged)
        self.fights_for_source = fights_for_source

    def test_inputs(self) -> TestInputs:
        return TestInputs(('source_image', 'target_guide'))

    @property
    def in_stage_1(self) -> bool:
        """Whether G1 is being trained."""
        return self.training and self.iteration < self.coarse_iterations

    def takes_turn(self, player: str) -> bool:
        """G1 in stage 1, the others in stage 2."""
        return super().takes_turn(player) and (player == 'coarse_generator') == self.in_stage_1

    def generate(self, batch: Batch) -> Fakes:
        """I_B1 = G1(I_A, P_B), and but for stage 1 I_B2 = I_B1 + G2(I_B1, I_A) (equations 1 and 3)."""
        coarse = self.coarse_generator(batch['source_image'], batch['target_guide'])
        drawn = coarse if self.in_stage_1 else self.generator(batch['source_image'], coarse['image'])
        return dict(drawn, coarse_image=coarse['image'])

    def coarse_generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        return self.pixel_losses('coarse_', fakes['coarse_image'], batch)

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses = {}
        if 'adversarial' in self.losses:
            on = self.discriminate(batch, fakes)
            names = NEGATIVES if self.fights_for_source and 'source_image' in on else ('image',)
            wanted, real = ([DiscriminatorOutput(torch.cat([on[name][0].logits for name in group]), [])]
                            for group in (names, ['target_image'] * len(names)))
            losses['adversarial'] = self.losses['adversarial'].generator(wanted, real)
        return {**losses, **self.pixel_losses('', fakes['image'], batch)}

    def pixel_losses(self, stage: str, image: Tensor, batch: Batch) -> dict[str, Tensor]:
        """|(image - I_B) * (1 + M_B)|, as two means (equation 1)."""
        losses, target = {}, batch['target_image']
        if f'{stage}pixel' in self.losses:
            losses[f'{stage}pixel'] = self.losses[f'{stage}pixel'](image, target)
        if f'{stage}mask' in self.losses:
            require_fields(batch, ['mask'], 'PG2')
            mask = batch['mask']
            losses[f'{stage}mask'] = self.losses[f'{stage}mask'](image * mask, target * mask)
        return losses

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """The real images, and the mean of the negatives."""
        on, losses = self.discriminate(batch, fakes), {}
        negatives = [name for name in NEGATIVES if name in on]
        for name in negatives:
            terms = self.losses['adversarial'].discriminator(on['target_image'], on[name])
            losses[f'fake_{name}'] = terms['fake'] / len(negatives)
            losses['real'] = losses.get('real', 0) + terms['real'] / len(negatives)
        return losses

    def discriminate(self, batch: Batch, fakes: Fakes) -> dict[str, list[DiscriminatorOutput]]:
        """D of all pictures of a step, in one batch, by their names."""
        pictures = {**batch, **fakes}
        shown = torch.cat([pictures[name].to(fakes['image'].dtype) for name in self.judged])
        return dict(zip(self.judged, parted(self.discriminator(shown), len(self.judged))))

    @torch.no_grad()
    def predict(self, batch: Batch) -> list[dict]:
        """Images are cut off to [-1, 1]."""
        samples = super().predict(batch)
        for sample in samples:
            sample.update({name: sample[name].clamp(-1, 1) for name in ('image', 'coarse_image')})
        return samples
