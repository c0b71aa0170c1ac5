"""ToyWorld is the same whatever vector instructions a CPU has."""
import os
import subprocess
import sys

import numpy as np

WORLDS = ('toyworld', 'cross_view', 'toyworld_figure', 'toyworld_hand_and_face')  # whose tests hold digests
PROGRAM = """
import importlib
for world in {worlds}:
    tests = importlib.import_module(f'test_datasets_{{world}}')
    print(world, all(tests.digest(*scene) == digest for scene, digest in tests.HASHES.items()))
"""


def test_no_scene_depends_on_them():
    found = np.show_config(mode='dicts')['SIMD Extensions'].get('found', [])
    environment = {**os.environ, 'NPY_DISABLE_CPU_FEATURES': ' '.join(found),
                   'PYTHONPATH': os.pathsep.join([os.path.dirname(__file__), *filter(None, sys.path)])}
    program = PROGRAM.format(worlds=WORLDS)
    run = subprocess.run([sys.executable, '-W', 'ignore', '-c', program], env=environment,
                         check=True, capture_output=True, text=True)
    assert run.stdout.splitlines() == [f'{world} True' for world in WORLDS]
