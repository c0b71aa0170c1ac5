#!/usr/bin/env bash
# tools/slurm_train.sh PARTITION JOB_NAME CONFIG WORK_DIR [arguments of tools/train.py]
# GPUS, GPUS_PER_NODE, CPUS_PER_TASK, SBATCH_ARGS and SRUN_ARGS size the job.
#
# Submits a job that saves GRACE (120) seconds before its time is up, is put into the queue again, and goes on with
# --resume, as often as it takes. INTERACTIVE=1 runs it at once with srun instead, and does not queue it again.
set -euo pipefail
if [ $# -lt 4 ]; then
    echo "slurm_train.sh: error: expected PARTITION JOB_NAME CONFIG WORK_DIR [arguments of tools/train.py], found: ${*:-nothing}" >&2
    exit 2
fi
PARTITION=$1
JOB_NAME=$2
CONFIG=$3
WORK_DIR=$4
GPUS=${GPUS:-8}
GPUS_PER_NODE=${GPUS_PER_NODE:-8}
for NAME in GPUS GPUS_PER_NODE CPUS_PER_TASK GRACE; do
    if ! [[ ${!NAME:-1} =~ ^[1-9][0-9]*$ ]]; then
        echo "slurm_train.sh: error: $NAME: expected a whole number, 1 or more, found '${!NAME}'" >&2
        exit 2
    fi
done
if [ "$GPUS" -lt "$GPUS_PER_NODE" ]; then
    GPUS_PER_NODE=$GPUS
fi
if [ $((GPUS % GPUS_PER_NODE)) -ne 0 ]; then
    echo "slurm_train.sh: error: GPUS: expected a multiple of GPUS_PER_NODE=$GPUS_PER_NODE, found $GPUS" >&2
    exit 2
fi
if [[ $CONFIG == *.py ]] && ! [ -f "$CONFIG" ]; then # a name is looked up by the job
    echo "slurm_train.sh: error: $CONFIG: there is no such config file" >&2
    exit 2
fi
# A submitted script is copied elsewhere before it runs.
export GGTOOLBOX_TOOLS=${GGTOOLBOX_TOOLS:-$(cd "$(dirname "$0")" && pwd)}
RESOURCES=(--partition="$PARTITION" --job-name="$JOB_NAME" --gres=gpu:"$GPUS_PER_NODE" --ntasks="$GPUS"
    --ntasks-per-node="$GPUS_PER_NODE" --cpus-per-task="${CPUS_PER_TASK:-4}")

run() { # in the background, so that signals are answered meanwhile
    # shellcheck disable=SC2086
    srun "${RESOURCES[@]}" --kill-on-bad-exit=1 ${SRUN_ARGS:-} python -u "$GGTOOLBOX_TOOLS/train.py" "$CONFIG" \
        --work-dir "$WORK_DIR" --launcher slurm "$@" &
    STEP=$!
}

answer() { # a signal, with one for the step
    SIGNALLED=1
    kill -"$1" "$STEP" 2> /dev/null || true
}

wait_for_step() { # a signal interrupts wait
    CODE=127
    while true; do
        SIGNALLED=0
        wait "$STEP" && NEW=0 || NEW=$?
        [ "$NEW" = 127 ] || CODE=$NEW
        [ "$SIGNALLED" = 1 ] || break
    done
}

if [ "${INTERACTIVE:-0}" = 1 ]; then
    run "${@:5}"
    trap 'answer INT' INT
    trap 'answer TERM' TERM
    trap 'answer USR1' USR1
    wait_for_step
    exit "$CODE"
fi

if [ -z "${SLURM_JOB_ID:-}" ]; then
    mkdir -p "$WORK_DIR" || exit 2
    # shellcheck disable=SC2086
    exec sbatch "${RESOURCES[@]}" --requeue --signal=B:USR1@"${GRACE:-120}" --open-mode=append \
        --output="$WORK_DIR/slurm-%j.out" ${SBATCH_ARGS:-} "$0" "$@"
fi

# In the job: only this script is sent the warning, and passes it on.
WARNED=0
run --requeue --resume "${@:5}"
trap 'WARNED=1; answer USR1' USR1
trap 'answer TERM' TERM
wait_for_step
if [ "$WARNED" = 1 ] && [ "$CODE" -ne 2 ]; then # 2: an error that would come again
    echo "slurm_train.sh: the time is up, job $SLURM_JOB_ID goes on when its turn comes again"
    exec scontrol requeue "$SLURM_JOB_ID"
fi
exit "$CODE"
