"""Train GauGAN with SAU from a plain script: no config, no runner, no hooks.

    python docs/train_without_runner.py --iterations 200 --out samples.png

Every network, loss and data set of ggtoolbox is an ordinary class with ordinary arguments.
"""
import argparse

import torch
from mmengine.optim import OptimWrapper, OptimWrapperDict
from torch.utils.data import DataLoader

from ggtoolbox.datasets.toyworld_street import ToyWorldStreet
from ggtoolbox.engine.sheets import sheet, write_image
from ggtoolbox.models.gans import GauGAN

parser = argparse.ArgumentParser()
parser.add_argument('--iterations', type=int, default=200)
parser.add_argument('--batch-size', type=int, default=4)
parser.add_argument('--out', default='samples.png')
args = parser.parse_args()

torch.manual_seed(0)
pipeline = [dict(type='InstanceEdge'),
            dict(type='PackTensors', keys=['target_image', 'label', 'edge'])]
dataset = ToyWorldStreet(size=(64, 64), length=args.iterations * args.batch_size, seed=0, pipeline=pipeline)
loader = DataLoader(dataset, args.batch_size)
classes = len(dataset.metainfo['classes'])

model = GauGAN(
    generator=dict(type='SPADEGenerator', num_classes=classes, edge=True, image_size=(64, 64),
                   num_upsamplings=5, channels=16, norm_hidden_channels=32, upsampler=dict(type='SAU')),
    discriminator=dict(type='MultiScaleDiscriminator',
                       discriminator=dict(type='PatchDiscriminator', channels=32, num_layers=3)),
    losses=dict(adversarial=dict(type='GANLoss', mode='hinge'),
                feature_matching=dict(type='FeatureMatchingLoss', weight=10.0)))
optimisers = OptimWrapperDict(
    generator=OptimWrapper(torch.optim.Adam(model.generator.parameters(), 2e-4, (0.0, 0.9))),
    discriminator=OptimWrapper(torch.optim.Adam(model.discriminator.parameters(), 8e-4, (0.0, 0.9))))

for iteration, batch in enumerate(loader, 1):
    losses = model.train_step(batch, optimisers)
    if iteration % 20 == 0 or iteration == args.iterations:
        print(f'{iteration}/{args.iterations}',
              ' '.join(f'{name}: {value.item():.3f}' for name, value in losses.items()), flush=True)

unseen = ToyWorldStreet(size=(64, 64), length=8, seed=1, pipeline=pipeline)
samples = model.val_step(next(iter(DataLoader(unseen, 8))))
write_image(args.out, sheet(samples, ('label', 'target_image', 'image'), dataset.metainfo['palette']))
