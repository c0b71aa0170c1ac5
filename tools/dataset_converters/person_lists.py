"""Make the files of the person papers from raw data."""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('person-lists')
