"""Make a checkpoint fit to be shipped."""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('publish')
