"""The mechanics of adversarial training, once for all systems.

A system (``models/gans/<system>.py``) says what is generated, which losses there are and which
parameters belong to whom; who is frozen, scaled, accumulated, checked and stepped is said here.
"""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import fields

import torch
from mmengine.model import is_model_wrapper
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import DISCRIMINATORS, GENERATORS, LOSSES, Registry, nearest
from ggtoolbox.structures import check_batch

from ..layers.derived import Derived, with_derived
from ..layers.fastest import Fastest
from ..layers.initialisation import initialise
from ..layers.test_policy import test_policy
from .from_generator import FromGenerator
from .judging import PENALTY, Judging
from .networks import NamedNetworks, TestInputs
from .options import GANOptions
from .picture_scaler import PictureScaler
from .turns import Batch, Fakes, Turns, one_after_another
from .watch import StepWatch


class BaseGAN(NamedNetworks):
    """Base of every training algorithm: players that take turns on one batch.

    A *player* is a set of networks with an optimiser of its own. A subclass defines

    - ``loss_names``: the terms that its config may name;
    - ``only_in_training``: networks of players that generate, or of none, without which ``image`` can be
      drawn all the same; a published model leaves them out;
    - ``player_networks``: player -> attributes that hold its networks, each of which may be None;
    - ``derived()``: what its other networks must be like, because of what the generator reads;
    - ``default_options``: what its :class:`GANOptions` are, such as the order of turns of the released code;
    - ``fastest``: device -> what makes its steps fastest there, as measured; its generator's word goes first;
    - ``products``: what it generates -> the word of a batch that this is to equal;
    - ``generate(batch) -> fakes``: a dict with a product, mostly ``image``, and whatever the losses need;
    - ``<player>_losses(batch, fakes) -> dict``: the terms of each player, already weighted. In the
      turn of the generator ``fakes`` carries a graph, in all others it is detached.

    One iteration, for each player of ``options.update_order`` in turn: freeze all other players; for each
    piece of the batch compute the player's losses inside its optimiser wrapper's context (which switches AMP
    on); back-propagate their sum; stop if a term, a gradient or a parameter is not finite; step once.

    What an iteration draws once for all its turns is drawn by ``prepare(batch)``. A player named in
    ``players_without_fakes`` learns from the batch alone: nothing is generated for its turn. In
    ``pooled_turns`` former fakes are seen as well (``layers/image_pool.py``). A player may take a second kind
    of turn, with losses of its own and the same optimiser: ``extra_turns`` says turn -> player,
    ``<turn>_losses`` gives its terms, and it is taken where ``options.update_order`` names it.

    Gradient accumulation: ``optim_wrapper.<player>.accumulative_counts=k`` cuts the loader's batch
    into k pieces, so that k pieces make exactly one step of each player and nothing else changes:
    not the data order, not the schedules, not which generator the discriminator sees. (mmengine's
    own reading, k iterations to a step, would let the discriminator see k-1 batches of fakes from a
    generator that is not updated yet.) Terms that are sums over the batch are summed by piece, as
    they are by GPU, and batch norm sees a piece at a time.

    Args:
        generator, discriminator: configs of ``GENERATORS`` and ``DISCRIMINATORS``; no discriminator
            leaves a plain regression that takes a single optimiser wrapper, too.
        losses: term -> config of ``LOSSES``; a term that is None or absent is neither built nor
            computed, so that an ablation is a line. Beside those of ``loss_names`` each algorithm may have
            ``r1_r2``, an ``R1Loss``: R3GAN's penalties (:class:`~ggtoolbox.models.gans.judging.Judging`).
        options: how this is done, by the names of :class:`GANOptions`; what is not named is as
            ``default_options`` says.
    """

    loss_names: tuple[str, ...] = ('adversarial',)
    player_networks: dict[str, tuple[str, ...]] = dict(generator=('generator',),
                                                       discriminator=('discriminator',))
    players_without_fakes: tuple[str, ...] = ()
    pooled_turns: tuple[str, ...] = ()
    extra_turns: dict[str, str] = {}
    products: dict[str, str] = {'image': 'target_image'}
    default_options = GANOptions()
    fastest: dict[str, Fastest] = {}
    moved_arguments = {option.name: f'options.{option.name}' for option in fields(GANOptions)}

    def __init__(self, generator: dict, discriminator: dict | None = None, losses: dict | None = None,
                 options: dict | None = None) -> None:
        self.given_options = {} if options is None else options
        settled = self.settle_options({})
        super().__init__(settled.data_preprocessor or PictureScaler())
        self.options = settled
        self.judging = Judging(settled.diff_augment, bool((losses or {}).get(PENALTY)))
        self.generator = self.build_network(GENERATORS, generator)
        # asked at once, because a distributed wrapper hides what its network says
        self.guided_input = getattr(self.generator, 'guided_input', None)
        said_by = self.generator if hasattr(self.generator, 'names') else self.guided_input
        self.generator_inputs: tuple[str, ...] = tuple(getattr(said_by, 'names', ()))
        self.from_generator = FromGenerator(self.generator, generator)
        self.discriminator = self.build_network(DISCRIMINATORS, discriminator, 'discriminator')
        self.losses = self._build_losses(losses or {})
        self.iteration = 0
        self.resting: frozenset[str] = frozenset()  # players that take no turn for now
        self.watch = StepWatch()
        self.take_turns = one_after_another

    # What a system says

    def players(self) -> dict[str, list[nn.Module]]:
        """Player -> its networks, as far as they were built. Networks of no player are never trained."""
        players = {player: [network for name in names if (network := getattr(self, name)) is not None]
                   for player, names in self.player_networks.items()}
        return {player: networks for player, networks in players.items() if networks}

    def derived(self) -> dict[str, dict[str, Derived]]:
        """Network -> argument -> what it must be, because of what the generator reads; by default nothing
        follows. Asked when the generator is built, before any other network is."""
        return {}

    def prepare(self, batch: Batch) -> Batch:
        """The batch with what is drawn once an iteration, before it is cut: nothing by default."""
        return batch

    def generate(self, batch: Batch) -> Fakes:
        """Draw the fakes of a batch: a dict with at least ``image`` (B, 3, H, W) in [-1, 1]."""
        raise NotImplementedError

    def test_inputs(self) -> TestInputs:
        """What :meth:`generate` reads at test: by default all that the generator says it does."""
        if not self.generator_inputs:
            raise InputError(f'{type(self).__name__}: its generator does not say what it reads (guided_input '
                             'or names); define test_inputs()')
        return TestInputs(self.generator_inputs)

    def guidance(self, batch: Batch) -> dict[str, Tensor | None]:
        """What the generator was built to read, by its argument names; None for what the batch lacks."""
        return {name: batch.get(name) for name in self.generator_inputs}

    # Construction

    def _build_losses(self, losses: dict) -> nn.ModuleDict:
        known = (*self.loss_names, PENALTY)
        for name in losses:
            if name not in known:
                raise InputError(f'losses: {type(self).__name__} has no term {name!r}'
                                 f'{nearest(name, known)} (its terms: {", ".join(known)})')
        return nn.ModuleDict({name: LOSSES.build(cfg) for name, cfg in losses.items() if cfg})

    def build_network(self, registry: Registry, cfg: dict | None, name: str | None = None,
                      init: dict | None = None) -> nn.Module | None:
        """Build a player's network and draw its weights; None stays None.

        Args:
            name: of the network, under which :meth:`derived` says what follows from the generator.
            init: arguments of :func:`initialise`; None takes ``options.init``.
        """
        if cfg is None:
            return None
        if name is not None:
            cfg = with_derived(cfg, registry, self.derived().get(name, {}), f'model.{name}')
        network = initialise(registry.build(cfg), **(init or self.options.init))
        if registry is DISCRIMINATORS:
            self.judging.attends(network)
        return network

    def init_weights(self) -> None:
        """Nothing to do when Runner calls this: weights are drawn when the model is built."""

    def settle_options(self, stored: dict) -> GANOptions:
        """The config's word, else what ``stored`` says, else the class's default."""
        owner, turns = type(self).__name__, (*self.player_networks, *self.extra_turns)
        return self.default_options.changed(stored, owner).changed(self.given_options, owner, turns)

    def adopt_test_policy(self, stored: dict) -> None:
        """Take over the test-time policy that a checkpoint's meta holds, where the config is silent."""
        self.options = self.settle_options(stored)

    # One iteration

    def train_step(self, data: dict,
                   optim_wrapper: OptimWrapperDict | OptimWrapper) -> dict[str, Tensor]:
        """Let every player take its turn on one batch.

        Args:
            data: a batch by the vocabulary's names.
            optim_wrapper: one entry a player.

        Returns:
            The terms, ``<turn>/loss_<term>``, detached, for the log.

        Raises:
            FloatingPointError: a term, a gradient or a parameter is not finite (:class:`StepWatch`).
        """
        if not isinstance(optim_wrapper, OptimWrapperDict):
            optim_wrapper = OptimWrapperDict(generator=optim_wrapper)
        batch = self.data_preprocessor(data, True)
        check_batch(batch)
        if not self.order():
            raise InputError(f'options: update_order={self.options.update_order} names no player of '
                             f'{type(self).__name__} that has networks')
        due = []
        for turn in self.order():
            player = self.extra_turns.get(turn, turn)
            if player not in optim_wrapper:
                raise InputError(f'optim_wrapper: no entry for the player {player!r}')
            due += [turn] if self.takes_turn(player) else []
        log = self.take_turns(Turns(self, self.prepare(batch), optim_wrapper), due)
        self.iteration += 1
        return log

    def order(self) -> tuple[str, ...]:
        """The turns of an iteration, in order."""
        players = self.players()
        return tuple(turn for turn in self.options.update_order or players
                     if self.extra_turns.get(turn, turn) in players)

    def takes_turn(self, player: str) -> bool:
        """Whether ``player`` is updated in this iteration."""
        due = player not in self.generating_players or self.iteration % self.options.discriminator_steps == 0
        return due and player not in self.resting

    def player_losses(self, player: str, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """The terms of one player, checked to be finite."""
        losses = self.judging.losses_of(self, player, batch, fakes)
        self.watch.check_losses(self, player, losses)
        return losses

    @contextmanager
    def only(self, player: str) -> Iterator[None]:
        """Freeze every other player: no gradient is computed for them, and none is exchanged."""
        players = self.players()
        own = {id(network) for network in players.get(player, ())}  # which another player may have as well
        others = [network for networks in players.values() for network in networks if id(network) not in own]
        frozen = [p for network in others for p in network.parameters() if p.requires_grad]
        with ExitStack() as stack:
            for network in others:
                if is_model_wrapper(network):
                    stack.enter_context(network.no_sync())
            for parameter in frozen:
                parameter.requires_grad_(False)
            try:
                yield
            finally:
                for parameter in frozen:
                    parameter.requires_grad_(True)

    @contextmanager
    def no_sync(self) -> Iterator[None]:
        """Exchange no gradients between processes (all but the last piece of a batch)."""
        with ExitStack() as stack:
            for network in self.children():
                if is_model_wrapper(network):
                    stack.enter_context(network.no_sync())
            yield

    # Test

    @torch.no_grad()
    def predict(self, batch: Batch) -> list[dict]:
        """Generate under the test-time policy.

        Returns:
            One dict a sample: the batch's own fields and the generator's outputs (``image``, ...).
        """
        with test_policy(self.generating_networks(), **self.options.test_policy):
            outputs = {**batch, **self.generate(batch)}
        size = len(next(outputs[name] for name in self.products if name in outputs))
        outputs = {key: value for key, value in outputs.items()
                   if isinstance(value, (Tensor, list, tuple)) and len(value) == size}
        return [{key: value[i] for key, value in outputs.items()} for i in range(size)]

    def val_step(self, data: dict) -> list[dict]:
        return self.predict(self.data_preprocessor(data, False))

    def test_step(self, data: dict) -> list[dict]:
        return self.val_step(data)

    def forward(self, mode: str = 'tensor', **batch: Tensor) -> Fakes | list[dict] | dict[str, Tensor]:
        """mmengine's entry, for wrappers that call it; ``batch`` holds fields of the vocabulary.

        Args:
            mode: ``'tensor'`` (:meth:`generate`), ``'predict'`` or ``'loss'`` (the generator's terms,
                with which a system of one player trains under MMDistributedDataParallel).
        """
        if mode == 'predict':
            return self.predict(batch)
        fakes = self.generate(batch)
        if mode == 'tensor':
            return fakes
        return {f'loss_{name}': term
                for name, term in self.player_losses('generator', batch, fakes).items()}
