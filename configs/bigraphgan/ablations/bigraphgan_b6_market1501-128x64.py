# Table 4.7, B6: B5 + AIF, the whole
_base_ = '../bigraphgan_market1501-128x64.py'
