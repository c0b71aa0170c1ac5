"""DanceGAN's second stage: a video of a person from skeletons and a picture (Tang, PhD thesis, section
7.3.2)."""
from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from ggtoolbox.registry import MODELS
from ggtoolbox.structures import DiscriminatorOutput, parted, require_fields

from ..layers.derived import Derived
from .base import BaseGAN, Batch, Fakes

# A generator's word for what it starts from -> the word of a batch.
STARTS = ('source_image', 'source_guide')


@MODELS.register_module()
class DanceGANVideo(BaseGAN):
    """DanceGAN, stage II; reads ``source_image`` and, of each frame, ``frame_guides``; learns
    ``target_frames``.

    Baseline generation makes I_i = G_r(I_0, S_i) (equation 7.6). In training each frame is also made from the
    frame before it, or behind it, as baseline generation has made that (7.7, 7.9), and is to be the same.

    Losses, by name (equation 7.11): ``adversarial`` L_gan, on I_i alone; ``pixel`` L_l1, I_i against the real
    frame; ``forward_regularisation`` L_fsr (7.8) and ``backward_regularisation`` L_bsr (7.10): without these
    terms the rows of table 7.6. The thesis does not give the weights.

    At a test it makes single pictures, by baseline generation: of ``target_guide``, and of ``previous_guide``
    where the batch holds one, as measures of a video's steadiness want it.

    G_r may be any generator that reads ``source_image`` and ``target_guide``; one that also reads the guide
    of what it starts from is given that of the neighbouring frame.

    Args:
        detach_neighbours: let no gradient through the frame that is started from; the thesis does not say.
        detach_baseline: nor through I_i in L_fsr and L_bsr.

    The other arguments are :class:`BaseGAN`'s; players share the fakes of an iteration, as pix2pixHD's do.
    """

    loss_names = ('adversarial', 'pixel', 'forward_regularisation', 'backward_regularisation')
    default_options = replace(BaseGAN.default_options, reuse_fakes=True)
    products = {'image': 'target_image', 'frames': 'target_frames'}

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 detach_neighbours: bool = False, detach_baseline: bool = False, options: dict | None = None
                 ) -> None:
        super().__init__(generator, discriminator, losses, options)
        self.detach_neighbours, self.detach_baseline = detach_neighbours, detach_baseline

    def derived(self) -> dict[str, dict[str, Derived]]:
        seen = dict(discriminator=('source_image', 'target_guide', 'image'))
        return self.from_generator.in_channels(seen)

    def generate(self, batch: Batch) -> Fakes:
        """``frames`` I_1 .. I_F, and ``forward_frames`` of 2 .. F and ``backward_frames`` of 1 .. F-1 where
        there are losses for them, from a batch with ``frame_guides``; else ``image`` (and
        ``previous_image``)."""
        if 'frame_guides' not in batch:
            return self._generate_pictures(batch)
        require_fields(batch, ('source_image', 'frame_guides'), type(self).__name__)
        guides = batch['frame_guides']
        start = {name: batch[name].unsqueeze(1).expand(-1, guides.shape[1], *batch[name].shape[1:])
                 for name in STARTS if name in batch}
        frames = self._draw(start['source_image'], guides, start.get('source_guide'))
        return dict(frames=frames, **self._from_neighbours(frames, guides))

    def _from_neighbours(self, frames: Tensor, guides: Tensor) -> Fakes:
        """Forward and backward generation, both in one batch: equations 7.7 and 7.9."""
        neighbours = frames.detach() if self.detach_neighbours else frames
        runs = dict(forward=(neighbours[:, :-1], guides[:, 1:], guides[:, :-1]),
                    backward=(neighbours[:, 1:], guides[:, :-1], guides[:, 1:]))
        runs = {name: run for name, run in runs.items() if f'{name}_regularisation' in self.losses}
        if not runs or frames.shape[1] == 1:
            return {}
        made = self._draw(*(torch.cat(parts) for parts in zip(*runs.values())))
        return {f'{name}_frames': part for name, part in zip(runs, made.chunk(len(runs)))}

    def _draw(self, images: Tensor, guides: Tensor, source_guides: Tensor | None) -> Tensor:
        """G_r(image, guide) of each frame: (B, F, 3, H, W) from (B, F, ...) each."""
        given = dict(source_image=images, target_guide=guides, source_guide=source_guides)
        made = self.generator(**{name: given[name].flatten(0, 1) for name in self.generator_inputs})
        return made['image'].unflatten(0, images.shape[:2])

    def _generate_pictures(self, batch: Batch) -> Fakes:
        fakes = self.generator(**{name: batch[name] for name in self.generator_inputs})
        if 'previous_guide' in batch:
            before = dict(batch, target_guide=batch['previous_guide'])
            image = self.generator(**{name: before[name] for name in self.generator_inputs})['image']
            fakes = dict(fakes, generated_previous_image=image)
        return fakes

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        losses, frames = {}, fakes['frames']
        if 'adversarial' in self.losses:
            on_fake = self.discriminate(batch, frames)
            losses['adversarial'] = self.losses['adversarial'].generator(
                on_fake, lambda: self.discriminate(batch, batch['target_frames']))
        if 'pixel' in self.losses:
            losses['pixel'] = self.losses['pixel'](frames, batch['target_frames'])
        wanted = frames.detach() if self.detach_baseline else frames
        for name, part in (('forward', wanted[:, 1:]), ('backward', wanted[:, :-1])):
            if f'{name}_frames' in fakes:
                term = f'{name}_regularisation'
                losses[term] = self.losses[term](fakes[f'{name}_frames'], part)
        return losses

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """D sees what G_r sees, and the frame."""
        real = batch['target_frames']
        outputs = self.discriminate(batch, real, fakes['frames'].to(real.dtype))
        return self.losses['adversarial'].discriminator(*parted(outputs, 2))

    def discriminate(self, batch: Batch, *frames: Tensor) -> list[DiscriminatorOutput]:
        """D of (source image, skeleton, frame) of every frame of every video, in one forward."""
        guides, count = batch['frame_guides'], batch['frame_guides'].shape[1]
        source = batch['source_image'].repeat_interleave(count, dim=0)
        condition = torch.cat([source, guides.flatten(0, 1)], dim=1).to(frames[0].dtype)
        return self.discriminator(torch.cat([video.flatten(0, 1) for video in frames]),
                                  condition.repeat(len(frames), 1, 1, 1))
