"""Pictures from a trained model and a user's own files or arrays."""
from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.config import Config
from mmengine.utils import ProgressBar
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.modules.dropout import _DropoutNd

from ggtoolbox.datasets.palette import colourise
from ggtoolbox.datasets.transforms.instance_edge import instance_edges
from ggtoolbox.datasets.transforms.pack import PackTensors
from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.derived import first_attribute
from ggtoolbox.models.layers.sean import PixelNoise
from ggtoolbox.models.layers.spectral_norm import fold_spectral_norm

from .fast_generation import FastGeneration
from .inference import init_model, usable_device
from .outputs import output_folder
from .reading.batching import runs_of_one_shape
from .reading.fields import fields_of
from .reading.fitting import Fitting, Size, Way
from .reading.inputs import Item, files_of, gather, pair, sample_names
from .reading.results import as_array, motion_result, write_result
from .reading.test_data import dataset_without_files, test_settings
from .reading.values import FieldReader, domain_names


class Inferencer:
    """Generates pictures from what a model is guided by::

        inferencer = Inferencer('gaugan_sau_toyworld-64')
        results = inferencer(label='maps/', out_dir='out')

    Inputs become tensors by the pipeline of the config's test data, so that a picture is the one that
    ``tools/test.py`` makes of the same sample. It never depends on its neighbours: a model that normalises by
    the pictures at hand (``norm_at_test='batch'``) is given one at a time.

    ``edge`` is never given: it is computed from ``instance`` or, where there is none, from ``label``, which
    has no boundary between neighbours of one class. ``label`` stands in for ``instance`` as well.

    Args:
        model: name of a model of the zoo, path of a config, or a config.
        checkpoint: path of its weights; None = the zoo's.
        device: None = CUDA where there is a GPU, else the CPU.
        amp: compute in bfloat16.
        batch_size: pictures at a time.
        cfg_options: changes of the config, dotted key -> value.
        fast: compute in the fastest way that the first pictures stay within one of 255 levels with; see
            :class:`~ggtoolbox.apis.fast_generation.FastGeneration`. Not with ``amp``.

    Without ``fast`` pictures are float32's to rounding; spectral normalisation is folded into the weights.

    Attributes:
        model, cfg, name: the model in eval mode, its config, and what that is called.
        fields: what it is given (:class:`Fields`).
        size: (H, W) of its pictures; None where this depends on the input.
        num_classes: of ``label``; 0 where it reads none.
        classes, palette: names and colours (N, 3) of the classes, None where the data set has none.
        attributes, num_attributes, domains, num_domains: names, as far as the data set has any; how many.
        joints: names of the key points that its guides are drawn from; empty where there are none.
        latent_dim: length of ``latent``; None where there is none.
        piece: samples of ``audio`` a frame of 0.1 s; None where it hears nothing.
        fast: what says, as text, which recipe was found; None without ``fast``.

    Raises:
        InputError: no such model, config or weights.
    """

    def __init__(self, model: str | Path | Config, checkpoint: str | None = None,
                 device: str | torch.device | None = None, amp: bool = False, batch_size: int = 8,
                 cfg_options: dict | None = None, fast: bool = False) -> None:
        if amp and fast:
            raise InputError('amp and fast: expected one of them, found both')
        if batch_size < 1:
            raise InputError(f'batch_size must be at least 1, found {batch_size}')
        self.device = usable_device(device or ('cuda' if torch.cuda.is_available() else 'cpu'))
        self.model = init_model(model, checkpoint, self.device, cfg_options)
        for network in self.model.named_networks().values():
            fold_spectral_norm(network)
        self.fast = FastGeneration(self.model, self.device) if fast else None
        self.cfg, self.amp, self.batch_size = self.model.cfg, amp, batch_size
        self.name = Path(self.cfg.filename).stem if self.cfg.filename else type(self.model).__name__
        self.inputs, generator = self.model.test_inputs(), self.model.generator
        settings = test_settings(self.cfg)
        dataset, metainfo = dataset_without_files(settings)
        self.fields = fields_of(self.inputs, metainfo)
        expected = getattr(getattr(generator, 'guided_input', None), 'expected', {})
        reads = {*self.fields.required, *self.fields.optional}
        shown = metainfo if 'label' in reads else {}
        self.num_classes = expected.get('label') or shown.get('num_classes', 0)
        self.classes = tuple(shown['classes']) if 'classes' in shown else None
        self.palette = np.array(shown['palette'], np.uint8) if 'palette' in shown else None
        self.latent_dim = self.model.latent_dim if 'latent' in reads else None
        self.num_attributes = first_attribute(generator, 'num_attributes') if 'attributes' in reads else 0
        self.attributes = tuple(metainfo.get('attributes', ()))[:self.num_attributes]
        self.num_domains = (getattr(self.model, 'num_domains', None)
                            or first_attribute(generator, 'num_classes') or 0) if 'domain' in reads else 0
        self.domains = tuple(domain_names(metainfo))[:self.num_domains]
        self.joints = tuple(metainfo.get('joints', ())) if self.fields.drawn_as else ()
        guide_channels = expected.get('target_guide') or 3
        self.fitting = Fitting(settings, generator, guide_channels, dataset)
        self.size = self.fitting.size
        self.piece = first_attribute(generator, 'samples') if 'audio' in reads else None
        self.reader = FieldReader(dataset, self.num_classes, metainfo, dict(
            attributes=self.num_attributes, latent=self.latent_dim, audio=self.piece,
            style_shares=self.num_classes, style=first_attribute(generator, 'style_channels')),
            guide_channels, self.num_domains)
        self.guide_palette = metainfo.get('guide_palette')

    @property
    def stochastic(self) -> bool:
        """Whether two pictures of one input differ."""
        model = self.model
        has_dropout = model.options.dropout_at_test and any(
            isinstance(module, _DropoutNd) and module.p > 0 for module in model.generator.modules())
        has_noise = any(isinstance(module, PixelNoise) for module in model.generator.modules())
        drawn = {'latent', 'noise', 'instance_features'} & {*self.inputs.optional}
        return has_dropout or has_noise or bool(drawn)

    def __call__(self, label: Any = None, instance: Any = None, source_image: Any = None,
                 source_guide: Any = None, target_guide: Any = None, attributes: Any = None,
                 keypoints: Any = None, source_keypoints: Any = None, latent: Any = None,
                 target_image: Any = None, exemplar_image: Any = None, exemplar_label: Any = None,
                 style_shares: Any = None, region_styles: Any = None, audio: Any = None,
                 domain: Any = None, style: Any = None, exemplar_guide: Any = None, mask: Any = None,
                 exemplar_mask: Any = None, out_dir: str | Path | None = None, save_maps: bool = False,
                 samples: int = 1, seed: int | None = None, resize: bool = True,
                 keypoints_size: Size | None = None, progress: bool = True) -> list[dict]:
        """Generate a picture of each input.

        A field is given as a path, a folder, a glob pattern, an array, a PIL image, a tensor of the
        vocabulary (``structures.py``), or a list of these. Files of several folders are paired by name, lists
        by order; a single item goes with all others.

        Args:
            label: class ids (H, W), or colours of the palette.
            instance: ids (H, W).
            source_image: a picture (H, W, 3) uint8.
            source_guide, target_guide: a picture, maps (K, H, W), or key points (J, 2) or (J, 3), also as a
                file of OpenPose (``.json``), OpenFace (``.csv``), iBUG (``.pts``) or of lines ``x y``
                (``.txt``); these are drawn as the data set's own. In cross-view translation of ToyWorld it
                is drawn from ``label``, if this is given instead.
            attributes: numbers, or names of those that are 1 (``'male, young'``).
            keypoints, source_keypoints: key points for ``target_guide`` (or a face's ``label``) and
                ``source_guide``.
            latent: (Z,); drawn where it is not given.
            target_image: the picture whose style is taken, by models with an image encoder; by those with a
                style for each region it shows what ``label`` says.
            exemplar_image, exemplar_label, exemplar_guide: a picture of another layout whose style is taken,
                and its classes or guide; it stands in for ``target_image``, and where a style can be drawn at
                random for that.
            mask, exemplar_mask: (H, W), of what lies over the label maps' classes (glasses).
            domain: number or name (``'male'``) of what the picture becomes.
            style: (S,), as a result holds it, in place of an exemplar.
            style_shares: numbers from 0 to 1, one a class, or names of those that are 1 (``'hair, mouth'``):
                these classes have the style of ``exemplar_image``, the others that of ``target_image``.
            region_styles: styles (N, S), as a result holds them, in place of pictures.
            audio: a sound file, samples (N,) at the scale of int16, or pieces (F, S) of 0.1 s.
            out_dir: folder for ``<name>.png`` (``<name>/<i>.png`` of several samples). A name is that of the
                input's file, with a number behind it where two files of a call are called the same.
            save_maps: write the other maps as well, as ``<map>/<name>.png``.
            samples: pictures of each input, of a model that draws at random.
            seed: makes latents the same whatever the batch size and device (what else is drawn at random,
                the same for the same batch size and device); None = another picture every time.
            resize: bring inputs to the model's size, as the config's test does. False: the picture has the
                size of its input, padded in between; a model of one fixed size is given a resized input,
                and its picture is resized back.
            keypoints_size: (H, W) of the picture in whose pixels key points are; None = the sample's own
                picture's, or the model's size where there is none.
            progress: show a bar.

        Returns:
            A dict an input: ``name``, ``image`` (H, W, 3) uint8 RGB (of a dance, ``motion`` (F, J, 2), it is
            a strip of skeletons from its beginning), the generator's other named maps as
            arrays, and with several ``samples`` the list of them all (``image`` and maps are the first's).

        Raises:
            InputError: a field is missing or unknown, cannot be read or does not fit; ``out_dir`` holds an
                input.
        """
        inputs = dict(label=label, instance=instance, source_image=source_image, source_guide=source_guide,
                      target_guide=target_guide, attributes=attributes, keypoints=keypoints,
                      source_keypoints=source_keypoints, latent=latent, target_image=target_image,
                      exemplar_image=exemplar_image, exemplar_label=exemplar_label,
                      style_shares=style_shares, region_styles=region_styles, audio=audio, domain=domain,
                      style=style, exemplar_guide=exemplar_guide, mask=mask, exemplar_mask=exemplar_mask)
        return list(self.iterate(inputs, out_dir, save_maps, samples, seed, resize, keypoints_size, progress))

    def iterate(self, inputs: dict[str, Any], out_dir: str | Path | None = None, save_maps: bool = False,
                samples: int = 1, seed: int | None = None, resize: bool = True,
                keypoints_size: Size | None = None, progress: bool = True) -> Iterator[dict]:
        """As calling, but a result at a time, for more pictures than memory holds.

        Args:
            inputs: field -> what is given; None is as good as absent.
        """
        given = {field: value for field, value in inputs.items() if value is not None}
        given = self.fields.check(given, self.name)
        if samples < 1 or (samples > 1 and not self.stochastic):
            why = '' if self.stochastic else ', because it draws nothing at random'
            raise InputError(f'{self.name}: samples must be {"at least " * (not why)}1{why}, found {samples}')
        rows = pair({field: gather(field, value) for field, value in given.items()}) if given else [{}]
        bar = ProgressBar(len(rows), file=sys.stdout) if progress else None
        results = self._results(self._rows(rows, samples, seed, resize, keypoints_size), samples, seed)
        try:
            for number, result in enumerate(results):
                if out_dir is not None:
                    if number == 0:
                        output_folder(out_dir, files_of(given), 'out_dir')
                    write_result(result, Path(out_dir), save_maps)
                if bar is not None:
                    bar.update()
                yield result
        finally:
            if bar is not None:  # an error's sentence begins a line
                print(file=bar.file, flush=True)

    def _prepare(self, name: str, row: dict[str, Item], resize: bool, keypoints_size: Size | None
                 ) -> tuple[dict[str, Tensor], Way]:
        """The tensors of one sample, without a batch dimension, and the way back to its size."""
        sample = {self.fields.drawn_as.get(field, field): self.reader.read(field, item)
                  for field, item in row.items()}
        fitted, way = self.fitting(sample, resize, keypoints_size)
        reads = self.inputs
        if 'target_guide' in reads.required and 'target_guide' not in fitted:
            fitted['target_guide'] = colourise(fitted['label'], self.guide_palette)
        if 'instance' in reads.required:
            fitted.setdefault('instance', fitted['label'])
        if 'edge' in reads.required:
            fitted['edge'] = instance_edges(fitted['instance' if 'instance' in fitted else 'label'])
        wanted = [field for field in (*reads.required, *reads.optional) if field in fitted]
        packed = PackTensors(wanted).transform(dict(fitted, name=name))
        del packed['name']
        return packed, way

    def _rows(self, rows: list[dict[str, Item]], samples: int, seed: int | None, resize: bool,
              keypoints_size: Size | None) -> Iterator[tuple[str, dict[str, Tensor], Way]]:
        """Name, tensors and way back of each picture, read when it is asked for."""
        noise = None if seed is None else torch.Generator().manual_seed(seed)
        for name, row in zip(sample_names(rows), rows):
            packed, way = self._prepare(name, row, resize, keypoints_size)
            draws = self.latent_dim and not packed.keys() & {*self.inputs.optional}
            for _ in range(samples):
                drawn = dict(latent=torch.randn(self.latent_dim, generator=noise)) if draws else {}
                yield name, {**packed, **drawn}, way

    def _results(self, rows: Iterator[tuple[str, dict[str, Tensor], Way]], samples: int, seed: int | None
                 ) -> Iterator[dict]:
        """One result for every ``samples`` rows."""
        drawn: list[dict] = []
        alone = self.model.options.norm_at_test == 'batch' and any(
            isinstance(module, _BatchNorm) for module in self.model.generator.modules())
        runs = runs_of_one_shape(rows, 1 if alone else self.batch_size, lambda row: row[1])
        for number, batch in enumerate(runs):
            tensors = [tensors for _, tensors, _ in batch]
            outputs = self._generate(tensors, None if seed is None else seed + number)
            for (name, _, way), output in zip(batch, outputs):
                if 'image' not in output:
                    drawn.append(motion_result(name, output))
                else:
                    size = output['image'].shape[-2:]
                    drawn.append({'name': name, **{key: way.back(as_array(key, value), size)
                                                   for key, value in output.items()}})
                if len(drawn) == samples:
                    several = dict(samples=[one['image'] for one in drawn]) if samples > 1 else {}
                    yield {**drawn[0], **several}
                    drawn = []

    def _columns(self, rows: list[dict[str, Tensor]]) -> dict[str, list[Tensor]]:
        """Field -> values of all rows; a single one of what several samples of one input share, where the
        generator then computes once what depends on it."""
        columns = {field: [row[field] for row in rows] for field in rows[0]}
        others = [values for field, values in columns.items() if field != 'latent']
        once = self.fast is None and getattr(self.model.generator, 'layout_once', False)
        if once and 'latent' in columns and all(value is values[0] for values in others for value in values):
            return {field: values[:None if field == 'latent' else 1] for field, values in columns.items()}
        return columns

    def _generate(self, rows: list[dict[str, Tensor]], seed: int | None) -> list[dict[str, Tensor]]:
        """What the generator makes of a batch; ``seed`` is of what the model draws by itself."""
        batch = {field: torch.stack(values) for field, values in self._columns(rows).items()}
        devices = [self.device] if self.device.type == 'cuda' else []
        with torch.random.fork_rng(devices) if seed is not None else nullcontext():
            if seed is not None:
                torch.manual_seed(seed)
            with torch.autocast(self.device.type, torch.bfloat16, enabled=self.amp):
                outputs = (self.fast or self.model.test_step)(batch)
        return [{field: value for field, value in output.items()
                 if field not in batch and isinstance(value, Tensor)} for output in outputs]
