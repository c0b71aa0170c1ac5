"""Attributes that were asked for, and the look of exemplars."""
import numpy as np
import pytest
import torch
from torch import nn

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.metrics.attribute_accuracy import AttributeAccuracy
from ggtoolbox.evaluation.metrics.output_diversity import OutputDiversity
from ggtoolbox.evaluation.metrics.reference_following import ReferenceFollowing
from ggtoolbox.evaluation.protocols import find_protocol


class Bright(nn.Module):
    """An attribute a channel: whether it is bright."""

    def forward(self, image):
        return dict(attribute_logits=image.mean((2, 3)), features=image.mean((2, 3)))


def picture(*channels):
    return torch.tensor(channels)[:, None, None].expand(3, 4, 4).float()


def evaluate(metric, samples, batch=2):
    for start in range(0, len(samples), batch):
        metric.process({}, samples[start:start + batch])
    return metric.evaluate(len(samples))


def sample(image, wanted, source=None):
    attributes = dict(attributes=np.array(wanted, np.float32))
    if source is not None:
        attributes['source_attributes'] = np.array(source, np.float32)
    return dict(image=picture(*image), **attributes)


def test_what_had_to_change_and_what_had_to_stay_are_counted_apart():
    samples = [sample((1, -1, -1), (1, 0, 0), (0, 1, 0)),  # both that were to change have; the third stays
               sample((1, 1, 1), (1, 0, 0), (0, 1, 0)),  # one of the two, and the third is lost
               sample((1, 1, -1), (1, 1, 1), (1, 1, 1))]  # nothing to change; one is lost
    found = evaluate(AttributeAccuracy(Bright()), samples)
    assert found == pytest.approx(dict(Attributes=6 / 9, Changed=1 / 2, Kept=3 / 5))
    alone = evaluate(AttributeAccuracy(Bright()), [sample((1, -1, 1), (1, 0, 0))])
    assert alone == pytest.approx(dict(Attributes=2 / 3))
    with pytest.raises(InputError, match='the classifier knows 3 attributes, the samples hold 2'):
        evaluate(AttributeAccuracy(Bright()), [sample((1, 1, 1), (1, 0))])
    with pytest.raises(InputError, match='expected a classifier with attribute_logits, found logits'):
        evaluate(AttributeAccuracy('toyworld_street'), [dict(image=torch.zeros(3, 16, 16))])


def test_an_image_follows_the_exemplar_that_it_is_nearer_to():
    def trio(image, exemplar, other):
        return dict(image=picture(*image), exemplar_image=picture(*exemplar),
                    second_exemplar_image=picture(*other))
    samples = [trio((1, 1, 0), (1, 1, 1), (-1, 1, 1)), trio((-1, 1, 0), (1, 1, 1), (-1, 1, 1)),
               trio((0, 1, 0), (1, 1, 1), (1, 1, 1)), trio((1, 1, 1), (1, 1, 1), (-1, -1, -1))]
    assert evaluate(ReferenceFollowing(Bright()), samples) == dict(Following=pytest.approx(2.5 / 4))


def test_the_levels_of_a_judge_are_what_outputs_differ_in():
    same, other = torch.zeros(3, 16, 16), torch.linspace(-1, 1, 768).reshape(3, 16, 16)

    def diversity(*images):
        metric = OutputDiversity(len(images), feature_network='toyworld_attributes')
        found = evaluate(metric, [dict(name=f'a_{i}', image=image) for i, image in enumerate(images)], 8)
        return found['LPIPS_outputs_toyworld_attributes']
    assert diversity(same, same) == 0 < diversity(same, same, other) < diversity(same, other)


@pytest.mark.parametrize('name, metrics', [
    ('toyworld_attributes', ['PSNR', 'SSIM', 'AttributeAccuracy', 'FID']),
    ('toyworld_domains', ['AttributeAccuracy', 'ReferenceFollowing', 'OutputDiversity', 'FID'])])
def test_protocols_name_the_measures(name, metrics):
    assert [metric['type'] for metric in find_protocol(name).metrics] == metrics
