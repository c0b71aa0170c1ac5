import torch

from ggtoolbox.models.backbones import InstanceFeatureEncoder


def test_features_are_equal_all_over_an_instance():
    torch.manual_seed(0)
    network = InstanceFeatureEncoder(channels=2, num_downsamplings=2)
    image = torch.rand(2, 3, 16, 24) * 2 - 1
    instance = torch.zeros(2, 16, 24, dtype=torch.int64)
    instance[:, 4:9, 3:20] = 26001
    raw, pooled = network(image)['instance_features'], network(image, instance)['instance_features']
    assert raw.shape == pooled.shape == (2, 3, 16, 24) and raw.abs().max() <= 1
    for sample in range(2):
        for number in (0, 26001):
            inside = instance[sample] == number
            means = raw[sample][:, inside].mean(dim=1, keepdim=True)
            found = pooled[sample][:, inside]
            torch.testing.assert_close(found, means.expand_as(found))


def test_number_of_features():
    assert InstanceFeatureEncoder(channels=2, feature_channels=5, num_downsamplings=1)(
        torch.zeros(1, 3, 8, 8))['instance_features'].shape == (1, 5, 8, 8)
