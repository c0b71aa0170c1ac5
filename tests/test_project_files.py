"""Files of the project beside its code: what they name is there, and says what the code says."""
import os
import re
import shlex
from pathlib import Path

import pytest
import yaml

from ggtoolbox.apis.zoo.models import METAFILES, read_metafile
from ggtoolbox.commands import commands
from ggtoolbox.version import __version__

ROOT = Path(__file__).resolve().parents[1]
FORMS = [path for path in sorted((ROOT / '.github/ISSUE_TEMPLATE').glob('*.yml')) if path.stem != 'config']
THESIS = 'https://github.com/Ha0Tang/DanceGAN'


def read_yaml(name):
    return yaml.load((ROOT / name).read_text(), yaml.BaseLoader)  # 'on' stays a word


def pins():
    return dict(re.findall(r'^([\w-]+)==(\S+)$', (ROOT / 'requirements-tests.txt').read_text(), re.MULTILINE))


@pytest.fixture(scope='module')
def bibliography():
    """Key -> fields of each BibTeX entry."""
    text = (ROOT / 'docs/citations.bib').read_text()
    entries = re.findall(r'^@(\w+)\{(\w+),\n((?:  \w+ = \{.+\},\n)+)\}$', text, re.MULTILINE)
    assert len(entries) == text.count('\n@')
    return {key: dict(re.findall(r'^  (\w+) = \{(.+)\},$', fields, re.MULTILINE), kind=kind)
            for kind, key, fields in entries}


def test_every_paper_of_the_metafiles_can_be_cited(bibliography):
    by_address = {entry['url']: entry for entry in bibliography.values() if 'url' in entry}
    papers = [collection['Paper'] for path in sorted(ROOT.glob(METAFILES))
              for collection in read_metafile(path)['Collections']]
    assert {paper['URL'] for paper in papers} == set(by_address)
    for paper in papers:
        entry = by_address[paper['URL']]
        assert {'title', 'author', 'year'} <= set(entry) and {'booktitle', 'journal', 'school'} & set(entry)
        assert paper['URL'] == THESIS or entry['title'].strip('{}') == paper['Title']


def test_ggtoolbox_itself_can_be_cited(bibliography):
    said, ours = read_yaml('CITATION.cff'), bibliography['ggtoolbox']
    assert {'message', 'title', 'authors', 'type'} <= set(said) and said['cff-version'] == '1.2.0'
    assert said['version'] == ours['version'] == __version__ and said['license'] == 'Apache-2.0'
    assert ours['title'].strip('{}') == said['title'] and said['date-released'].startswith(ours['year'])
    assert ours['author'].strip('{}') == said['authors'][0]['name']
    assert 'Apache License' in (ROOT / 'LICENSE').read_text()


def test_the_changelog_begins_with_this_version():
    versions = re.findall(r'^## (\d+\.\d+\.\d+) \((?:unreleased|\d{4}-\d\d-\d\d)\)$',
                          (ROOT / 'CHANGELOG.md').read_text(), re.MULTILINE)
    assert versions[0] == __version__ and versions == sorted(versions, reverse=True)


def test_github_runs_what_everybody_runs():
    workflow = read_yaml('.github/workflows/ci.yml')
    steps = [step for job in workflow['jobs'].values() for step in job['steps']]
    assert [step['run'] for step in steps if 'run' in step] == ['.ci/run']
    assert os.access(ROOT / '.ci/run', os.X_OK)
    assert all(re.fullmatch(r'actions/[\w-]+@v\d+', step['uses']) for step in steps if 'uses' in step)
    assert set(workflow['on']) >= {'push', 'pull_request'}


@pytest.mark.parametrize('form', FORMS, ids=lambda path: path.stem)
def test_an_issue_form_is_one(form):
    content = read_yaml(form)
    assert {'name', 'description', 'body'} <= set(content)
    identities = [part['id'] for part in content['body']]
    assert len(set(identities)) == len(identities)
    for part in content['body']:
        assert part['type'] in ('input', 'textarea', 'checkboxes', 'dropdown') and part['attributes']['label']
        assert part['type'] != 'checkboxes' or all(set(one) <= {'label', 'required'}
                                                   for one in part['attributes']['options'])
    named = re.findall(r'`ggtoolbox ([\w-]+)', form.read_text())
    assert set(named) - {'--version'} <= set(commands())


def test_what_is_checked_before_a_commit_is_there():
    repository, = read_yaml('.pre-commit-config.yaml')['repos']
    assert repository['repo'] == 'local'  # nothing is fetched
    for hook in repository['hooks']:
        program, what, *_ = shlex.split(hook['entry'])
        assert program in pins() if program != 'python' else (ROOT / what).is_file()
        names = (path.relative_to(ROOT).as_posix() for path in ROOT.rglob('*.*'))
        assert any(re.search(hook.get('files', ''), name) for name in names)


def test_the_image_is_built_of_what_is_there():
    text = (ROOT / 'Dockerfile').read_text().replace('\\\n', ' ')
    lines = [line.split(maxsplit=1) for line in text.splitlines() if line and line[0] != '#']
    assert {name for name, _ in lines} <= {'FROM', 'ARG', 'RUN', 'WORKDIR', 'COPY', 'ENTRYPOINT', 'CMD'}
    copied = [word for name, rest in lines if name == 'COPY' for word in rest.split()[:-1]]
    assert [word for word in copied if not (ROOT / word).exists()] == []
    needed = {'setup.py', 'README.md', 'model-index.yml', 'ggtoolbox', 'configs', 'tools', 'demo'}
    assert needed <= set(copied)  # what setup.py reads
    assert re.search(r'^torch==', (ROOT / 'requirements.txt').read_text(), re.MULTILINE)
    used = re.findall(r'^# .*\bggtoolbox(?::\w+)? (\w+)', (ROOT / 'Dockerfile').read_text(), re.MULTILINE)
    assert set(used) - {'build'} <= set(commands()) and {'train', 'demo'} <= set(used)


def test_contributing_names_files_that_are_there():
    text = re.sub(r'```.*?```', '', (ROOT / 'CONTRIBUTING.md').read_text(), flags=re.DOTALL)
    named = re.findall(r'\b(?:ggtoolbox|tests|tools|docs|configs|\.ci)/[\w./-]*\w', text)
    assert len(named) > 10
    assert [path for path in named if not (ROOT / path).exists() and 'NAME' not in path] == []
    assert set(re.findall(r'`ggtoolbox ([a-z-]+)`', text)) <= set(commands())
