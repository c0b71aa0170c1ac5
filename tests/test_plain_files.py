"""Text, JSON and YAML that anybody may have made: marks, broken bytes, numbers that are none, bombs."""
import os
import tracemalloc

import pytest
import safetensors.torch
import torch

from ggtoolbox.errors import Faults, InputError, noting_faults
from ggtoolbox.plain_files import parse_json, parse_yaml, read_json, read_lines, read_text, require_file
from ggtoolbox.safe_load import load_tensors

ALIASES = 'a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n' + ''.join(
    f'a{i}: &a{i} [{", ".join([f"*a{i - 1}"] * 10)}]\n' for i in range(1, 30))
MERGES = 'a0: &a0 {x: 1}\n' + ''.join(
    f'a{i}: &a{i} {{<<: [{", ".join([f"*a{i - 1}"] * 10)}]}}\n' for i in range(1, 30))


@pytest.mark.parametrize('encoding', ['utf-8', 'utf-8-sig', 'utf-16'])
def test_marks_of_byte_order_are_no_text(tmp_path, encoding):
    (tmp_path / 'a.txt').write_text('ä\nb\r\nc', encoding=encoding, newline='')
    assert read_lines(tmp_path / 'a.txt') == ['ä', 'b', 'c']
    (tmp_path / 'a.json').write_text('{"ä": [1, 2.5]}', encoding=encoding)
    assert read_json(tmp_path / 'a.json') == {'ä': [1, 2.5]}


def test_what_is_no_text_file_is_named(tmp_path):
    (tmp_path / 'a.txt').write_bytes(b'fine\nnot \xff fine')
    with pytest.raises(InputError, match=r'a\.txt, line 2: this table cannot be read, because it is no text'):
        read_text(tmp_path / 'a.txt', 'table')
    (tmp_path / 'a.txt').write_bytes(b'fine\n\nnot \0 fine')
    with pytest.raises(InputError, match=r'a\.txt, line 3: .* a byte 0'):
        read_text(tmp_path / 'a.txt')
    with pytest.raises(InputError, match=r'none\.txt: there is no such table'):
        read_text(tmp_path / 'none.txt', 'table')
    with pytest.raises(InputError, match='expected a table, found a folder'):
        read_text(tmp_path, 'table')
    (tmp_path / 'link').symlink_to('gone')
    with pytest.raises(InputError, match='link: this link leads to gone, which is not there'):
        read_text(tmp_path / 'link')
    os.mkfifo(tmp_path / 'pipe')  # reading it would wait for ever
    with pytest.raises(InputError, match='pipe: expected a file, found a pipe or a device'):
        require_file(tmp_path / 'pipe')


@pytest.mark.parametrize('text, message', [
    ('{"a":\n NaN}', r'line 2: expected finite numbers, found NaN'),
    ('[1,\n\n-Infinity]', r'line 3: expected finite numbers, found -Infinity'),
    ('{"NaN": "NaN", "b":\n1e999}', r'line 2: expected finite numbers, found 1e999'),
    ('{"a": 1,\n}', r'line 2: '), ('', 'line 1: '), ('[' * 100000, 'nested too deeply'),
    ('{"a":' * 100000, 'nested too deeply'), ('[' + '9' * 5000 + ']', 'digits')])
def test_json_that_is_none_ends_in_one_sentence(text, message):
    with pytest.raises(InputError, match=f'x.json: this list cannot be read .*{message}') as caught:
        parse_json(text, 'x.json', 'list')
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize('text, message', [
    (ALIASES, 'line 6: expected YAML of at most 1000000 values'), (MERGES, 'at most 1000000 values'),
    ('[' * 20000, 'nested more deeply'), ('- ' * 20000, 'nested more deeply'),
    ('&a [*a]', 'holds itself'), ('a: [', 'not YAML'), ('a: 2020-99-99', 'not YAML of plain'),
    ('? [a]\n: 1', 'not YAML of plain'), ('!!python/name:os.system', 'not YAML of plain')])
def test_yaml_that_would_grow_is_refused(text, message):
    with pytest.raises(InputError, match=f'^x.yml.*{message}') as caught:
        parse_yaml(text, 'x.yml')
    assert '\n' not in str(caught.value)


def test_references_that_are_few_are_followed():
    assert parse_yaml('a: &a [1, 2]\nb: [*a, *a]\nc: {<<: {d: 1}}', 'x') == {
        'a': [1, 2], 'b': [[1, 2], [1, 2]], 'c': {'d': 1}}


def test_bombs_cost_no_memory():
    """The refusal comes from counting: what is refused would be 10^30 values."""
    tracemalloc.start()
    try:
        with pytest.raises(InputError):
            parse_yaml(ALIASES, 'x.yml')
        assert tracemalloc.get_traced_memory()[1] < 50e6
    finally:
        tracemalloc.stop()


def refuse(sentence):
    raise InputError(sentence)


def test_all_faults_are_kept_and_the_first_is_raised():
    with pytest.raises(InputError, match='^one$') as caught, Faults() as faults:
        assert faults.attempt(int, '3') == 3 and faults.attempt(refuse, 'one') is None
        faults.add('two')
    assert caught.value.sentences() == ['one', 'two']


def test_faults_are_noted_where_the_rest_is_of_use():
    with noting_faults() as noted:
        with Faults(can_go_on=True) as faults:
            faults.add('one')
        with pytest.raises(InputError, match='two'), Faults() as faults:
            faults.add('two')
    assert noted == ['one']
    with pytest.raises(InputError, match='three'), Faults(can_go_on=True) as faults:
        faults.add('three')


def test_safetensors_whose_meta_is_a_bomb(tmp_path):
    path = tmp_path / 'a.safetensors'
    safetensors.torch.save_file(dict(w=torch.zeros(1)), path, metadata=dict(meta='[' * 100000))
    with pytest.raises(InputError, match=r"a\.safetensors: this 'meta' .* nested too deeply"):
        load_tensors(path)
    header = b'{"a":' * 100000
    path.write_bytes(len(header).to_bytes(8, 'little') + header)
    with pytest.raises(InputError, match=r'a\.safetensors: truncated, or no safetensors file'):
        load_tensors(path)
    path.write_bytes((1 << 62).to_bytes(8, 'little') + b'{}')
    with pytest.raises(InputError, match=r'a\.safetensors: truncated, or no safetensors file'):
        load_tensors(path)
