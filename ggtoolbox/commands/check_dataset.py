"""Read every sample of a config's data once: ggtoolbox check-dataset CONFIG --jobs 4"""
import argparse
import sys

from ggtoolbox.apis.command import add_config_arguments, whole
from ggtoolbox.apis.config import load_config
from ggtoolbox.apis.data_check import check_data, leaks
from ggtoolbox.apis.settings.sections import SPLITS


def main() -> None:
    parser = argparse.ArgumentParser(
        description='List all faults of the data, and their sizes, classes and duplicates; exit code 1 if '
                    'there are faults.')
    add_config_arguments(parser)
    parser.add_argument('--split', choices=SPLITS, nargs='+', help='default: all that the config has')
    parser.add_argument('--jobs', type=whole(0), default=2, metavar='N',
                        help='processes that read; 0 = this one')
    args = parser.parse_args()
    reports = check_data(load_config(args.config, args.cfg_options), args.split, args.jobs, progress=True)
    for report in reports:
        print('\n'.join(report.lines()))
    for leak in leaks(reports):
        print(f'the same picture in two splits: {leak}')
    if any(report.faults for report in reports):
        sys.exit(1)
