"""What the golden cases of the pose transfer code base (XingGAN, BiGraphGAN, PATN) mean in this toolbox."""
from __future__ import annotations

from collections.abc import Callable, Iterable

from golden import Golden
from torch import Tensor, nn

from ggtoolbox.converters.conversion import Conversion, convert
from ggtoolbox.models.layers.two_stream import TwoStreamGenerator
from ggtoolbox.registry import GENERATORS


def state_of(case: Golden, prefix: str = '') -> dict[str, Tensor]:
    """The case's tensors below ``prefix``, which is taken away."""
    return {name.removeprefix(prefix): value for name, value in case.official_state.items()
            if name.startswith(prefix)}


def set_mode(case: Golden, network: nn.Module) -> None:
    """Training or not; no case has active dropout."""
    network.train(case.mode.startswith('train'))
    for module in network.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0


def load(case: Golden, family: str, part: str, network: nn.Module, prefix: str = '') -> Conversion:
    """Fill ``network`` with what the case has below ``prefix``, strictly."""
    conversion = convert(family, state_of(case, prefix), part, network)
    conversion.check(case.name)
    network.load_state_dict(conversion.state)
    set_mode(case, network)
    return conversion


def load_piece(case: Golden, network: nn.Module, rename: Callable[[Iterable[str]], dict[str, str]],
               theirs: str, ours: tuple[str, ...]) -> None:
    """Fill a piece of a generator from a case that has this piece alone.

    Args:
        network: the whole generator.
        rename: official names of a whole generator -> ours.
        theirs: what goes before the case's names in a whole generator.
        ours: how our names of the piece begin.
    """
    official = {f'{theirs}{name}': value for name, value in case.official_state.items()}
    names = rename([*official, 'model.stream1_down.7.weight'])  # which tells that there are two halvings
    state = {names[name]: value for name, value in official.items()}
    differing = set(state) ^ {name for name in network.state_dict() if name.startswith(ours)}
    if differing:
        raise KeyError(f'{case.name}: names of one side alone: {", ".join(sorted(differing))}')
    network.load_state_dict(state, strict=False)
    set_mode(case, network)


def arguments_of(case: Golden, **more: object) -> dict:
    """Arguments of a generator of two streams by the case's options; cases of a piece name few of them."""
    options = case.config
    image, guides = options.get('input_nc', (3, 36))
    return dict(source_channels=image, guide_channels=guides // 2, channels=options.get('ngf', 64),
                num_blocks=options.get('n_blocks', 2), norm=options.get('norm', 'batch'), **more)


def build(case: Golden, kind: str, **more: object) -> TwoStreamGenerator:
    return GENERATORS.build(dict(type=kind, **arguments_of(case, **more)))


def block(case: Golden, network: TwoStreamGenerator, rename: Callable) -> nn.Module:
    """The first block, or one behind it, with the case's weights."""
    place = int(case.config['concatenated'])
    load_piece(case, network, rename, f'model.att.{place}.', (f'blocks.{place}.',))
    return network.blocks[place]


def decode(network: TwoStreamGenerator, image: Tensor, **codes: Tensor) -> tuple[dict, dict[str, Tensor]]:
    """What the decoders make of codes, given by the streams' names, and the head of that."""
    streams = {name: decoder(codes[name], image) for name, decoder in network.decoders.items()}
    return streams, network.head(source_image=image, **streams)


def guidance(case: Golden) -> dict[str, Tensor]:
    """The inputs of a whole generator."""
    return dict(source_image=case.inputs['image'], source_guide=case.inputs['source_pose'],
                target_guide=case.inputs['target_pose'])


def generator(case: Golden, family: str, network: TwoStreamGenerator) -> dict[str, Tensor]:
    load(case, family, 'generator', network)
    return dict(image=network(**guidance(case))['image'])
