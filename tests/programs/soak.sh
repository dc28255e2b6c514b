#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# stress-ng on Lstar with 4 CPUs, class by class, each part for SOAK_SECONDS. Prints TAP: a class fails
# when the kernel stops, the run does not end, or stress-ng finds something wrong (status 2). Parts that
# need what is not there skip themselves.
#
#	tests/programs/soak.sh [CLASS...]        (os pipe memory scheduler filesystem)
set -u
LSTAR=${LSTAR:-build/lstar}
seconds=${SOAK_SECONDS:-10}
[ $# -gt 0 ] || set -- os pipe memory scheduler filesystem
command -v stress-ng >/dev/null || { echo "1..0 # SKIP no stress-ng"; exit 0; }
number=0
failed=0
for class; do
	number=$((number + 1))
	log=${TMPDIR:-/tmp}/soak.$class.log
	# There is no AF_NETLINK: its two parts know no other answer than failing.
	timeout 7200 "$LSTAR" run --cpus 4 --mem 1G --timeout 7100 stress-ng --class "$class" --sequential 4 \
		-x netlink-proc,netlink-task \
		-t "$seconds" --temp-path /tmp --oomable </dev/null >"$log" 2>&1
	status=$?
	case $status in
	0 | 3 | 4) echo "ok $number - $class" ;;
	*)
		failed=$((failed + 1))
		echo "not ok $number - $class"
		echo "# status $status; the end of $log:"
		tail -n 20 "$log" | sed 's/^/# /'
		;;
	esac
done
echo "1..$number"
[ "$failed" = 0 ]
