"""Test a checkpoint: python tools/test.py CONFIG CHECKPOINT --out DIR"""
import argparse
from pathlib import Path

from ggtoolbox.apis.command import add_config_arguments, add_launcher_arguments, run_command
from ggtoolbox.apis.config import load_config, prepare_devices
from ggtoolbox.apis.running import test


def main() -> None:
    parser = argparse.ArgumentParser(description='Evaluate a checkpoint and write its images.')
    add_config_arguments(parser)
    parser.add_argument('checkpoint', help='path or http(s) URL of a checkpoint')
    parser.add_argument('--work-dir', help='where the log goes (default: work_dirs/<name of the config>)')
    parser.add_argument('--out', help='folder for metrics.json and images/')
    parser.add_argument('--show-dir', help='folder for sheets: label | real | generated')
    add_launcher_arguments(parser)
    args = parser.parse_args()

    cfg = load_config(args.config, args.cfg_options)
    cfg.work_dir = args.work_dir or cfg.get('work_dir') or f'work_dirs/{Path(args.config).stem}'
    prepare_devices(cfg, args.launcher)
    for name, value in test(cfg, args.checkpoint, args.out, args.show_dir).items():
        print(f'{name}: {value:.4f}')


if __name__ == '__main__':
    run_command(main)
