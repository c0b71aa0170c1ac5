# SelectionGAN++ (multi-scale channel selection), small enough for a quarter of an hour on a CPU core.
_base_ = ['../_base_/models/selectiongan.py', '../_base_/datasets/toyworld_cross_view_64.py',
          '../_base_/schedules/toyworld_cpu_guided.py']
model = dict(
    generator=dict(
        image_generator=dict(channels=8, num_downsamplings=6, dropout=0.0),
        semantic_generator=dict(num_downsamplings=6), selection_channels=26,
        head=dict(channel_selection=True)),
    discriminator=dict(channels=32, num_layers=3),
    options=dict(norm_at_test='running'))
train_dataloader = dict(batch_size=8)
param_scheduler = dict(begin=1000, end=2001)
train_cfg = dict(max_iters=2000)
custom_hooks = [dict(type='GeneratorEMAHook', momentum=0.01),
                dict(type='LateLossHook', begin=1700, end=1800)]
