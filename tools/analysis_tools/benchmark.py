"""Step time and peak memory of a config: python tools/analysis_tools/benchmark.py CONFIG"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('benchmark')
