"""Write ToyWorld's people, hands and faces to disk as real data sets lie there."""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('toyworld-people-to-disk')
