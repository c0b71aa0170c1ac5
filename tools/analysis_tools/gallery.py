"""Write docs/gallery.md, every shipped model on the same inputs, and the pictures of README."""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('gallery')
