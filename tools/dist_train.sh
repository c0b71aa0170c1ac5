#!/usr/bin/env bash
# tools/dist_train.sh CONFIG PROCESSES [arguments of tools/train.py]
# NNODES, NODE_RANK, MASTER_ADDR and PORT describe several machines; on one, a free port is found.
set -euo pipefail
if [ $# -lt 2 ]; then
    echo "dist_train.sh: error: expected CONFIG PROCESSES [arguments of tools/train.py], found: ${*:-nothing}" >&2
    exit 2
fi
TOOLS=$(dirname "$0")
exec python "$TOOLS/launch.py" "$2" "$TOOLS/train.py" "$1" "${@:3}"
