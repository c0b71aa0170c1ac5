# The paper counts 18 colours, the data's annotation 17.
_base_ = ['../_base_/models/acwgan.py', '../_base_/datasets/deepfashion_parsing_128.py',
          '../_base_/schedules/wgan_gp_adam_50e.py']
model = dict(generator=dict(num_attributes=17))
