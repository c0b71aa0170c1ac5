"""Do the papers' claims hold on ToyWorld? ggtoolbox claims --tables 12 4.3

Trains and measures the rows of the papers' ablation tables, keeps the runs in a JSON table, and writes the
page of verdicts beside it after each. It can be stopped at any time and goes on where it stopped; what is
done is not done again. With --runs 0 it writes the page alone.
"""
import argparse
from pathlib import Path

from ggtoolbox.apis.claims.page import write_page
from ggtoolbox.apis.claims.runs import Budget, Runs, make_run, wanted_runs
from ggtoolbox.apis.claims.tables import TABLES
from ggtoolbox.apis.command import whole
from ggtoolbox.apis.judging.training import end_by_signal
from ggtoolbox.apis.places import zoo_root
from ggtoolbox.errors import InputError
from ggtoolbox.writing import write_text


def main() -> None:
    parser = argparse.ArgumentParser(description="The papers' claims, put to the test on ToyWorld.")
    parser.add_argument('--json', type=Path, default=Path('docs/results/claims.json'),
                        help='table of runs, to be added to; the page lies beside it, as .md')
    parser.add_argument('--tables', nargs='+', choices=list(TABLES), default=list(TABLES), metavar='TABLE',
                        help=f'the most urgent first, among {", ".join(TABLES)} (default: all)')
    parser.add_argument('--rows', nargs='+', metavar='ROW', help='these rows alone')
    parser.add_argument('--seeds', type=whole(1), default=3)
    parser.add_argument('--iterations', type=whole(1), default=300, help='budget of each training')
    parser.add_argument('--test-images', type=whole(2), default=256)
    parser.add_argument('--runs', type=whole(0), help='make so many at most (default: all)')
    parser.add_argument('--work-dir', type=Path, default=Path('work_dirs/claims'))
    args = parser.parse_args()
    end_by_signal()
    runs, page, made = Runs(args.json), args.json.with_suffix('.md'), 0
    failures = []
    for wanted in wanted_runs(TABLES, args.tables, args.seeds, args.rows):
        if args.runs is not None and made >= args.runs:
            break
        try:
            told = make_run(wanted, TABLES[wanted.table], Budget(args.iterations, args.test_images), runs,
                            args.work_dir, zoo_root() / 'tools')
        except InputError as error:  # one row does not stop the others
            told = f'{"/".join(map(str, wanted))}: {error}'
            failures.append(told)
        if told:
            made += 1
            print(told, flush=True)
            write_text(page, write_page(TABLES, runs))
    write_text(page, write_page(TABLES, runs))
    print(page)
    if failures:
        raise InputError(f'{len(failures)} runs failed: {"; ".join(failures)}')
