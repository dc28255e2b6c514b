#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Bad input: each program prints one line per case, and Lstar's lines must be Linux's. Prints TAP.
#
#	tests/bad/run.sh [--native] [NAME...]
#
# --native runs each program twice on the host instead: the lines must not change from run to run.
# Environment: B (build directory), LSTAR (the command), BAD_TIMEOUT (seconds per program).
# Cases that may differ are in tests/bad/differences.txt, with a reason each.
set -u
cd "$(dirname "$0")/../.." || exit 2
B=${B:-build}
LSTAR=${LSTAR:-$B/lstar}
BAD_TIMEOUT=${BAD_TIMEOUT:-300}
out=$B/tests/bad/out
native=
if [ "${1:-}" = --native ]; then
	native=1
	shift
fi
[ $# -gt 0 ] || set -- pointers elf fork_bomb alloc_loop oom_rule fork_pressure coverage
mkdir -p "$out" || exit 2
if [ -z "$native" ] && [ ! -x "$LSTAR" ]; then
	echo "1..0 # SKIP no $LSTAR"
	exit 0
fi

number=0
failed=0
report()
{
	number=$((number + 1))
	if [ -z "$2" ]; then
		echo "ok $number - $1"
	else
		failed=$((failed + 1))
		echo "not ok $number - $1"
		echo "$2" | head -n 60 | sed 's/^/# /'
	fi
}

# Lines of differences.txt name the start of a case's line; those cases are left out on both sides.
leave_out()
{
	grep -v '^#' tests/bad/differences.txt | sed -n 's/[[:space:]]*|.*//p' | grep . >"$out/patterns"
	awk 'NR == FNR { p[++n] = $0; next }
	     { for (i = 1; i <= n; i++) if (index($0, p[i]) == 1) next; print }' "$out/patterns" "$1"
}

on_lstar()
{
	timeout -k 5 $((BAD_TIMEOUT + 30)) "$LSTAR" run --timeout "$BAD_TIMEOUT" "$@" </dev/null
}

compare()
{
	timeout "$BAD_TIMEOUT" "$B/tests/bad/$1" </dev/null >"$out/$1.host" 2>&1
	if [ -n "$native" ]; then
		timeout "$BAD_TIMEOUT" "$B/tests/bad/$1" </dev/null >"$out/$1.other" 2>&1
	else
		on_lstar -- "$B/tests/bad/$1" >"$out/$1.other" 2>&1
	fi
	status=$?
	leave_out "$out/$1.host" >"$out/$1.host.kept"
	leave_out "$out/$1.other" >"$out/$1.other.kept"
	# ENOEXEC is as good as Linux's other error, or its signal after having loaded a part.
	[ "$1" = elf ] && awk -F' -> ' 'NR == FNR { host[$1] = $2; next }
		$2 == "ENOEXEC" && host[$1] !~ /^exit/ { $2 = host[$1] }
		{ print $1 " -> " $2 }' "$out/$1.host.kept" "$out/$1.other.kept" >"$out/kept" &&
		mv "$out/kept" "$out/$1.other.kept"
	why=$(diff -U 0 "$out/$1.host.kept" "$out/$1.other.kept" | grep '^[-+][^-+]')
	[ $status -eq 0 ] || why="exit status $status
$why"
	lines=$(wc -l <"$out/$1.host.kept")
	report "$1: $lines lines as on the host" "$why"
}

# In a machine of 64 MiB; there is no host to compare with.
in_small()
{
	if [ -n "$native" ]; then
		report "$1 # SKIP needs a small machine" ""
		return
	fi
	on_lstar --mem 64M -- "$B/tests/bad/$1" >"$out/$1.other" 2>&1
	report "$1: $2" "$(diff -U 0 "tests/bad/$1.expected" "$out/$1.other" | grep '^[-+][^-+]')"
}
alloc_loop()
{
	in_small alloc_loop "the offender ends, not the kernel"
}
oom_rule()
{
	in_small oom_rule "who ends when memory is out"
}
fork_pressure()
{
	in_small fork_pressure "children that share much memory, and none is left"
}

# Every argument of a served call that points to memory has cases.
coverage()
{
	if [ ! -f abi/syscalls.tbl ]; then
		report "coverage # SKIP no abi/syscalls.tbl" ""
		return
	fi
	[ "$out/pointers.host" -nt "$B/tests/bad/pointers" ] ||
		"$B/tests/bad/pointers" >"$out/pointers.host"
	awk -F' [|] ' '
		FILENAME ~ /argkinds/ {
			if ($2 ~ /uaddr_t/) { split($1, k, " "); memory[k[1]] = 1 }
			next
		}
		FILENAME ~ /host/ {
			split($0, w, " "); sub("/.*", "", w[1]); tried[w[1] " " w[2]] = 1
			next
		}
		FILENAME ~ /differences/ {
			if ($1 ~ /^untried /) { split($1, w, " "); excused[w[2] " " w[3]] = 1 }
			next
		}
		/^#/ || NF < 6 { next }
		$2 ~ /^ *-/ { next } # of i386 only: these programs are 64-bit
		{
			split($1, n, " "); name = n[1]
			if ($6 ~ /\| *none/ || $NF ~ /^ *none/) next
			count = split($6, a, " ")
			for (i = 1; i <= count; i++) {
				if (a[i] !~ /:/) continue
				split(a[i], part, ":"); kind = part[2]; sub("[(].*", "", kind)
				if (!(kind in memory) || kind == "addr") continue
				key = name " " part[1]
				if (!(key in tried) && !(key in excused)) print key " is not tried"
			}
		}' abi/argkinds.tbl "$out/pointers.host" tests/bad/differences.txt \
		abi/syscalls.tbl >"$out/untried"
	report "coverage: all pointer arguments of served calls are tried" "$(cat "$out/untried")"
}

echo "1..$#"
for name; do
	case $name in
	alloc_loop | oom_rule | fork_pressure | coverage) $name ;;
	*) compare "$name" ;;
	esac
done
echo "# $((number - failed)) of $number passed"
[ $failed -eq 0 ]
