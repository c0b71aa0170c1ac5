import numpy as np
import pytest
import torch
from mmengine.evaluator import BaseMetric
from stubs import ColourNetwork, evaluate, samples

from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.images import image_bytes
from ggtoolbox.evaluation.networks import FeatureExtractor, find_weights, shared_extractor
from ggtoolbox.evaluation.protocols import PROTOCOLS, find_protocol
from ggtoolbox.evaluation.table import Row, format_table, result_rows
from ggtoolbox.registry import METRICS, check_arguments


class Counting(ColourNetwork):
    calls = 0

    def forward(self, image):
        self.calls += 1
        return super().forward(image)


def test_metrics_share_the_work_of_a_network():
    network = Counting()
    extractor, found = FeatureExtractor(network), samples(3)
    first = extractor.of_field(found, 'image', 'x')
    again = extractor.of_field(list(found), 'image', 'y')
    assert network.calls == 1 and again is first
    found[1] = samples(1, seed=5)[0]  # the same list with another sample
    assert not torch.equal(extractor.of_field(found, 'image', 'x')[1]['pool'], first[1]['pool'])
    assert network.calls == 2


def test_one_description_is_built_once():
    network = dict(type='VGG16', layers=('relu1_1',), allow_random=True)
    assert shared_extractor(network) is not shared_extractor(dict(network, normalise=True))
    kept = shared_extractor(network)
    assert shared_extractor(dict(network)) is kept


def test_images_of_different_sizes_keep_their_order():
    found = [samples(1, size, seed)[0] for seed, size in enumerate([(8, 8), (6, 4), (8, 8)])]
    extractor = FeatureExtractor(ColourNetwork())
    together = extractor.of_field(found, 'image', 'x')
    for sample, features in zip(found, together):
        alone = FeatureExtractor(ColourNetwork()).of_field([sample], 'image', 'x')[0]
        torch.testing.assert_close(features['pool'], alone['pool'])


def test_weights_are_looked_for_in_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    (tmp_path / 'hub/checkpoints').mkdir(parents=True)
    with pytest.raises(InputError, match='X: download https://a.b/c.pth and put it at .*c.pth, or give'):
        find_weights(None, 'https://a.b/c.pth', 'X')
    (tmp_path / 'hub/checkpoints/c.pth').touch()
    assert find_weights(None, 'https://a.b/c.pth', 'X') == str(tmp_path / 'hub/checkpoints/c.pth')
    assert find_weights('mine.pth', 'https://a.b/c.pth', 'X') == 'mine.pth'


def test_bytes_stay_as_they_are_and_other_shapes_are_refused():
    array = np.arange(256, dtype=np.uint8)[:, None, None].repeat(3, 2)
    assert image_bytes(dict(image=array), 'image', 'X') is array
    with pytest.raises(InputError, match='\\(H, W, 3\\) of 8 bits, found \\(4, 4\\) of uint8'):
        image_bytes(dict(image=np.zeros((4, 4), np.uint8)), 'image', 'X')
    with pytest.raises(InputError, match='must be \\(3, H, W\\), found \\(2, 4, 4\\)'):
        image_bytes(dict(image=torch.zeros(2, 4, 4)), 'image', 'X')


@pytest.mark.parametrize('kind', ['PSNR', 'SSIM', 'CrossViewSSIM', 'SharpnessDifference', 'PersonSSIM'])
def test_nan_images_and_sizes_end_in_a_sentence(kind):
    sample, metric = samples(1)[0], METRICS.build(dict(type=kind))
    for field in ('image', 'target_image'):
        broken = dict(sample, **{field: sample[field] / 0})
        with pytest.raises(InputError, match=f"{field} of the sample '0' holds values that are not finite"):
            metric.process({}, [broken])
    with pytest.raises(InputError, match="the sample '0' is 20 x 24 pixels, expected 16 x 24 as its target"):
        metric.process({}, [dict(sample, target_image=sample['target_image'][..., :16])])


def test_the_table_names_protocols_and_numbers():
    class Foreign(BaseMetric):
        default_prefix = ''

        def process(self, data_batch, data_samples):
            self.results += [1] * len(data_samples)

        def compute_metrics(self, results):
            return dict(foreign=0.5)

    metrics = [METRICS.build(dict(type='PSNR')), Foreign()]
    values = {}
    for metric in metrics:
        values.update(evaluate(metric, samples(3)))
    rows = result_rows(metrics, values, 3)
    assert rows == [Row('PSNR', values['PSNR'], 3, metrics[0].protocol), Row('foreign', 0.5, 3, '')]
    lines = format_table(rows).splitlines()
    assert [line.split()[0] for line in lines] == ['metric', 'PSNR', 'foreign']
    assert lines[1].split()[1:3] == [f"{values['PSNR']:.4f}", '3'] and 'scikit-image' in lines[1]


def test_protocols_name_metrics_and_arguments_that_exist():
    for name in PROTOCOLS:
        for cfg in find_protocol(name).metrics:
            arguments = {key: value for key, value in cfg.items() if key != 'type'}
            check_arguments(METRICS.get(cfg['type']), arguments)
    images = [name for name in PROTOCOLS if name.endswith('_images')]
    for name in images:
        assert all(METRICS.build(cfg) for cfg in find_protocol(name).metrics)
    with pytest.raises(InputError, match="no protocol 'markt'; did you mean 'market'"):
        find_protocol('markt')
