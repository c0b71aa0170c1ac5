"""Curves of runs: ggtoolbox plot-logs work_dirs/a work_dirs/b --keys SSIM --out a.png"""
import argparse

from ggtoolbox.apis.analysis.plotting import plot_logs


def main() -> None:
    parser = argparse.ArgumentParser(description='Plot what runs have logged.')
    parser.add_argument('logs', nargs='+', help='work dirs, or files scalars.json')
    parser.add_argument('--keys', nargs='+', required=True,
                        help="what to plot, by name or shell pattern: SSIM 'generator/loss_*'")
    parser.add_argument('--names', nargs='+', help='of the runs in the legend (default: their folders)')
    parser.add_argument('--out', required=True, help='the picture (.png, .pdf, .svg)')
    args = parser.parse_args()
    drawn = plot_logs(args.logs, args.keys, args.out, args.names)
    print(f'{args.out}: {", ".join(drawn)}')
