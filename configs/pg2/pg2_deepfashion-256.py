# Pictures of 256 x 256, one at a time. In the released form for DeepFashion the coarse images are not judged,
# and the generator is told that the source images look real, too.
_base_ = ['../_base_/models/pg2.py', '../_base_/datasets/deepfashion_pose_256.py',
          '../_base_/schedules/pg2_adam.py']
model = dict(
    coarse_generator=dict(image_size=(256, 256)),
    generator=dict(num_levels=4, skip_finest=True),
    discriminator=dict(image_size=(256, 256), num_layers=5),
    losses=dict(pixel=dict(weight=50.0), mask=dict(weight=50.0)),
    judged=['target_image', 'image', 'source_image'],
    fights_for_source=True)
pack = [dict(type='PackTensors',
             keys=['source_image', 'target_image', 'source_guide', 'target_guide', 'mask'])]
discs = dict(guide='discs', mask='discs', size=(256, 256), pipeline=pack)
train_dataloader = dict(
    batch_size=1, sampler=dict(_delete_=True, type='InfiniteSampler', shuffle=True), dataset=discs)
val_dataloader = dict(batch_size=1, dataset=discs)
test_dataloader = val_dataloader
train_cfg = dict(max_iters=80000)
