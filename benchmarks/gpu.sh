#!/usr/bin/env bash
# All that is to be known about a GPU, in one call that takes less than 8 minutes:
#   benchmarks/gpu.sh [--out DIR] [--minutes 8] [--device cuda|cpu] [--quick]
# In this order: the operators against their formulas; semantic-aware upsampling against other forms of it; whole
# training steps, as configs say and with switches; inference; and a training for the rest of the time.
# Needs this checkout and a Python with PyTorch. What else is missing is installed: from the wheels in .whl where
# that folder is there (machines without a network), else by pip. DIR holds the rows as JSON, what each part
# printed, and table.md. A part that fails or outlasts its time is named there, and the next one begins.
# --device cpu --quick tries the script itself, in small.
set -uo pipefail
said=("$@")
out=work_dirs/gpu minutes=8 device=cuda quick=
while [ $# -gt 0 ]; do
    case $1 in
        --out) out=$2; shift 2 ;;
        --minutes) minutes=$2; shift 2 ;;
        --device) device=$2; shift 2 ;;
        --quick) quick=--quick; shift ;;
        *) echo "gpu.sh: error: unknown argument $1, expected --out, --minutes, --device or --quick" >&2; exit 2 ;;
    esac
done
end=$((SECONDS + 60 * minutes))
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$(dirname "$0")/.."
export PYTHONPATH="$PWD${PYTHONPATH:+:$PYTHONPATH}" PYTHONUNBUFFERED=1
python=$(command -v python || command -v python3)
if ! "$python" -c 'import torch, mmengine, mmcv, cv2, skimage, scipy, safetensors, pytest' 2> /dev/null; then
    site=$(mktemp -d)
    if [ -d .whl ]; then
        "$python" -m pip install -q --no-index --no-deps --target "$site" .whl/*.whl
        export PYTHONPATH="$PYTHONPATH:$site"
    else
        "$python" -m pip install -q -e '.[tests]'
    fi
fi
"$python" -c 'import sys, torch; sys.exit(sys.argv[1] == "cuda" and not torch.cuda.is_available())' "$device" || {
    echo 'gpu.sh: error: PyTorch finds no GPU (--device cpu --quick tries the script)' >&2; exit 2; }

: > "$out/parts.txt"
part() {  # part NAME SECONDS COMMAND...: run it for so long at most, and not past the end
    local name=$1 limit=$2 left=$((end - SECONDS)) began=$SECONDS code
    shift 2
    [ -n "$quick" ] && limit=$((4 * limit))  # of a CPU that is busy with other things
    [ "$limit" -gt "$left" ] && limit=$left
    if [ "$limit" -lt 5 ]; then
        echo "$name: left out, no time was left" | tee -a "$out/parts.txt"
        return
    fi
    echo "== $name (at most $limit s)"
    timeout -k 10 "$limit" "$@" 2>&1 | tee "$out/$name.log"
    code=${PIPESTATUS[0]}
    echo "$name: exit code $code after $((SECONDS - began)) s" | tee -a "$out/parts.txt"
}

steps() {  # steps NAME SECONDS SYSTEM VARIANT...
    local name=$1 limit=$2 system=$3
    shift 3
    part "$name" "$limit" "$python" benchmarks/whole_steps.py --device "$device" $quick --system "$system" --batch "$batch" \
        --pairs "$pairs" --variant "$@" --json "$out/$name.json"
}

if [ -n "$quick" ]; then
    batch=2 pairs=1 sau=(--sizes 1x16x8x8 --seconds 0) tests=(-k several_chunks) gaugan=gaugan
    inference=(configs/gaugan/gaugan_toyworld-64.py --iterations 1)
else
    batch=4 pairs=5 sau=(--seconds 0.2) tests=()
    gaugan=gaugan/gaugan_sau_cityscapes-512x256 lggan=lggan/lggan_cityscapes-512x256
    selectiongan=selectiongan/selectiongan_plus_radboud-256 xinggan=xinggan/xinggan_deepfashion-256
    inference=(configs/gaugan/gaugan_sau_cityscapes-512x256.py --iterations 20)
fi

GGTOOLBOX_TEST_DEVICE=$device part operators 60 "$python" -m pytest -q tests/ops/test_ops_sau.py \
    tests/ops/test_ops_class_convolution.py tests/ops/test_ops_crossing_attention.py "${tests[@]}"
for dtype in float32 bfloat16; do
    part "sau_$dtype" 40 "$python" benchmarks/sau.py --device "$device" --dtype $dtype "${sau[@]}" --json "$out/sau_$dtype.json"
done
steps steps_gaugan 40 "$gaugan" fast${quick:++cuda_graphs}
if [ -z "$quick" ]; then
    steps steps_lggan 40 "$lggan" fast
    steps steps_selectiongan 30 "$selectiongan" fast
    steps steps_xinggan 30 "$xinggan" fast
    # each by itself: one that fails takes no other along
    steps steps_gaugan_cuda_graphs 40 "$gaugan" fast+cuda_graphs
    steps steps_xinggan_cuda_graphs 30 "$xinggan" fast+cuda_graphs
    steps steps_gaugan_compile 45 "$gaugan" fast+compile
fi
for amp in '' --amp; do
    part "inference${amp/--/_}" 20 "$python" tools/analysis_tools/benchmark.py "${inference[@]}" --mode inference --noise \
        --batch-size 1 --device "$device" $amp --json "$out/inference${amp/--/_}.json"
done
training=(configs/gaugan/gaugan_sau_toyworld-64.py)
[ -z "$quick" ] || training+=(--cfg-options train_cfg.max_iters=2 train_cfg.val_interval=2 val_dataloader.dataset.length=2
                              model.generator.channels=4 default_hooks.checkpoint.interval=2)
part training 600 "$python" tools/train.py "${training[@]}" --fast --work-dir "$out/training"
"$python" benchmarks/_gpu_table.py "$out" "$device" "${said[@]}" | tee "$out/table.md"
