# The global generator of pix2pixhd_cityscapes-1024x512.py, then a local enhancer with it held fixed for 10
# epochs, then both; 50 epochs at full rate, 50 of decay (the released script).
_base_ = ['../_base_/models/pix2pixhd.py', '../_base_/datasets/cityscapes_2048x1024.py',
          '../_base_/schedules/pix2pixhd_adam_100e.py']
model = dict(
    generator=dict(
        _delete_=True, type='LocalEnhancer', num_classes=35, edge=True, num_enhancers=1, num_blocks=3,
        global_generator=dict(channels=64, num_downsamplings=4, num_blocks=9)),
    discriminator=dict(num_scales=3))
custom_hooks = [dict(type='CoarseToFineHook', fixed_epochs=10,
                     checkpoint='work_dirs/pix2pixhd_cityscapes-1024x512/epoch_200.pth')]
# for several GPUs: the fixed part gets no gradients
model_wrapper_cfg = dict(find_unused_parameters=True)
