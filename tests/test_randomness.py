import random

import numpy as np
import torch

from ggtoolbox.randomness import PrivateRandomness, random_state, seed_generators, set_random_state


def draw():
    return (random.random(), np.random.randint(1 << 30), torch.rand(1).item(), random.gauss(0, 1),
            np.random.randn())


def test_a_state_comes_back():
    draw()
    state = random_state()
    first = draw(), draw()
    set_random_state(state)
    assert (draw(), draw()) == first


def test_seeds_are_the_words_in_their_order():
    drawn = []
    for words in ((1, 2), (1, 2), (2, 1), (1,)):
        seed_generators(*words)
        drawn.append(draw())
    assert drawn[0] == drawn[1] and len(set(drawn)) == 3


def test_a_private_stream_goes_on_and_leaves_the_others_alone():
    seed_generators(3)
    expected = draw(), draw()
    seed_generators(7)
    stream = draw(), draw()

    seed_generators(3)
    private = PrivateRandomness(7)
    with private.drawn() as before:
        first = draw()
    between = draw()
    with private.drawn():
        second = draw()
    assert (between, draw()) == expected and (first, second) == stream
    set_random_state(before)
    assert draw() == expected[0]


def test_it_is_put_back_after_an_error():
    seed_generators(3)
    try:
        with PrivateRandomness(7).drawn():
            draw()
            raise KeyError
    except KeyError:
        found = draw()
    seed_generators(3)
    assert found == draw()
