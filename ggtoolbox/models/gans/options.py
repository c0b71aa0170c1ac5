"""Options that every training algorithm has, and a config sets by ``model.options=dict(...)``."""
from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, fields, replace

from ggtoolbox.errors import InputError, UnknownArgumentError
from ggtoolbox.registry import check_arguments, nearest

from ..layers.diff_augment import check_policy
from ..layers.initialisation import initialise


@dataclass(frozen=True)
class GANOptions:
    """How players take their turns, how weights are drawn, and what a network is at test.

    A class's own defaults, the released code's habits, are its ``default_options``.

    Args:
        update_order: whose turn comes first; None is the order of ``player_networks``. A player that has no
            networks has no turn.
        discriminator_steps: with n, the players that generate take their turn in iterations 0, n,
            2n, ... only, the others in each (``D_steps_per_G`` of the released GauGAN, ``n_repeat``
            of SCGAN).
        reuse_fakes: False, as the released GauGAN does: the discriminator's turn draws fakes again,
            from the generator as it is then (updated, if its turn was first), with new noise and one
            more update of running statistics and spectral vectors. True, as the released Pix2pix
            does: the fakes of one forward serve every turn of the iteration, which saves a forward
            pass; with the generator's turn first the discriminator then sees images from before
            the update.
        norm_at_test: ``'running'`` (statistics of training) or ``'batch'`` (of the images at hand).
        dropout_at_test: whether dropout stays active at test.
        diff_augment: some of ``'colour'``, ``'translation'``, ``'cutout'``: how images, and what they are
            judged under, are augmented before discriminators, alike for real and generated ones
            (:class:`~ggtoolbox.models.layers.diff_augment.DiffAugment`), for data of few images.
        init: arguments of :func:`initialise`, which draws the weights of all players' networks.
        data_preprocessor: mmengine's; None moves a batch to the device, and scales pictures of 8 bits.

    Raises:
        InputError: a value that the option cannot have.
    """

    update_order: tuple[str, ...] | None = None
    discriminator_steps: int = 1
    reuse_fakes: bool = False
    norm_at_test: str = 'running'
    dropout_at_test: bool = False
    diff_augment: tuple[str, ...] = ()
    init: dict = field(default_factory=lambda: dict(method='xavier', gain=0.02))
    data_preprocessor: dict | None = None

    def __post_init__(self) -> None:
        order, steps = self.update_order, self.discriminator_steps
        if order is not None and not (isinstance(order, (tuple, list)) and order):
            raise InputError(f'options: update_order must be a list of turns, found {order!r}')
        if isinstance(steps, bool) or not isinstance(steps, int) or steps < 1:
            raise InputError(f'options: discriminator_steps must be an integer from 1 on, found {steps!r}')
        for name in ('reuse_fakes', 'dropout_at_test'):
            if not isinstance(getattr(self, name), bool):
                raise InputError(f'options: {name} must be True or False, found {getattr(self, name)!r}')
        check_policy(self.diff_augment, 'options: diff_augment')
        if self.norm_at_test not in ('running', 'batch'):
            raise InputError("options: norm_at_test must be 'running' or 'batch', found "
                             f'{self.norm_at_test!r}')
        if not isinstance(self.init, dict):
            raise InputError(f'options: init must be a dict of arguments of initialise, found {self.init!r}')
        check_arguments(initialise, dict(self.init, module=None), 'options.init')

    def changed(self, options: dict, owner: str = 'GANOptions', turns: Collection[str] | None = None
                ) -> GANOptions:
        """These options with others in their place; those that are None stay as they are.

        Args:
            options: name -> value.
            owner: whose options they are, for errors.
            turns: what ``update_order`` may name; None for anything.

        Raises:
            InputError: an unknown name, turn or value.
        """
        if not isinstance(options, dict):
            raise InputError(f'options: {owner} expects a dict, found {options!r}')
        known = [option.name for option in fields(self)]
        for name in options:
            if name not in known:
                raise UnknownArgumentError(f'options: {owner} has no option {name!r}{nearest(name, known)} '
                                           f'(its options: {", ".join(known)})')
        options = replace(self, **{name: value for name, value in options.items() if value is not None})
        for turn in options.update_order or ():
            if turns is not None and turn not in turns:
                raise InputError(f'options: update_order of {owner} names {turn!r}'
                                 f'{nearest(str(turn), turns)} (its turns: {", ".join(turns)})')
        return options

    @property
    def test_policy(self) -> dict[str, str | bool]:
        """What a network is at test, as checkpoints keep it and ``layers/test_policy.py`` takes it."""
        return dict(norm_at_test=self.norm_at_test, dropout_at_test=self.dropout_at_test)
