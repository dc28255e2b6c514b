#!/bin/sh
# A vDSO image must be mappable as it is: one PT_LOAD, nothing to relocate, nothing undefined, nothing writable.
set -eu
image=$1
fail() {
	echo "check-vdso: $image: $1" >&2
	exit 1
}
[ "$(readelf -lW "$image" | grep -c '^  LOAD')" = 1 ] || fail "not exactly one PT_LOAD"
readelf -lW "$image" | grep '^  LOAD' | grep -q ' R E ' || fail "the segment is not read and execute only"
readelf -rW "$image" | grep -q 'There are no relocations' || fail "has relocations"
readelf --dyn-syms -W "$image" | awk '$7 == "UND" && $8 != "" { bad = 1 } END { exit bad }' || fail "undefined symbols"
readelf -SW "$image" | grep -Eq ' \.(got|plt|data|bss)' && fail "has writable or indirect sections"
readelf --dyn-syms -W "$image" | grep -q '__vdso_clock_gettime@@LINUX_2.6' || fail "symbols have no version"
exit 0
