# NTU Hand Digit: 20 epochs in batches of 4. Mirrored pairs are in the released list of files, so that
# nothing is mirrored here.
_base_ = ['../_base_/models/gesturegan_two_cycles.py', '../_base_/datasets/strips/ntu_both_guides_256.py',
          '../_base_/schedules/pix2pix_adam_10_10e.py']
