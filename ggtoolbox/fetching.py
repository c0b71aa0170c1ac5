"""Files of weights from a path or by URL, checked, kept, and fetched on from where a download broke off."""
from __future__ import annotations

import hashlib
import http.client
import re
import shutil
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request, urlopen

import torch
from filelock import FileLock

from .errors import InputError

SILENCE = 30  # seconds without a byte after which a server is given up


PACKAGED = 'ggtoolbox://'  # in front of the path of a file that is shipped inside the package


def is_url(text: str) -> bool:
    return re.match(r'https?://', text) is not None


def fetch(path_or_url: str | Path, sha256: str | None = None) -> Path:
    """A local file as it is, or a URL through torch's hub cache (``$TORCH_HOME/hub/checkpoints``); a path
    behind ``ggtoolbox://`` is one inside the package.

    A download that broke off goes on with the next call, where ``sha256`` would tell if the file had changed
    meanwhile and the server can send a part; several processes download once.

    Args:
        sha256: expected digest, or its first digits. A local file of another one is refused, one in the
            cache is removed as well.

    Raises:
        InputError: no such file, a download that fails, or another digest.
    """
    if not is_url(str(path_or_url)):
        path = Path(path_or_url).expanduser()
        if str(path_or_url).startswith(PACKAGED):
            path = Path(__file__).parent / str(path_or_url).removeprefix(PACKAGED)
        if not path.is_file():
            raise InputError(f'{path}: there is no such weights file')
        return _checked(path, sha256)
    url = str(path_or_url)
    path = Path(torch.hub.get_dir()) / 'checkpoints' / unquote(urlsplit(url).path.rsplit('/', 1)[-1])
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f'{path}.lock'):
        if not path.is_file():
            try:
                _download(url, path, resume=sha256 is not None)
            except (OSError, http.client.HTTPException) as error:
                raise InputError(f'{url}: the download failed ({error}); try again, or fetch it by other '
                                 f'means and put it at {path}') from None
        try:
            return _checked(path, sha256)
        except InputError as error:
            path.unlink()
            raise InputError(f'{error}; it is removed, try again or fetch it by other means') from None


def _download(url: str, path: Path, resume: bool) -> None:
    """Into ``<path>.part``, which becomes ``path`` once it is complete."""
    part = path.with_name(f'{path.name}.part')
    start = part.stat().st_size if resume and part.is_file() else 0
    try:
        request = Request(url, headers={'Range': f'bytes={start}-'} if start else {})
        response = urlopen(request, timeout=SILENCE)
    except HTTPError as error:
        if error.code != http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            raise
        response = urlopen(url, timeout=SILENCE)  # what lies here is longer than the file
    with response:
        if not (response.headers.get('Content-Range') or '').startswith(f'bytes {start}-'):
            start = 0  # the server sends the whole file
        with part.open('ab' if start else 'wb') as file:
            shutil.copyfileobj(response, file)
        length = response.headers.get('Content-Length')
    received = part.stat().st_size
    if length is not None and received != start + int(length):
        raise ConnectionError(f'it broke off after {received} of {start + int(length)} bytes')
    part.replace(path)


def _checked(path: Path, sha256: str | None) -> Path:
    if sha256 is not None:
        found = file_sha256(path)
        if not found.startswith(sha256.lower()):
            raise InputError(f'{path}: its sha256 is {found}, expected {sha256}')
    return path


def file_sha256(path: str | Path) -> str:
    digest = hashlib.sha256()
    with Path(path).open('rb') as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
