"""Write the model zoo's page, index and counted fields: python tools/model_zoo.py [--check]"""
from ggtoolbox.commands import run

if __name__ == '__main__':
    run('model-zoo')
