"""Checkpoints that create a file where they are unpickled, in each way in which torch has ever saved."""
import io
import os
import pickle
import tarfile

import torch


class CreatesAFile:
    """Its pickle calls ``os.mkdir(path)``."""

    def __init__(self, path):
        self.path = str(path)

    def __reduce__(self):
        return os.mkdir, (self.path,)


def _zip(content, path):
    torch.save(content, path)


def _legacy(content, path):
    torch.save(content, path, _use_new_zipfile_serialization=False)


def _pickle(content, path):
    path.write_bytes(pickle.dumps(content, protocol=2))


def _tar(content, path):
    """As PyTorch before 0.1.10."""
    with tarfile.open(path, 'w') as tar:
        for name in ('storages', 'tensors', 'pickle'):
            data = pickle.dumps(content if name == 'pickle' else 0, protocol=2)
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            tar.addfile(entry, io.BytesIO(data))


WAYS = dict(zip=_zip, legacy=_legacy, pickle=_pickle, tar=_tar)


def write(path, created, way='zip', **content):
    """A checkpoint with ``content`` and an object that creates the folder ``created``; returns its path."""
    WAYS[way](dict(content, extra=CreatesAFile(created)), path)
    return path
