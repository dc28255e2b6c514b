#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inside the machine: repeat.sh SECONDS env NAME=VALUE... -- PROGRAM...: the programs in turn until the time is over, or
# one fails. What they leave in memory is looked at, from the second round on.
set -u
. "$(dirname "$0")/memory.sh"
end=$(($(date +%s) + $1))
shift
setting=
while [ "$1" != -- ]; do
	setting="$setting $1"
	shift
done
shift
rounds=0
before=
while [ "$(date +%s)" -lt "$end" ]; do
	for program; do
		$setting FUZZ_SEED="$(date +%s%N)" "$program" || {
			echo "$program: status $? in round $rounds"
			exit 1
		}
	done
	rounds=$((rounds + 1))
	[ -n "$before" ] || before=$(used_kb)
done
lost "$before" && exit 1
echo "$rounds rounds of $*"
