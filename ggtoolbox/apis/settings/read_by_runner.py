"""What mmengine's runner reads from dicts itself, as the signatures that it does not have.

They are never called: :mod:`~ggtoolbox.arguments` reads names, kinds and defaults from them.
"""
from __future__ import annotations


def env_cfg(cudnn_benchmark: bool = False, mp_cfg: dict | None = None, dist_cfg: dict | None = None,
            resource_limit: int = 4096) -> None:
    """``Runner.setup_env``."""


def mp_cfg(mp_start_method: str = 'fork', opencv_num_threads: int = 0) -> None:
    """``set_multi_processing``."""


def train_cfg(by_epoch: bool = True) -> None:
    """``Runner.build_train_loop``, beside the arguments of the loop that this chooses.

    Args:
        by_epoch: count epochs, of ``max_epochs``, or iterations, of ``max_iters``.
    """


def randomness(seed: int | None = None, diff_rank_seed: bool = False, deterministic: bool = False) -> None:
    """``Runner.set_randomness``."""


def auto_scale_lr(base_batch_size: int, enable: bool = False) -> None:
    """``Runner.scale_lr``."""


def dataloader(num_batch_per_epoch: int | None = None, disable_subprocess_warning: bool = False) -> None:
    """``Runner.build_dataloader``, beside the arguments of PyTorch's ``DataLoader``."""


def paramwise_cfg(custom_keys: dict | None = None, bias_lr_mult: float | None = None,
                  bias_decay_mult: float | None = None, norm_decay_mult: float | None = None,
                  dwconv_decay_mult: float | None = None, flat_decay_mult: float | None = None,
                  dcn_offset_lr_mult: float | None = None, bypass_duplicate: bool = False) -> None:
    """``DefaultOptimWrapperConstructor``."""


def switches(sync_bn: str | None = None, compile: bool | dict | None = None,
             find_unused_parameters: bool = False) -> None:
    """Keys at the top of a config that are read from there."""
