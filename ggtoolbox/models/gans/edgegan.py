"""EdgeGAN: semantic image synthesis guided by generated edges (Tang, PhD thesis, section 6.4)."""
from __future__ import annotations

from torch import Tensor

from ggtoolbox.errors import InputError
from ggtoolbox.registry import MODELS
from ggtoolbox.structures import DiscriminatorOutput

from .base import Batch, Fakes
from .gaugan import GauGAN
from .side_by_side import judge_side_by_side


@MODELS.register_module()
class EdgeGAN(GauGAN):
    """EdgeGAN; reads ``label`` (and ``edge``), learns ``target_image`` and, as ``target_edge``, its edges.

    Losses, by name, each a sum over the pictures that the generator draws, the edge map I_e' and the
    images I' and I'', with factors 1, 1 and lambda (equation 6.18): ``adversarial`` (lambda_c = 1),
    ``feature_matching`` (lambda_f = 10), ``perceptual`` (lambda_p = 10) and, with an image encoder, GauGAN's
    ``kl``. Where the generator lacks a module, its picture's terms are gone.

    The thesis writes the adversarial loss with logarithms (equations 6.16 and 6.17: ``GANLoss`` of
    ``mode='vanilla'``) and follows GauGAN, whose code has the hinge (``mode='hinge'``, the configs').

    Args:
        image_weight: lambda, the factor of all terms of I'' (2).

    The other arguments are :class:`GauGAN`'s; its ``encoder`` reads images and gives a latent, for which the
    thesis's encoder E, inside ``generator``, must have a ``latent_dim``.
    """

    loss_names = ('adversarial', 'feature_matching', 'perceptual', 'kl')

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None, encoder: dict | None = None,
                 encoded_image: str = 'target_image', image_weight: float = 2.0) -> None:
        super().__init__(generator, discriminator, losses, options, encoder, encoded_image)
        self.image_weight = image_weight

    def generator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        pairs, losses = self.pairs(fakes), {}
        if 'adversarial' in self.losses:
            loss, on = self.losses['adversarial'], self.judge(batch, fakes)
            losses['adversarial'] = sum(factor * loss.generator(on[fake], on[real])
                                        for fake, real, factor in pairs)
            if 'feature_matching' in self.losses:
                loss = self.losses['feature_matching']
                losses['feature_matching'] = sum(
                    factor * loss(on[fake], on[real]) for fake, real, factor in pairs)
        if 'perceptual' in self.losses:
            loss = self.losses['perceptual']
            features = {name: loss.real_features(real) for name, real in self.reals(batch, fakes).items()}
            losses['perceptual'] = sum(
                factor * loss.against(fakes[fake], features[real]) for fake, real, factor in pairs)
        if 'kl' in self.losses:
            losses['kl'] = self.losses['kl'](fakes['mean'], fakes['log_variance'])
        return losses

    def discriminator_losses(self, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """The multi-modality discriminator: equations 6.16 (the pair of edges) and 6.17 (those of images),
        in which the real image thus counts lambda + 1 times."""
        on, loss = self.judge(batch, fakes), self.losses['adversarial']
        terms = [(factor, loss.discriminator(on[real], on[fake]))
                 for fake, real, factor in self.pairs(fakes)]
        return {name: sum(factor * term[name] for factor, term in terms) for name in ('real', 'fake')}

    def pairs(self, fakes: Fakes) -> list[tuple[str, str, float]]:
        """Fake, real and factor of each picture that the generator draws."""
        pairs = [('intermediate_image', 'target_image', 1.0)]
        if 'edge_image' in fakes:
            pairs.insert(0, ('edge_image', 'target_edge', 1.0))
        if 'scaling_factors' in fakes:  # else `image` is the intermediate one again
            pairs.append(('image', 'target_image', self.image_weight))
        return pairs

    def reals(self, batch: Batch, fakes: Fakes) -> Fakes:
        """What the pictures are held against, each (B, 3, H, W)."""
        names = dict.fromkeys(real for _, real, _ in self.pairs(fakes))
        if 'target_edge' in names and 'target_edge' not in batch:
            raise InputError("EdgeGAN: the batch has no 'target_edge'; put CannyEdge into the training "
                             "pipeline, and 'target_edge' into the keys of its PackTensors")
        like = fakes['image']
        return {name: batch[name].to(like.dtype).expand_as(like) for name in names}

    def judge(self, batch: Batch, fakes: Fakes) -> dict[str, list[DiscriminatorOutput]]:
        """D(S, picture) of every fake and real one, by name, as from one forward: each real one is judged
        once, and all see the same spectral norm."""
        pictures = {fake: fakes[fake] for fake, _, _ in self.pairs(fakes)} | self.reals(batch, fakes)
        condition = self.guided_input(**self.guidance(batch))
        return dict(zip(pictures, judge_side_by_side(
            self.discriminator, list(pictures.values()), condition)))
