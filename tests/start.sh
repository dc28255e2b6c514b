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
# The embedded root alone is 2 MB of it.
prints() { want=$1; shift; is "$(run "$@" 2>&1 </dev/null)" "$want"; }
check 'hello in 8 MiB' prints hello --mem 8M --root none echo hello
check 'a shell, pipes and programs in 12 MiB' prints 'bin 2' --mem 12M --root none \
	sh -c 'i=0; while [ $i -lt 9 ]; do (exit 0); i=$((i+1)); done; ls / | grep ^bin | sed "s/$/ $(echo a | wc -c)/"'
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
program=$(dirname "$LSTAR")/tests/sys/abi/i386/layouts
if [ -x "$program" ]; then
	intel='--accel tcg --qemu-arg -cpu --qemu-arg max,vendor=GenuineIntel'
	# shellcheck disable=SC2086
	check 'a 32-bit program traced' traces $intel --trace "$program"
	check 'the ABI and the door' says '^\[ Process PID=[0-9]* runs in 32 bit mode. \] sysenter$'
	check 'times of 32 bits' says \
		'timerfd_settime(3, 0, {it_interval={tv_sec=5, tv_nsec=6}, it_value={tv_sec=100, tv_nsec=7}}'
	check 'and of 64' says \
		'timerfd_settime64(.*it_value={tv_sec=6442450944, tv_nsec=9}}, {it_interval={tv_sec=5, tv_nsec=6}'
fi
check 'counts with --stats' traces --stats cat /etc/hostname
check 'of the calls made' says ' openat$'
check 'and where the time went' says ' the program$'

# A job that is no archive.
check 'a panic' exits 125 run --qemu-arg=-initrd --qemu-arg=/etc/passwd true
check 'what of' says 'panic: '
check 'and where' says '\] start_kernel.*+0x'
echo "1..$number"
exit $status
