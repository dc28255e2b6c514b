#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Long runs on 4 CPUs, which `make test` has short forms of. usage: run.sh [PART...]; prints TAP, a line per part.
#
# B               build directory (build)
# SOAK_SECONDS    how long each part runs (600); for stress: each of some 260 stressors (10)
#
# A part fails when the kernel stops, when its machine does not end in time, when a process cannot be killed, when
# memory is lost, or when its programs find something wrong. All output is in $B/tests/logs/soak-PART.log.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
SYS=$B/tests/sys
parts=${*:-fuzz ptrace trinity stress}

# machine SECONDS COMMAND...: on 4 CPUs, with time to end
machine()
{
	limit=$(($1 + 300))
	shift
	timeout $((limit + 30)) "$B/lstar" run --cpus 4 --mem 1G --timeout "$limit" -- "$@" </dev/null
}

# Random calls through every door, with something of each kind of descriptor. The seeds are in the log.
soak_fuzz()
{
	machine "$1" sh tests/soak/repeat.sh "$1" env FUZZ_SECONDS=8 -- "$SYS/abi/x86_64/fuzz" "$SYS/abi/i386/fuzz"
}

# Tracers and what happens to their tracees at the same moment; strace and gdb, their output looked at.
soak_ptrace()
{
	machine "$1" sh tests/soak/repeat.sh "$1" env PTRACE_RACE_MS=1500 -- \
		"$SYS/proc/ptrace_race" tests/soak/tracers.sh
}

soak_trinity()
{
	command -v trinity >/dev/null || { echo "1..0 # SKIP no trinity"; return 0; }
	machine "$1" sh tests/soak/trinity.sh "$1"
}

soak_stress()
{
	B=$B tests/soak/stress.sh
}

mkdir -p "$B/tests/logs"
status=0
number=0
for part in $parts; do
	number=$((number + 1))
	log=$B/tests/logs/soak-$part.log
	began=$(date +%s)
	if "soak_$part" "${SOAK_SECONDS:-600}" >"$log" 2>&1; then
		word=ok
	else
		word="not ok"
		status=1
	fi
	echo "$word $number - soak-$part, $(($(date +%s) - began)) s: $(tail -n 1 "$log" | cut -c 1-200)"
	[ "$word" = ok ] || grep -a '^not ok' "$log" | sed 's/^/# /'
	[ "$word" = ok ] || tail -n 30 "$log" | sed 's/^/# /'
done
echo "1..$number"
exit $status
