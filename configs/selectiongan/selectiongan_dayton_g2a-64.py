_base_ = ['../_base_/models/selectiongan.py', '../_base_/datasets/strips/dayton_g2a_64.py',
          '../_base_/schedules/pix2pix_adam_50_50e.py']
model = dict(generator=dict(
    image_generator=dict(num_downsamplings=5), semantic_generator=dict(num_downsamplings=5)))
