"""Turn landmarks that a detector has found into the segmentations that SCGAN reads."""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('landmarks-to-segmentation')
