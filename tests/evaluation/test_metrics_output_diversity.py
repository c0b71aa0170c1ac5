"""StarGAN v2's measures: the network of its FID, and the diversity of outputs."""
from itertools import combinations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from PIL import Image
from stubs import ColourNetwork

from ggtoolbox.datasets.transforms.pack import image_to_tensor
from ggtoolbox.errors import InputError
from ggtoolbox.evaluation.images import image_bytes
from ggtoolbox.evaluation.metrics.lpips import lpips_distance
from ggtoolbox.evaluation.metrics.output_diversity import OutputDiversity
from ggtoolbox.evaluation.protocols import find_protocol
from ggtoolbox.models.backbones.inception import Mixed
from ggtoolbox.models.backbones.inception_imagenet import ImageNetInceptionV3


class Maps(ColourNetwork):
    def forward(self, image):
        return dict(maps=image + 1.5)


def outputs(pictures, count=3):
    generator = torch.Generator().manual_seed(0)
    drawn = lambda: torch.rand(3, 4, 4, generator=generator) * 2 - 1
    return [dict(name=f'dog_{picture}_to_cat_{output}', image=drawn())
            for picture in range(pictures) for output in range(count)]


def evaluate(samples, batch, **options):
    metric = OutputDiversity(3, **{'pictures': 2, **options}, feature_network=Maps())
    for start in range(0, len(samples), batch):
        metric.process({}, samples[start:start + batch])
    return metric.evaluate(len(samples))


def test_all_pairs_of_a_picture_then_pictures_of_a_batch_then_batches():
    samples = outputs(5)
    levels = [image_bytes(sample, 'image', 'test').transpose(2, 0, 1) for sample in samples]
    shown = [torch.tensor(image / 127.5 + 0.5) for image in levels]
    pictures = [np.mean([float(lpips_distance([shown[a][None]], [shown[b][None]], inside=True))
                         for a, b in combinations(range(3 * i, 3 * i + 3), 2)]) for i in range(5)]
    # The last, smaller batch counts the same.
    expected = np.mean([np.mean(pictures[:2]), np.mean(pictures[2:4]), pictures[4]])
    for batch in (1, 4, 15):
        found = evaluate(samples, batch)
        assert found == {'LPIPS_outputs_Maps': pytest.approx(expected, rel=1e-3)}
    found = evaluate(samples, 4, pictures=5)
    assert found == {'LPIPS_outputs_Maps': pytest.approx(np.mean(pictures), rel=1e-3)}


def test_outputs_that_are_no_row_are_a_sentence(monkeypatch):
    with pytest.raises(InputError, match="expected 3 outputs of 'dog_1_to_cat' in a row, found 2"):
        evaluate(outputs(2)[:5] + outputs(3)[6:], 4)
    with pytest.raises(InputError, match="expected 3 outputs of 'dog_1_to_cat', found 2"):
        evaluate(outputs(2)[:5], 4)
    with pytest.raises(InputError, match='found outputs=1 and pictures=8'):
        OutputDiversity(1, feature_network=Maps())
    monkeypatch.setattr('ggtoolbox.evaluation.metrics.output_diversity.get_dist_info', lambda: (0, 2))
    with pytest.raises(InputError, match='must be in one process'):
        evaluate(outputs(2), 4)


def test_the_protocol_names_both_measures():
    assert [metric['type'] for metric in find_protocol('domains').metrics] == ['FID', 'OutputDiversity']


@pytest.fixture(scope='module')
def network():
    return ImageNetInceptionV3(allow_random=True)


def test_averages_count_the_padding_and_the_last_block_has_one_too(network):
    blocks = [module for module in network.modules() if isinstance(module, Mixed)]
    assert [block.pool for block in blocks].count('max') == 0
    assert sum(p.numel() for p in network.parameters()) == 23_834_568  # as torchvision's, less the auxiliary
    x = torch.rand(1, 2048, 3, 3)
    own = network.Mixed_7c
    torch.testing.assert_close(own(x)[:, -192:], own.branch_pool(F.avg_pool2d(x, 3, 1, 1)))


def drawn_weights(state):
    """Of a network's names and shapes alone."""
    generator = torch.Generator().manual_seed(0)

    def draw(name, shape):
        if len(shape) == 4:
            return torch.randn(shape, generator=generator) * (2 / shape[1:].numel()) ** 0.5
        if 'running_var' in name or name.endswith('bn.weight'):
            return 0.5 + torch.rand(shape, generator=generator)
        return torch.randn(shape, generator=generator) * 0.1
    return {name: draw(name, state[name].shape) for name in sorted(state)
            if state[name].is_floating_point()}


def test_features_are_those_of_another_port_of_torchvisions():
    """Every 256th of 2048, from timm 1.0.31's ``inception_v3`` with the same weights."""
    network = ImageNetInceptionV3(allow_random=True)
    network.load_state_dict(drawn_weights(network.state_dict()), strict=False)
    side = torch.linspace(-1, 1, 299)
    picture = torch.stack([side[:, None].expand(299, 299), side.expand(299, 299), torch.outer(side, side)])
    with torch.no_grad():
        found = network(picture[None])['pool'][0]
    expected = torch.tensor([2.29464, 0.0, 1.17996, 7.71985, 3.0696, 2.3039, 3.00875, 13.5832])
    torch.testing.assert_close(found[::256], expected, rtol=1e-4, atol=1e-4)
    assert found.sum().item() == pytest.approx(3654.241, rel=1e-4)


def test_pictures_are_resized_as_pillow_does_and_normalised(network):
    picture = np.random.default_rng(0).integers(0, 256, (300, 280, 3), np.uint8)
    small = Image.fromarray(picture).resize((256, 256), Image.Resampling.BILINEAR)
    large = np.asarray(small.resize((299, 299), Image.Resampling.BILINEAR)) / 255
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    found = network.resized(image_to_tensor(picture)[None])[0].permute(1, 2, 0).numpy()
    off = np.abs(found - (large - mean) / deviation)
    assert off.max() < 0.036 and off.mean() < 0.01  # a level is 0.018, and Pillow rounds twice


def test_the_auxiliary_classifier_of_its_file_is_left_out(network):
    state = network.state_dict()
    assert network.own_weights({**state, 'AuxLogits.fc.bias': torch.zeros(1000)}).keys() == state.keys()
