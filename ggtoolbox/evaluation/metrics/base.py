"""What metrics share: names, protocols, and one value for any batch size and number of processes."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.dist import broadcast_object_list, collect_results, get_dist_info, is_main_process
from mmengine.evaluator import BaseMetric

from ggtoolbox.errors import InputError

from ..images import image_pair


class Metric(BaseMetric):
    """A metric that says by which protocol it measures, and of how many images.

    Attributes:
        name: what errors call it, and its value where it has one; other protocols have other names.
        protocol: one line for that table.
        values: what its values are called; ``{name}`` stands for its name.
        counts: after ``evaluate``, in the main process: name -> number of images behind the value.

    Args:
        collect_device: where results of several processes meet.
    """

    default_prefix = ''
    name: str
    protocol: str = ''
    values: tuple[str, ...] = ('{name}',)

    def __init__(self, collect_device: str = 'cpu') -> None:
        if collect_device not in ('cpu', 'gpu'):
            raise InputError(f"{type(self).__name__}: expected the collect_device 'cpu' or 'gpu', found "
                             f'{collect_device!r}')
        super().__init__(collect_device=collect_device)
        self.counts: dict[str, int] = {}

    @property
    def value_names(self) -> tuple[str, ...]:
        """The names of what :meth:`evaluate` returns."""
        return tuple(value.format(name=self.name) for value in self.values)

    def tell(self, values: dict[str, float], images: int) -> dict[str, float]:
        """``values`` as plain numbers, and the number of images noted for each."""
        self.counts.update(dict.fromkeys(values, images))
        return {name: float(value) for name, value in values.items()}


class ListMetric(Metric):
    """Keeps one small result an image (a number, a row of probabilities), never an image.

    What several processes found is brought into the data set's order, and what their samplers repeat to
    fill the last round is left out, by mmengine. A subclass says ``judge(samples)`` and
    ``summarise(results)``.
    """

    def number(self, results: list[Any]) -> int:
        """Of images behind the values."""
        return len(results)

    def judge(self, samples: list[dict]) -> list[Any]:
        """The result of each sample."""
        raise NotImplementedError

    def summarise(self, results: list[Any]) -> dict[str, float]:
        """Values by name, of all results in the data set's order."""
        raise NotImplementedError

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        self.results += self.judge(data_samples)

    def compute_metrics(self, results: list[Any]) -> dict[str, float]:
        if not results:
            raise InputError(f'{self.name}: there are no images to judge')
        return self.tell(self.summarise(results), self.number(results))


class ImageMetric(ListMetric):
    """Mean over all images of a value of (generated, target); a float an image is all that is kept.

    A subclass says ``name`` and ``measure(generated, target)`` on (H, W, 3) arrays of 8 bits.

    Args:
        key: the field that is judged.
        target: the field it is compared with.
        collect_device: where results of several processes meet.
    """

    def __init__(self, key: str = 'image', target: str = 'target_image',
                 collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self.key, self.target = key, target

    def measure(self, generated: np.ndarray, target: np.ndarray) -> float:
        raise NotImplementedError

    def measure_sample(self, sample: dict) -> float:
        """The value of one sample; here, of its two images."""
        return self.measure(*image_pair(sample, self.key, self.target, self.name))

    def judge(self, samples: list[dict]) -> list[float]:
        return [self.measure_sample(sample) for sample in samples]

    def summarise(self, results: list[float]) -> dict[str, float]:
        return {self.name: np.mean(results)}


class StreamingMetric(Metric):
    """Keeps a state of fixed size, however many images come.

    A subclass says ``contributions(samples)``, ``fold(contribution)`` into ``self.state``, ``new_state()``
    and ``summarise(states)`` of all processes, with the number of images.

    A sampler that deals samples out to W processes in turn and repeats some to fill the last round gives
    a process one sample too many at most, its last. So the last contribution waits until ``evaluate`` knows
    the size of the data set.
    """

    def __init__(self, collect_device: str = 'cpu') -> None:
        super().__init__(collect_device)
        self._reset()

    def new_state(self) -> Any:
        raise NotImplementedError

    def contributions(self, samples: list[dict]) -> list[Any]:
        """What each sample adds."""
        raise NotImplementedError

    def fold(self, contribution: Any) -> None:
        raise NotImplementedError

    def summarise(self, states: list[Any]) -> dict[str, float]:
        """Values by name; calls :meth:`tell`."""
        raise NotImplementedError

    def process(self, data_batch: dict, data_samples: Sequence[dict]) -> None:
        for contribution in self.contributions(data_samples):
            if self._seen:
                self.fold(self._waiting)
            self._waiting = contribution
            self._seen += 1

    def evaluate(self, size: int) -> dict[str, float]:
        rank, processes = get_dist_info()
        own = len(range(rank, size, processes))
        if self._seen > own + 1:
            raise InputError(f'{self.name}: process {rank} of {processes} was given {self._seen} samples, '
                             f'expected {own} of the {size}: every process must have its own share')
        if 0 < self._seen <= own:
            self.fold(self._waiting)
        states = collect_results([self.state], processes, self.collect_device)
        outcome = [self._summary(states) if is_main_process() else None]
        broadcast_object_list(outcome)
        self._reset()
        if isinstance(outcome[0], InputError):
            raise outcome[0]  # in all processes, so that none waits for the others
        return outcome[0]

    def compute_metrics(self, results: list[Any]) -> dict[str, float]:
        return self.summarise(results)

    def _summary(self, states: list[Any]) -> dict[str, float] | InputError:
        try:
            return self.compute_metrics(states)
        except InputError as error:
            return error

    def _reset(self) -> None:
        self.state, self._waiting, self._seen = self.new_state(), None, 0
