import hashlib

import pytest
import torch
import torch.nn.functional as F

from ggtoolbox.errors import InputError
from ggtoolbox.models.backbones import VGG16, AlexNet, InceptionV3, ResNet50, SqueezeNet
from ggtoolbox.models.backbones.inception import resize_corners
from ggtoolbox.models.layers.pretrained import read_weights


@pytest.mark.parametrize('network, parameters', [
    (InceptionV3, 23_850_960), (ResNet50, 25_557_032), (VGG16, 14_714_688), (AlexNet, 2_469_696),
    (SqueezeNet, 722_496)])
def test_size_and_refusal_without_weights(network, parameters):
    with torch.device('meta'):
        built = network(allow_random=True)
    assert sum(p.numel() for p in built.parameters()) == parameters
    assert not built.train().training and not any(p.requires_grad for p in built.parameters())
    with pytest.raises(InputError, match=f"{network.__name__}: weights are not given; download http.*pth"):
        network()
    with pytest.raises(InputError, match="layers must be among .*found \\['conv9'\\]"):
        network(layers=('conv9',), allow_random=True)


def test_a_whole_alexnet_has_the_published_size():
    with torch.device('meta'):
        network = AlexNet(layers=('logits',), allow_random=True)
    assert sum(p.numel() for p in network.parameters()) == 61_100_840


def test_alexnet_reads_files_of_places(tmp_path):
    network = AlexNet(layers=('relu2', 'relu1'), allow_random=True)
    state = {name.replace('features.', 'features.module.'): value + 1
             for name, value in network.state_dict().items()}
    state['classifier.6.bias'] = torch.zeros(365)
    torch.save(dict(state_dict=state, epoch=3), tmp_path / 'places.pth.tar')
    loaded = AlexNet(str(tmp_path / 'places.pth.tar'), layers=('relu2', 'relu1'))
    assert torch.equal(loaded.features[3].weight, network.features[3].weight + 1)
    assert list(loaded(torch.zeros(1, 3, 40, 40))) == ['relu2', 'relu1']
    with pytest.raises(InputError, match='31 x 31 pixels at least, found 30 x 64'):
        loaded(torch.zeros(1, 3, 64, 30))


def test_normalisation_is_that_of_lpips():
    image = torch.rand(1, 3, 32, 32) * 2 - 1
    shift = torch.tensor([-0.030, -0.088, -0.188]).view(1, 3, 1, 1)
    scale = torch.tensor([0.458, 0.448, 0.450]).view(1, 3, 1, 1)
    normalised, raw = (AlexNet(layers=('relu1',), allow_random=True, normalise=on) for on in (True, False))
    torch.testing.assert_close(normalised(image)['relu1'], raw((image - shift) / scale)['relu1'])


def test_resnet_layers_and_the_smaller_average():
    image = torch.rand(1, 3, 64, 64) * 2 - 1
    layers = ('layer4', 'pool', 'logits')
    whole, part = (ResNet50(layers=layers, pool_size=size, allow_random=True)(image) for size in (None, 1))
    assert whole['layer4'].shape == (1, 2048, 2, 2) and whole['logits'].shape == (1, 1000)
    torch.testing.assert_close(whole['pool'], whole['layer4'].mean((2, 3)))
    torch.testing.assert_close(part['pool'], whole['layer4'][:, :, 0, 0])


def test_resize_of_tensorflow():
    line = torch.tensor([0.0, 1.0]).view(1, 1, 1, 2)
    # Four pixels of two read from places 0, 0.5, 1 and 1.5, which is beyond the last.
    assert resize_corners(line, 4)[0, 0, 0].tolist() == [0, 0.5, 1, 1]
    image = torch.rand(1, 3, 5, 5)
    torch.testing.assert_close(resize_corners(image, 5), image)
    half_pixel = F.interpolate(line, (4, 4), mode='bilinear', align_corners=False)
    assert half_pixel[0, 0, 0].tolist() == [0, 0.25, 0.75, 1]


def test_inception_resizes():
    with pytest.raises(InputError, match="resize must be one of half_pixel, tensorflow, found 'area'"):
        InceptionV3(resize='area', allow_random=True)


def test_a_digest_in_the_name_is_checked(tmp_path):
    torch.save({'weight': torch.zeros(2)}, tmp_path / 'x.pth')
    digest = hashlib.sha256((tmp_path / 'x.pth').read_bytes()).hexdigest()
    right, wrong = tmp_path / f'net-{digest[:8]}.pth', tmp_path / 'net-0123abcd.pth'
    for path in (right, wrong):
        path.write_bytes((tmp_path / 'x.pth').read_bytes())
    assert read_weights(str(right))['weight'].tolist() == [0, 0]
    with pytest.raises(InputError, match=f'its sha256 is {digest}, expected 0123abcd'):
        read_weights(str(wrong))
