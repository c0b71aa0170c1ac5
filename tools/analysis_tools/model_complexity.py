"""Parameters and FLOPs of a config's networks: python tools/analysis_tools/model_complexity.py CONFIG"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('model-complexity')
