"""Show that ToyWorld's judges rank: ggtoolbox rank-judges [JUDGE ...]

Prints, for each judge, its measures of real images, of blurred and noised ones, of shuffled pairs, of other
real scenes and of few scenes repeated; then the orders that do not hold, of which there should be none.
"""
import argparse
import json
from pathlib import Path

from ggtoolbox.apis.command import whole
from ggtoolbox.apis.judging.judge_ranking import broken_orders, judge_images
from ggtoolbox.apis.judging.judge_recipes import RECIPES
from ggtoolbox.apis.outputs import output_file
from ggtoolbox.writing import write_text


def main() -> None:
    parser = argparse.ArgumentParser(description='Measures of real and of spoilt images by each judge.')
    parser.add_argument('judges', nargs='*', default=list(RECIPES), metavar='JUDGE',
                        help=f'among {", ".join(RECIPES)} (default: all)')
    parser.add_argument('--images', type=whole(2), help="default: the protocol's")
    parser.add_argument('--out', type=Path, metavar='JSON', help='write the tables to this file, too')
    args = parser.parse_args()
    if args.out:
        output_file(args.out)
    tables = {}
    for name in args.judges:
        table = tables[name] = judge_images(name, images=args.images)
        measures = list(next(iter(table.values())))
        print(f'| {name} | {" | ".join(measures)} |\n|---|{"---|" * len(measures)}')
        for case, values in table.items():
            print(f'| {case} | {" | ".join(f"{value:.4f}" for value in values.values())} |')
        print('\n'.join(broken_orders(table)) or 'all orders hold', end='\n\n')
    if args.out:
        write_text(args.out, json.dumps(tables, indent=2) + '\n')
