"""Test a checkpoint: ggtoolbox test CONFIG_OR_NAME [CHECKPOINT] --out DIR"""
import argparse

from mmengine.dist import is_main_process

from ggtoolbox.apis.command import (
    add_config_arguments,
    add_launcher_arguments,
    add_trust_argument,
)
from ggtoolbox.apis.config import load_config, prepare_devices
from ggtoolbox.apis.judging.protocols import use_protocol
from ggtoolbox.apis.running import build_test_runner
from ggtoolbox.apis.zoo.models import locate
from ggtoolbox.evaluation.protocols import PROTOCOLS
from ggtoolbox.evaluation.table import format_table, result_rows


def main() -> None:
    parser = argparse.ArgumentParser(description='Evaluate a checkpoint and write its images.')
    add_config_arguments(parser, 'path or name of a config')
    parser.add_argument('checkpoint', nargs='?',
                        help="path or http(s) URL of a checkpoint (default: the model zoo's)")
    parser.add_argument('--work-dir', help='where the log goes (default: work_dirs/<name of the config>)')
    parser.add_argument('--protocol', metavar='NAME',
                        help="measure as a paper's table does, instead of as the config says: "
                             f'{", ".join(PROTOCOLS)} (docs/metrics.md)')
    parser.add_argument('--out', help='folder for metrics.json and images/')
    parser.add_argument('--show-dir', help='folder for sheets: label | real | generated')
    parser.add_argument('--fast', action='store_true',
                        help='draw as fast as the first pictures stay within one of 255 levels with')
    add_launcher_arguments(parser)
    add_trust_argument(parser)
    args = parser.parse_args()

    config, checkpoint = locate(args.config, args.checkpoint)
    cfg = load_config(config, args.cfg_options)
    cfg.work_dir = args.work_dir or cfg.get('work_dir') or f'work_dirs/{config.stem}'
    if args.protocol:
        use_protocol(cfg, args.protocol)
        cfg.merge_from_dict(args.cfg_options or {})  # the command line has the last word
    prepare_devices(cfg, args.launcher)
    runner = build_test_runner(cfg, str(checkpoint), args.out, args.show_dir, args.fast)
    values = runner.test()
    if is_main_process():
        images = len(runner.test_dataloader.dataset)
        print(format_table(result_rows(runner.test_evaluator.metrics, values, images)))
