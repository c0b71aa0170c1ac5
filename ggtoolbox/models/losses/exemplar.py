"""What an exemplar-based image is held against: the real image, and the look of the exemplar (Zhang et al.,
CVPR 2020, section 3.3)."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import BACKBONES, LOSSES

from .perceptual import keep_network, leave_network_out

LAYERS = ('relu1_2', 'relu2_2', 'relu3_2', 'relu4_2', 'relu5_2')
CAFFE_MEAN = (0.40760392, 0.45795686, 0.48501961)  # of blue, green, red


def contextual_distance(x: Tensor, y: Tensor, bandwidth: float = 0.1, centre_places: bool = True) -> Tensor:
    """(B,): -log of the mean over X's places of the largest similarity with a place of Y.

    Mechrez et al., The Contextual Loss, ECCV 2018, equations 2 to 5: cosine distances d, divided by the
    smallest of each place of X, exp((1 - d) / bandwidth), normalised over Y.

    Args:
        x, y: features (B, C, H, W) of one size.
        centre_places: from both is taken away the mean over channels of Y at the same place (released);
            False: the mean of Y over places, of each channel (Mechrez et al., and CoCosNet's paper).
    """
    mean = y.mean(1, keepdim=True) if centre_places else y.mean((2, 3), keepdim=True)
    x, y = ((z - mean).flatten(2) for z in (x, y))
    x, y = (z / (z.norm(dim=1, keepdim=True) + 2.2e-16) for z in (x, y))
    distance = 1 - x.transpose(1, 2) @ y
    relative = distance / (distance.amin(dim=2, keepdim=True) + 1e-3)
    similarity = ((1 - relative) / bandwidth).softmax(dim=2)
    return -similarity.amax(dim=2).mean(dim=1).log()


@LOSSES.register_module()
class ExemplarFeatureLoss(nn.Module):
    """Three terms of the features of one VGG19, each of whose passes serves all of them.

    ``matching``: sum of c_k mean w_i |phi_k(fake) - phi_k(real)|, c = 1/32, 1/16, 1/8, 1/4, 1, w_i =
    s_i / (sum s + 1e-5) of samples whose exemplar is the image itself (s_i = 1): feature matching to pseudo
    exemplar pairs (equation 5). ``perceptual``: mean square of the deepest features' difference to the real
    image (equation 6). ``contextual``: 8 CX(relu5_2) + 4 CX(relu4_2) + 2 CX(halved relu3_2), of fake and
    exemplar (equation 7). Each times its weight.

    The network's tensors stay out of the checkpoints.

    Args:
        weight: of all three together.
        matching, perceptual, contextual: weights; released: 1 (ADE20K) or 10; 0.01 or 0.001; 10.
        perceptual_layer: paper and released ``'relu4_2'``, ADE20K released ``'relu5_2'``.
        shallow_context: CX(relu2_2, of a quarter of the size) as well (a released option, off).
        centre_places: see :func:`contextual_distance`.
        bandwidth: of the contextual distance.
        network: default: ``VGG19`` with its five second layers, which needs ``weights``: CoCosNet's own
            ``vgg19_conv.pth``, converted.
        corrected: bring images from [-1, 1] to [0, 1] before BGR, mean and 255 (released:
            ``vgg_normal_correct``).
    """

    def __init__(self, weight: float = 1.0, matching: float = 10.0, perceptual: float = 0.001,
                 contextual: float = 10.0, perceptual_layer: str = 'relu4_2', shallow_context: bool = False,
                 centre_places: bool = True, bandwidth: float = 0.1, network: dict | None = None,
                 corrected: bool = True) -> None:
        super().__init__()
        self.weight, self.corrected = weight, corrected
        self.weights = dict(matching=matching, perceptual=perceptual, contextual=contextual)
        self.perceptual_layer, self.shallow_context = perceptual_layer, shallow_context
        self.context = dict(bandwidth=bandwidth, centre_places=centre_places)
        self.network = BACKBONES.build(network or dict(type='VGG19', layers=LAYERS))
        if tuple(self.network.layers) != LAYERS or perceptual_layer not in LAYERS:
            raise InputError(f'ExemplarFeatureLoss: network must have the layers {", ".join(LAYERS)}, '
                             f'perceptual_layer among them, found {", ".join(self.network.layers)} and '
                             f'{perceptual_layer}')
        self.register_state_dict_post_hook(leave_network_out)
        self.register_load_state_dict_pre_hook(keep_network)

    def forward(self, fake: Tensor, real: Tensor, target: Tensor) -> Tensor:
        """fake, real and exemplar (``target``), (B, 3, H, W) in [-1, 1], all self-referenced -> their sum."""
        return sum(self.terms(fake, real, target, fake.new_ones(len(fake))).values())

    def terms(self, fake: Tensor, real: Tensor, exemplar: Tensor, own: Tensor) -> dict[str, Tensor]:
        """Name -> weighted term.

        Args:
            fake, real, exemplar: (B, 3, H, W) in [-1, 1].
            own: (B,) 1 where the exemplar is the real image itself.
        """
        of_fake = self.features(fake)
        with torch.no_grad():
            both = self.features(torch.cat([real, exemplar]))
            of_real, of_exemplar = ({name: value.chunk(2)[part] for name, value in both.items()}
                                    for part in (0, 1))
        share = (own / (own.sum() + 1e-5)).view(-1, 1, 1, 1)
        matching = sum((share * (of_fake[name] - of_real[name]).abs()).mean() * factor
                       for name, factor in zip(LAYERS, (1 / 32, 1 / 16, 1 / 8, 1 / 4, 1.0)))
        perceptual = F.mse_loss(of_fake[self.perceptual_layer], of_real[self.perceptual_layer])
        steps = [(8, 'relu5_2', 1), (4, 'relu4_2', 1), (2, 'relu3_2', 2), (1, 'relu2_2', 4)]
        steps = steps if self.shallow_context else steps[:3]
        contextual = sum(factor * self._context(of_fake[name], of_exemplar[name], shrink)
                         for factor, name, shrink in steps)
        found = dict(matching=matching, perceptual=perceptual, contextual=contextual)
        return {name: self.weight * self.weights[name] * value for name, value in found.items()
                if self.weights[name]}

    def _context(self, fake: Tensor, exemplar: Tensor, shrink: int) -> Tensor:
        fake, exemplar = (F.avg_pool2d(x, shrink) if shrink > 1 else x for x in (fake, exemplar))
        return contextual_distance(fake, exemplar, **self.context).mean()

    def features(self, image: Tensor) -> dict[str, Tensor]:
        """Of an image (B, 3, H, W) in [-1, 1], as Caffe's VGG19 takes it."""
        x = (image + 1) / 2 if self.corrected else image
        mean = torch.tensor(CAFFE_MEAN, device=x.device, dtype=x.dtype).view(1, 3, 1, 1)
        return self.network((x.flip(1) - mean) * 255)

    @classmethod
    def example(cls) -> dict:
        return dict(network=dict(type='VGG19', layers=LAYERS, allow_random=True))


def corresponding_label_loss(warped: Tensor, label: Tensor, exemplar_label: Tensor) -> Tensor:
    """Negative log likelihood of the warped layout, where the class is not 0 and exists in the exemplar; the
    sum divided by (count + 1e-5).

    Args:
        warped: (B, K, h, w) shares of the classes.
        label, exemplar_label: (B, h, w) class ids.
    """
    classes = torch.arange(warped.shape[1], device=label.device)
    there = (exemplar_label.flatten(1).unsqueeze(2) == classes).any(1)
    counted = there.gather(1, label.flatten(1).clamp(max=warped.shape[1] - 1)).view_as(label)
    counted = (counted & (label != 0) & (label < warped.shape[1])).to(warped.dtype)
    index = label.clamp(max=warped.shape[1] - 1).unsqueeze(1)
    likelihood = (warped + 1e-10).log().gather(1, index).squeeze(1)
    return -(likelihood * counted).sum() / (counted.sum() + 1e-5)


@LOSSES.register_module()
class CorrespondingLabelLoss(nn.Module):
    """See :func:`corresponding_label_loss` (released code; the paper has none): weight 100."""

    def __init__(self, weight: float = 100.0) -> None:
        super().__init__()
        self.weight = weight

    def forward(self, warped_layout: Tensor, label: Tensor, exemplar_label: Tensor) -> Tensor:
        """warped_layout (B, K, h, w); label and exemplar_label (B, h, w) -> scalar."""
        return self.weight * corresponding_label_loss(warped_layout, label, exemplar_label)
