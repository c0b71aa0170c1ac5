"""How networks are executed: memory format, compilation and what they keep."""
from __future__ import annotations

from collections.abc import Sequence

from mmengine.hooks import Hook
from mmengine.logging import print_log
from mmengine.runner import Runner
from torch import nn

from ggtoolbox.engine.step_in_backward import step_in_backward
from ggtoolbox.engine.turn_graphs import CUDARecorder, TurnGraphs, model_device
from ggtoolbox.engine.wrapped import unwrapped
from ggtoolbox.errors import InputError
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.layers.checkpointing import checkpoint_blocks
from ggtoolbox.models.layers.normalisation import lie_channels_last
from ggtoolbox.registry import HOOKS, nearest


@HOOKS.register_module()
class ExecutionHook(Hook):
    """Switches that change how fast a network runs and nothing else.

    Each is True for all networks of all players, or names networks as attributes of the model:
    ``('generator', 'losses.perceptual.network')``.

    Args:
        channels_last: keep weights, and so the features, in channels-last order.
        compile: ``torch.compile`` the networks, in place (names in checkpoints stay).
        checkpoint: compute in the backward pass again what blocks would keep for it
            (:func:`~ggtoolbox.models.layers.checkpointing.checkpoint_blocks`): less memory, more time. True
            means the networks of players that generate, and those through which losses see their images.
        cuda_graphs: record the turns of an iteration on a GPU, and replay them
            (:class:`~ggtoolbox.engine.turn_graphs.TurnGraphs`); True or False.
        step_in_backward: move each parameter as soon as its gradient is complete
            (:func:`~ggtoolbox.engine.step_in_backward.step_in_backward`): less memory; True or False.
    """

    def __init__(self, channels_last: bool | Sequence[str] = False, compile: bool | Sequence[str] = False,
                 checkpoint: bool | Sequence[str] = False, cuda_graphs: bool = False,
                 step_in_backward: bool = False) -> None:
        self.channels_last, self.compile, self.checkpoint = channels_last, compile, checkpoint
        self.cuda_graphs, self.step_in_backward = cuda_graphs, step_in_backward

    def before_train(self, runner: Runner) -> None:
        prepare_networks(runner.model, self.channels_last, self.compile, self.checkpoint)
        if self.cuda_graphs:
            record_turns(unwrapped(runner.model))
        if self.step_in_backward:
            step_in_backward(unwrapped(runner.model), runner.optim_wrapper)


def record_turns(model: BaseGAN) -> None:
    """Let a model on a GPU record its turns; on another device it takes them one after another as before."""
    kind = model_device(model).type
    if kind == 'cuda':
        model.take_turns = TurnGraphs(CUDARecorder())
    else:
        print_log(f'CUDA graphs: none, since the model is on {kind}', 'current')


def prepare_networks(model: nn.Module, channels_last: bool | Sequence[str] = False,
                     compile: bool | Sequence[str] = False, checkpoint: bool | Sequence[str] = False) -> None:
    """Apply :class:`ExecutionHook`'s switches to a model, in place."""
    model = unwrapped(model)
    for network in named_networks(model, channels_last, 'channels_last'):
        lie_channels_last(network)
    if checkpoint is True:
        checkpoint = _in_the_generators_graph(model)
    for network in named_networks(model, checkpoint, 'checkpoint'):
        checkpoint_blocks(unwrapped(network))
    for network in named_networks(model, compile, 'compile'):
        unwrapped(network).compile()


def _in_the_generators_graph(model: nn.Module) -> list[str]:
    own = {id(network) for network in model.generating_networks()}
    return [name for name, network in model.named_children() if id(network) in own] + [
        f'losses.{name}.network' for name, loss in model.losses.items()
        if isinstance(getattr(loss, 'network', None), nn.Module)]


def named_networks(model: nn.Module, wanted: bool | Sequence[str], switch: str) -> list[nn.Module]:
    """The networks that a switch means; those that this model was built without are left out.

    Raises:
        InputError: a name that models of this class do not have.
    """
    if isinstance(wanted, bool):
        return [network for networks in model.players().values() for network in networks] if wanted else []
    found = []
    for name in wanted:
        network, way = model, name.split('.')
        for index, word in enumerate(way):
            if isinstance(network, nn.ModuleDict):
                network = dict(network.items()).get(word)
            elif not hasattr(network, word):
                parts = [part for part, _ in network.named_children()]
                owner = '.'.join((type(model).__name__, *way[:index]))
                raise InputError(f'default_hooks.execution.{switch}: {owner} has no network {word!r}'
                                 f'{nearest(word, parts)}')
            else:
                network = getattr(network, word)
            if network is None:
                break
        else:
            found.append(network)
    return found
