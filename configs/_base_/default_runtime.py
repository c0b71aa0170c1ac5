default_scope = 'ggtoolbox'

default_hooks = dict(
    # time of an iteration and of its data loading
    timer=dict(type='IterTimerHook'),
    # after the first iteration: what is trained, on what, for how long
    first_line=dict(type='FirstLineHook'),
    # losses, learning rates and time left, to the console and to work_dir
    logger=dict(type='LoggerHook', interval=50),
    param_scheduler=dict(type='ParamSchedulerHook'),
    # complete checkpoints; a killed run goes on with --resume
    checkpoint=dict(type='SafeCheckpointHook', interval=5000, max_keep_ckpts=3),
    # another order of the data in each epoch, with several processes
    sampler_seed=dict(type='DistSamplerSeedHook'),
    # not finite losses, gradients, weights end the run; or up to n such steps in a row are left out
    step_watch=dict(type='StepWatchHook', skip_steps=0),
    # system and test-time policy in the checkpoint; strict loading
    model_state=dict(type='ModelStateHook'),
    # SIGTERM, SIGUSR1, Ctrl-C: the iteration is finished and saved; exit_zero=True for job schedulers
    stop=dict(type='StopHook', exit_zero=False),
    # of several processes, one that hangs for so many seconds ends the job
    rank_watch=dict(type='RankWatchHook', timeout=1800),
    # label | real | generated after each validation; the first row over the training in film.gif
    samples=dict(type='SampleSheetHook'),
    # channels_last=True, compile=True, or names of networks: ('generator', 'discriminator')
    execution=dict(type='ExecutionHook'))

# each player's networks are wrapped by themselves (used with --launcher only)
model_wrapper_cfg = dict(type='MMSeparateDistributedDataParallel')
env_cfg = dict(mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0), dist_cfg=dict(backend='nccl'))
# local files, and TensorBoard where it is installed
visualizer = dict(type='RunVisualizer')
log_processor = dict(by_epoch=False)
randomness = dict(seed=0)
# fast = True, as --fast: what was measured to be fastest for the system; dict(amp=False) leaves a part out
