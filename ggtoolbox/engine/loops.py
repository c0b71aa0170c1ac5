"""Training loops that begin anywhere: in the middle of an epoch, at its last batch, before a validation.

The state of a loop is the place of the next batch, and which validation was the last; mmengine's loops know
neither, begin an interrupted epoch again, and leave out the validation that a kill broke off.
"""
from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from mmengine.dist import get_rank, get_world_size
from mmengine.runner import EpochBasedTrainLoop, IterBasedTrainLoop
from torch.utils.data import DataLoader

from ggtoolbox.datasets.placed import PlacedBatches
from ggtoolbox.errors import InputError
from ggtoolbox.randomness import PrivateRandomness, random_state, set_random_state
from ggtoolbox.registry import LOOPS

from .run_state import load_counts

_VALIDATION = 3  # a stream of the seed; datasets/placed.py has the others


class BatchStream:
    """The batches of a loader, from any place on.

    Attributes:
        epoch: how often the loader was begun before.
        batch: how many batches of this epoch were given.
    """

    def __init__(self, loader: DataLoader) -> None:
        self.loader, self.epoch, self.batch = loader, 0, 0

    @property
    def size(self) -> int | None:
        """Samples a batch, over all processes; None where batches differ in size."""
        size = getattr(self.loader.batch_sampler, 'batch_size', None)
        return size and size * get_world_size()

    def rest_of_epoch(self) -> Iterator:
        """The batches of this epoch that were not given yet."""
        if isinstance(self.loader.batch_sampler, PlacedBatches):
            self.loader.batch_sampler.go_to(self.epoch, self.batch)
            batches = iter(self.loader)
        else:  # an iterable data set: what was given is read again
            batches = iter(self.loader)
            for _ in range(self.batch):
                next(batches, None)
        for batch in batches:
            self.batch += 1
            yield batch

    def next_epoch(self) -> None:
        self.epoch, self.batch = self.epoch + 1, 0

    def endless(self) -> Iterator:
        """The batches of this epoch and of all that follow."""
        while True:
            yield from self.rest_of_epoch()
            if self.batch == 0:
                raise InputError('train_dataloader: the data set does not fill one batch')
            self.next_epoch()

    def state_dict(self) -> dict:
        return dict(epoch=self.epoch, batch=self.batch, size=self.size)

    def load_state_dict(self, state: dict) -> None:
        """Take up a place; with batches of another size the one after as many samples, rounded down."""
        self.epoch, self.batch = state['epoch'], state['batch']
        if state['size'] and self.size:
            self.batch = state['batch'] * state['size'] // self.size


class _ResumableLoop:
    """What both loops share."""

    validated = 0  # the iteration of the last validation
    _process: dict | None = None
    _said: dict = {}
    _validating: dict | None = None  # the generators of the training, while a validation draws its own

    @cached_property
    def stream(self) -> BatchStream:
        return BatchStream(self.dataloader)

    def state_dict(self) -> dict:
        """The place of the next batch and the last validation; the same in all processes."""
        validated = self.validated if self._validating is None else self._iter
        return dict(stream=self.stream.state_dict(), validated=validated)

    def random_state(self) -> dict:
        """The generators of the training in this process."""
        return random_state() if self._validating is None else self._validating

    def load_state_dict(self, state: dict, process: dict) -> None:
        """Take up :meth:`state_dict`.

        Args:
            process: what :func:`~.run_state.process_state` gave in this process; its ``random`` and
                ``counts`` are put back when the first batch is due.
        """
        self.stream.load_state_dict(state['stream'])
        self.validated, self._process = state['validated'], process
        self._said = {key: self.runner.message_hub.get_info(key) for key in ('iter', 'epoch')}

    def begin(self) -> None:
        """The last steps before the first iteration: the generators, and a validation that was due."""
        self.runner.message_hub.update_info_dict(self._said)
        self._decide_current_val_interval()
        if self._process is not None:  # before the validation, which may save its best
            load_counts(self.runner, self._process['counts'])
            set_random_state(self._process['random'])
            self._process = None
        if self._iter > 0 and self.validated != self._iter and self.at_validation():
            self.validate()

    def validate(self) -> None:
        """Validate; it draws from (seed, iteration, process), and the training's draws do not change."""
        own = PrivateRandomness(self.runner.seed, _VALIDATION, self._iter, get_rank(), gpu=True)
        with own.drawn() as self._validating:
            self.runner.val_loop.run()
        self._validating, self.validated = None, self._iter


@LOOPS.register_module()
class ResumableIterLoop(_ResumableLoop, IterBasedTrainLoop):
    """mmengine's ``IterBasedTrainLoop`` (``by_epoch=False``), which goes on at the next batch.

    A sampler that ends is begun again with its next epoch.
    """

    def run(self):
        self.runner.call_hook('before_train')
        self.runner.call_hook('before_train_epoch')
        self.begin()
        batches = self.stream.endless()
        while self._iter < self._max_iters and not self.stop_training:
            self.runner.model.train()
            self.run_iter(next(batches))
            self._decide_current_val_interval()
            if not self.stop_training and self.at_validation():
                self.validate()
        self.runner.call_hook('after_train_epoch')
        self.runner.call_hook('after_train')
        return self.runner.model

    def at_validation(self) -> bool:
        """Whether a validation is due after so many iterations."""
        return (self.runner.val_loop is not None and self._iter >= self.val_begin
                and (self._iter % self.val_interval == 0 or self._iter == self._max_iters))


@LOOPS.register_module()
class ResumableEpochLoop(_ResumableLoop, EpochBasedTrainLoop):
    """mmengine's ``EpochBasedTrainLoop`` (``by_epoch=True``), which goes on inside an epoch.

    A loop that is stopped inside an epoch leaves it unfinished, to be gone on with.
    """

    def run(self):
        self.runner.call_hook('before_train')
        self.begin()
        while self._epoch < self._max_epochs and not self.stop_training:
            self.run_epoch()
            self._decide_current_val_interval()
            if not self.stop_training and self.at_validation():
                self.validate()
        self.runner.call_hook('after_train')
        return self.runner.model

    def run_epoch(self) -> None:
        self.runner.call_hook('before_train_epoch')
        self.runner.model.train()
        first = self.stream.batch
        for number, batch in enumerate(self.stream.rest_of_epoch(), first):
            self.run_iter(number, batch)
            if self.stop_training and self.stream.batch < len(self.dataloader):
                return
        self.runner.call_hook('after_train_epoch')
        self._epoch += 1
        self.stream.next_epoch()

    def load_state_dict(self, state: dict, process: dict) -> None:
        super().load_state_dict(state, process)
        if self.stream.epoch < self._epoch:  # saved when the epoch's last batch was trained
            self.stream.next_epoch()

    def at_validation(self) -> bool:
        """Whether a validation is due after so many epochs."""
        return (self.runner.val_loop is not None and self.stream.batch == 0 and self._epoch >= self.val_begin
                and (self._epoch % self.val_interval == 0 or self._epoch == self._max_epochs))
