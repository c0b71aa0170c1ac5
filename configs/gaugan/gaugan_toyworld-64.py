_base_ = ['../_base_/models/gaugan_small.py', '../_base_/datasets/toyworld_street_64.py',
          '../_base_/schedules/toyworld_cpu.py']
