#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What `make run` shows: this machine's own cat on Lstar, and its address space. Prints TAP.
# usage: start.sh LSTAR
set -u
LSTAR=${1:-build/lstar}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
status=0

# check NAME COMMAND...
check()
{
	name=$1
	shift
	number=$((number + 1))
	if "$@"; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		status=1
	fi
}
is() { [ "$1" = "$2" ] || { echo "# got $1, want $2"; false; }; }
exits() { want=$1; shift; "$@" >"$work/out" 2>"$work/err" </dev/null; is $? "$want"; }
run() { timeout 60 "$LSTAR" run "$@"; }

check 'cat /proc/self/maps' exits 0 run cat /proc/self/maps
cp "$work/out" "$work/first"
check 'again' exits 0 run cat /proc/self/maps
cp "$work/out" "$work/second"

columns='^[0-9a-f]{8,16}-[0-9a-f]{8,16} [r-][w-][x-][ps] [0-9a-f]{8} [0-9a-f]{2}:[0-9a-f]{2} [0-9]+ *.*$'
columns_are_linux() { ! grep -Ev "$columns" "$1" | sed 's/^/# /' | grep .; }
check 'the columns of Linux' columns_are_linux "$work/first"

has_all()
{
	for area in '/cat' '\[heap\]' '/libc[.-]' '/ld-linux' '\[stack\]' '\[vvar\]' '\[vdso\]' '\[vsyscall\]'; do
		grep -q "$area" "$1" || { echo "# no $area"; return 1; }
	done
}
check 'program, heap, libraries, stack, vvar, vdso, vsyscall' has_all "$work/first"

all_moved()
{
	for area in '/cat' '\[heap\]' '/libc[.-]' '/ld-linux' '\[stack\]' '\[vdso\]'; do
		a=$(grep "$area" "$work/first" | head -n 1 | cut -d- -f1)
		b=$(grep "$area" "$work/second" | head -n 1 | cut -d- -f1)
		[ -n "$a" ] && [ "$a" != "$b" ] || { echo "# $area at $a twice"; return 1; }
	done
}
check 'every address differs between two runs' all_moved

check 'exit status of the program' exits 7 run sh -c 'exit 7'
check '128 and the signal' exits 137 run sh -c 'kill -9 $$'
check '124 after the time limit' exits 124 run --timeout 2 sleep 60
has_config() { run zcat /proc/config.gz </dev/null 2>/dev/null | cmp - abi/linux.config; }
check '/proc/config.gz is the list in abi/linux.config' has_config
check '127 for no such program' exits 127 run no-such-program
check '126 for a file that is no program' exits 126 run /etc/passwd
check '125 for a wrong option' exits 125 run --no-such-option true
check 'the embedded root' exits 0 run --root none sh -c 'ls / | grep -q bin && uname -s | grep -qx Linux'
check 'four CPUs' exits 0 run --cpus 4 sh -c '[ "$(grep -c ^processor /proc/cpuinfo)" = 4 ]'
check 'with page-table isolation' exits 0 run --kernel-arg pti=on sh -c 'exit 0'
check 'without it' exits 0 run --kernel-arg pti=off sh -c 'exit 0'

traces() { run "$@" 2>"$work/err" >/dev/null </dev/null; }
says() { grep -q "$1" "$work/err" || { sed 's/^/# /' "$work/err" | tail -n 5; false; }; }
check 'every call with --trace' traces --trace cat /etc/hostname
check 'as strace prints it' says '^openat(AT_FDCWD, "/etc/hostname", O_RDONLY) = 3$'
check 'and the end' says '^+++ exited with 0 +++$'
check '--trace=CALL' traces --trace=openat cat /etc/hostname
check 'that call' says '^openat(AT_FDCWD, "/etc/hostname", O_RDONLY) = 3$'
check 'counts with --stats' traces --stats cat /etc/hostname
check 'of the calls made' says ' openat$'
check 'and where the time went' says ' the program$'

# A machine that cannot hold the embedded root.
check 'a panic' exits 125 run --qemu-arg=-m --qemu-arg=5M true
check 'what of' says 'panic: '
check 'and where' says '\] start_kernel.*+0x'
echo "1..$number"
exit $status
