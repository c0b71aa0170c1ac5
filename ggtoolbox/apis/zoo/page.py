"""The page of the model zoo, from the metafiles alone."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

INTRODUCTION = """\
# Model zoo

Written by `python tools/model_zoo.py` from the `metafile.yml` of each system; a test holds the two together.

A model goes by the name of its config. The ToyWorld models come with the package, and are loaded by name:

```python
from ggtoolbox.apis import init_model
model = init_model('gaugan_sau_toyworld-64')
```

`python tools/test.py gaugan_sau_toyworld-64` measures one. The figures of papers are the papers', on their
data and by their scripts ([docs/metrics.md](docs/metrics.md)); "ours" are measured here, by the command and
on the machine below each table. Parameters are millions: G of the generator, D of all discriminators.
"""
SHIPPED = """
## Weights in the package

| model | file | bytes | sha256 |
|---|---|---:|---|"""


def zoo_page(metafiles: list[dict[str, Any]]) -> str:
    """The page, a section a collection.

    Args:
        metafiles: what :func:`~ggtoolbox.apis.zoo.models.read_metafile` gives.
    """
    lines = [INTRODUCTION.rstrip('\n')]
    shipped = [model for content in metafiles for model in content['Models'] if 'SHA256' in model]
    if shipped:
        lines += [SHIPPED]
        lines += [f'| {model["Name"]} | {_weights(model)} | {model["Size"]:,} | `{model["SHA256"]}` |'
                  for model in shipped]
        total = sum(model['Size'] for model in shipped)
        lines += ['', f'{len(shipped)} models, {total / 1e6:.1f} MB.']
    for content in metafiles:
        for collection in content['Collections']:
            models = [model for model in content['Models'] if model['In Collection'] == collection['Name']]
            lines += ['', *_section(collection, models)]
    return '\n'.join(lines) + '\n'


def _section(collection: dict[str, Any], models: list[dict[str, Any]]) -> Iterator[str]:
    yield f'## {collection["Name"]}'
    yield ''
    paper, code = collection['Paper'], collection.get('Code')
    links = [f'[{paper["Title"]}]({paper["URL"]})']
    if code:
        links.append(f"[the authors' code]({code['URL']})")
    if 'README' in collection:
        links.append(f'[how it works here]({collection["README"]})')
    yield ' · '.join(links)
    yield ''
    yield '| model | data | G | D | paper | ours | weights |'
    yield '|---|---|---:|---:|---|---|---|'
    for model in models:
        counts = model['Metadata'].get('Parameters', {})
        judges = sum(count for name, count in counts.items() if name.endswith('discriminator'))
        papers = '; '.join(f'{_figures(row)} ({row["Table"]})' for row in model.get('Paper Results', ()))
        ours = '; '.join(_figures(row) for row in model.get('Results', ()))
        yield (f'| [{model["Name"]}]({model["Config"]}) | {model["Metadata"]["Training Data"]} | '
               f'{_millions(counts.get("generator"))} | {_millions(judges)} | {papers} | {ours} | '
               f'{_weights(model)} |')
    yield from _measurements(models)
    yield from _releases(models)


def _measurements(models: list[dict[str, Any]]) -> Iterator[str]:
    rows = [row for model in models for row in model.get('Results', ())]
    if rows:
        yield '\nOurs:\n'
    for row in rows:
        yield f'- `{row["Command"]}`, {row["Images"]} images, after `{row["Training"]}` ({row["Hardware"]})'


def _releases(models: list[dict[str, Any]]) -> Iterator[str]:
    rows = [(model['Name'], model['Released Weights']) for model in models if 'Released Weights' in model]
    if rows:
        yield "\nThe authors' weights, and what converts them:\n"
    for name, row in rows:
        licence = f' ({row["Licence"]})' if 'Licence' in row else ''
        yield f'- {name}: [{row["File"]}]({row["From"]}){licence}: `{row["Convert"]}`'


def _figures(row: dict[str, Any]) -> str:
    return ', '.join(f'{name} {value}' for name, value in row['Metrics'].items())


def _millions(count: int | None) -> str:
    return f'{count / 1e6:.2f}' if count else ''


def _weights(model: dict[str, Any]) -> str:
    if 'Weights' not in model:
        return ''
    return f'[{model["Weights"].rsplit("/", 1)[-1]}]({model["Weights"]})'
