"""What the pages link to is there."""
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / 'README.md', *sorted((ROOT / 'docs').rglob('*.md'))]


@pytest.mark.parametrize('page', PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page):
    links = re.findall(r'\]\(([^)#]+)', page.read_text())
    here = [link for link in links if '://' not in link]
    assert here
    assert [link for link in here if not (page.parent / link).exists()] == []
