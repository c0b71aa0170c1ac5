# Small enough for minutes on a CPU: a quarter of the widths, no dropout, and ToyWorld's ST-GCN for the
# perceptual loss. The attentions' mean starts with S'; their sum 2 S' puts the first and last frames, whose
# hidden states lie far from the others', where tanh has no gradient.
_base_ = ['../_base_/models/dancegan_motion.py', '../_base_/datasets/toyworld_music.py',
          '../_base_/schedules/toyworld_cpu_dance.py']
model = dict(
    generator=dict(channels=48, width=128, piece_channels=8, dropout=0.0, fusion='mean'),
    local_discriminator=dict(channels=16),
    global_discriminator=dict(audio_channels=32, piece_channels=8, channels=32),
    losses=dict(perceptual=dict(
        layer_weights=(20.0, 5.0, *[1.0] * 5),
        network=dict(num_classes=6, channels=(16, 16, 24, 24, 32, 32, 48),
                     weights='ggtoolbox://evaluation/judges/toyworld_dance_loss-a8a8f998.safetensors'))))
train_dataloader = dict(batch_size=16)
