#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Names for the addresses of a panic's backtrace. usage: backtrace.sh [KERNEL.elf] < LOG
kernel=${1:-build/lstar-kernel.elf}
sed -n 's/.*\[<\([0-9a-f]*\)>\].*/\1/p' | addr2line -e "$kernel" -f -p -s
