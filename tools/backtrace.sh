#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Names for the addresses of a panic's backtrace. usage: backtrace.sh [KERNEL.elf] < LOG
kernel=${1:-build/lstar-kernel.elf}
offset=0
sed -n -e 's/.*\[<ffffffff\([0-9a-f]*\)>\].*/\1/p' -e 's/.*Kernel Offset: \(0x[0-9a-f]*\) .*/offset \1/p' |
	while read -r word value; do
		case $word in
		offset) offset=$value ;;
		*) printf 'ffffffff%08x\n' $((0x$word - offset)) ;;
		esac
	done | addr2line -e "$kernel" -f -p -s
