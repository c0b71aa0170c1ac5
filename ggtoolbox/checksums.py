"""Checksums inside checkpoints, so that a flipped bit is found when the file is read.

A ``.pth`` is a zip archive, and a zip archive may end in a comment: ours is the sha256 of all bytes before
it, and every reader of such archives passes over it. A ``.pth`` without it is compared with the CRC-32 that
PyTorch keeps of each of its parts. A ``.safetensors`` holds the digest in its metadata.
"""
from __future__ import annotations

import hashlib
import re
import struct
import zipfile
import zlib
from pathlib import Path

from .errors import InputError

_LABEL = b'ggtoolbox-sha256:'
_COMMENT = len(_LABEL) + 64
_END = b'PK\x05\x06'  # of a zip archive's last record, 22 bytes and the comment, whose length ends it
# JSON inside a string of the header's JSON; a bit may be flipped in the key as well.
_HEADER_KEY = rb'\\"(?:.ha256|s.a256|sh.256|sha.56|sha2.6|sha25.)\\": \\"(.{64})\\"'
PLACEHOLDER = '0' * 64


def sealed(content: bytes) -> list[bytes | memoryview]:
    """What :func:`torch.save` wrote, with its digest at the end, in pieces; anything else as it is."""
    if content[-22:-18] != _END or content[-2:] != b'\0\0':
        return [content]
    body, length = memoryview(content)[:-2], struct.pack('<H', _COMMENT)
    digest = hashlib.sha256(body)
    digest.update(length)
    return [body, length, _LABEL + digest.hexdigest().encode()]


def sealed_safetensors(content: bytes) -> bytes:
    """A file whose ``meta`` says ``sha256: PLACEHOLDER``, with the digest of these bytes in its place."""
    start, stop = re.search(_HEADER_KEY, content[:_header_end(content[:8])]).span(1)
    return content[:start] + hashlib.sha256(content).hexdigest().encode() + content[stop:]


def verify(path: Path) -> None:
    """Compare a file with its own checksum, if it has one.

    Raises:
        InputError: they differ, or the file is cut off.
    """
    with path.open('rb') as file:
        start = file.read(8)
        if path.suffix == '.safetensors':
            _verify_safetensors(path, start)
            return
        size = path.stat().st_size
        file.seek(max(0, size - _COMMENT))
        comment = file.read()
        if comment.startswith(_LABEL):
            file.seek(0)
            _compare(path, _digest(file, size - _COMMENT), comment[len(_LABEL):].decode(errors='replace'))
        elif start.startswith(b'PK'):
            _verify_parts(path)


def _verify_parts(path: Path) -> None:
    """By the CRC-32 of each part of a zip archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = f'its part {name!r}' if (name := archive.testzip()) else None
            if archive.comment:  # only ours has one, and its label is not legible
                damaged = 'the checksum at its end'
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise InputError(f'{path}: truncated, or not a checkpoint ({error})') from None
    if damaged:
        raise InputError(f'{path}: damaged, {damaged} does not match its checksum')


def _verify_safetensors(path: Path, start: bytes) -> None:
    with path.open('rb') as file:
        header = file.read(min(_header_end(start), path.stat().st_size))
        found = re.search(_HEADER_KEY, header)
        if found is None:
            return
        digest = hashlib.sha256(header[:found.start(1)] + PLACEHOLDER.encode() + header[found.end(1):])
        _compare(path, _digest(file, None, digest), found[1].decode(errors='replace'))


def _header_end(start: bytes) -> int:
    return 8 + int.from_bytes(start, 'little')


def _digest(file, size: int | None, digest: hashlib._Hash | None = None) -> str:  # noqa: ANN001
    digest = digest or hashlib.sha256()
    while size is None or size > 0:
        piece = file.read(2 ** 20 if size is None else min(size, 2 ** 20))
        if not piece:
            break
        digest.update(piece)
        size = None if size is None else size - len(piece)
    return digest.hexdigest()


def _compare(path: Path, found: str, expected: str) -> None:
    if found != expected:
        raise InputError(f'{path}: damaged, its content has the sha256 {found[:12]}... where '
                         f'{expected[:12]}... is expected')
