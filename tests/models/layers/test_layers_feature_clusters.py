import torch

from ggtoolbox.models.layers.feature_clusters import FeatureClusters

# Two pictures: class 1 has the instances 10 (four pixels) and 11 (one), class 2 has 20; 255 is ignored.
LABEL = torch.tensor([[[1, 1, 1], [1, 1, 2]], [[2, 2, 2], [255, 255, 1]]])
INSTANCE = torch.tensor([[[10, 10, 11], [10, 10, 20]], [[20, 20, 20], [30, 30, 20]]])


def clusters(**changes):
    return FeatureClusters(**{**dict(num_classes=4, feature_channels=2, num_clusters=2, smallest_share=0.0),
                              **changes})


def test_instances_have_the_class_of_most_of_their_pixels():
    numbers, classes, sizes = clusters().instances(LABEL, INSTANCE)
    found = {(int(INSTANCE[place]), int(classes[numbers[place]]), int(sizes[numbers[place]]))
             for place in [(0, 0, 0), (0, 0, 2), (0, 1, 2), (1, 0, 0), (1, 1, 0), (1, 1, 2)]}
    assert found == {(10, 1, 4), (11, 1, 1), (20, 2, 1), (20, 2, 4), (30, -1, 2)}


def test_small_and_ignored_instances_are_not_collected():
    features = INSTANCE.unsqueeze(1).repeat(1, 2, 1, 1).float()
    rows, classes = clusters().collect(features, LABEL, INSTANCE)
    assert sorted(zip(rows[:, 0].tolist(), classes.tolist())) == [(10, 1), (11, 1), (20, 2), (20, 2)]
    rows, classes = clusters(smallest_share=0.5).collect(features, LABEL, INSTANCE)
    assert sorted(zip(rows[:, 1].tolist(), classes.tolist())) == [(10, 1), (20, 2)]


def test_centres_are_found_class_by_class():
    module = clusters()
    assert not module.fitted
    features = torch.tensor([[0., 0], [0.2, 0], [5, 5], [5, 5.2], [-1, -1]])
    module.fit(features, torch.tensor([1, 1, 1, 1, 3]))
    assert module.fitted and module.counts.tolist() == [0, 2, 0, 1]
    assert sorted(map(tuple, (module.centres[1] * 10).round().tolist())) == [(1, 0), (50, 51)]
    assert module.centres[3, 0].tolist() == [-1, -1]
    module.fit(features[4:], torch.tensor([2]))
    assert module.counts.tolist() == [0, 0, 1, 0]


def test_drawn_styles_are_centres_of_the_class_equal_all_over_an_instance():
    torch.manual_seed(0)
    module = clusters()
    module.fit(torch.tensor([[1., 1], [2, 2]]), torch.tensor([1, 1]))
    drawn = torch.stack([module.draw(LABEL, INSTANCE) for _ in range(40)])
    assert drawn.shape == (40, 2, 2, 2, 3)
    of_ten = drawn[:, 0, 0][:, INSTANCE[0] == 10]
    assert (of_ten == of_ten[:, :1]).all() and set(of_ten.flatten().tolist()) == {1, 2}
    of_eleven = drawn[:, 0, 0][:, INSTANCE[0] == 11][:, 0]
    assert (of_eleven != of_ten[:, 0]).any()  # each draws for itself
    assert not drawn[:, 1].any()  # class 2 has no centre, 30 is ignored, 20's one pixel of class 1 outvoted


def test_the_centres_travel_with_the_state():
    module, twin = clusters(), clusters()
    module.fit(torch.tensor([[1., 1]]), torch.tensor([1]))
    twin.load_state_dict(module.state_dict())
    assert twin.fitted and torch.equal(twin.draw(LABEL, INSTANCE), module.draw(LABEL, INSTANCE))
