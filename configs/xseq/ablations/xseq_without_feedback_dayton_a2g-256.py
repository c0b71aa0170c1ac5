# The first network learns nothing of the second: X-Pix2pix, and a network of label maps behind it
_base_ = '../xseq_dayton_a2g-256.py'
model = dict(feedback=0.0)
