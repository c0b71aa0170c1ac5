"""Statistics of a folder of images: python tools/analysis_tools/feature_statistics.py DIR --out real.npz"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('feature-statistics')
