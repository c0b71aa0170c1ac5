"""Read every sample of a config's data once: python tools/check_dataset.py CONFIG --jobs 4"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('check-dataset')
