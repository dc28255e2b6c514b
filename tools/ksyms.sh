#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The kernel's table of function names, as assembly, for kernel/core/ksym.c. usage: ksyms.sh [KERNEL.elf]
# Per function, by address: the distance from the one before (16 bits) and the name; the end has no
# name. Without a kernel: an empty table.
set -e
echo '	.section .rodata.ksyms, "a"'
echo '	.globl	ksym_table'
echo 'ksym_table:'
[ $# -eq 0 ] || nm -n "$1" | awk '
	# Hexadecimal, without the leading ffffffff of all of them: exact in any awk.
	function value(hex,	i, v) {
		for (i = length(hex) > 8 ? length(hex) - 7 : 1; i <= length(hex); i++)
			v = v * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
		return v
	}
	$3 == "__text_end" { exit }
	$2 !~ /[tTwW]/ || $3 ~ /^(__text_start|__entry_text_(start|end))$/ { next }
	{
		at = value($1)
		if (!count++)
			printf "\t.quad\t%s\n", $3 # moves with the image
		else if (at == last)
			next
		for (at -= last; count > 1 && at > 65535; at -= 65535)
			printf "\t.short\t65535\n\t.asciz\t\"?\"\n"
		printf "\t.short\t%d\n\t.asciz\t\"%s\"\n", (count > 1 ? at : 0), $3
		last = value($1)
	}
	END { if (!count) printf "\t.quad\t0\n" }'
[ $# -gt 0 ] || echo '	.quad	0'
echo '	.short	0'
echo '	.asciz	""'
echo '	.section .note.GNU-stack, "", @progbits'
