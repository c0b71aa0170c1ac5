"""The class-sorted convolution as a registered operator: opaque to ``torch.compile``, and keeping for
backward its inputs alone.

The image is thought padded by reflection, and its places sorted by class. A place and a tap of the kernel
belong to one output pixel of one plane, so that with D = channels*k*k

    forward    (places of a class, C) x (C, D), added into the planes at (place, D) addresses
    backward   gradients of the planes gathered from the same addresses, then for each class
               (places, D) x (D, C) for the features and (D, places) x (places, C) for the weights

Places are taken some thousands at a time ("a chunk"), so that products and addresses stay in the cache.
"""
from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor

from .sau_weights import accumulation_dtype

CHUNK = {'cpu': 1 << 12, 'cuda': 1 << 18}  # places: products of about 2 MB; worth a launch


def sort_by_class(label: Tensor, classes: int, radius: int) -> tuple[Tensor, Tensor]:
    """The places of ``label`` (B, H, W), padded by reflection, in order of their classes.

    Returns:
        Indices into the flattened padded maps (those of no class last) and the number of each class.
    """
    label = torch.where((label >= 0) & (label < classes), label, classes)
    y, x = (_mirrored(length, radius, label.device) for length in label.shape[1:])
    kinds = label[:, y[:, None], x].flatten()
    counts = torch.zeros(classes + 1, dtype=kinds.dtype, device=kinds.device)
    return kinds.argsort(stable=True), counts.scatter_add_(0, kinds, torch.ones_like(kinds))[:classes]


def _mirrored(length: int, radius: int, device: torch.device) -> Tensor:
    """For each of ``length + 2 * radius`` coordinates the one inside that it mirrors."""
    inside = torch.arange(-radius, length + radius, device=device).abs()
    return (length - 1) - (length - 1 - inside).abs()


@torch.library.custom_op('ggtoolbox::class_convolution', mutates_args=())
def class_convolution_operator(features: Tensor, weight: Tensor, bias: Tensor, order: Tensor,
                               counts: Tensor) -> Tensor:
    """``class_convolution`` with the places as :func:`sort_by_class` gives them."""
    with torch.autocast(features.device.type, enabled=False):
        return _forward(features, weight, bias, order, counts)


def _forward(features: Tensor, weight: Tensor, bias: Tensor, order: Tensor, counts: Tensor) -> Tensor:
    geometry = _Geometry(features, weight, order, counts)
    rows, kernels = geometry.rows(features), geometry.kernels(weight)
    # Sums for places outside the image land behind the planes.
    memory = rows.new_empty(geometry.size + geometry.spill)
    planes = memory[:geometry.size].view(geometry.shape)
    planes.copy_(bias.view(*bias.shape, 1, 1))
    for _, sources, addresses, runs in geometry.chunks():
        found = rows.index_select(0, sources)
        products = rows.new_empty(addresses.shape)
        for kind, run in runs:
            torch.mm(found[run], kernels[kind], out=products[run])
        memory.scatter_add_(0, addresses.flatten(), products.flatten())
    return planes.to(features.dtype)


@torch.library.custom_op('ggtoolbox::class_convolution_backward', mutates_args=())
def class_convolution_backward(grad: Tensor, features: Tensor, weight: Tensor, order: Tensor,
                               counts: Tensor) -> tuple[Tensor, Tensor]:
    """Gradients of features and weight."""
    with torch.autocast(features.device.type, enabled=False):
        return _gradients(grad, features, weight, order, counts)


def _gradients(grad: Tensor, features: Tensor, weight: Tensor, order: Tensor,
               counts: Tensor) -> tuple[Tensor, Tensor]:
    geometry = _Geometry(features, weight, order, counts)
    rows, kernels = geometry.rows(features), geometry.kernels(weight)
    grad = grad.to(rows.dtype).flatten()
    grad_kernels = torch.zeros_like(kernels.transpose(1, 2), memory_format=torch.contiguous_format)
    grad_padded = rows.new_zeros(geometry.places, rows.shape[1])
    for places, sources, addresses, runs in geometry.chunks():
        outside = addresses >= geometry.size
        products = grad.index_select(0, addresses.masked_fill_(outside, 0).flatten())
        products = products.view(addresses.shape).masked_fill_(outside, 0)
        found = rows.index_select(0, sources)
        grad_rows = torch.empty_like(found)
        for kind, run in runs:
            torch.mm(products[run], kernels[kind].t(), out=grad_rows[run])
            grad_kernels[kind].addmm_(products[run].t(), found[run])
        grad_padded.index_copy_(0, places, grad_rows)
    grad_weight = grad_kernels.unflatten(1, (geometry.channels, *weight.shape[3:])).movedim(-1, 2)
    return geometry.unpad(grad_padded).to(features.dtype), grad_weight.to(weight.dtype).contiguous()


class _Geometry:
    """Where a place's features come from and where its products belong."""

    def __init__(self, features: Tensor, weight: Tensor, order: Tensor, counts: Tensor) -> None:
        self.batch, self.width_in, self.height, self.width = features.shape
        self.classes, self.channels, _, self.kernel_size, _ = weight.shape
        self.radius = self.kernel_size // 2
        self.padded = self.height + 2 * self.radius, self.width + 2 * self.radius
        self.places = self.batch * self.padded[0] * self.padded[1]
        self.shape = self.batch, self.classes, self.channels, self.height, self.width
        self.area = self.height * self.width
        self.size = self.batch * self.classes * self.channels * self.area
        self.spill = self.channels * self.area
        self.dtype = accumulation_dtype(features)
        self.order, self.counts = order, counts

    def rows(self, features: Tensor) -> Tensor:
        """(B*H*W, C): the features of each pixel side by side."""
        return features.to(self.dtype).permute(0, 2, 3, 1).reshape(-1, self.width_in)

    def kernels(self, weight: Tensor) -> Tensor:
        """(N, C, channels*k*k)."""
        return weight.to(self.dtype).permute(0, 2, 1, 3, 4).flatten(2)

    def chunks(self) -> Iterator[tuple[Tensor, Tensor, Tensor, list[tuple[int, slice]]]]:
        """For each chunk of n places: themselves (n,), the pixels that they mirror (n,), the addresses of
        their products in the planes (n, channels*k*k; behind the planes where they fall outside the
        image), and the classes in it, each with its run of places."""
        device, counts = self.order.device, self.counts.tolist()
        kinds = torch.arange(self.classes, device=device).repeat_interleave(self.counts)
        y_pixel, y_address = self._axis(self.height, self.width)
        x_pixel, x_address = self._axis(self.width, 1)
        planes = torch.arange(self.channels, device=device).view(-1, 1) * self.area
        ends = torch.tensor([0, *counts]).cumsum(0).tolist()
        size = CHUNK.get(device.type, CHUNK['cpu'])
        for start in range(0, ends[-1], size):
            end = min(start + size, ends[-1])
            places = self.order[start:end]
            x, y = places % self.padded[1], places // self.padded[1] % self.padded[0]
            image = places // (self.padded[0] * self.padded[1])
            sources = image * self.area + y_pixel[y] * self.width + x_pixel[x]
            first = (image * self.classes + kinds[start:end]) * (self.channels * self.area)
            addresses = ((first[:, None] + y_address[y])[:, :, None] + x_address[x][:, None]).flatten(1)
            addresses = (addresses.clamp_(max=self.size)[:, None] + planes).flatten(1)
            runs = [(kind, slice(max(a, start) - start, min(b, end) - start))
                    for kind, (a, b) in enumerate(zip(ends, ends[1:])) if max(a, start) < min(b, end)]
            yield places, sources, addresses, runs

    def _axis(self, length: int, step: int) -> tuple[Tensor, Tensor]:
        """For each of ``length + 2*radius`` padded coordinates: the one that it mirrors, and by tap the
        output coordinate it adds to, times ``step`` (far behind all planes where there is none)."""
        device = self.order.device
        mirrored = _mirrored(length, self.radius, device)
        output = torch.arange(len(mirrored), device=device)[:, None] - torch.arange(self.kernel_size,
                                                                                     device=device)
        inside = (output >= 0) & (output < length)
        return mirrored, torch.where(inside, output * step, self.size)

    def unpad(self, rows: Tensor) -> Tensor:
        """The adjoint of reflection padding: (places, C) -> (B, C, H, W), channels last in memory."""
        x = rows.view(self.batch, *self.padded, -1)
        for dim, length in ((1, self.height), (2, self.width)):
            r = self.radius
            inner = x.narrow(dim, r, length)
            if r:
                inner.narrow(dim, 1, r).add_(x.narrow(dim, 0, r).flip(dim))
                inner.narrow(dim, length - 1 - r, r).add_(x.narrow(dim, r + length, r).flip(dim))
            x = inner
        return x.permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


@class_convolution_operator.register_fake
def _(features, weight, bias, order, counts):
    batch, _, height, width = features.shape
    return features.new_empty(batch, weight.shape[0], weight.shape[1], height, width)


@class_convolution_backward.register_fake
def _(grad, features, weight, order, counts):
    return (torch.empty_like(features, memory_format=torch.channels_last),
            torch.empty_like(weight, memory_format=torch.contiguous_format))


def _setup_context(ctx, inputs, output) -> None:
    features, weight, bias, order, counts = inputs
    ctx.save_for_backward(features, weight, order, counts)
    ctx.bias_dtype = bias.dtype


def _backward(ctx, grad: Tensor) -> tuple[Tensor | None, ...]:
    grad_features, grad_weight = class_convolution_backward(grad, *ctx.saved_tensors)
    return grad_features, grad_weight, grad.sum((0, 3, 4)).to(ctx.bias_dtype), None, None


class_convolution_operator.register_autograd(_backward, setup_context=_setup_context)
