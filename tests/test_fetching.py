import hashlib
import http.server
import re
import threading

import pytest
import torch

from ggtoolbox.errors import InputError
from ggtoolbox.fetching import fetch

CONTENT = torch.arange(5000, dtype=torch.int16).numpy().tobytes()
DIGEST = hashlib.sha256(CONTENT).hexdigest()


class Handler(http.server.BaseHTTPRequestHandler):
    """Serves CONTENT; the server's ``habit`` says how well."""

    def do_GET(self):
        self.server.ranges.append(self.headers.get('Range'))
        start = 0
        if self.headers.get('Range') and self.server.habit != 'ignores ranges':
            start = int(re.match(r'bytes=(\d+)-', self.headers['Range'])[1])
            if start >= len(CONTENT):
                self.send_error(416)
                return
        self.send_response(206 if start else 200)
        if start:
            self.send_header('Content-Range', f'bytes {start}-{len(CONTENT) - 1}/{len(CONTENT)}')
        self.send_header('Content-Length', str(len(CONTENT) - start))
        self.end_headers()
        end = start + 3000 if self.server.habit == 'breaks off' else None
        self.wfile.write(CONTENT[start:end])

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler) as server:
        server.habit, server.ranges = 'works', []
        server.url = f'http://127.0.0.1:{server.server_port}/weights/a%20b.pth?download=1'
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv('TORCH_HOME', str(tmp_path))
    monkeypatch.setenv('no_proxy', '*')
    return tmp_path / 'hub/checkpoints'


def test_a_local_file_and_its_digest(tmp_path):
    path = tmp_path / 'weights.bin'
    path.write_bytes(b'abc')
    digest = hashlib.sha256(b'abc').hexdigest()
    assert fetch(path) == fetch(str(path), digest[:8].upper()) == path
    with pytest.raises(InputError, match=f'its sha256 is {digest}, expected 1234'):
        fetch(path, '1234')
    assert path.exists()


def test_a_local_file_that_is_not_there():
    with pytest.raises(InputError, match='nowhere.pth: there is no such weights file'):
        fetch('nowhere.pth')


def test_a_download_is_kept(server, cache):
    assert fetch(server.url, DIGEST) == fetch(server.url) == cache / 'a b.pth'
    assert (cache / 'a b.pth').read_bytes() == CONTENT and server.ranges == [None]


def test_a_wrong_download_is_not_kept(server, cache):
    with pytest.raises(InputError, match=f'its sha256 is {DIGEST}, expected 1234; it is removed'):
        fetch(server.url, '1234')
    assert not list(cache.glob('*.pth*[!k]'))


def test_a_download_goes_on_where_it_broke_off(server):
    server.habit = 'breaks off'
    for received in (3000, 6000):
        with pytest.raises(InputError, match=f'it broke off after {received} of 10000 bytes.*try again, or'):
            fetch(server.url, DIGEST)
    server.habit = 'works'
    assert fetch(server.url, DIGEST).read_bytes() == CONTENT
    assert server.ranges == [None, 'bytes=3000-', 'bytes=6000-']


@pytest.mark.parametrize('habit, digest, asked', [
    ('ignores ranges', DIGEST, 'bytes=3000-'), ('works', None, None)])
def test_a_download_begins_again(server, habit, digest, asked):
    """With a server that cannot go on, and where no digest would show that the file has changed."""
    server.habit = 'breaks off'
    with pytest.raises(InputError):
        fetch(server.url, digest)
    server.habit = habit
    assert fetch(server.url, digest).read_bytes() == CONTENT
    assert server.ranges == [None, asked]


def test_more_bytes_than_the_file_has(server, cache):
    cache.mkdir(parents=True)
    (cache / 'a b.pth.part').write_bytes(CONTENT + b'more')
    assert fetch(server.url, DIGEST).read_bytes() == CONTENT


def test_a_download_without_a_network_says_where_to_put_the_file():
    with pytest.raises(InputError, match='the download failed.*put it at .*weights.pth$'):
        fetch('http://127.0.0.1:9/weights.pth')
