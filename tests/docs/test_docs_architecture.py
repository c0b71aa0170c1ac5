"""The walk through the code names files that are there, and rooms as they lie."""
import re
import statistics
from pathlib import Path

from test_rooms import ROOMS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / 'docs/architecture.md').read_text()


def test_every_file_is_there_and_called_as_it_is():
    links = re.findall(r'\[([\w/.]+\.py)\]\(\.\./([\w/.-]+)\)', PAGE)
    assert len(links) > 35
    assert [path for _, path in links if not (ROOT / path).is_file()] == []
    assert [name for name, path in links if path.removeprefix('ggtoolbox/') != name and path != name] == []
    named = re.findall(r'`((?:ggtoolbox|configs)/[\w/.-]+)`', PAGE)
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_picture_has_the_rooms_in_their_order():
    shown = re.findall(r'^ +(\w+)\["', PAGE.split('```mermaid')[1].split('```')[0], re.MULTILINE)
    rooms = [room.removeprefix('models.') for room in reversed(ROOMS)]
    assert shown[0] == 'outside' and shown[1:] == [room for room in rooms if room in shown[1:]]
    models = {room.removeprefix('models.') for room in ROOMS if room.startswith('models.')}
    assert set(shown) >= models | {'commands', 'apis', 'engine', 'evaluation', 'datasets', 'converters'}


def test_files_are_short():
    sizes = {path: path.read_text().splitlines() for path in (ROOT / 'ggtoolbox').rglob('*.py')
             if '.mim' not in path.parts}
    assert [str(path) for path, lines in sizes.items() if len(lines) > 300] == []
    filled = [sum(bool(line.strip()) for line in lines) for lines in sizes.values()]
    assert statistics.median(filled) <= 80
