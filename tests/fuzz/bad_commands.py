"""Command lines that nobody can mean, one a line, by tool. ``fuzz_place.py`` makes the files."""
from __future__ import annotations

import shlex

from bad_settings import FILES, LINES

COMMANDS = {
    'train.py': r'''

toy.py more.py
--config toy.py
nowhere.py
data
words.txt
syntax.py
raises.py
empty.py
words.py
orphan.py
circle.py
repeats.py
untrained.py
toy.py --nothing
toy.py --seed
toy.py --seed a
toy.py --seed -1
toy.py --seed 1.5
toy.py --resume nowhere.pth
toy.py --resume data
toy.py --resume words.pth
toy.py --resume cut.pth
toy.py --resume empty.pth
toy.py --resume other.pth
toy.py --resume list.pth
toy.py --resume seven.pth
toy.py --launcher teleport
toy.py --launcher slurm
toy.py --launcher mpi
toy.py --launcher pytorch
toy.py --work-dir words.txt
toy.py --work-dir words.txt/run
toy.py --work-dir /proc/nowhere
files.py --work-dir data/train/images
toy.py --cfg-options
toy.py --amp --cfg-options optim_wrapper.generator.type=AmpOptimWrapper
toy.py --local_rank a
''',
    'test.py': r'''

toy.py
nowhere.py toy.pth
gaugan_sau_toyworld-46
toy.py nowhere.pth
toy.py data
toy.py words.pth
toy.py cut.pth
toy.py empty.pth
toy.py other.pth
toy.py part.pth
toy.py list.pth
toy.py seven.pth
toy.py words.safetensors
toy.py http://127.0.0.1:9/x.pth
toy.py toy.pth --protocol nothing
toy.py toy.pth --out words.txt
toy.py toy.pth --out /proc/nowhere
toy.py toy.pth --show-dir words.txt
toy.py toy.pth --work-dir words.txt
files.py toy.pth
files.py toy.pth --out data/val/images
files.py toy.pth --show-dir data/val/labels
toy.py toy.pth --launcher slurm
toy.py toy.pth --launcher teleport
toy.py toy.pth --cfg-options test_dataloader.batch_size=0
toy.py toy.pth --cfg-options test_dataloader=None
toy.py toy.pth --cfg-options test_evaluator=None
toy.py toy.pth --cfg-options test_evaluator.0.type=PSNRR
toy.py toy.pth --cfg-options test_evaluator.0.target=nothing
toy.py toy.pth --cfg-options test_cfg.interval=3
toy.py toy.pth --cfg-options test_dataloader.sampler.type=InfiniteSampler
toy.py toy.pth --cfg-options test_dataloader.dataset.length=0
toy.py toy.pth --cfg-options model.generator.channels=3
''',
    'infer.py': r'''

toy.py
toy.py --out out
nowhere --out out
nowhere.py toy.pth data/val/labels --out out
toy.py data/val/labels --out out
toy.py toy.pth --out out
toy.py toy.pth nowhere --out out
toy.py toy.pth empty --out out
toy.py toy.pth text --out out
toy.py toy.pth words.txt --out out
toy.py toy.pth broken.png --out out
toy.py toy.pth empty.png --out out
toy.py toy.pth data/val/images --out out
toy.py toy.pth data/val/labels --out data/val/labels
toy.py toy.pth data/val/labels --out data/val
toy.py toy.pth data/val/labels/0.png --out data/val/labels
toy.py toy.pth data/val/labels/*.png --out data/val/labels/.
toy.py toy.pth data/val/labels --out words.txt
toy.py toy.pth data/val/labels --out /proc/nowhere
toy.py toy.pth data/val/labels data/val/images --label data/val/labels --out out
toy.py toy.pth data/val/labels --source-image data/val/images --out out
toy.py toy.pth data/val/labels --instance empty --out out
toy.py toy.pth data/val/labels --instance data/train/images/0.png --out out
toy.py toy.pth data/val/labels --samples 0 --out out
toy.py toy.pth data/val/labels --samples -1 --out out
toy.py toy.pth data/val/labels --samples 2 --out out
toy.py toy.pth data/val/labels --samples many --out out
toy.py toy.pth data/val/labels --seed a --out out
toy.py toy.pth data/val/labels --seed -1 --out out
toy.py toy.pth data/val/labels --seed 99999999999999999999 --out out
toy.py toy.pth data/val/labels --batch-size 0 --out out
toy.py toy.pth data/val/labels --batch-size -1 --out out
toy.py toy.pth data/val/labels --device tpu --out out
toy.py toy.pth data/val/labels --device cuda:99 --out out
toy.py toy.pth data/val/labels --device 7 --out out
toy.py toy.pth data/val/labels --keypoints-size 0 0 --out out
toy.py toy.pth data/val/labels --keypoints-size -5 64 --out out
toy.py toy.pth data/val/labels --attributes male --out out
toy.py toy.pth data/val/labels --latent nowhere.npy --out out
toy.py cut.pth data/val/labels --out out
toy.py other.pth data/val/labels --out out
toy.py seven.pth data/val/labels --out out
toy.py toy.pth data/val/labels --out out --cfg-options model=7
toy.py toy.pth data/val/labels --out out --cfg-options test_dataloader.dataset.type=Nothing
toy.py toy.pth tiny --keep-size --out out --cfg-options model.generator.image_size=(0,0)
''',
    'evaluate.py': r'''

--metrics psnr
--real data/val/images --fake data/train/images
--real data/val/images --fake data/train/images --metrics
--real data/val/images --fake data/train/images --metrics psnrr
--real nowhere --fake data/train/images --metrics psnr
--real data/val/images --fake nowhere --metrics psnr
--real empty --fake data/train/images --metrics psnr
--real data/val/images --fake text --metrics psnr
--real data/val/images --fake tiny --metrics psnr
--real words.txt --fake data/train/images --metrics psnr
--real broken.npz --fake data/train/images --metrics fid
--real broken.npz --fake data/train/images --metrics psnr
--real data/val/images --fake data/train/images --metrics fid --weights inception=nowhere.pth
--real data/val/images --fake data/train/images --metrics fid --weights inception=words.pth
--real data/val/images --fake data/train/images --metrics fid --weights inception=cut.pth
--real data/val/images --fake data/train/images --metrics fid --weights inception=list.pth
--real data/val/images --fake data/train/images --metrics fid --weights inception=toy.pth
--real data/val/images --fake data/train/images --metrics fid --weights nothing=toy.pth
--real data/val/images --fake data/train/images --metrics fid --weights toy.pth
--real data/val/images --fake data/train/images --metrics psnr --batch-size 0
--real data/val/images --fake data/train/images --metrics psnr --batch-size a
--real data/val/images --fake data/train/images --metrics psnr --out empty
--real data/val/images --fake data/train/images --metrics psnr --out words.txt/x.json
--real data/val/images --fake data/train/images --metrics psnr --out /proc/nowhere/x.json
--real data/val/images --fake data/train/images --metrics psnr --out data/val/images/x.json
--real data/val/images --fake data/train/images --metrics psnr --out data/val/images/0.png
--real data/val/labels --fake data/train/labels --metrics miou
--real data/val/labels --fake data/train/labels --metrics miou --num-classes 0
--real data/val/labels --fake data/train/labels --metrics miou --num-classes -3
--real data/val/labels --fake data/train/labels --metrics miou --num-classes 2
--real data/val/labels --fake data/train/labels --metrics miou psnr --num-classes 5
--real data/val/images --fake data/train/images --metrics miou --num-classes 5
--real data/val/images --fake data/train/images --metrics mask_ssim
--real data/val/images --fake data/train/images --metrics mask_ssim --keypoints nowhere.csv
--real data/val/images --fake data/train/images --metrics mask_ssim --keypoints broken.csv
--real data/val/images --fake data/train/images --metrics mask_ssim --keypoints empty.csv
--metrics pckh --keypoints broken.csv --predicted-keypoints broken.csv
--real tiny --fake tiny --metrics ssim
--real data/val/images --fake data/train/images --metrics diversity
''',
    'export.py': r'''

toy.py --out out
toy.py toy.pth
nowhere --out out
toy.py cut.pth --out out
toy.py nowhere.pth --out out
toy.py other.pth --out out
toy.py toy.pth --out words.txt --format torch
toy.py toy.pth --out /proc/nowhere --format torch
toy.py toy.pth --out out --format tensorrt
toy.py toy.pth --out out --outputs nothing --format torch
toy.py toy.pth --out out --opset 0 --format onnx
toy.py toy.pth --out out --opset -1 --format onnx
toy.py toy.pth --out out --opset 999 --format onnx
toy.py toy.pth --out out --opset a
toy.py toy.pth --out out --dynamic-size --format torch
''',
    'interpolate.py': r'''

toy.py toy.pth
toy.py toy.pth --out out/x.png
toy.py nowhere.pth --out out/x.png
toy.py toy.pth --out out
toy.py toy.pth --out out/x.png --steps 0 3
toy.py toy.pth --out out/x.png --steps 3
toy.py toy.pth --out out/x.png --samples 0 99
toy.py toy.pth --out out/x.png --samples -1 0
toy.py toy.pth --out out/x.png --rows pixels
toy.py toy.pth --out out/x.png --rows landmarks --columns landmarks
toy.py toy.pth --out out/x.png --rows landmarks --landmarks words.txt words.txt
toy.py toy.pth --out out/x.png --seed a
toy.py toy.pth --out out/x.png --cfg-options test_dataloader=None
''',
    'browse_dataset.py': r'''

nowhere.py
toy.py --split nothing
toy.py --number 0
toy.py --number -1
toy.py --number a
toy.py --rows 0
toy.py --out words.txt
toy.py --out /proc/nowhere
files.py --out data/train/images
files.py --out data
untrained.py
toy.py --cfg-options train_dataloader.dataset.length=0
toy.py --cfg-options train_dataloader.dataset.pipeline.0.type=Nothing
files.py --cfg-options train_dataloader.dataset.data_root=nowhere
files.py --cfg-options train_dataloader.dataset.num_classes=2
files.py --cfg-options train_dataloader.dataset.label_dir=train/images
''',
    'print_config.py': r'''

nowhere.py
data
syntax.py
raises.py
empty.py
circle.py
toy.py --cfg-options nothing=1
toy.py --cfg-options train_cfg
toy.py --cfg-options train_cfg.max_iters=0
toy.py --cfg-options model.generator.type=Nothing
''',
    'check_dataset.py': r'''

nowhere.py
toy.py --split nothing
toy.py --jobs -1
toy.py --jobs a
toy.py --cfg-options train_dataloader.dataset.length=0
toy.py --cfg-options train_dataloader=7
''',
    'dance.py': r'''

words.txt
words.txt data/val/images/0.png
nowhere.wav data/val/images/0.png --out out/x.gif
words.txt data/val/images/0.png --out out/x.gif
words.txt data/val/images/0.png --out out/x.gif --seconds -1
words.txt data/val/images/0.png --out out/x.gif --start -1
words.txt data/val/images/0.png --out out/x.gif --seed a
words.txt data/val/images/0.png --out out/x.gif --device tpu
words.txt data/val/images/0.png --out out/x.gif --motion nothing
words.txt data/val/images/0.png --out out/x.gif --video nothing
''',
    'train_pose_judge.py': r'''
--iterations 0 --out out
--iterations -1 --out out
--iterations a --out out
--seed -1 --iterations 1 --out out
--files nowhere.npz --out out/x.pth
--files words.txt --out out/x.pth
--files broken.npz --out out/x.pth
''',
    'model_zoo.py': r'''
more
--nothing
''',
    'train_judge.py': r'''

nothing
street_segmenter --iterations 0 --out out
street_segmenter --iterations -1 --out out
street_segmenter --iterations a --out out
street_segmenter --seed a --out out
street_segmenter --images 0 --out out
street_segmenter --out words.txt --iterations 1
''',
    'model_converters/convert.py': r'''

spade
spade toy.pth
nothing toy.pth out/x.pth
spade nowhere.pth out/x.pth
spade words.pth out/x.pth
spade cut.pth out/x.pth
spade list.pth out/x.pth
spade seven.pth out/x.pth
spade toy.pth out/x.pth --part nothing
spade toy.pth toy.pth out/x.pth --part generator --part discriminator --part encoder
spade toy.pth toy.pth
spade toy.pth out
spade part.pth words.txt/x.pth
spade part.pth /proc/nowhere/x.pth
spade http://127.0.0.1:9/x.pth out/x.pth
''',
    'model_converters/publish.py': r'''

toy.pth --config toy.py
toy.pth --out out
nowhere.pth --config toy.py --out out
toy.pth --config nowhere.py --out out
words.pth --config toy.py --out out
cut.pth --config toy.py --out out
other.pth --config toy.py --out out
part.pth --config toy.py --out out
list.pth --config toy.py --out out
toy.pth --config toy.py --out words.txt
toy.pth --config toy.py --out /proc/nowhere
toy.pth --config toy.py --out out --dtype int8
toy.pth --config circle.py --out out
''',
    'dataset_converters/make_strips.py': r'''

--out out
--panels data/train/images
--panels - - --out out
--panels nowhere --out out
--panels empty --out out
--panels text data/train/images --out out
--panels data/train/images tiny --out out
--panels data/train/images data/train/labels --size 0 --out out
--panels data/train/images data/train/labels --size -3 --out out
--panels data/train/images data/train/labels --size big --out out
--panels data/train/images data/train/labels --labels --out out
--panels data/train/images data/train/labels --out data/train/images
--panels data/train/images data/train/labels --out data/train
--panels data/train/images data/train/labels --out words.txt
--panels data/train/images data/train/labels --out /proc/nowhere
--strips tiny --out out
--strips nowhere --out out
--strips tiny --panels tiny --out out
''',
    'dataset_converters/person_lists.py': r'''

market-pairs
market-pair broken.csv --out out/x.csv
market-pairs nowhere.csv --out out/x.csv
market-pairs broken.csv --out out/x.csv
market-pairs empty.csv --out out/x.csv
market-pairs data --out out/x.csv
market-pairs broken.csv --sample -1 --out out/x.csv
market-pairs broken.csv --sample a --out out/x.csv
market-pairs broken.csv --out broken.csv
deepfashion-images nowhere --list words.txt --out out
deepfashion-images data --out out
deepfashion-images data --list nowhere.lst --out out
deepfashion-images data --list words.txt --out out
deepfashion-images data --list words.txt --out data
deepfashion-images data --list words.txt --out words.txt
deepfashion-annotations broken.csv --out out/x.csv
deepfashion-annotations nowhere.csv --out out/x.csv
''',
    'dataset_converters/landmarks_to_segmentation.py': r'''

nowhere --images data/train/images --out out
nowhere.xml --images data/train/images --out out
broken.xml --images data/train/images --out out
words.txt --images data/train/images --out out
empty --images data/train/images --out out
text --images nowhere --out out
text --images data/train/images --out data/train/images
text --images data/train/images --out text
text --images data/train/images --out words.txt
''',
    'dataset_converters/photos_to_layout.py': r'''

--out out
data/train/images
nowhere --out out
empty --out out
data/train/images --out data/train
data/train/images --out data/train/images --overwrite
data/train/images --out data --overwrite
data/train/images --out words.txt
data/train/images --out /proc/nowhere
data/train/images --out out --classes 1
data/train/images --out out --classes 256
data/train/images --out out --classes many
data/train/images --out out --size -1
data/train/images --out out --size 500
data/train/images --out out --short-side 0
data/train/images --out out --short-side -5 --size 0
data/train/images --out out --crops 0
data/train/images --out out --crops -4
data/train/images --out out --test-crops -4
data/train/images --out out --test nothing
data/train/images --out out --test 0 1 2
data/train/images --out out --test-fraction 0
data/train/images --out out --test-fraction 2
data/train/images --skimage --out out
''',
    'dataset_converters/toyworld_to_disk.py': r'''

nothing --out out
generic
generic --out out --size 3
generic --out out --size -64
generic --out out --size 64 64 64
generic --out out --size big
generic --out out --train -1
generic --out out --train 0 --val 0
generic --out out --val -1
generic --out words.txt --train 1 --val 1
generic --out /proc/nowhere --train 1 --val 1
''',
    'dataset_converters/toyworld_people_to_disk.py': r'''

nothing --out out
market
market --out out --size 3
market --out out --size 64 64 64
market --out out --train 0
market --out out --test -1
market --out words.txt --train 1 --test 1
market --out /proc/nowhere --train 1 --test 1
''',
    'dataset_converters/video_to_frames.py': r'''

nowhere.mp4 --out out
words.txt --out out
data --out out
empty.py --out out
words.txt
words.txt --out out --every 0
words.txt --out out --every a
words.txt --out out --start -1
words.txt --out out --seconds 0
words.txt --out words.txt
words.txt --out out --keypoints nowhere
''',
    'dataset_converters/toyworld_dance_to_disk.py': r'''

nothing --out out
music
music --out out --number 0
music --out out --number -1
video --out out --number 1 --size 0
video --out out --number 1 --size -4
music --out words.txt --number 1
music --out /proc/nowhere --number 1
''',
    'analysis_tools/benchmark.py': r'''

nowhere.py
toy.py --mode nothing
toy.py --iterations 0
toy.py --iterations -1
toy.py --iterations a
toy.py --batch-size 0
toy.py --batch-size -2
toy.py --device tpu
toy.py --device cuda
toy.py --threads 0
toy.py --threads -1
toy.py --json data
toy.py --json words.txt/x.json
files.py --iterations 1 --cfg-options train_dataloader.dataset.data_root=nowhere
untrained.py
''',
    'analysis_tools/model_complexity.py': r'''

nowhere.py
toy.py --shape 0 0
toy.py --shape -64 64
toy.py --shape 64
toy.py --shape 48 64
toy.py --json data
toy.py --json words.txt/x.json
untrained.py
''',
    'analysis_tools/copy_baseline.py': r'''

nowhere.py
toy.py
toy.py --key nothing
toy.py --key label
toy.py --key target_image --cfg-options test_dataloader=None
''',
    'analysis_tools/plot_logs.py': r'''

scalars.json --keys loss
nowhere --keys loss --out out/x.png
empty --keys loss --out out/x.png
words.txt --keys loss --out out/x.png
broken_scalars.json --keys loss --out out/x.png
list.json --keys loss --out out/x.png
scalars.json --keys nothing --out out/x.png
scalars.json --keys loss --out out/x.nothing
scalars.json --keys loss --out scalars.json
scalars.json --keys loss --out out
scalars.json --keys loss --names a b --out out/x.png
scalars.json --keys loss --out words.txt/x.png
scalars.json --keys loss --out /proc/nowhere/x.png
''',
    'analysis_tools/rank_judges.py': r'''
nothing
street_segmenter --images 0
street_segmenter --images -1
street_segmenter --images a
street_segmenter --images 2 --out empty
''',
    'analysis_tools/judge_everything.py': r'''

--out out --configs nowhere.py
--out out --configs toy.py toy.py
--out out --configs toy.py --images 0
--out out --configs toy.py --images -1
--out out --configs toy.py --iterations 0
--out out --configs toy.py --iterations -1
--out out --configs toy.py --test-images 0
--out out --configs toy.py --seed a
--out out --configs toy.py --seed -1
--out out --configs toy.py --cores 99999
--out out --configs toy.py --cores -1
--out out --configs toy.py --timing never-ever
--out out --configs toy.py --cfg-options model=7
--out out --configs syntax.py
--out words.txt --configs toy.py --iterations 1
''',
    'analysis_tools/nearest_training.py': r'''

--training data/train/images --fake nowhere --out out/x.png
--training nowhere --fake data/test/images --out out/x.png
--training empty --fake data/test/images --out out/x.png
--training data/train/images --fake data/test/images --out out/x.png --number 0
--training data/train/images --fake data/test/images --out out/x.png --feature-network Nothing
''',
    'analysis_tools/feature_statistics.py': r'''

nowhere --out out/x.npz
empty --out out/x.npz
text --out out/x.npz
data/train/images
data/train/images --out out/x.npz --feature-network Nothing
data/train/images --out out/x.npz --weights nowhere.pth
''',
    'analysis_tools/gallery.py': r'''
--images 0
--images -1
--images a
--out words.txt
''',
    'analysis_tools/follows_guide.py': r'''

nothing
nowhere.py=toy.pth
toy.py=nowhere.pth
toy.py=words.pth
gaugan_toyworld-64 --images 0
gaugan_toyworld-64 --images 1
''',
    'analysis_tools/claims.py': r'''
--tables nothing
--seeds 0
--iterations 0
--test-images 1
--runs -1
--json words.txt --runs 0
--json list.json --runs 0
--rows nothing --runs 0 --json out/x.json
''',
    'train_zoo.py': r'''

nowhere.txt --out out
words.txt --out out
empty.csv --out out
words.txt
words.txt --out out --seed -1
words.txt --out out --cores 99999
words.txt --out out --timing never-ever
''',
    'launch.py': r'''

2
two train.py toy.py
0 train.py toy.py
-1 train.py toy.py
2.5 train.py toy.py
''',
    'dist_train.sh': r'''

toy.py
toy.py 0
toy.py many
nowhere.py 1
''',
    'dist_test.sh': r'''

toy.py
toy.py toy.pth
toy.py toy.pth 0
''',
    'slurm_train.sh': r'''

partition
partition job
partition job toy.py
''',
}


def inputs() -> list[tuple[str, tuple[str, ...]]]:
    """(tool, words) of every input, the settings as options of a training."""
    found = []
    for tool, text in COMMANDS.items():
        lines = text.split('\n')[1:-1]
        found += [(tool, tuple(shlex.split(line))) for line in lines]
        if tool == 'train.py':
            found += [(tool, ('toy.py', '--cfg-options', *shlex.split(line))) for line in LINES]
            found += [(tool, ('files.py', '--cfg-options', *shlex.split(line))) for line in FILES]
    return found
