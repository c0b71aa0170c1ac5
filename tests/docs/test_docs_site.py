"""The site builds without a warning, and nothing in it leads nowhere."""
import re
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


def built(folder, api):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('GGTOOLBOX_API_PAGES', api)
        build(load_config(str(ROOT / 'mkdocs.yml'), strict=True, site_dir=str(folder)))
    return folder


@pytest.fixture(scope='module')
def site(tmp_path_factory):
    """All but the API's texts, which take longer than everything else."""
    return built(tmp_path_factory.mktemp('site'), 'false')


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


def test_equations_are_drawn_beside_their_code(site):
    page = (site / 'equations/index.html').read_text()
    assert page.count('<math') > 15 and '$$' not in page and '$`' not in page
    text = re.sub(r'<[^>]+>', '', page)
    assert 'return self.generate(self.compress(x))' in text and 'blocks = F.unfold(' in text


def test_figures_need_no_network(site):
    page = (site / 'architecture/index.html').read_text()
    assert 'class="mermaid"' in page and '../javascripts/mermaid.js' in page
    script = (site / 'javascripts/mermaid.js').read_text()
    assert 'globalThis["mermaid"] = ' in script[-200:]  # what the theme looks for before it would fetch one


def test_a_systems_page_says_whom_to_cite(site):
    text = re.sub(r'<[^>]+>', '', (site / 'systems/lggan/index.html').read_text())
    assert 'tang2020lggan' in text and 'tang2022sau' in text and 'park2019gaugan' not in text


@pytest.mark.long
def test_the_api_is_rendered_from_docstrings(tmp_path):
    site = built(tmp_path, 'true')
    page = (site / 'reference/upsamplers/index.html').read_text()
    text = re.sub(r'<[^>]+>', '', page)
    assert 'id="ggtoolbox.models.upsamplers.sau.SAU"' in page and 'kernel size of the convolution to' in text
    assert ':class:' not in text and 'compressed_channels' in text
    search = (site / 'search/search_index.json').read_text()
    assert 'Each output pixel is a weighted sum' in search


def test_reading_needs_no_other_server(pages):
    assert [target for links in pages.values() for target in links.needed if urlsplit(target).netloc] == []


def test_pages_link_to_the_text_of_the_code(site):
    page = (site / 'systems/gaugan/index.html').read_text()
    assert '../../source/ggtoolbox/models/layers/spade.py/' in page
    assert 'SPADEResidualBlock' in (site / 'source/ggtoolbox/models/layers/spade.py/index.html').read_text()
    assert 'SAU' in (site / 'source/configs/gaugan/index.html').read_text()
    assert 'Two commands' in (site / 'index.html').read_text()
