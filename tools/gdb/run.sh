#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# A program on Lstar under gdb, stopped before the kernel's first instruction.
# usage: run.sh [PROGRAM ARG...]; B is the build directory, PORT gdb's port (1234).
set -eu
cd "$(dirname "$0")/../.."
B=${B:-build}
PORT=${PORT:-1234}
[ $# -gt 0 ] || set -- cat /proc/self/maps
log=$B/gdb.log
"$B/lstar" run --accel tcg --kernel-arg nokaslr --qemu-arg -S --qemu-arg -gdb --qemu-arg "tcp:127.0.0.1:$PORT" -- "$@" \
	</dev/null >"$log" 2>&1 &
machine=$!
trap 'kill $machine 2>/dev/null || :' EXIT
echo "the program's output goes to $log"
gdb -q "$B/lstar-kernel.elf" -ex 'set pagination off' -ex 'set confirm off' -x tools/gdb/lstar.py \
	-ex "target remote 127.0.0.1:$PORT" ${GDB_ARGS:-}
