# Table 4.3, SA + AS + CAF
_base_ = '../xinggan_market1501-128x64.py'
