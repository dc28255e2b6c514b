#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each stressor of Debian's stress-ng by itself, four of it on 4 CPUs, in a machine of its own: stress.sh [STRESSOR...]
# (those of the classes below). Prints TAP, a line per stressor, and at the end how many there were of each result.
#
# B               build directory (build)
# STRESS_SECONDS  how long each runs (10)
# JOBS            how many machines at once (1)
#
# A stressor fails when the kernel stops, when the machine does not end in time, when it finds something wrong, or when
# memory is lost. tests/soak/stress.txt has those that are known to fail, with the reason: they must not do worse.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
STRESS_SECONDS=${STRESS_SECONDS:-10}
logs=$B/tests/logs/stress
mkdir -p "$logs"

# One stressor: its line.
if [ "${1:-}" = -1 ]; then
	name=$2
	log=$logs/$name.log
	known=$(sed -n "s/^$name  *//p" tests/soak/stress.txt)
	timeout 630 "$B/lstar" run --cpus 4 --mem 1G --timeout 600 -- \
		sh tests/soak/stressor.sh "$name" "$STRESS_SECONDS" </dev/null >"$log" 2>&1
	status=$?
	words=skipp
	[ $status = 0 ] || words='skipp\|not support\|cannot read\|resource'
	skipped=$(grep -a "$words" "$log" | head -n 1 | sed 's/^.*\] *//')
	case $status in
	0) echo "ok - $name${skipped:+ # SKIP $skipped}" ;;
	3 | 4) echo "ok - $name # SKIP $skipped" ;;
	2)
		if [ -n "$known" ]; then
			echo "ok - $name # SKIP $known"
		else
			echo "not ok - $name: stress-ng finds something wrong ($log)"
		fi
		;;
	10) echo "not ok - $name: memory is lost ($log)" ;;
	124) echo "not ok - $name: does not end ($log)" ;;
	125) echo "not ok - $name: the kernel stopped ($log)" ;;
	*) echo "not ok - $name: status not known ($log)" ;;
	esac
	exit
fi
command -v stress-ng >/dev/null || { echo "1..0 # SKIP no stress-ng"; exit 0; }
[ $# -gt 0 ] || set -- $(for class in os pipe memory scheduler filesystem; do
	stress-ng --class "$class?" 2>&1 | sed 's/.*stressors: //' | tr ' ' '\n'
done | sort -u)
printf '%s\n' "$@" | xargs -n 1 -P "${JOBS:-1}" "$0" -1 >"$logs/results"
cat "$logs/results"
echo "1..$#"
bad=$(grep -c '^not ok' "$logs/results")
skipped=$(grep -c '^ok.*# SKIP' "$logs/results")
echo "# $# stressors, $STRESS_SECONDS s each: $(($# - bad - skipped)) passed, $bad failed, $skipped skipped"
[ "$bad" = 0 ]
