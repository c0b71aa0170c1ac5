"""Networks of no cost, and samples, for the tests of metrics."""
import torch
from torch import nn


class ColourNetwork(nn.Module):
    """Features, logits and heat maps that depend on the colours alone."""

    def forward(self, image):
        cells = nn.functional.adaptive_avg_pool2d(image, 2).flatten(1)  # (B, 12)
        return dict(pool=cells, attribute_logits=cells, logits=4 * cells, logits_without_bias=4 * cells,
                    maps=image, heat_maps=image.repeat(1, 6, 1, 1))


class ColourSegmenter(nn.Module):
    """Says at each pixel which of red, green and blue is strongest."""

    def forward(self, image):
        return dict(logits=image)


def samples(number, size=(24, 20), seed=0, noise=0.3):
    """Pairs of random images; labels and key points belong to the real one."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for index in range(number):
        real = torch.rand(3, *size, generator=generator) * 2 - 1
        image = (real + noise * torch.randn(3, *size, generator=generator)).clamp(-1, 1)
        points = torch.rand(18, 3, generator=generator) * torch.tensor([size[1], size[0], 1.3])
        points[:, 2] = (points[:, 2] > 0.3).float()
        shifted = points.clone()
        shifted[:, :2] += 4 * torch.rand(18, 2, generator=generator) - 2
        found.append(dict(name=f'{index}', image=image, target_image=real, keypoints=points,
                          predicted_keypoints=shifted, label=real.argmax(0), predicted_label=image.argmax(0),
                          samples=torch.stack([image, real, -real]), attributes=points[:12, 2],
                          source_attributes=shifted[6:, 2], exemplar_image=real,
                          second_exemplar_image=image.flip(-1)))
    return found


def evaluate(metric, found, batch_size=4):
    """The metric's values of these samples."""
    for start in range(0, len(found), batch_size):
        metric.process({}, found[start:start + batch_size])
    return metric.evaluate(len(found))
