import torch

from ggtoolbox.models.backbones.st_gcn import LIMBS, STGCN, spatial_partition
from ggtoolbox.registry import LOSSES


def test_partitions_divide_each_joints_neighbours():
    itself, farther, nearer = spatial_partition()
    total = itself + farther + nearer
    torch.testing.assert_close(total.sum(0), torch.ones(18))
    assert itself.count_nonzero() == 18 and total.count_nonzero() == 18 + 2 * len(LIMBS)
    assert nearer[1, 0] > 0 and farther[0, 1] > 0  # the neck is the centre, the nose its neighbour
    assert farther[14, 16] > 0 and farther[16, 14] > 0  # both are more than one hop away


def test_wider_blocks_halve_the_frames_and_the_network_is_frozen():
    network = STGCN(3, channels=(4, 4, 6), allow_random=True)
    outputs = network(STGCN.example_input())
    assert [tuple(outputs[name].shape) for name in network.layers] == [
        (2, 4, 50, 18), (2, 4, 50, 18), (2, 6, 25, 18)]
    assert outputs['features'].shape == (2, 6) and outputs['logits'].shape == (2, 3)
    assert not any(parameter.requires_grad for parameter in network.parameters())
    torch.testing.assert_close(outputs['features'], outputs['block2'].mean((2, 3)))


def test_it_serves_the_perceptual_loss():
    loss = LOSSES.build(dict(type='PerceptualLoss', weight=2.0, layer_weights=(20.0, 5.0), network=dict(
        type='STGCN', channels=(4, 6), allow_random=True)))
    fake, real = STGCN.example_input().requires_grad_(), STGCN.example_input().flip(1)
    on_fake, on_real = loss.network(fake), loss.network(real)
    expected = 2 * sum(weight * (on_fake[name] - on_real[name]).abs().mean()
                       for name, weight in (('block0', 20), ('block1', 5)))
    torch.testing.assert_close(loss(fake, real), expected)
    loss(fake, real).backward()
    assert fake.grad.any() and loss.state_dict() == {}
