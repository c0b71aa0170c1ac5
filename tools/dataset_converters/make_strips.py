"""Join pictures of your own to strips, or add label panels to strips that have none."""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('make-strips')
