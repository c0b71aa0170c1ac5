"""A stand-in for CUDA graphs on a CPU: writes operators down, undoes what they did, and runs them again."""
from contextlib import contextmanager

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

READS = {torch.ops.aten._local_scalar_dense.default, torch.ops.aten.nonzero.default}
MOVES = {torch.ops.aten.native_batch_norm.default}  # running statistics, of which its schema does not speak


def tensors(tree):
    return [leaf for leaf in tree_leaves(tree) if isinstance(leaf, torch.Tensor)]


def place(tensor):
    return tensor.untyped_storage().data_ptr()


class Tape(TorchDispatchMode):
    """All that runs while it is on, with the tensors that it ran on and gave."""

    def __init__(self):
        super().__init__()
        self.calls, self.made, self.before = [], set(), {}

    def __torch_dispatch__(self, operator, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if operator in READS:
            raise RuntimeError('operation not permitted when stream is capturing')
        given = tensors((args, kwargs))
        moves = operator._schema.is_mutable or operator in MOVES
        if moves:
            for tensor in given:
                if place(tensor) not in self.made:
                    self.before.setdefault(id(tensor), (tensor, tensor.clone()))
        result = operator(*args, **kwargs)
        places = {place(tensor) for tensor in given}
        new = [tensor if place(tensor) not in places else None for tensor in tensors(result)]
        self.made |= {place(tensor) for tensor in new if tensor is not None}
        if moves or any(tensor is not None for tensor in new):
            self.calls.append((operator, args, kwargs, new))
        return result

    def undo(self):
        for tensor, value in self.before.values():
            tensor.copy_(value)

    def replay(self):
        with torch.no_grad():
            for operator, args, kwargs, new in self.calls:
                for tensor, value in zip(new, tensors(operator(*args, **kwargs))):
                    if tensor is not None:
                        tensor.copy_(value)


class TapeRecorder:
    """Records on a CPU, as ``CUDARecorder`` does on a GPU: nothing happens until it is replayed."""

    def __init__(self):
        self.recordings = self.replays = 0

    @contextmanager
    def warm_up(self):
        yield

    @contextmanager
    def record(self):
        tape, generator = Tape(), torch.get_rng_state()

        def replay():
            self.replays += 1
            tape.replay()
        try:
            with tape:
                yield replay
        finally:
            with torch.no_grad():
                tape.undo()
            torch.set_rng_state(generator)
        self.recordings += 1
