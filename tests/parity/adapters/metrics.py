"""Metrics of the cross-view, gesture and person papers, on drawn pictures, probabilities and key points."""
from __future__ import annotations

import numpy as np
import torch
from golden import Golden

from ggtoolbox.datasets.person_pose import keypoints_of, person_mask
from ggtoolbox.evaluation.metrics.frd import discrete_frechet, frd_means
from ggtoolbox.evaluation.metrics.inception_score import inception_score, split_inception_scores
from ggtoolbox.evaluation.metrics.kl_score import divergences
from ggtoolbox.evaluation.metrics.l1 import mean_absolute_difference
from ggtoolbox.evaluation.metrics.pckh import correct_keypoints, head_box
from ggtoolbox.evaluation.metrics.person_ssim import person_ssim
from ggtoolbox.evaluation.metrics.psnr import cross_view_psnr
from ggtoolbox.evaluation.metrics.scene_accuracy import CONFIDENT, top_k_accuracy
from ggtoolbox.evaluation.metrics.scene_inception_score import keep_largest
from ggtoolbox.evaluation.metrics.sharpness import sharpness_difference
from ggtoolbox.evaluation.metrics.ssim import cross_view_ssim
from ggtoolbox.evaluation.strip import add_white_columns

PREFIXES = ('metric_crossview_images', 'metric_crossview_scores', 'metric_frd', 'person_ssim',
            'person_pckh', 'person_inception_score')
Results = dict[str, np.ndarray | float]


def images(case: Golden) -> Results:
    real, noise, blocks = (case.inputs[name].numpy().astype(np.float64)
                           for name in ('real', 'noise', 'blocks'))
    base = blocks[:, None] / 5 * 0.7 + real * 0.3
    drawn = dict(real=base, fake=base + case.config['noise'] * noise)
    found = {name: np.clip(np.floor(value * 255), 0, 255).astype(np.uint8) for name, value in drawn.items()}
    found['fake'][-1] = found['real'][-1]
    results: Results = {f'{name}_bytes': value for name, value in found.items()}
    pairs = [tuple(found[name][i].transpose(1, 2, 0) for name in ('fake', 'real')) for i in range(len(real))]
    for name, measure in (('ssim', cross_view_ssim), ('psnr', cross_view_psnr),
                          ('sharpness', sharpness_difference)):
        results[name] = np.array([measure(*pair) for pair in pairs])
        results[f'{name}_mean'] = results[name].mean()
    return results


def softmax(logits: np.ndarray) -> np.ndarray:
    return torch.from_numpy(logits).double().softmax(1).numpy()


def scores(case: Golden) -> Results:
    config = case.config
    logits, noise = (case.inputs[name].numpy().astype(np.float64) for name in ('real_logits', 'fake_noise'))
    real = softmax(logits * config['sharp'])
    fake = softmax(logits * config['sharp'] * 0.8 + noise * config['sharp'] * 0.5)
    kl = divergences(fake, real)
    splits = split_inception_scores(fake, config['splits'])
    results = dict(kl_score=np.exp(kl.mean()), kl_std=kl.std(), n_confident=(real.max(1) > CONFIDENT).sum(),
                   inception_10_mean=splits.mean(), inception_10_std=splits.std())
    for name, rows in (('real', real), ('fake', fake)):
        results[f'is_all_{name}'] = inception_score(rows)
        for k in (1, 5):
            results[f'is_top{k}_{name}'] = inception_score(keep_largest(rows, k, config['epsilon']))
    for k in (1, 5):
        results[f'top{k}_all'] = top_k_accuracy(fake, real, k)
        results[f'top{k}_confident'] = top_k_accuracy(fake, real, k, CONFIDENT)
    return results


def frd(case: Golden) -> Results:
    corr = case.config['corr']
    real, other = (2 * case.inputs[name].numpy().astype(np.float64) for name in ('real', 'other'))
    each = discrete_frechet(real, real * corr + other * (1 - corr))
    means = frd_means(each)
    return dict(frd=each, mean=means['FRD'], mean_script=means['FRD_script'])


def keypoints(case: Golden, prefix: str = '') -> np.ndarray:
    """(N, J, 3), missing joints where the case says so."""
    y, x, missing = (case.inputs[f'{prefix}{name}'].numpy() for name in ('y', 'x', 'missing'))
    return keypoints_of(np.where(missing == 0, -1, y), np.where(missing == 0, -1, x))


def official(points: np.ndarray) -> np.ndarray:
    """(y, x), and -1 where a joint is missing."""
    return np.where(points[..., 2:] > 0, points[..., 1::-1], -1)


def similarity(case: Golden) -> Results:
    noise = case.inputs['noise'].numpy()
    blocks = case.inputs['blocks'].numpy()
    reference = blocks.reshape(-1, 3, *blocks.shape[1:]).transpose(0, 2, 3, 1)
    pairs = [(((3 * target + drawn) // 4).astype(np.uint8), target.astype(np.uint8))
             for target, drawn in zip(reference, noise)]
    white = 40 if case.config['script'] == 'fashion' else 0
    pairs = [tuple(add_white_columns(image, white) for image in pair) for pair in pairs]
    results: Results = dict(l1=np.mean([mean_absolute_difference(*pair) for pair in pairs]))
    measured = dict(ssim=pairs)
    if 'missing' in case.inputs:
        masks = [person_mask(points, noise.shape[1:3]) for points in keypoints(case)]
        results['mask_area'] = np.array([mask.mean() for mask in masks])
        measured['mask_ssim'] = [tuple(image * mask[:, :, None] for image in pair)
                                 for pair, mask in zip(pairs, masks)]
    for name, images_ in measured.items():
        for version, taps in (('skimage_0_14', 13), ('skimage_new', 11)):
            each = np.array([person_ssim(*pair, taps) for pair in images_])
            results.update({f'{name}_each.{version}': each, f'{name}.{version}': each.mean()})
    return results


def pckh(case: Golden) -> Results:
    target = keypoints(case, 'target_')
    shift = np.stack([case.inputs[f'shift_{axis}'].numpy() for axis in 'xy'], -1) - case.config['spread']
    present = target[..., 2:] > 0
    places = np.where(present, target[..., :2] + shift, 9)
    lost = case.inputs['shift_missing'].numpy() == 0
    predicted = keypoints_of(np.where(lost, -1, places[..., 1]), np.where(lost, -1, places[..., 0]))
    correct, counted = np.sum([correct_keypoints(*pair) for pair in zip(predicted, target)], axis=0)
    boxes = [head_box(points) or (-1, -1) for points in target]
    return dict(target=official(target), predicted=official(predicted), correct=correct, counted=counted,
                pckh=correct / counted, head_boxes=np.array(boxes))


def split_scores(case: Golden) -> Results:
    logits = case.inputs['logits'].numpy().astype(np.float64)
    each = split_inception_scores(softmax(case.config['scale'] * logits), case.config['splits'])
    return dict(mean=each.mean(), std=each.std(), each=each)


def run(case: Golden) -> Results:
    families = dict(zip(PREFIXES, (images, scores, frd, similarity, pckh, split_scores)))
    return next(family for prefix, family in families.items() if case.name.startswith(prefix))(case)
