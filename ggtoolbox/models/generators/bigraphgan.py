"""BiGraphGAN's generator (Tang et al., Bipartite Graph Reasoning GANs for Person Image Generation, BMVC 2020;
for faces too, IJCV 2022; thesis section 4.4)."""
from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from ggtoolbox.errors import InputError
from ggtoolbox.registry import GENERATORS

from ..layers.convolution import bias_beside
from ..layers.two_stream import PoseAttentionBlock, TwoStreamGenerator

DIRECTIONS = ('B2A', 'A2B')


class GraphConvolution(nn.Module):
    """M = W relu(V + A V) on node features V (equation 4.10): A mixes nodes, W states.

    Paper and code differ: (I - A) V W in the paper; in the code (this) the sign is A's own, A has a bias,
    and a ReLU stands between.

    Args:
        num_nodes, num_states: of V.
    """

    def __init__(self, num_nodes: int, num_states: int) -> None:
        super().__init__()
        self.nodes = nn.Conv1d(num_nodes, num_nodes, 1)
        self.states = nn.Conv1d(num_states, num_states, 1, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """(B, num_states, num_nodes) -> the same shape."""
        return self.states(F.relu(x + self.nodes(x.transpose(1, 2)).transpose(1, 2)))


class BipartiteGraphReasoning(nn.Module):
    """The BGR block: each pose's code is reasoned about between the nodes of both poses.

    For the source code F^a, whose partner is the target code F^b (direction B2A; A2B exchanges them):

        H_b = theta(F^b),  V_a = H_b^T phi(F^a)    (equation 4.9)
        M_a = graph convolution of V_a             (4.10)
        F^a <- norm(psi(H_b M_a)) + F^a            (4.11)

    F^a and F^b are the halves of the channels of one code.

    Paper and code differ: the paper has a code for each pose, from one encoder, and no norm in 4.11; the
    code (this) one code of both, whose halves are called source and target, and a batch norm (whatever the
    norm of the network), which both directions share as they share theta, phi and psi.

    Args:
        channels: of the code, even.
        num_nodes: of each pose (None: a quarter of ``channels``: 64 of 256).
        directions: ``'B2A'``, ``'A2B'`` or both (rows B2, B3 and B5 of table 4.7).
        shared_graph: one graph convolution for both directions (row B4).
    """

    def __init__(self, channels: int, num_nodes: int | None = None, directions: Sequence[str] = DIRECTIONS,
                 shared_graph: bool = False) -> None:
        super().__init__()
        if channels % 2 or not set(directions) <= set(DIRECTIONS) or not directions:
            raise InputError(f'BipartiteGraphReasoning: channels must be even and directions among '
                             f'{", ".join(DIRECTIONS)}, found {channels} and {tuple(directions)}')
        half = channels // 2
        num_nodes = num_nodes or max(1, half // 2)
        num_states = 2 * num_nodes
        self.directions = tuple(directions)
        self.to_states = nn.Conv2d(half, num_states, 1)
        self.to_nodes = nn.Conv2d(half, num_nodes, 1)
        self.graphs = nn.ModuleDict({
            name: GraphConvolution(num_nodes, num_states)
            for name in (('both',) if shared_graph else self.directions)})
        self.extend = nn.Conv2d(num_states, half, 1, bias=False)
        self.norm = nn.BatchNorm2d(half, eps=1e-4)

    def forward(self, x: Tensor) -> Tensor:
        """(B, channels, h, w) -> the same shape."""
        source, target = x.chunk(2, dim=1)
        return torch.cat([self.reason('B2A', source, target), self.reason('A2B', target, source)], dim=1)

    def reason(self, direction: str, code: Tensor, partner: Tensor) -> Tensor:
        """F^a <- from F^a and F^b, (B, channels / 2, h, w) each."""
        if direction not in self.directions:
            return code
        graph = self.graphs['both' if 'both' in self.graphs else direction]
        nodes = self.to_nodes(partner).flatten(2)                              # (B, nodes, hw)
        states = self.to_states(code).flatten(2) @ nodes.transpose(1, 2)       # (B, states, nodes)
        update = (graph(states) @ nodes).unflatten(2, code.shape[2:])          # (B, states, h, w)
        return code + self.norm(self.extend(update))


@GENERATORS.register_module()
class BiGraphGANGenerator(TwoStreamGenerator):
    """A person, or a face, of one image in the pose of another guide, by graphs between both poses.

    The blocks are :class:`PoseAttentionBlock` (interaction and aggregation) with
    :class:`BipartiteGraphReasoning`.

    Args:
        source_channels: of ``source_image``.
        guide_channels: of ``source_guide``, and of ``target_guide``: 18 heat maps, or 3 of pictures.
        channels: width at full size.
        num_blocks: T (9).
        num_downsamplings: n; heights and widths must be multiples of 2**n.
        norm: ``'batch'`` (Market-1501, faces; then convolutions have no bias but those to the image),
            ``'instance'`` (DeepFashion) or None.
        dropout: probability inside the blocks, in training.
        directions: of the reasoning (None for no reasoning, row B1 of table 4.7), see
            :class:`BipartiteGraphReasoning`.
        shared_graph: one graph convolution for both directions (row B4).
        decoded: the code that the head's features are decoded from: ``'appearance'``, ``'shape'`` or
            ``'joint'``.
        upsampler: what doubles (default: ``DeconvolutionUpsampler`` with ``kernel_size=3``); gets
            ``in_channels``, ``out_channels`` and ``scale=2``, and all inputs as guide.
        head: what makes the image (default: ``AttentionImageFusion`` as released for Market-1501 and
            faces; the released DeepFashion network has an ``RGBHead``); gets ``in_channels`` and
            ``out_channels``, and the further streams that it lists (:class:`TwoStreamGenerator`).
    """

    def __init__(self, source_channels: int = 3, guide_channels: int = 18, channels: int = 64,
                 num_blocks: int = 9, num_downsamplings: int = 2, norm: str | None = 'batch',
                 dropout: float = 0.5, directions: Sequence[str] | None = DIRECTIONS,
                 shared_graph: bool = False, decoded: str = 'appearance', upsampler: dict | None = None,
                 head: dict | None = None, out_channels: int = 3) -> None:
        head = head or dict(type='AttentionImageFusion', mask='linear', attention_bias=bias_beside(norm))

        def make_block(width: int, shape_width: int) -> nn.Module:
            reasoning = None
            if directions:
                reasoning = BipartiteGraphReasoning(width, directions=directions, shared_graph=shared_graph)
            return PoseAttentionBlock(width, shape_width, norm, dropout, reasoning)

        super().__init__(make_block, source_channels, guide_channels, channels, num_blocks,
                         num_downsamplings, norm, decoded, upsampler, head, out_channels)
