"""Take the frames of videos, with their key points from files."""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('video-to-frames')
