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
    planes = rows.new_empty(geometry.shape).copy_(bias.view(*bias.shape, 1, 1))
    found_memory, products_memory = geometry.memory(rows), geometry.memory(kernels)
    for _, sources, addresses, inside, runs in geometry.chunks():
        found, products = found_memory[:len(sources)], products_memory[:len(sources)]
        torch.index_select(rows, 0, sources, out=found)
        for kind, run in runs:
            torch.mm(found[run], kernels[kind], out=products[run])
        geometry.by_channel(products).mul_(inside)
        planes.view(-1).scatter_add_(0, addresses.view(-1), products.view(-1))
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
    grad = grad.to(rows.dtype).contiguous()
    grad_kernels = torch.zeros_like(kernels.transpose(1, 2), memory_format=torch.contiguous_format)
    grad_padded = rows.new_zeros(geometry.places, rows.shape[1])
    found_memory, products_memory = geometry.memory(rows), geometry.memory(kernels)
    for places, sources, addresses, inside, runs in geometry.chunks():
        found, products = found_memory[:len(sources)], products_memory[:len(sources)]
        torch.index_select(rows, 0, sources, out=found)
        torch.take(grad, addresses, out=products)
        geometry.by_channel(products).mul_(inside)
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
        self.dtype = accumulation_dtype(features)
        self.order, self.counts = order, counts
        self.chunk = min(self.places, CHUNK.get(order.device.type, CHUNK['cpu']))

    def rows(self, features: Tensor) -> Tensor:
        """(B*H*W, C): the features of each pixel side by side."""
        return features.to(self.dtype).permute(0, 2, 3, 1).reshape(-1, self.width_in).contiguous()

    def kernels(self, weight: Tensor) -> Tensor:
        """(N, C, channels*k*k)."""
        return weight.to(self.dtype).permute(0, 2, 1, 3, 4).flatten(2)

    def memory(self, like: Tensor) -> Tensor:
        """Memory for a chunk, as many columns as ``like`` has: used again, it stays in the cache."""
        return like.new_empty(self.chunk, like.shape[-1])

    def by_channel(self, products: Tensor) -> Tensor:
        """(n, channels*k*k) -> (n, channels, k*k)."""
        return products.unflatten(1, (self.channels, -1))

    def chunks(self) -> Iterator[tuple[Tensor, Tensor, Tensor, Tensor, list[tuple[int, slice]]]]:
        """For each chunk of n places: themselves (n,), the pixels that they mirror (n,), the addresses of
        their products in the planes (n, channels*k*k), 1 or 0 for products that fall inside the image or
        outside of it (n, 1, k*k), and the classes in it, each with its run of places."""
        device, counts = self.order.device, self.counts.tolist()
        kinds = torch.arange(self.classes, device=device).repeat_interleave(self.counts)
        y_pixel, y_output, y_inside = self._axis(self.height)
        x_pixel, x_output, x_inside = self._axis(self.width)
        y_output = y_output * self.width
        planes = torch.arange(self.channels, device=device).view(-1, 1) * self.area
        ends = torch.tensor([0, *counts]).cumsum(0).tolist()
        memory = self.order.new_empty(self.chunk, self.channels, self.kernel_size ** 2)
        for start in range(0, ends[-1], self.chunk):
            end = min(start + self.chunk, ends[-1])
            places = self.order[start:end]
            x, y = places % self.padded[1], places // self.padded[1] % self.padded[0]
            image = places // (self.padded[0] * self.padded[1])
            sources = image * self.area + y_pixel[y] * self.width + x_pixel[x]
            first = (image * self.classes + kinds[start:end]) * (self.channels * self.area)
            window = (first.unsqueeze(1) + y_output[y]).unsqueeze(2) + x_output[x].unsqueeze(1)
            addresses = torch.add(window.flatten(1).unsqueeze(1), planes, out=memory[:end - start]).flatten(1)
            inside = (y_inside[y].unsqueeze(2) * x_inside[x].unsqueeze(1)).flatten(1).unsqueeze(1)
            runs = [(kind, slice(max(a, start) - start, min(b, end) - start))
                    for kind, (a, b) in enumerate(zip(ends, ends[1:])) if max(a, start) < min(b, end)]
            yield places, sources, addresses, inside, runs

    def _axis(self, length: int) -> tuple[Tensor, Tensor, Tensor]:
        """For each of ``length + 2*radius`` padded coordinates: the one that it mirrors, by tap the output
        coordinate that it adds to, and whether (1 or 0) there is one."""
        device = self.order.device
        mirrored = _mirrored(length, self.radius, device)
        output = torch.arange(len(mirrored), device=device)[:, None] - torch.arange(self.kernel_size,
                                                                                     device=device)
        clamped = output.clamp(0, length - 1)
        return mirrored, clamped, (output == clamped).to(self.dtype)

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
