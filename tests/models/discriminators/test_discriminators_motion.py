import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.models.discriminators.motion import GlobalContentDiscriminator, LocalTemporalDiscriminator
from ggtoolbox.models.layers.co_occurrence import CooccurrenceEncoder


def build(cls, **more):
    torch.manual_seed(0)
    arguments, inputs = cls.example()
    return cls(**{**arguments, **more}), inputs


def test_each_window_is_judged_by_itself():
    network, inputs = build(LocalTemporalDiscriminator)
    logits = network.eval()(**inputs)[0].logits
    assert logits.shape == (2, 3)
    for window in range(3):
        part = inputs['motion'][:, 3 * window:3 * window + 5]
        torch.testing.assert_close(logits[:, window:window + 1], network(part)[0].logits)
    with pytest.raises(InputError, match='expected 5 frames at least, found 4'):
        network(inputs['motion'][:, :4])


def test_two_dances_of_one_music_are_as_two_passes():
    (once, inputs), (twice, _) = (build(GlobalContentDiscriminator, dropout=0.0) for _ in range(2))
    motion, audio = inputs['motion'], inputs['audio']
    other = motion.flip(1)
    together = once.train()(torch.cat([motion, other]), audio)[0].logits
    alone = [twice.train()(dance, audio)[0].logits for dance in (motion, other)]
    torch.testing.assert_close(together, torch.cat(alone))
    for (name, one), two in zip(once.named_buffers(), twice.buffers()):
        if not name.endswith('tracked'):
            torch.testing.assert_close(one, two, msg=name)
    assert once.music.pieces.norms[0].momentum == 0.1


def test_samples_are_mixed_only_where_asked_for():
    network, inputs = build(GlobalContentDiscriminator)
    network.eval()
    swapped = {name: value.flip(0) for name, value in inputs.items()}
    for mixes in (False, True):
        network.mixes_samples = mixes
        logits, others = (network(**given)[0].logits for given in (inputs, swapped))
        assert torch.allclose(logits, others.flip(0), atol=1e-6) != mixes


def test_features_alone_see_no_dropout():
    network, inputs = build(GlobalContentDiscriminator)
    network.train()
    first, second = (network(inputs['motion'])[0] for _ in range(2))
    assert first.logits.numel() == 0 and network.pose.training
    assert len(first.features) == 6
    assert all(torch.equal(one, two) for one, two in zip(first.features, second.features))


def test_the_third_map_is_listed_twice_unless_each_is_wanted_once():
    motion = torch.randn(1, 18, 5, 2)
    features = CooccurrenceEncoder(18, 5, 32)(motion)[1]
    assert features[2] is features[3]
    features = CooccurrenceEncoder(18, 5, 32, repeat_third=False)(motion)[1]
    assert features[2].shape != features[3].shape
    with pytest.raises(InputError, match='too few for 4 halvings'):
        CooccurrenceEncoder(10, 5, 32)
    with pytest.raises(InputError, match=r'motion must be \(B, 18, 5, 2\), found \(1, 17, 5, 2\)'):
        CooccurrenceEncoder(18, 5, 32)(motion[:, 1:])
