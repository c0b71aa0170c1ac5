# Stage I with all that the thesis says (S1-4 of table 7.5), and where it is silent as the released code of
# MDVS. The pose perceptual loss needs an ST-GCN that knows the dances: tools/train_pose_judge.py makes one.
model = dict(
    type='DanceGANMotion',
    generator=dict(type='DanceGANGenerator', frames=50, samples=1600, channels=256, width=1024),
    local_discriminator=dict(type='LocalTemporalDiscriminator'),
    global_discriminator=dict(type='GlobalContentDiscriminator', frames=50, samples=1600, audio_channels=256),
    losses=dict(
        adversarial=dict(type='GANLoss', mode='vanilla', discriminator_weight=0.5),
        perceptual=dict(
            type='PerceptualLoss', weight=1.0, layer_weights=(20.0, 5.0, *[1.0] * 8),
            network=dict(type='STGCN', num_classes=3, weights='work_dirs/st_gcn.safetensors')),
        feature_matching=dict(type='FeatureMatchingLoss', weight=1.0),
        reconstruction=dict(type='L1Loss', weight=200.0),
        gradient_penalty=dict(type='GradientPenaltyLoss', weight=1.0, squash=True)))
