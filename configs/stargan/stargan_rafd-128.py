# Eight expressions, classified by softmax. Paper: 100 epochs and 100 of decay; released: as CelebA.
_base_ = ['../_base_/models/stargan.py', '../_base_/datasets/domains_128.py',
          '../_base_/schedules/stargan_adam.py']
model = dict(
    generator=dict(num_attributes=0, num_domains=8),
    losses=dict(classification=None, domain_classification=dict(type='DomainLoss', weight=1.0)))
