"""What the pages link to is there: files, folders, images and headings, as GitHub shows them."""
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [*sorted(ROOT.glob('*.md')), *sorted((ROOT / 'docs').rglob('*.md'))]


def without_code(text):
    return re.sub(r'^```.*?^```$', '', text, flags=re.MULTILINE | re.DOTALL)


def links_of(page):
    """Targets of links and images that lie in the repository."""
    found = re.findall(r'\]\(([^)\s]+)\)|\bsrc="([^"]+)"', without_code(page.read_text()))
    return [link or image for link, image in found if '://' not in link + image]


def anchors_of(page):
    """GitHub's names of the headings: lower case, no punctuation, hyphens for spaces, repeats numbered."""
    names = []
    for heading in re.findall(r'^#+ (.+)$', without_code(page.read_text()), re.MULTILINE):
        text = re.sub(r'\[([^\]]*)\]\([^)]*\)', r'\1', heading).replace('`', '').strip().lower()
        name = re.sub(r'[^\w\- ]', '', text).replace(' ', '-')
        count = sum(re.fullmatch(rf'{re.escape(name)}(-\d+)?', other) is not None for other in names)
        names.append(f'{name}-{count}' if count else name)
    return names


@pytest.mark.parametrize('page', PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for link in links_of(page):
        path, _, anchor = link.partition('#')
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors_of(target), link


def test_links_and_images_are_found(tmp_path):
    page = tmp_path / 'page.md'
    page.write_text('[a](a.md#b) ![c](c.png) <img src="d.png"> [e](https://e.org)\n```\n[f](f.md)\n```\n')
    assert links_of(page) == ['a.md#b', 'c.png', 'd.png']


def test_headings_are_named_as_on_github(tmp_path):
    page = tmp_path / 'page.md'
    page.write_text('# Your own data\n## `a_b`: what, and why?\n```\n# no heading\n```\n## Data\n## Data\n')
    assert anchors_of(page) == ['your-own-data', 'a_b-what-and-why', 'data', 'data-1']
