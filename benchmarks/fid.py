"""Times FID outside of its feature network, and shows that its memory does not grow with the images.

    python benchmarks/fid.py --threads 1

1. FID over images of 64 px with a network of negligible cost (it reads some of the pixels off as
   features), beside the naive form: stack all features, ``np.cov``, ``scipy.linalg.sqrtm``. Both are given
   the same samples in the same run.
2. What Inception-v3 needs for as many images, measured on a few: the share of an evaluation that lies outside
   of the network.
3. Peak memory of the streaming covariance and of stacking at ``--dims`` dimensions, by number of images.
"""
from __future__ import annotations

import functools
import time
import warnings
from collections.abc import Callable

import numpy as np
import scipy.linalg
import torch
from _common import parser, peak_megabytes, write_rows
from torch import Tensor, nn

from ggtoolbox.evaluation.images import image_bytes, network_images
from ggtoolbox.evaluation.metrics.fid import FID
from ggtoolbox.evaluation.moments import Moments
from ggtoolbox.models.backbones.inception import InceptionV3

SIDE, BATCH = 64, 50
FIELDS = ('image', 'target_image')


class Stub(nn.Module):
    """Every n-th value of the picture is a feature."""

    def __init__(self, dims: int) -> None:
        super().__init__()
        self.dims = dims

    def forward(self, image: Tensor) -> dict[str, Tensor]:
        values = image.flatten(1)
        return dict(pool=values[:, ::values.shape[1] // self.dims][:, :self.dims])


def draw_samples(number: int, device: str) -> list[dict]:
    torch.manual_seed(0)
    return [{'name': str(i), **{field: torch.rand(3, SIDE, SIDE, device=device) * 2 - 1 for field in FIELDS}}
            for i in range(number)]


def batches(samples: list[dict]) -> list[list[dict]]:
    return [samples[i:i + BATCH] for i in range(0, len(samples), BATCH)]


def streaming_fid(samples: list[dict], network: nn.Module) -> float:
    metric = FID(network=network)
    for batch in batches(samples):
        metric.process({}, batch)
    return metric.evaluate(len(samples))[metric.name]


@torch.no_grad()
def naive_fid(samples: list[dict], network: nn.Module) -> float:
    """As scripts have it: all features in memory, the covariance at once, a root of the whole matrix."""
    statistics = []
    for field in FIELDS:
        found = []
        for batch in batches(samples):
            images = [image_bytes(sample, field, 'naive') for sample in batch]
            found.append(network(network_images(images, batch[0][field].device))['pool'].cpu().numpy())
        rows = np.concatenate(found).astype(np.float64)
        statistics.append((rows.mean(0), np.cov(rows, rowvar=False)))
    (mean_1, covariance_1), (mean_2, covariance_2) = statistics
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # scipy says that the product is singular
        root = scipy.linalg.sqrtm(covariance_1 @ covariance_2).real
    return float(np.sum((mean_1 - mean_2) ** 2) + np.trace(covariance_1 + covariance_2 - 2 * root))


def seconds(function: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = function()
    return time.perf_counter() - start, result


def network_seconds(images: int, device: str, trial: int) -> float:
    """For so many images, extrapolated from ``trial``."""
    network = InceptionV3(allow_random=True, layers=('pool',)).to(device)
    batch = torch.rand(trial, 3, SIDE, SIDE, device=device)

    def once() -> None:
        with torch.no_grad():
            network(batch)['pool'].cpu()

    once()
    return min(seconds(once)[0] for _ in range(3)) * images / trial


def gather(number: int, dims: int, streaming: bool) -> object:
    """The covariance of so many rows, which are made one after another."""
    random = np.random.default_rng(0)
    rows = (random.standard_normal(dims, dtype=np.float32) for _ in range(number))
    if not streaming:
        return np.cov(np.stack(list(rows)).astype(np.float64), rowvar=False)
    moments = Moments()
    for row in rows:
        moments.add(row)
    return moments.covariance()


def make_gather(number: int, dims: int, streaming: bool) -> Callable[[], object]:
    return functools.partial(gather, number, dims, streaming)


def main() -> None:
    options = parser(__doc__.splitlines()[0])
    options.add_argument('--images', type=int, default=2000)
    options.add_argument('--dims', type=int, default=2048)
    options.add_argument('--trial', type=int, default=4, help='images that Inception-v3 is timed on')
    options.add_argument('--counts', type=int, nargs='+', default=[1000, 4000, 16000])
    args = options.parse_args()
    torch.set_num_threads(args.threads)

    samples, stub = draw_samples(args.images, args.device), Stub(args.dims)
    fast_s, fast = seconds(lambda: streaming_fid(samples, stub))
    naive_s, naive = seconds(lambda: naive_fid(samples, stub))
    stub_s = seconds(lambda: [stub(torch.rand(BATCH, 3, SIDE, SIDE, device=args.device))
                              for _ in range(2 * args.images // BATCH)])[0]
    inception_s = network_seconds(2 * args.images, args.device, args.trial)
    outside = (fast_s - stub_s) / (fast_s - stub_s + inception_s)
    row = dict(name='FID', config=f'{args.images} images of {SIDE} px, {args.dims} features', fast_s=fast_s,
               reference_s=naive_s, speedup=naive_s / fast_s, fid=fast, reference_fid=naive,
               network_s=inception_s, outside=outside)
    print(f'{row["config"]}, {args.device}: {fast_s:.2f} s outside of the network; naive {naive_s:.2f} s, '
          f'{row["speedup"]:.1f}x; values {fast:.6f} and {naive:.6f}')
    print(f'Inception-v3 on {2 * args.images} images: {inception_s:.1f} s; '
          f'{100 * outside:.2f} % of FID lies outside of the network')

    rows = [row]
    for count in args.counts:
        makers = [functools.partial(make_gather, count, args.dims, streaming) for streaming in (True, False)]
        streaming, stacked = (peak_megabytes(maker, 'cpu', args.threads) for maker in makers)
        print(f'covariance of {count} x {args.dims}: peak {streaming:.0f} MB streaming, '
              f'{stacked:.0f} MB stacked')
        rows.append(dict(name='covariance', config=f'{count} x {args.dims}', fast_peak_mb=streaming,
                         reference_peak_mb=stacked))
    write_rows(rows, args.json)


if __name__ == '__main__':
    main()
