"""A page where one paints, and models make pictures of it: ggtoolbox demo [--models MODEL ...] [--port N]"""
import importlib
import sys

from ggtoolbox.apis.places import zoo_root


def main() -> None:
    sys.path.insert(0, str(zoo_root() / 'demo'))  # its files, which lie beside the package, know one another
    importlib.import_module('app').main()
