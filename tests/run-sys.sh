#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the system-call tests: on this machine's Linux first, then, same binaries, on Lstar.
#
#	tests/run-sys.sh [--native-only | --lstar-only] [--cpus "1 4"] [TOPIC | TOPIC/CALL]...
#
# Environment: B (build directory), LSTAR (the command), LSTAR_TIMEOUT (seconds per machine).
# Exit status: 0 when every run passed.
set -u
cd "$(dirname "$0")/.." || exit 2
B=${B:-build}
LSTAR=${LSTAR:-$B/lstar}
LSTAR_TIMEOUT=${LSTAR_TIMEOUT:-900}
native=1
cpus="1 4"
machine=1
while [ $# -gt 0 ]; do
	case $1 in
	--native-only) machine=0 ;;
	--lstar-only) native=0 ;;
	--cpus) shift; cpus=${1:?} ;;
	-*) echo "usage: tests/run-sys.sh [--native-only | --lstar-only] [--cpus LIST] [TEST]..." >&2
		exit 2 ;;
	*) break ;;
	esac
	shift
done
if [ $# -eq 0 ]; then
	set -- "$B/tests/sys"
else
	for name; do
		shift
		set -- "$@" "$B/tests/sys/$name"
	done
fi

status=0
summary=
mkdir -p "$B/tests/logs"

# run_one LABEL COMMAND...: shows the failures and the last line, keeps all in a log.
run_one() {
	label=$1
	shift
	log=$B/tests/logs/sys-$(echo "$label" | tr ' ' '-').log
	echo "== $label"
	"$@" >"$log" 2>&1
	code=$?
	grep -v -e '^ok ' -e '^1\.\.' "$log"
	last=$(grep '[0-9] passed, [0-9]* failed' "$log" | tail -n 1)
	if [ $code -ne 0 ] || [ -z "$last" ]; then
		status=1
		last="${last:-no summary} (exit status $code, $log)"
	fi
	summary="$summary
$(printf '%-14s %s' "$label" "$last")"
}

if [ $native = 1 ]; then
	run_one "native" "$B/tests/runner" "$@"
fi
if [ $machine = 1 ]; then
	if [ ! -x "$LSTAR" ]; then
		echo "run-sys: $LSTAR is not built" >&2
		exit 1
	fi
	for n in $cpus; do
		run_one "lstar $n cpu" "$LSTAR" run --cpus "$n" --timeout "$LSTAR_TIMEOUT" -- \
			"$B/tests/runner" -s tests/skip.txt "$@"
	done
fi
echo "== summary$summary"
exit $status
