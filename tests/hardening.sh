#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The kernel's hardening, each switch on and off: programs run, /sys says what is on. Prints TAP.
# usage: hardening.sh LSTAR TESTS (the folder with runner and sys/)
set -u
LSTAR=${1:-build/lstar}
TESTS=${2:-build/tests}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
number=0
status=0
intel='--qemu-arg=-cpu --qemu-arg=max,vendor=GenuineIntel'
bugs=/sys/devices/system/cpu/vulnerabilities

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

run() { timeout 200 "$LSTAR" run --timeout 180 "$@" </dev/null; }

# programs OPTION...: pipes, forks, a dynamically linked interpreter, threads.
programs()
{
	got=$(run "$@" sh -c 'echo a | cat; for i in 1 2 3; do (exit $i); echo $?; done
		python3 -c "import os, threading as t
s = [t.Thread(target=os.write, args=(1, b\"42\n\")) for _ in range(2)]
[x.start() for x in s]; [x.join() for x in s]"' 2>&1)
	[ "$got" = "$(printf 'a\n1\n2\n3\n42\n42')" ] || { echo "# $got"; false; }
}

# doors OPTION...: the tests of the machine's doors, but for the calls at random, which no switch changes.
{
	cat tests/skip.txt
	echo 'i386/fuzz  has steps of its own'
	echo 'x86_64/fuzz  has steps of its own'
} >"$TESTS/hardening.skip" # the machine sees this directory, not /tmp
doors()
{
	run "$@" -- "$TESTS/runner" -s "$TESTS/hardening.skip" "$TESTS/sys/abi" >"$work/out" 2>&1 ||
		{ grep -e '^not ok' -e '^#' -e panic "$work/out" | sed 's/^/# /'; false; }
}

# says FILE TEXT OPTION...
says()
{
	file=$1
	want=$2
	shift 2
	got=$(run "$@" cat "$bugs/$file" 2>&1)
	[ "$got" = "$want" ] || { echo "# $file: $got"; false; }
}

for mode in '' pti=on 'pti=on nopcid' spectre_v2=retpoline spectre_v2=retpoline,lfence randomize_kstack_offset=on \
	mitigations=off; do
	options=
	for word in $mode; do
		options="$options --kernel-arg $word"
	done
	for cpus in 1 4; do
		check "programs, $cpus CPUs: ${mode:-as it comes}" programs --cpus $cpus $options
		check "doors, $cpus CPUs: ${mode:-as it comes}" doors --cpus $cpus $options
	done
done
check "programs on Intel's CPU" programs $intel
check "doors on Intel's CPU" doors $intel

check 'AMD is not affected by Meltdown' says meltdown 'Not affected'
check 'Intel is, and pti is on' says meltdown 'Mitigation: PTI' $intel
for word in pti=off nopti mitigations=off; do
	check "Intel, $word" says meltdown Vulnerable $intel --kernel-arg $word
done
check 'pti=on wins over mitigations=off' says meltdown 'Mitigation: PTI' $intel --kernel-arg mitigations=off \
	--kernel-arg pti=on
check 'retpolines' says spectre_v2 'Mitigation: Retpolines; IBPB: disabled; STIBP: disabled; RSB filling' \
	--kernel-arg spectre_v2=retpoline
check 'nospectre_v2' says spectre_v2 'Vulnerable; IBPB: disabled; STIBP: disabled' --kernel-arg nospectre_v2

# The address of the door, which is the image's first.
door() { timeout 60 "$LSTAR" anatomy getppid </dev/null | sed -n 's/.*MSR_LSTAR *= \(0x[0-9a-f]*\).*/\1/p'; }
moves()
{
	first=$(door) second=$(door) third=$(door)
	[ -n "$first" ] && { [ "$first" != "$second" ] || [ "$second" != "$third" ]; } || { echo "# $first"; false; }
}
check 'the kernel is elsewhere at each boot' moves
stays()
{
	run --kernel-arg nokaslr --kernel-arg pti=on cat /sys/kernel/debug/page_tables/current_user >"$work/out"
	grep -q '^0xffffffff80100000-.* x  entry text$' "$work/out" || { sed 's/^/# /' "$work/out"; false; }
}
check 'nokaslr: where it was linked' stays
names()
{
	# A job that is no archive.
	timeout 60 "$LSTAR" run --qemu-arg=-initrd --qemu-arg=/etc/passwd true </dev/null >"$work/out" 2>&1
	tools/backtrace.sh "$(dirname "$LSTAR")/lstar-kernel.elf" <"$work/out" >"$work/names"
	grep -q '^boot_main at boot.c:' "$work/names" || { sed 's/^/# /' "$work/names"; false; }
}
check "a panic's addresses have source lines all the same" names
no_wx() { run --kernel-log true 2>&1 | grep -q 'Checked W+X mappings: passed'; }
check 'nothing is writable and executable' no_wx

# mode, what the tests of the page expect of it: tests/abi/x86_64/vsyscall.c
for mode in emulate xonly none; do
	check "vsyscall=$mode" doors --kernel-arg vsyscall=$mode
done

# The vDSO's functions, each called thousands of times by that test: --stats sees what enters the kernel.
enters()
{
	run --stats "$TESTS/sys/abi/x86_64/vdso_getrandom" >"$work/out" 2>&1 || return 1
	for name in clock_gettime clock_getres gettimeofday time getcpu getrandom; do
		calls=$(awk -v name=$name '$NF == name && $4 ~ /^[0-9]+$/ { print $4 }' "$work/out")
		[ "${calls:-0}" -le 20 ] || { echo "# $name: $calls calls"; return 1; }
	done
}
check 'the vDSO does not enter the kernel' enters

echo "1..$number"
exit $status
