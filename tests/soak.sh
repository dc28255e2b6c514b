#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Long runs, which `make test` has short forms of. usage: soak.sh [PART...]; prints TAP.
#
# B             build directory (build)
# SOAK_SECONDS  how long each part runs (600)
set -u
cd "$(dirname "$0")/.." || exit 2
B=${B:-build}
SOAK_SECONDS=${SOAK_SECONDS:-600}
parts=${*:-fuzz}

# Random calls through every door, 4 CPUs. A panic, a process that cannot be killed, or a machine that does not answer
# in time is a failure; the seed is in the log.
soak_fuzz()
{
	timeout $((SOAK_SECONDS + 120)) "$B/lstar" run --cpus 4 --mem 1G --timeout $((SOAK_SECONDS + 90)) -- sh -c '
		end=$(($(date +%s) + $1))
		shift
		while [ "$(date +%s)" -lt "$end" ]; do
			for program; do
				FUZZ_SECONDS=8 FUZZ_SEED=$(date +%s%N) "$program" || exit 1
			done
		done' soak "$SOAK_SECONDS" "$B/tests/sys/abi/x86_64/fuzz" "$B/tests/sys/abi/i386/fuzz" </dev/null
}

mkdir -p "$B/tests/logs"
status=0
number=0
for part in $parts; do
	number=$((number + 1))
	log=$B/tests/logs/soak-$part.log
	if "soak_$part" >"$log" 2>&1; then
		echo "ok $number - soak-$part, $SOAK_SECONDS s"
	else
		echo "not ok $number - soak-$part ($log)"
		tail -n 30 "$log" | sed 's/^/# /'
		status=1
	fi
done
echo "1..$number"
exit $status
