"""Score of copying the source image: python tools/analysis_tools/copy_baseline.py CONFIG"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('copy-baseline')
