"""Make label maps for photographs, so that somebody with photographs alone can start."""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('photos-to-layout')
