# Label maps in colours to photographs of the ground, and back.
_base_ = './cyclegan_dayton_a2g-256.py'
model = dict(source_field='target_guide')
