"""A generator as a file that runs without this toolbox: ONNX, or an exported program of PyTorch.

What is written is the generator as it is at test: under the model's test-time policy (``norm_at_test``), with
spectral normalisation folded into the weights, label maps as integers that become one-hot inside, and with
latent vectors as inputs, because a file that draws random numbers could not be compared with anything.
"""
from __future__ import annotations

import copy
import importlib
import importlib.util
import inspect
import json
import logging
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

from ggtoolbox.errors import InputError
from ggtoolbox.finite import listed, not_finite
from ggtoolbox.models.gans.base import BaseGAN
from ggtoolbox.models.layers.spectral_norm import fold_spectral_norm
from ggtoolbox.models.layers.test_policy import test_policy
from ggtoolbox.registry import DATASETS, nearest
from ggtoolbox.structures import VOCABULARY
from ggtoolbox.version import __version__

from ..analysis.example_batch import example_batch
from ..outputs import output_folder

FORMATS = {'onnx': '.onnx', 'torch': '.pt2'}
STYLES = ('latent', 'noise', 'instance_features')  # what is drawn at random where a user gives none
LARGEST_BATCH = 1024
ONE_FILE = 2 ** 31 - 2 ** 26  # bytes: protobuf holds no more, ONNX then puts the weights beside the graph


class Generation(nn.Module):
    """A model at test as a function of named tensors; ``forward`` names them one by one, as exporters ask.

    Args:
        model: whose :meth:`~BaseGAN.generate` is called.
        inputs: fields of the batch.
        outputs: of what is generated; None for all that there is.
    """

    def __init__(self, model: BaseGAN, inputs: Sequence[str], outputs: Sequence[str] | None = None) -> None:
        super().__init__()
        self.model = model

        def forward(**batch: Tensor) -> dict[str, Tensor]:
            fakes = self.model.generate(batch)
            return {name: fakes[name] for name in outputs or fakes}

        keyword = inspect.Parameter.KEYWORD_ONLY
        forward.__signature__ = inspect.Signature([inspect.Parameter(name, keyword) for name in inputs])
        self.forward = forward


def input_names(model: BaseGAN) -> tuple[str, ...]:
    """What an exported model is given: guidance and styles, never the real image."""
    required, optional = model.test_inputs()
    styles = tuple(name for name in STYLES if name in optional)
    replaced = ('target_image', 'instance') if 'instance_features' in styles else ()
    return (*(name for name in required if name not in replaced), *styles)


def example_inputs(model: BaseGAN, batch_size: int = 2, size: tuple[int, int] | None = None,
                   seed: int = 0) -> dict[str, Tensor]:
    """Noise for :func:`input_names`, in the shapes of the config's data (``model.cfg``), on the CPU.

    Args:
        size: (height, width) instead of the data's own.
    """
    names, batch = input_names(model), example_batch(model.cfg, batch_size, size, 'cpu', seed)
    generator = torch.Generator().manual_seed(seed)
    if 'latent' in names:
        batch['latent'] = torch.randn(batch_size, model.latent_dim, generator=generator)
    if 'noise' in names:
        shape = *batch['audio'].shape[:2], model.noise_channels
        batch['noise'] = torch.randn(shape, generator=generator)
    if 'instance_features' in names:
        shape = batch_size, model.generator.feature_channels, *batch['label'].shape[1:]
        batch['instance_features'] = torch.randn(shape, generator=generator)
    if not batch.keys() >= set(names):  # what learns from videos is tested on pictures
        tested = model.cfg.copy()
        tested.train_dataloader = model.cfg.test_dataloader
        batch = example_batch(tested, batch_size, size, 'cpu', seed) | batch
    return {name: batch[name] for name in names}


def export_model(model: BaseGAN, out_dir: str | Path, name: str, formats: Iterable[str] = ('onnx', 'torch'),
                 outputs: Sequence[str] | None = ('image',), opset: int | None = None,
                 dynamic_size: bool = False, weights_sha256: str | None = None,
                 example: dict[str, Tensor] | None = None) -> list[Path]:
    """Write a model's generator as ``<out_dir>/<name>.onnx`` and ``<name>.pt2``.

    Both take the fields of :func:`input_names` by name, with any batch size, return ``outputs`` by name and
    hold :func:`describe`: ONNX as metadata, PyTorch as the extra file ``metadata.json``. Class ids outside
    the known ones are pixels of no class, and no check says so.

    Args:
        model: of :func:`~ggtoolbox.apis.inference.init_model`, on the CPU; it is left as it is.
        formats: of :data:`FORMATS`.
        outputs: names of what is generated; None for all that the networks which draw ``image`` give.
        opset: of ONNX; None is PyTorch's default.
        dynamic_size: leave height and width free as well, where the generator does.
        weights_sha256: for the metadata.
        example: inputs of at least two images; None is :func:`example_inputs`. No value of it gets into the
            file, only its shapes.

    Returns:
        The files, in the order of ``formats``.

    Raises:
        InputError: dropout that is active at test, an unknown output, format or opset, a size that is not
            free, an operation that cannot be exported, a package that is missing, a weight that is not
            finite.
    """
    formats = tuple(formats)
    for wanted in formats:
        if wanted not in FORMATS:
            raise InputError(f'--format: expected {" or ".join(FORMATS)}, found {wanted!r}')
    if 'onnx' in formats:
        require_package('onnx', 'onnxscript')
        highest = importlib.import_module('onnx').defs.onnx_opset_version()
        if opset is not None and not 1 <= opset <= highest:
            raise InputError(f'--opset: expected 1 to {highest}, which the installed onnx knows, found '
                             f'{opset}')
    if bad := not_finite(model.state_dict()):
        raise InputError(f'{name}: {listed(bad)} is not finite, nothing is exported')
    example = example or example_inputs(model)
    program, names = export_program(model, example, outputs, dynamic_size, name)
    out_dir = output_folder(out_dir)
    metadata = describe(model, name, example, names, weights_sha256)
    files = []
    for wanted in formats:
        path = out_dir / f'{name}{FORMATS[wanted]}'
        if wanted == 'onnx':
            _write_onnx(program, path, example, names, opset, metadata)
        else:
            torch.export.save(program, path, extra_files={'metadata.json': json.dumps(metadata)})
        files.append(path)
    return files


def export_program(model: BaseGAN, example: dict[str, Tensor], outputs: Sequence[str] | None = ('image',),
                   dynamic_size: bool = False, name: str = 'model'
                   ) -> tuple[torch.export.ExportedProgram, tuple[str, ...]]:
    """The graph of a model at test, with the names of its outputs; see :func:`export_model`."""
    model = copy.deepcopy(model)
    model.keep_networks(model.networks_at_test())
    networks = [network for network in model.named_networks().values() if network is not None]
    modules = [module for network in networks for module in network.modules()]
    if model.options.dropout_at_test and any(isinstance(module, _DropoutNd) and module.p > 0
                                             for module in modules):
        raise InputError(f'{name}: its dropout is active at test (dropout_at_test=True), and a file that '
                         'draws random numbers is not written; --without-dropout exports it with dropout '
                         'switched off, which generates other images')
    for network in networks:
        fold_spectral_norm(network)
    with torch.no_grad(), test_policy(networks, model.options.norm_at_test, dropout_at_test=False):
        fakes = model.generate(dict(example))
        names = tuple(fakes) if outputs is None else tuple(outputs)
        for wanted in names:
            if wanted not in fakes:
                raise InputError(f'{name}: there is no output {wanted!r}{nearest(wanted, fakes)} (it has '
                                 f'{", ".join(fakes)})')
        try:
            program = torch.export.export(Generation(model, tuple(example), names), (), dict(example),
                                          dynamic_shapes=free_dimensions(example, dynamic_size), strict=False)
        except (RuntimeError, TypeError, ValueError) as error:
            raise InputError(f'{name}: torch.export cannot trace it: {_first_line(error)}') from error
    _check_program(program, name, dynamic_size)
    return program, names


def free_dimensions(example: dict[str, Tensor], dynamic_size: bool) -> dict[str, dict]:
    """Input -> dimension -> what ``torch.export`` is told of it."""
    batch, free = torch.export.Dim('batch', min=1, max=LARGEST_BATCH), torch.export.Dim.AUTO
    sizes = {name: range(tensor.dim() - 2, tensor.dim()) if dynamic_size and tensor.dim() > 2 else ()
             for name, tensor in example.items()}
    return {name: {0: batch, **dict.fromkeys(sizes[name], free)} for name in example}


def _check_program(program: torch.export.ExportedProgram, name: str, dynamic_size: bool) -> None:
    values = {node.name: node.meta['val'] for node in program.graph.nodes if 'val' in node.meta}
    pictures = [values[given] for given in program.graph_signature.user_outputs if values[given].dim() > 2]
    if dynamic_size and any(isinstance(length, int) for picture in pictures for length in picture.shape[-2:]):
        raise InputError(f'{name}: its generator is built for one size; leave --dynamic-size away')
    for node in program.graph.nodes:
        if torch.Tag.nondeterministic_seeded in getattr(node.target, 'tags', ()) and not _is_inert(node):
            raise InputError(f'{name}: it draws random numbers ({node.target}), which a file cannot')


def _is_inert(node: torch.fx.Node) -> bool:
    """Whether an operator that may draw random numbers does not: dropout at test, attention and recurrent
    layers without any."""
    if node.target == torch.ops.aten.gru.input:
        *_, dropout, training, _, _ = node.args
        return not (dropout and training)
    if node.target == torch.ops.aten.dropout.default:
        return not node.args[2]
    return node.target == torch.ops.aten.scaled_dot_product_attention.default and len(node.args) < 5


def describe(model: BaseGAN, name: str, example: dict[str, Tensor], outputs: Iterable[str],
             weights_sha256: str | None = None) -> dict[str, str]:
    """What a user of the file needs to know, text by key; lists and tables are JSON."""
    said = DATASETS.get(model.cfg.train_dataloader.dataset.type).METAINFO
    names = {key: json.dumps(said[key]) for key, field in (('classes', 'label'), ('attributes', 'attributes'))
             if key in said and field in example}
    size = next((f'{tensor.shape[-2]}x{tensor.shape[-1]}' for tensor in example.values() if tensor.dim() > 2),
                None)
    meanings = {'image': VOCABULARY['target_image'].meaning.split(':')[0]}
    entries = dict(
        model=name, system=type(model).__name__, weights_sha256=weights_sha256, size=size,
        inputs=json.dumps({field: VOCABULARY[field].meaning for field in example}),
        outputs=json.dumps({field: meanings.get(field, '(B, ...)') for field in outputs}),
        norm_at_test=model.options.norm_at_test, toolbox=f'ggtoolbox {__version__}',
        torch=str(torch.__version__))
    return {key: value for key, value in {**entries, **names}.items() if value is not None}


def _write_onnx(program: torch.export.ExportedProgram, path: Path, example: dict[str, Tensor],
                outputs: tuple[str, ...], opset: int | None, metadata: dict[str, str]) -> None:
    axes = {field: {0: 'batch', **({tensor.dim() - 2: 'height', tensor.dim() - 1: 'width'}
                                   if tensor.dim() > 2 else {})} for field, tensor in example.items()}
    log = logging.getLogger('torch.onnx')  # it warns of torchvision's operators, of which there are none
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            exported = torch.onnx.export(program, (), dynamo=True, verbose=False, opset_version=opset,
                                         input_names=list(example), output_names=list(outputs),
                                         dynamic_shapes=axes)
    except (RuntimeError, TypeError, ValueError) as error:
        raise InputError(f'{path.stem}: ONNX cannot express it: {_first_line(error)}') from error
    finally:
        log.setLevel(level)
    exported.model.metadata_props.update(metadata)
    exported.model.producer_name, exported.model.producer_version = 'ggtoolbox', __version__
    size = sum(tensor.nbytes for tensor in program.state_dict.values())
    exported.save(str(path), external_data=size > ONE_FILE)


def require_package(*names: str) -> None:
    """Raise :class:`InputError` unless these optional packages are installed."""
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(f"exporting to ONNX needs the package {missing[0]}: pip install 'ggtoolbox[export]'")


def _first_line(error: Exception) -> str:
    return next((line for line in str(error).splitlines() if line.strip()), type(error).__name__)
