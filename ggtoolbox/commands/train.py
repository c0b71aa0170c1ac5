"""Train a config: ggtoolbox train configs/gaugan/gaugan_sau_toyworld-64.py"""
import argparse
from pathlib import Path

from ggtoolbox.apis.command import (
    SEED,
    add_config_arguments,
    add_launcher_arguments,
    add_trust_argument,
    whole,
)
from ggtoolbox.apis.config import load_config, prepare_devices
from ggtoolbox.apis.data_check import check_before_training
from ggtoolbox.apis.running import fine_tune, resume_from, train
from ggtoolbox.apis.switches import use_amp, use_execution, use_little_memory


def main() -> None:
    parser = argparse.ArgumentParser(description='Train a config.')
    add_config_arguments(parser)
    parser.add_argument('--work-dir', help='where logs, checkpoints and samples go '
                                           '(default: work_dirs/<name of the config>)')
    parser.add_argument('--resume', nargs='?', const='auto', metavar='auto|PATH',
                        help='go on from the last complete checkpoint, or from the one at PATH')
    parser.add_argument('--load-from', metavar='MODEL',
                        help="weights to start from: a model of the zoo, or a checkpoint's path or URL")
    parser.add_argument('--draw-anew', nargs='+', metavar='LAYER',
                        help="with --load-from: layers that do not take its weights; 'misfits': all that do "
                             'not fit')
    parser.add_argument('--requeue', action='store_true',
                        help='end with code 0 after SIGTERM or SIGUSR1, when the run is saved, for job '
                             'schedulers that start it again')
    parser.add_argument('--amp', action='store_true', help='mixed precision (bfloat16)')
    parser.add_argument('--compile', action='store_true', help='torch.compile every network')
    parser.add_argument('--checkpoint', action='store_true',
                        help='keep less of each block for its backward pass, and compute it again there; '
                             'let each gradient go as soon as it is used: less memory, more time')
    parser.add_argument('--fast', action='store_true',
                        help='what was measured to be fastest for this system on this kind of device; the '
                             'log says what that is')
    parser.add_argument('--seed', type=SEED, help='random seed')
    parser.add_argument('--deterministic', action='store_true', help='deterministic kernels only')
    parser.add_argument('--check-data', action='store_true',
                        help='read all data first, and list what is wrong with them')
    parser.add_argument('--pass-over', type=whole(0), metavar='N',
                        help='train on if up to N samples cannot be read, and name them')
    add_launcher_arguments(parser)
    add_trust_argument(parser)
    args = parser.parse_args()

    cfg = load_config(args.config, args.cfg_options)
    cfg.work_dir = args.work_dir or cfg.get('work_dir') or f'work_dirs/{Path(args.config).stem}'
    prepare_devices(cfg, args.launcher)
    if args.amp:
        use_amp(cfg)
    if args.compile:
        use_execution(cfg, compile=True)
    if args.checkpoint:
        use_little_memory(cfg)
    if args.fast:
        cfg.fast = cfg.get('fast') or True
    if args.requeue:
        cfg.merge_from_dict({'default_hooks.stop': dict(type='StopHook', exit_zero=True)})
    if args.seed is not None:
        cfg.merge_from_dict({'randomness.seed': args.seed})
    if args.deterministic:
        cfg.merge_from_dict({'randomness.deterministic': True})
    if args.check_data:
        check_before_training(cfg, args.pass_over or 0)
    if args.pass_over:
        cfg.train_dataloader.dataset = dict(type='PassOverUnreadable', dataset=cfg.train_dataloader.dataset,
                                            most=args.pass_over)
    if args.load_from or args.draw_anew:
        fine_tune(cfg, args.load_from, args.draw_anew)
    if args.resume:
        resume_from(cfg, args.resume)
    train(cfg)
