"""The measures of the papers' tables by name; docs/metrics.md says which table has which."""
from __future__ import annotations

from ggtoolbox.errors import InputError
from ggtoolbox.registry import nearest

_CROSS_VIEW_IMAGES = [dict(type='CrossViewSSIM'), dict(type='CrossViewPSNR'),
                      dict(type='SharpnessDifference')]
PROTOCOLS = {
    'layout': [dict(type='FID')],
    'layout_diverse': [dict(type='FID'), dict(type='LPIPS')],
    'cross_view_images': _CROSS_VIEW_IMAGES,
    'cross_view': [*_CROSS_VIEW_IMAGES, dict(type='SceneAccuracy'), dict(type='SceneInceptionScore'),
                   dict(type='KLScore'), dict(type='LPIPS'), dict(type='FID', resize='tensorflow')],
    'gesture': [dict(type='CrossViewPSNR'), dict(type='InceptionScore'),
                dict(type='FID', resize='tensorflow'), dict(type='FRD')],
    'market_images': [dict(type='PersonSSIM'), dict(type='MaskSSIM')],
    'market': [dict(type='PersonSSIM'), dict(type='MaskSSIM'), dict(type='InceptionScore', jpeg=True),
               dict(type='MaskInceptionScore')],
    'deepfashion_images': [dict(type='PersonSSIM', white_columns=40)],
    'deepfashion': [dict(type='PersonSSIM', white_columns=40),
                    dict(type='InceptionScore', white_columns=40, jpeg=True)],
    'face': [dict(type='CrossViewSSIM'), dict(type='CrossViewPSNR'), dict(type='LPIPS')],
}


def protocol(name: str) -> list[dict]:
    """The evaluator of a config, by name; those ending in ``_images`` need no weights.

    Raises:
        InputError: an unknown name.
    """
    if name not in PROTOCOLS:
        raise InputError(f'there is no protocol {name!r}{nearest(name, PROTOCOLS)} (known: '
                         f'{", ".join(PROTOCOLS)})')
    return [dict(metric) for metric in PROTOCOLS[name]]
