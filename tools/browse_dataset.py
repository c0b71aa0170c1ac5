"""See what a config's pipeline yields: python tools/browse_dataset.py CONFIG --out DIR"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('browse-dataset')
