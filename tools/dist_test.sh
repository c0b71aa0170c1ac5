#!/usr/bin/env bash
# tools/dist_test.sh CONFIG CHECKPOINT PROCESSES [arguments of tools/test.py]
# NNODES, NODE_RANK, MASTER_ADDR and PORT describe several machines; on one, a free port is found.
set -euo pipefail
if [ $# -lt 3 ]; then
    echo "dist_test.sh: error: expected CONFIG CHECKPOINT PROCESSES [arguments of tools/test.py], found: ${*:-nothing}" >&2
    exit 2
fi
TOOLS=$(dirname "$0")
exec python "$TOOLS/launch.py" "$3" "$TOOLS/test.py" "$1" "$2" "${@:4}"
