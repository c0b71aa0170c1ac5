"""The models of the page: which there are, and what they make of a drawing."""
from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from world import Fields, World
from worlds import WORLDS, kind_of

from ggtoolbox.apis import Inferencer, load_config, look_inside
from ggtoolbox.apis.dancing import Choreographer
from ggtoolbox.apis.looking import Inside
from ggtoolbox.apis.reading.test_data import innermost
from ggtoolbox.apis.zoo.models import find_model, list_models, locate
from ggtoolbox.errors import InputError

# The data sets of DanceGAN's stages, which have a page of their own.
STAGES = ('ToyWorldMusic', 'ToyWorldDance')
OBEYS = 0.5  # of what the guide asks for; a copied source has 0.12 to 0.21, a blurred street 0.3


class Generated(NamedTuple):
    """One answer.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        seconds: that it took.
    """

    image: NDArray[np.uint8]
    seconds: float


class Studio:
    """Models by name, in the worlds of their data sets; each is loaded when it is first needed.

    Args:
        models: names of the zoo, or paths of configs; None = all of the zoo whose weights are there and whose
            data set is one of ``WORLDS``.
        checkpoints: model -> checkpoint, for those that are not to have the zoo's weights.
        device: as of :class:`Inferencer`.

    Raises:
        InputError: an unknown model, one without weights or of another data set; no model at all.
    """

    def __init__(self, models: Sequence[str] | None = None, checkpoints: dict[str, str] | None = None,
                 device: str | None = None) -> None:
        self.checkpoints, self.device = dict(checkpoints or {}), device
        self.worlds: dict[str, World] = {}  # by title
        self.members: dict[str, list[str]] = {}  # title -> models, the one to begin with first
        self._inferencers: dict[str, Inferencer] = {}
        self.stages: dict[str, str] = {}  # of DanceGAN: data set -> model
        self.lock = Lock()  # seeds are of the process
        for name in [*(shipped_models() if models is None else models), *self.checkpoints]:
            self._add(name, strict=models is not None or name in self.checkpoints)
        if not self.worlds:
            raise InputError('--models: no model with weights was found; train one, and give it with '
                             '--checkpoint NAME=PATH')
        self._name_worlds()
        for title, names in self.members.items():
            names.sort(key=lambda name, title=title: -self._rank(title, name))

    def _add(self, name: str, strict: bool) -> None:
        config, _ = locate(name, self.checkpoints.get(name))
        settings = load_config(config).test_dataloader.dataset
        data = kind_of(settings)
        if data in STAGES:
            self.stages.setdefault(data, name)
            return
        if data not in WORLDS:
            if strict:
                raise InputError(f'{name}: its data set is {data}, and the page knows {", ".join(WORLDS)}')
            return
        world = WORLDS[data].of(innermost(settings))
        title = f'{world.title}, {world.size[0]} x {world.size[1]}'
        self.worlds.setdefault(title, world)
        members = self.members.setdefault(title, [])
        if name not in members:
            members.append(name)

    def _name_worlds(self) -> None:
        """In the order of ``WORLDS``; the smallest pictures of a kind need no size in its title."""
        order = list(WORLDS.values())
        found = sorted(self.worlds.items(), key=lambda item: (order.index(type(item[1])), item[1].size))
        titles: dict[str, str] = {}
        for title, world in found:
            titles[title] = title if world.title in titles.values() else world.title
        self.worlds = {titles[title]: world for title, world in found}
        self.members = {titles[title]: self.members[title] for title, _ in found}

    def followed(self, title: str, name: str) -> float | None:
        """How much of its guide a model was measured to follow, 0 to 1; None for weights of a user's own, and
        where nothing measures it."""
        model, measure = Path(name).stem, self.worlds[title].followed
        if measure is None or name in self.checkpoints or model not in list_models():
            return None
        results = find_model(model).content.get('Results', [])
        return next((result['Metrics'][measure] for result in results if measure in result['Metrics']), 0.0)

    def _rank(self, title: str, name: str) -> float:
        """A user's own weights come first, then what follows its guide best."""
        followed = self.followed(title, name)
        return 1.0 if followed is None else followed

    def choices(self, title: str) -> list[tuple[str, str]]:
        """The models of a world as a menu shows them: (shown, name)."""
        def shown(name: str) -> str:
            followed = self.followed(title, name)
            note = ' (follows its guide little)' if followed is not None and followed < OBEYS else ''
            return Path(name).stem + note
        return [(shown(name), name) for name in self.members[title]]

    def offers(self, title: str, *names: str) -> bool:
        """Whether models are of a world."""
        return title in self.members and set(names) <= set(self.members[title])

    def inferencer(self, name: str) -> Inferencer:
        """A model, loaded."""
        with self.lock:
            if name not in self._inferencers:
                self._inferencers[name] = Inferencer(name, self.checkpoints.get(name), device=self.device)
            return self._inferencers[name]

    @property
    def dances(self) -> bool:
        """Whether models of both of DanceGAN's stages are there."""
        return len(self.stages) == len(STAGES)

    def choreographer(self) -> Choreographer:
        """Both stages, loaded."""
        return Choreographer(*(self.inferencer(self.stages[stage]) for stage in STAGES))

    def reads(self, name: str) -> set[str]:
        """The fields that a model takes."""
        fields = self.inferencer(name).fields
        return {*fields.required, *fields.optional}

    def has_styles(self, name: str) -> bool:
        """Whether another seed gives another picture."""
        return self.inferencer(name).stochastic

    def generate(self, name: str, fields: Fields, seed: int) -> Generated:
        """One picture; ``fields`` may hold more than the model reads.

        Raises:
            InputError: a field that it needs is missing, or is none that it can read.
        """
        inferencer, given = self.inferencer(name), self._given(name, fields)
        with self.lock:
            start = time.perf_counter()
            result = inferencer(**given, seed=seed, progress=False)[0]
            return Generated(result['image'], time.perf_counter() - start)

    def look_inside(self, name: str, fields: Fields, seed: int, pixel: tuple[int, int]) -> Inside:
        """As :func:`ggtoolbox.apis.look_inside`; ``fields`` may hold more than the model reads."""
        inferencer, given = self.inferencer(name), self._given(name, fields)
        with self.lock:
            return look_inside(inferencer, given, pixel, seed)

    def _given(self, name: str, fields: Fields) -> Fields:
        reads = self.reads(name)
        return {field: value for field, value in fields.items() if field in reads}


def shipped_models() -> list[str]:
    """Names of the zoo's models whose weights came with the package."""
    return [name for name in list_models() if _is_file(find_model(name).weights)]


def _is_file(weights: str | Path | None) -> bool:
    return weights is not None and '://' not in str(weights) and Path(weights).is_file()
