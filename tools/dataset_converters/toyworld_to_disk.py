"""Write ToyWorld to disk as a real data set lies there."""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('toyworld-to-disk')
