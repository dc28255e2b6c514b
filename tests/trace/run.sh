#!/bin/sh
# `lstar run --trace` beside strace -f of the same commands on this machine: the same calls, decoded in the same way.
# Usage: run.sh LSTAR [NAME...]. Differences that have a reason are in expected.txt; docs/tracing.md explains them.
# KEEP=DIR keeps both traces of each command there.
set -eu
lstar=$(realpath "$1")
shift
here=$(cd "$(dirname "$0")" && pwd)
work=${KEEP:-$(mktemp -d)}
mkdir -p "$work"
[ -n "${KEEP:-}" ] || trap 'rm -rf "$work"' EXIT
if ! strace -V > /dev/null 2>&1 || ! strace -o "$work/probe" true 2> /dev/null; then
	echo "1..0 # SKIP no strace here, or it may not trace"
	exit 0
fi
failed=0
number=0

# compare NAME PROGRAM [ARG...]
compare() {
	name=$1
	shift
	case " $wanted " in "  " | *" $name "*) ;; *) return 0 ;; esac
	number=$((number + 1))
	(cd / && env -i PATH=/usr/bin:/bin LC_ALL=C TZ=UTC HOME=/root \
		timeout 60 strace -f -o "$work/$name.host" "$@") < /dev/null 2>&1 | cat > "$work/$name.host.out"
	(cd / && env -i PATH=/usr/bin:/bin LC_ALL=C TZ=UTC HOME=/root \
		timeout 120 "$lstar" run --trace -o "$work/$name.lstar" "$@") < /dev/null 2>&1 |
		cat > "$work/$name.lstar.out"
	if diff "$work/$name.host.out" "$work/$name.lstar.out" &&
		python3 "$here/compare.py" "$here/expected.txt" "$name" "$work/$name.host" "$work/$name.lstar"; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		failed=1
	fi
}

# The rows of a table of strace -c: call, number of calls, errors. Calls that are not served yet have other errors.
rows() {
	awk '/^ *[0-9.]+ +[0-9.]+ / && $NF != "total" && $NF !~ /^(rseq|socket|connect)$/ {
		print $NF, $4, (NF > 5 ? $5 : 0) }' "$1" | sort
}

# stats NAME PROGRAM [ARG...]
stats() {
	name=$1
	shift
	case " $wanted " in "  " | *" $name "*) ;; *) return 0 ;; esac
	number=$((number + 1))
	(cd / && env -i PATH=/usr/bin:/bin LC_ALL=C timeout 60 strace -f -c -o "$work/$name.host" "$@") < /dev/null |
		cat > "$work/$name.host.out"
	(cd / && env -i PATH=/usr/bin:/bin LC_ALL=C timeout 60 "$lstar" run --stats -o "$work/$name.lstar" "$@") \
		< /dev/null | cat > "$work/$name.lstar.out"
	rows "$work/$name.host" > "$work/$name.host.rows"
	rows "$work/$name.lstar" > "$work/$name.lstar.rows"
	if [ -s "$work/$name.host.rows" ] && diff "$work/$name.host.rows" "$work/$name.lstar.rows"; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		failed=1
	fi
}

wanted="$*"
compare cat cat /etc/hostname
compare ls ls -l /etc
compare pipe bash -c 'seq 1000 | sort -n | tail -n 1'
compare python python3 -c 'print(1)'
compare dash sh -c 'ls /etc/hostname; sleep 0.2 & wait; trap "echo got" USR1; kill -USR1 $$; exit 3'
stats stats cat /etc/hostname
echo "1..$number"
exit $failed
