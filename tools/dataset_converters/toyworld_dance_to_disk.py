"""Write ToyWorld's dances to disk as the data of DanceGAN's two stages lie there."""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('toyworld-dance-to-disk')
