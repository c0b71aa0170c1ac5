"""Top-k accuracy of the cross-view papers, and the scene classifier that their scores share."""
from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from ggtoolbox.registry import METRICS

from ..images import image_bytes
from ..networks import find_weights, name_of, shared_extractor
from .base import ListMetric

PLACES = 'http://places2.csail.mit.edu/models_places365/alexnet_places365.pth.tar'
SHORT_SIDE, CROP = 256, 224
CONFIDENT = 0.5


def scene_picture(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Shorter side to 256 pixels, bilinear as Pillow does it (antialiased), then the middle 224 x 224."""
    height, width = image.shape[:2]
    short = min(height, width)
    size = (SHORT_SIDE * width // short, SHORT_SIDE * height // short)
    resized = np.asarray(Image.fromarray(image).resize(size, Image.Resampling.BILINEAR))
    top, left = (round((side - CROP) / 2) for side in resized.shape[:2])
    return resized[top:top + CROP, left:left + CROP]


class SceneMetric(ListMetric):
    """Probabilities of 365 scenes for real and generated image, one row an image each.

    Protocol: 8-bit RGB; shorter side to 256, bilinear as Pillow does it; middle 224 x 224; ImageNet's mean
    and deviation; AlexNet trained on Places365; softmax in single precision.

    Args:
        key, target: fields of the generated and of the real image.
        weights: path or URL of ``alexnet_places365.pth.tar`` (its state dict; the papers' scripts load
            the same weights as ``whole_alexnet_places365.pth.tar``, which holds code and is refused).
            None looks into torch's hub cache.
        network: another classifier of ``BACKBONES`` (or a module) with ``logits``.
    """

    def __init__(self, key: str = 'image', target: str = 'target_image', weights: str | None = None,
                 network: dict | None = None, collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.key, self.target = key, target
        if network is None:
            network = dict(type='AlexNet', layers=('logits',), num_classes=365,
                           weights=find_weights(weights, PLACES, self.name))
        self.extractor = shared_extractor(network)
        self.protocol = f'{name_of(network)}, Places365, shorter side 256, middle 224 px'

    def judge(self, samples: list[dict]) -> list[NDArray[np.float32]]:
        """(2, C) a sample: real, generated."""
        rows = []
        for field in (self.target, self.key):
            pictures = [scene_picture(image_bytes(sample, field, self.name)) for sample in samples]
            rows.append([found['logits'].softmax(0).cpu().numpy()
                         for found in self.extractor.of_images(pictures)])
        return [np.stack(pair) for pair in zip(*rows)]


def top_k_accuracy(generated: NDArray, real: NDArray, k: int, confidence: float = 0.0) -> float:
    """Percentage of rows whose most probable real class is among the k most probable generated ones.

    Args:
        generated, real: (N, C) probabilities; of equal ones the lower class comes first.
        confidence: only rows whose real probability is **above** it count; NaN if there are none.
    """
    labels = real.argmax(1)
    counted = real.max(1) > confidence
    if not counted.any():
        return float('nan')
    best = np.argsort(-generated, axis=1, kind='stable')[:, :k]
    return float(100 * (best == labels[:, None]).any(1)[counted].mean())


@METRICS.register_module()
class SceneAccuracy(SceneMetric):
    """Top-1 and top-5 accuracy in percent against the classifier's own answer to the real image.

    Protocol: probabilities as in :class:`SceneMetric`; the real image's most probable class is the label.
    ``Top-1_all``, ``Top-5_all``: all images. ``Top-1_confident``, ``Top-5_confident``: images whose label has
    a probability above 0.5, of which there may be none (NaN). They are the two columns of each in the
    tables. Reference: ``scripts/evaluation`` of Ha0Tang/SelectionGAN.
    """

    name = 'Accuracy'
    values = 'Top-1_all', 'Top-1_confident', 'Top-5_all', 'Top-5_confident'

    def summarise(self, results: list[NDArray]) -> dict[str, float]:
        real, generated = np.stack(results, 1)
        return {f'Top-{k}_{which}': top_k_accuracy(generated, real, k, confidence)
                for k in (1, 5) for which, confidence in (('all', 0.0), ('confident', CONFIDENT))}

    def compute_metrics(self, results: list[NDArray]) -> dict[str, float]:
        values = super().compute_metrics(results)
        confident = sum(float(real.max()) > CONFIDENT for real, _ in results)
        self.counts.update({f'Top-{k}_confident': confident for k in (1, 5)})
        return values
