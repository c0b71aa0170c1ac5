"""The measures of the papers' tables by name; docs/metrics.md says which table has which."""
from __future__ import annotations

from typing import NamedTuple

from ggtoolbox.errors import InputError
from ggtoolbox.registry import nearest

JUDGED_IMAGES = 512
JUDGED_SEED = 2  # of the world; the systems train on world 0 and validate on 1, the judges learn from 3


class Protocol(NamedTuple):
    """What a table measures.

    Attributes:
        metrics: the evaluator of a config.
        fields: of a sample that the metrics read beside the images.
        datasets: the data sets that it is for; empty where any will do.
        dataset: settings of the test data set that belong to the protocol.
    """

    metrics: list[dict]
    fields: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    dataset: dict = {}


def _judged_real(judge: str, metrics: list[dict], fields: tuple[str, ...]) -> Protocol:
    """A protocol by a judge of real data, which whoever has the data makes."""
    return Protocol([dict(type='PSNR'), dict(type='SSIM'), *metrics,
                     dict(type='FID', feature_network=judge)], fields)


def _judged(judge: str, metrics: list[dict], fields: tuple[str, ...], datasets: tuple[str, ...]) -> Protocol:
    """A protocol by a judge of ToyWorld, with the Frechet distance of its features."""
    return Protocol([dict(type='PSNR'), dict(type='SSIM'), *metrics,
                     dict(type='FID', feature_network=judge)],
                    fields, datasets, dict(length=JUDGED_IMAGES, seed=JUDGED_SEED))


_CROSS_VIEW_IMAGES = [dict(type='CrossViewSSIM'), dict(type='CrossViewPSNR'),
                      dict(type='SharpnessDifference')]
_STREET = [dict(type='SegmentationAccuracy', num_classes=17, segmenter='toyworld_street')]
_FIGURE = [dict(type='PCKh', detector='toyworld_figure'),
           dict(type='PCK', detector='toyworld_figure', alpha=0.1)]
PROTOCOLS = {
    'layout': Protocol([dict(type='FID')]),
    'layout_diverse': Protocol([dict(type='FID'), dict(type='LPIPS')]),
    'cross_view_images': Protocol(_CROSS_VIEW_IMAGES),
    'cross_view': Protocol([
        *_CROSS_VIEW_IMAGES, dict(type='SceneAccuracy'), dict(type='SceneInceptionScore'),
        dict(type='KLScore'), dict(type='LPIPS'), dict(type='FID', resize='tensorflow')]),
    'gesture': Protocol([dict(type='CrossViewPSNR'), dict(type='InceptionScore'),
                         dict(type='FID', resize='tensorflow'), dict(type='FRD')]),
    'market_images': Protocol([dict(type='PersonSSIM'), dict(type='MaskSSIM')], ('keypoints',)),
    'market': Protocol([dict(type='PersonSSIM'), dict(type='MaskSSIM'),
                        dict(type='InceptionScore', jpeg=True), dict(type='MaskInceptionScore')],
                       ('keypoints',)),
    'deepfashion_images': Protocol([dict(type='PersonSSIM', white_columns=40)]),
    'deepfashion': Protocol([dict(type='PersonSSIM', white_columns=40),
                             dict(type='InceptionScore', white_columns=40, jpeg=True)]),
    'face': Protocol([dict(type='CrossViewSSIM'), dict(type='CrossViewPSNR'), dict(type='LPIPS')]),
    # Against the training images of the wanted domain, whose statistics the config gives.
    'domains': Protocol([dict(type='FID', feature_network='ImageNetInceptionV3'),
                         dict(type='OutputDiversity')]),
    'toyworld_street': _judged('toyworld_street', _STREET, ('label',), ('ToyWorldStreet',)),
    # The view from the ground is the street's: one judge does for both.
    'toyworld_cross_view': _judged('toyworld_street', [*_STREET, dict(type='SharpnessDifference')],
                                   ('label',), ('ToyWorldCrossView',)),
    'toyworld_figure': _judged('toyworld_figure', _FIGURE, ('keypoints',), ('ToyWorldFigure',)),
    'toyworld_hand': _judged('toyworld_hand', [dict(type='PCK', detector='toyworld_hand', alpha=0.1)],
                             ('keypoints',), ('ToyWorldHand',)),
    'toyworld_face': _judged('toyworld_face', [
        dict(type='SegmentationAccuracy', num_classes=7, segmenter='toyworld_face'),
        dict(type='SpatialConsistency', num_classes=7, segmenter='toyworld_face'),
        dict(type='PCK', detector='toyworld_face', alpha=0.05)], ('label', 'keypoints'), ('ToyWorldFace',)),
    # The wanted attributes' true picture is known: the same face in the same room.
    'toyworld_attributes': _judged('toyworld_attributes', [
        dict(type='AttributeAccuracy', classifier='toyworld_attributes')],
        ('attributes', 'source_attributes'), ('ToyWorldAttributes',)),
    'toyworld_objects': _judged('toyworld_face', [], (), ('ToyWorldObjects',)),
    # Of each picture four outputs in a row, each with an exemplar of its own. There is no true picture.
    'toyworld_domains': Protocol(
        [dict(type='AttributeAccuracy', classifier='toyworld_attributes'),
         dict(type='ReferenceFollowing', feature_network='toyworld_attributes'),
         dict(type='OutputDiversity', outputs=4, feature_network='toyworld_attributes'),
         dict(type='FID', feature_network='toyworld_attributes')],
        ('attributes', 'source_attributes', 'second_exemplar_image'), ('ToyWorldDomains',),
        dict(length=JUDGED_IMAGES, seed=JUDGED_SEED, outputs=4)),
    'toyworld_music': Protocol(
        [dict(type='MotionFeatures', feature_network='toyworld_dance'), dict(type='BeatAlignment')],
        ('audio',), ('ToyWorldMusic',), dict(length=JUDGED_IMAGES, seed=JUDGED_SEED, repeats=4)),
    'toyworld_dance': _judged('toyworld_figure', [*_FIGURE, dict(type='TemporalConsistency')],
                              ('keypoints', 'previous_image', 'previous_guide'), ('ToyWorldDance',)),
    'camvid': _judged_real('camvid', [
        dict(type='SegmentationAccuracy', num_classes=11, segmenter='camvid')], ('label',)),
    'clothing': _judged_real('clothing', [
        dict(type='SegmentationAccuracy', num_classes=59, segmenter='clothing')], ('label',)),
    'hands': _judged_real('hands', [dict(type='PCK', detector='hands', alpha=0.1)], ('keypoints',)),
    'faces': _judged_real('faces', [dict(type='PCK', detector='faces', alpha=0.05)], ('keypoints',)),
}


def find_protocol(name: str) -> Protocol:
    """By name; those ending in ``_images`` or beginning with ``toyworld_`` need no weights to be fetched.

    Raises:
        InputError: an unknown name.
    """
    if name not in PROTOCOLS:
        raise InputError(f'there is no protocol {name!r}{nearest(name, PROTOCOLS)} (known: '
                         f'{", ".join(PROTOCOLS)})')
    return PROTOCOLS[name]
