"""The reference: every component and its arguments, as one page."""
from __future__ import annotations

import inspect
from collections.abc import Callable

from .described import arguments_of, plain, summary
from .places import our_registries

HEAD = '''# Components

Written by `ggtoolbox config --reference FILE` from signatures and docstrings: every `type` that a config may
name, and its arguments, which are the config's keys. Of one key: `ggtoolbox config NAME --explain KEY`.
'''


def reference_page() -> str:
    """Markdown, a section a registry, a table a component; mmengine's own are left to its manual."""
    parts = [HEAD]
    for registry in dict.fromkeys(our_registries()):
        known = {name: cls for name, cls in sorted(registry.known().items()) if _is_ours(cls)}
        if known:
            contract = plain(inspect.cleandoc(registry.__doc__ or ''))
            parts += [f'\n## {registry.name.capitalize()}\n\n{contract}\n']
            parts += [_component(name, cls) for name, cls in known.items()]
    return ''.join(parts)


def _is_ours(cls: Callable) -> bool:
    return cls.__module__.startswith('ggtoolbox.')


def _component(name: str, cls: Callable) -> str:
    lines = [f'\n### {name}\n', f'{plain(summary(cls))} (`{cls.__module__}`)\n']
    if arguments_of(cls):
        lines += ['| argument | expected | default | |', '|---|---|---|---|']
    for argument in arguments_of(cls).values():
        default = 'must be given' if argument.default is None else f'`{argument.default}`'
        cells = (f'`{argument.name}`', argument.kind, default, plain(argument.text))
        lines.append(f'| {" | ".join(cell.replace("|", chr(92) + "|") for cell in cells)} |')
    return '\n'.join(lines) + '\n'
