"""Files as the authors' machines wrote them, with PyTorch 0.3 to 1.0."""
import pickle
from types import SimpleNamespace
from unittest import mock

import torch


class _Python2Pickler(pickle._Pickler):
    """Writes names as Python 2 did: bytes, of which the reader must make text."""

    dispatch = dict(pickle._Pickler.dispatch)

    def save_str(self, text):
        data = text.encode()
        short = len(data) < 256
        self.write(pickle.SHORT_BINSTRING + bytes([len(data)]) if short else
                   pickle.BINSTRING + len(data).to_bytes(4, 'little'))
        self.write(data)
        self.memoize(text)

    dispatch[str] = save_str


def save_as_before_zip(content, path):
    """The only format before PyTorch 1.6: one pickle after the other, then the numbers."""
    torch.save(content, path, _use_new_zipfile_serialization=False)


def save_with_python_2(content, path):
    shim = SimpleNamespace(__name__='cPickle', Pickler=_Python2Pickler, dump=lambda value, file, protocol:
                           _Python2Pickler(file, protocol).dump(value))
    torch.save(content, path, pickle_module=shim, pickle_protocol=2, _use_new_zipfile_serialization=False)


def save_from_a_gpu(content, path):
    """The numbers lay on ``cuda:1`` and say so; the reader has no such device."""
    with mock.patch('torch.serialization.location_tag', lambda storage: 'cuda:1'):
        save_as_before_zip(content, path)


SAVERS = dict(zip=torch.save, before_zip=save_as_before_zip, python_2=save_with_python_2,
              gpu=save_from_a_gpu)
