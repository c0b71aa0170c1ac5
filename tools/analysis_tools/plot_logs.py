"""Curves of runs: python tools/analysis_tools/plot_logs.py work_dirs/a work_dirs/b --keys SSIM --out a.png"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('plot-logs')
