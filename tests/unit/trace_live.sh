#!/bin/sh
# The tracer's text of a call beside strace's of the same call. Usage: trace_live.sh PROGRAM (tests/unit/trace_live.c).
# Where there is no strace, or it may not trace, there is nothing to compare with.
set -eu
program=$1
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
if ! strace -V > /dev/null 2>&1 || ! strace -o "$out/strace" true 2> /dev/null; then
	echo "trace_live: no strace here, skipped"
	exit 0
fi
TZ=UTC strace -o "$out/strace" "$program" > "$out/ours"
sed '1,/^getpriority(0xbc614e/d; /^getpriority(0xbc614e/,$d' "$out/strace" > "$out/theirs"
diff -u "$out/theirs" "$out/ours"
echo "trace_live: $(wc -l < "$out/ours") calls as strace prints them"
