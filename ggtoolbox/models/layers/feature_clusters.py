"""Styles to choose from: the centres of what an encoder made of each class's instances."""
from __future__ import annotations

import cv2
import numpy as np
import torch
from torch import Tensor, nn

from .instances import number_instances


class FeatureClusters(nn.Module):
    """K-means centres of instance features, class by class (Wang et al., CVPR 2018, section 3.4).

    The centres are buffers, so that a checkpoint holds them.

    Args:
        num_classes: of the label map.
        feature_channels: F.
        num_clusters: K; 10 in the paper. A class of fewer instances has as many centres as instances.
        smallest_share: instances of fewer pixels than this share of a picture are left out (the released
            code's 0.5 / 32).
    """

    def __init__(self, num_classes: int, feature_channels: int = 3, num_clusters: int = 10,
                 smallest_share: float = 0.5 / 32) -> None:
        super().__init__()
        self.num_clusters, self.smallest_share = num_clusters, smallest_share
        self.register_buffer('centres', torch.zeros(num_classes, num_clusters, feature_channels))
        self.register_buffer('counts', torch.zeros(num_classes, dtype=torch.int64))

    @property
    def fitted(self) -> bool:
        """Whether any class has a centre."""
        return not self.counts.is_meta and bool(self.counts.any())

    def instances(self, label: Tensor, instance: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What instances there are in label and instance maps (B, H, W).

        Returns:
            (B, H, W) the number of each pixel's instance, 0 .. N - 1; (N,) each one's class, by the majority
            of its pixels (-1: all of them ignored); (N,) each one's size in pixels.
        """
        _, numbers, sizes = torch.unique(number_instances(instance), return_inverse=True, return_counts=True)
        valid = (label >= 0) & (label < len(self.counts))
        votes = torch.zeros(len(sizes), len(self.counts), dtype=torch.int64, device=label.device)
        ones = torch.ones_like(numbers[valid])
        votes.index_put_((numbers[valid], label[valid]), ones, accumulate=True)
        most, classes = votes.max(dim=1)
        return numbers, torch.where(most > 0, classes, -1), sizes

    def collect(self, features: Tensor, label: Tensor, instance: Tensor) -> tuple[Tensor, Tensor]:
        """The features (N, F) and classes (N,) of those instances of a batch that are large enough.

        Args:
            features: (B, F, H, W), equal all over each instance.
            label, instance: (B, H, W).
        """
        numbers, classes, sizes = self.instances(label, instance)
        rows = torch.empty(len(sizes), features.shape[1], device=features.device)
        rows[numbers.flatten()] = features.float().movedim(1, -1).flatten(0, -2)
        chosen = (sizes >= self.smallest_share * label[0].numel()) & (classes >= 0)
        return rows[chosen], classes[chosen]

    @torch.no_grad()
    def fit(self, features: Tensor, classes: Tensor) -> None:
        """Find the centres of features (N, F) whose classes are (N,); they replace the former ones."""
        self.centres.zero_()
        self.counts.zero_()
        cv2.setRNGSeed(0)
        stop = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 100, 1e-4)
        for index in classes.unique().tolist():
            rows = features[classes == index].cpu().numpy().astype(np.float32)
            count = min(self.num_clusters, len(rows))
            _, _, centres = cv2.kmeans(rows, count, None, stop, 3, cv2.KMEANS_PP_CENTERS)
            self.centres[index, :count] = torch.from_numpy(centres)
            self.counts[index] = count

    def draw(self, label: Tensor, instance: Tensor) -> Tensor:
        """A random centre of its class for each instance: (B, H, W) twice -> (B, F, H, W).

        Instances of a class without centres get zeros, as in the released code.
        """
        numbers, classes, _ = self.instances(label, instance)
        counts = torch.where(classes >= 0, self.counts[classes], 0)
        choice = (torch.rand(len(counts), device=counts.device) * counts).long()
        rows = self.centres[classes, choice] * (counts > 0).unsqueeze(1)
        return rows[numbers].movedim(-1, 1)
