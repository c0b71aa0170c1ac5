"""Convert officially released weights: ggtoolbox convert FAMILY IN... OUT"""
import argparse
import sys

import torch

from ggtoolbox.apis.command import add_trust_argument
from ggtoolbox.apis.outputs import output_file
from ggtoolbox.converters.conversion import Conversion, convert, families, find_family
from ggtoolbox.errors import InputError
from ggtoolbox.models.layers.pretrained import read_weights
from ggtoolbox.safe_load import save_safetensors


def print_table(source: str, conversion: Conversion) -> None:
    """What became of each official tensor, and what our network still lacks."""
    official = {ours: theirs for theirs, ours in conversion.names.items()}
    rows = [('official', 'ours', '')]
    for ours in conversion.state:
        found, expected = conversion.differing.get(ours, (None, None))
        rows.append((official.get(ours, '-'), ours, 'derived' if ours in conversion.derived else
                     f'differently shaped: {found}, expected {expected}' if found else 'mapped'))
    rows += [('-', name, 'missing') for name in conversion.missing]
    rows += [(name, '-', 'unexpected') for name in conversion.unexpected]
    width = [max(len(row[column]) for row in rows) for column in (0, 1)]
    print(f'{source}: {conversion.part}')
    for theirs, ours, verdict in rows:
        print(f'{theirs:{width[0]}}  {ours:{width[1]}}  {verdict}'.rstrip())
    mapped = len(conversion.state) - len(conversion.differing)
    print(f'{mapped} mapped, {len(conversion.missing)} missing, {len(conversion.unexpected)} unexpected, '
          f'{len(conversion.differing)} differently shaped')


def main() -> None:
    parser = argparse.ArgumentParser(description='Convert officially released weights into a checkpoint '
                                                 'that ggtoolbox test loads.')
    parser.add_argument('family', help=f'whose release: {", ".join(families())}')
    parser.add_argument('sources', nargs='+', metavar='IN',
                        help='released state dicts (paths or URLs), one a part, to be joined in OUT')
    parser.add_argument('out', help='checkpoint to write: .pth or .safetensors')
    parser.add_argument('--part', action='append', metavar='PART',
                        help='which part IN is, where its names leave it open (generator, discriminator, '
                             '...): once for all files, or once for each in order')
    add_trust_argument(parser)
    args = parser.parse_args()
    parts = args.part or [None]
    if len(parts) not in (1, len(args.sources)):
        parser.error(f'--part must be given once, or once for each of the {len(args.sources)} files, found '
                     f'{len(parts)}')

    family, state, networks, unexpected = find_family(args.family), {}, {}, []
    output_file(args.out, args.sources, 'OUT')
    for source, part in zip(args.sources, parts * (len(args.sources) // len(parts))):
        try:
            conversion = convert(args.family, read_weights(source), part)
        except InputError as error:
            raise InputError(f'{source}: {str(error).removeprefix(f"{source}: ")}') from error
        print_table(source, conversion)
        conversion.check(source, allow_unexpected=True)
        unexpected += conversion.unexpected
        if conversion.part in networks:
            raise InputError(f'{source}: a second {conversion.part}, expected one file a part')
        networks[conversion.part] = conversion.network
        state.update({f'{conversion.part}.{name}': value for name, value in conversion.state.items()})
    meta = dict(system=family.SYSTEM, source=family.SOURCE, parts=list(networks), networks=networks)
    if args.out.endswith('.safetensors'):
        save_safetensors(args.out, state, meta)
    else:
        torch.save(dict(meta=meta, state_dict=state), args.out)
    print(f'{args.out}: {len(state)} tensors for {family.SYSTEM} ({", ".join(networks)})')
    if unexpected:
        print(f'left out, having no place in our networks: {", ".join(unexpected)}', file=sys.stderr)
