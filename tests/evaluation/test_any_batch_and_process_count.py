"""Every metric has one value, however its samples are dealt out."""
import pytest
import torch
from ranks import in_ranks
from stubs import ColourNetwork, ColourSegmenter, evaluate, samples

from ggtoolbox.registry import METRICS

NUMBER = 11
ARGUMENTS = {
    'PSNR': {}, 'CrossViewPSNR': {}, 'SSIM': {}, 'CrossViewSSIM': {}, 'PersonSSIM': {}, 'MaskSSIM': {},
    'PersonL1': {}, 'SharpnessDifference': {}, 'PCKh': {},
    'FID': dict(feature_network=ColourNetwork()),
    'KID': dict(feature_network=ColourNetwork(), subsets=3, subset_size=8),
    'PRDC': dict(feature_network=ColourNetwork(), neighbours=2),
    'InceptionScore': dict(network=ColourNetwork(), splits=3),
    'MaskInceptionScore': dict(network=ColourNetwork(), splits=3),
    'KLScore': dict(network=ColourNetwork()), 'SceneAccuracy': dict(network=ColourNetwork()),
    'SceneInceptionScore': dict(network=ColourNetwork()), 'FRD': dict(feature_network=ColourNetwork()),
    'LPIPS': dict(feature_network=dict(type='VGG16', layers=('relu1_2',), allow_random=True)),
    'Diversity': dict(feature_network=dict(type='VGG16', layers=('relu1_2',), allow_random=True)),
    'PCK': {}, 'SegmentationAccuracy': dict(num_classes=3),
    'SpatialConsistency': dict(num_classes=3, segmenter=ColourSegmenter()),
    'AttributeAccuracy': dict(classifier=ColourNetwork()),
    'ReferenceFollowing': dict(feature_network=ColourNetwork(), layer='pool'),
}
# of motions, frames, detections, training images, outputs in a row: tests of their own say what holds
OF_OTHER_SAMPLES = ('MotionFeatures', 'BeatAlignment', 'TemporalConsistency', 'DetectionAP', 'Memorisation',
                    'OutputDiversity')


def build(kind):
    return METRICS.build(dict(type=kind, **ARGUMENTS[kind]))


def every_value(batch_size, rank=0, processes=1):
    """Values of all metrics, of the share that a sampler gives to a process."""
    everything = samples(NUMBER)
    padded = everything + everything[:-NUMBER % processes]
    share = padded[rank::processes]
    found = {}
    for kind in ARGUMENTS:
        metric = build(kind)
        for start in range(0, len(share), batch_size):
            metric.process({}, share[start:start + batch_size])
        found.update(metric.evaluate(NUMBER))
    return found


def process(rank, folder):
    torch.save(every_value(3, rank, 2), folder / f'{rank}.pth')


def test_all_of_our_metrics_are_walked():
    ours = {name for name, cls in METRICS.known().items() if cls.__module__.startswith('ggtoolbox')}
    assert ours == {*ARGUMENTS, *OF_OTHER_SAMPLES}


@pytest.mark.parametrize('kind', ARGUMENTS)
def test_any_batch_size_and_a_protocol(kind):
    metric = build(kind)
    expected = evaluate(metric, samples(NUMBER), batch_size=NUMBER)
    assert metric.protocol and set(metric.counts) == set(expected)
    again = evaluate(metric, samples(NUMBER), batch_size=2)  # the same metric, emptied by evaluate
    assert again == pytest.approx(expected, rel=1e-6, abs=1e-7, nan_ok=True)


def test_two_processes_that_repeat_a_sample(tmp_path):
    expected = every_value(batch_size=4)
    in_ranks(process, tmp_path)
    for rank in range(2):
        found = torch.load(tmp_path / f'{rank}.pth', weights_only=False)
        assert found == pytest.approx(expected, rel=1e-6, abs=1e-7, nan_ok=True)
