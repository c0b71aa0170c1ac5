"""The site builds without a warning, and nothing in it leads nowhere."""
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

ROOT = Path(__file__).resolve().parents[2]


class Links(HTMLParser):
    """What a page refers to, what can be referred to in it, and what it cannot be shown without."""

    def __init__(self, text):
        super().__init__()
        self.targets, self.ids, self.needed = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.ids.update(attributes[key] for key in ('id', 'name') if attributes.get(key))
        target = attributes.get('href') or attributes.get('src')
        if target:
            self.targets.append(target)
            if tag in ('script', 'img') or attributes.get('rel') == 'stylesheet':
                self.needed.append(target)


@pytest.fixture(scope='module')
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp('site')
    build(load_config(str(ROOT / 'mkdocs.yml'), strict=True, site_dir=str(folder)))
    return folder


@pytest.fixture(scope='module')
def pages(site):
    return {page: Links(page.read_text()) for page in sorted(site.rglob('*.html')) if page.name != '404.html'}


def test_every_link_and_anchor_of_the_site_resolves(pages):
    broken = []
    for page, links in pages.items():
        for target in links.targets:
            parts = urlsplit(target)
            if parts.scheme or parts.netloc:
                continue
            file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            file = file / 'index.html' if file.is_dir() else file
            fragment = unquote(parts.fragment)
            if not file.exists() or (fragment and file in pages and fragment not in pages[file].ids):
                broken.append(f'{page}: {target}')
    assert broken == []


def test_reading_needs_no_other_server(pages):
    assert [target for links in pages.values() for target in links.needed if urlsplit(target).netloc] == []


def test_pages_link_to_the_text_of_the_code(site):
    page = (site / 'systems/gaugan/index.html').read_text()
    assert '../../source/ggtoolbox/models/layers/spade.py/' in page
    assert 'SPADEResidualBlock' in (site / 'source/ggtoolbox/models/layers/spade.py/index.html').read_text()
    assert 'SAU' in (site / 'source/configs/gaugan/index.html').read_text()
    assert 'Two commands' in (site / 'index.html').read_text()
