"""The mechanics of adversarial training, once for all systems.

A system (``models/gans/<system>.py``) says what is generated, which losses there are and which
parameters belong to whom; who is frozen, scaled, accumulated, checked and stepped is said here.
"""
from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

import torch
from mmengine.model import BaseModel, is_model_wrapper
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.initialisation import initialise
from ggtoolbox.models.layers.test_policy import test_policy
from ggtoolbox.registry import DISCRIMINATORS, GENERATORS, LOSSES, Registry, nearest
from ggtoolbox.structures import check_batch

from .turns import Batch, Fakes, Turns
from .watch import StepWatch


class TestInputs(NamedTuple):
    """Words of the vocabulary that a system reads when it generates.

    Attributes:
        required: without which it cannot.
        optional: which it takes where they are given, and else draws or does without.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    __test__ = False  # not a test, whatever pytest thinks of its name


class BaseGAN(BaseModel):
    """Base of every training algorithm: players that take turns on one batch.

    A *player* is a set of networks with an optimiser of its own. A subclass defines

    - ``loss_names``: the terms that its config may name;
    - ``only_in_training``: networks of players that generate, or of none, without which ``image`` can be
      drawn all the same; a published model leaves them out;
    - ``players()``: player -> networks (default: ``generator`` and ``discriminator``);
    - ``generate(batch) -> fakes``: a dict with ``image`` and whatever the losses need;
    - ``<player>_losses(batch, fakes) -> dict``: the terms of each player, already weighted. In the
      turn of the generator ``fakes`` carries a graph, in all others it is detached.

    One iteration, for each player of ``update_order`` in turn: freeze all other players; for each
    piece of the batch compute the player's losses inside its optimiser wrapper's context (which
    switches AMP on); back-propagate their sum; stop if a term, a gradient or a parameter is not finite;
    step once.

    What an iteration draws once for all its turns is drawn by ``prepare(batch)``. A player named in
    ``players_without_fakes`` learns from the batch alone: nothing is generated for its turn. A player
    may take a second kind of turn, with losses of its own and the same optimiser: ``extra_turns`` says
    turn -> player, ``<turn>_losses`` gives its terms, and it is taken where ``update_order`` names it.

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
            computed, so that an ablation is a line.
        update_order: whose turn comes first; None is the order of ``players()``.
        discriminator_steps: with n, the players that generate take their turn in iterations 0, n,
            2n, ... only, the others in each (``D_steps_per_G`` of the released GauGAN, ``n_repeat``
            of SCGAN).
        reuse_fakes: False, as the released GauGAN does: the discriminator's turn draws fakes again,
            from the generator as it is then (updated, if its turn was first), with new noise and one
            more update of running statistics and spectral vectors. True, as the released Pix2pix
            does: the fakes of one forward serve every turn of the iteration, which saves a forward
            pass; with the generator's turn first the discriminator then sees images from before
            the update.
        norm_at_test: ``'running'`` (statistics of training) or ``'batch'`` (of the images at hand);
            None takes the released code's habit, the class's ``released_norm_at_test``.
        dropout_at_test: whether dropout stays active; None takes ``released_dropout_at_test``.
        init: arguments of :func:`initialise`, which draws the weights of all players' networks.
        data_preprocessor: mmengine's; the default moves a batch to the device.
    """

    loss_names: tuple[str, ...] = ('adversarial',)
    generating_players: tuple[str, ...] = ('generator',)
    players_without_fakes: tuple[str, ...] = ()
    extra_turns: dict[str, str] = {}
    only_in_training: tuple[str, ...] = ()
    released_norm_at_test = 'running'
    released_dropout_at_test = False

    def __init__(self,
                 generator: dict,
                 discriminator: dict | None = None,
                 losses: dict | None = None,
                 update_order: tuple[str, ...] | None = None,
                 discriminator_steps: int = 1,
                 reuse_fakes: bool = False,
                 norm_at_test: str | None = None,
                 dropout_at_test: bool | None = None,
                 init: dict | None = None,
                 data_preprocessor: dict | None = None) -> None:
        super().__init__(data_preprocessor=data_preprocessor)
        self.init = dict(method='xavier', gain=0.02) if init is None else dict(init)
        self.generator = self.build_network(GENERATORS, generator)
        self.discriminator = self.build_network(DISCRIMINATORS, discriminator)
        self.losses = self._build_losses(losses or {})
        self.update_order = update_order
        self.discriminator_steps = discriminator_steps
        self.reuse_fakes = reuse_fakes
        self.configured_test_policy = dict(norm_at_test=norm_at_test, dropout_at_test=dropout_at_test)
        self.adopt_test_policy({})
        self.iteration = 0
        self.watch = StepWatch()

    # What a system says

    def players(self) -> dict[str, list[nn.Module]]:
        """Player -> its networks. Networks of no player are never trained."""
        players = {'generator': [self.generator]}
        if self.discriminator is not None:
            players['discriminator'] = [self.discriminator]
        return players

    def prepare(self, batch: Batch) -> Batch:
        """The batch with what is drawn once an iteration, before it is cut: nothing by default."""
        return batch

    def generate(self, batch: Batch) -> Fakes:
        """Draw the fakes of a batch: a dict with at least ``image`` (B, 3, H, W) in [-1, 1]."""
        raise NotImplementedError

    def test_inputs(self) -> TestInputs:
        """What :meth:`generate` reads at test: by default all that the generator says it does."""
        said_by = getattr(self.generator, 'guided_input', None) or self.generator
        if not hasattr(said_by, 'names'):
            raise InputError(f'{type(self).__name__}: its generator does not say what it reads (guided_input '
                             'or names); define test_inputs()')
        return TestInputs(tuple(said_by.names))

    # Construction

    def _build_losses(self, losses: dict) -> nn.ModuleDict:
        for name in losses:
            if name not in self.loss_names:
                raise InputError(f'losses: {type(self).__name__} has no term {name!r}'
                                 f'{nearest(name, self.loss_names)} (its terms: '
                                 f'{", ".join(self.loss_names)})')
        return nn.ModuleDict({name: LOSSES.build(cfg) for name, cfg in losses.items() if cfg})

    def build_network(self, registry: Registry, cfg: dict | None) -> nn.Module | None:
        """Build a player's network and draw its weights; None stays None."""
        if cfg is None:
            return None
        network = registry.build(cfg)
        initialise(network, **self.init)
        return network

    def init_weights(self) -> None:
        """Nothing to do when Runner calls this: weights are drawn when the model is built."""

    def adopt_test_policy(self, stored: dict) -> None:
        """Settle ``norm_at_test`` and ``dropout_at_test``: the config's word, else what ``stored``
        (a checkpoint's meta) says, else the released code's habit."""
        released = dict(norm_at_test=self.released_norm_at_test,
                        dropout_at_test=self.released_dropout_at_test)
        policy = {key: stored.get(key, default) if self.configured_test_policy[key] is None
                  else self.configured_test_policy[key] for key, default in released.items()}
        if policy['norm_at_test'] not in ('running', 'batch'):
            raise InputError(f"norm_at_test must be 'running' or 'batch', found "
                             f"{policy['norm_at_test']!r}")
        self.norm_at_test: str = policy['norm_at_test']
        self.dropout_at_test: bool = policy['dropout_at_test']

    # Networks by name

    def named_networks(self) -> dict[str, nn.Module]:
        """Name -> network that has weights, of all players and of none."""
        return {name: child for name, child in self.named_children()
                if name not in ('losses', 'data_preprocessor') and child.state_dict()}

    def networks_at_test(self) -> list[str]:
        """Names of the networks that draw ``image``: no other player's, and none ``only_in_training``."""
        others = {id(network) for player, networks in self.players().items()
                  if player not in self.generating_players for network in networks}
        return [name for name, network in self.named_networks().items()
                if id(network) not in others and name not in self.only_in_training]

    def networks_of(self, parts: Collection[str]) -> list[str]:
        """Names of the networks that lie in ``parts`` with all their weights.

        Args:
            parts: names of networks, or of networks inside them (``generator.image_generator``).
        """
        starts = tuple(f'{part}.' for part in parts)
        return [name for name, network in self.named_networks().items()
                if all(f'{name}.{weight}'.startswith(starts) for weight in network.state_dict())]

    def keep_networks(self, parts: Collection[str]) -> None:
        """Let the networks that ``parts`` do not make up be None, lest anything is drawn with untrained
        weights; see :meth:`networks_of`.

        Raises:
            InputError: the generator is not among those that are made up.
        """
        kept = self.networks_of(parts)
        if 'generator' not in kept:
            raise InputError(f'{type(self).__name__}: images need all weights of its generator, found those '
                             f'of {", ".join(parts)} alone')
        for name in self.named_networks():
            if name not in kept:
                setattr(self, name, None)

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
        turns = Turns(self, self.prepare(batch), optim_wrapper)
        log: dict[str, Tensor] = {}
        for turn in self.order():
            player = self.extra_turns.get(turn, turn)
            if player not in optim_wrapper:
                raise InputError(f'optim_wrapper: no entry for the player {player!r}')
            if self.takes_turn(player):
                log.update(turns.take(turn))
        self.iteration += 1
        return log

    def order(self) -> tuple[str, ...]:
        """The players in the order of their turns."""
        return tuple(self.update_order or self.players())

    def takes_turn(self, player: str) -> bool:
        """Whether ``player`` is updated in this iteration."""
        return player not in self.generating_players or self.iteration % self.discriminator_steps == 0

    def player_losses(self, player: str, batch: Batch, fakes: Fakes) -> dict[str, Tensor]:
        """The terms of one player, checked to be finite."""
        losses = getattr(self, f'{player}_losses')(batch, fakes)
        self.watch.check_losses(self, player, losses)
        return losses

    @contextmanager
    def only(self, player: str) -> Iterator[None]:
        """Freeze every other player: no gradient is computed for them, and none is exchanged."""
        others = [network for name, networks in self.players().items() if name != player
                  for network in networks]
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
        networks = [network for player in self.generating_players
                    for network in self.players()[player]]
        with test_policy(networks, self.norm_at_test, self.dropout_at_test):
            outputs = {**batch, **self.generate(batch)}
        size = len(outputs['image'])
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
