#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# `lstar anatomy`: what it shows of a run fits together, and what cannot be asked is refused. TAP.
# usage: run.sh LSTAR
set -u
lstar=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
count=0
failed=0

# check NAME COMMAND...: the command's status is the result.
check() {
	name=$1
	shift
	count=$((count + 1))
	if "$@" > "$work/check" 2>&1; then
		echo "ok $count - $name"
	else
		echo "not ok $count - $name"
		sed 's/^/# /' "$work/check" "$work/out" "$work/err"
		failed=1
	fi
}

anatomy() {
	timeout 60 "$lstar" anatomy "$@" > "$work/out" 2> "$work/err" < /dev/null
	status=$?
}

has() { grep -Eq -- "$1" "$work/out"; }
refused() {
	[ "$status" = 125 ] && [ ! -s "$work/out" ] && [ "$(wc -l < "$work/err")" = 1 ] && grep -q -- "$1" "$work/err"
}

anatomy getppid
check "getppid succeeds" [ "$status" = 0 ]
check "result in the title" has '^getppid\(\) = [0-9]+$'
check "eleven stages" [ "$(grep -Ec '^ ?[0-9]+  ' "$work/out")" = 11 ]
check "the number in rax" has '^      rax = 0x6e +number 110$'
lstar_msr=$(sed -n 's/.*MSR_LSTAR  = \(0x[0-9a-f]*\).*/\1/p' "$work/out")
check "MSR_LSTAR is the entry's address" grep -q "At $lstar_msr, on CPU" "$work/out"
check "the slot holds the stub" has 'there: 0x[0-9a-f]+, __x64_sys_getppid$'
check "the handler has a source line" has 'the handler: sys_getppid  kernel/sys/[a-z_]+\.c:[0-9]+$'
check "back by sysret" has 'the way back is sysretq$'
check "success" has 'is not between -4095 and -1: a success'

anatomy openat AT_FDCWD /etc/hostname 'O_RDONLY|O_CLOEXEC'
check "flags by name" has '^openat\(AT_FDCWD, "/etc/hostname", O_RDONLY\|O_CLOEXEC, 0\) = [0-9]+$'
check "dirfd is -100" has 'dirfd +=? ?0xffffffffffffff9c'
anatomy open /nowhere
check "an error's name" has '^open\("/nowhere", 0, 0\) = -1 ENOENT \(No such file or directory\)$'
check "errno is set" has 'sets errno = 2, ENOENT'
check "the wrapper returns -1" has 'syscall\(\) returned -1$'
anatomy write 1 hello 5
check "what was written" has 'arrived at the standard output: "hello"$'
anatomy uname
check "a buffer for what is left out" has 'buf begins with "Linux'
anatomy exit 3
check "a call that does not return" has '^exit\(3\) = \?.*ended with status 3'
anatomy pause
check "a call that waits" has '^pause\(\) = \?.*still waiting'
anatomy fork
check "a call that comes back twice" has '^fork\(\) = [0-9]+$'

anatomy --html "$work/page.html" getpid
check "a page" [ "$status" = 0 ]
cp "$work/page.html" "$work/out"
check "whole and closed" has '^</html>$'
check "it fetches nothing" sh -c "! grep -Eq 'https?:|<script|<link|<img' '$work/page.html'"

anatomy nonsense
check "no such call" refused "no system call 'nonsense'"
anatomy read x
check "no such number" refused "argument 1 of read (fd): 'x'"
anatomy getpid 1
check "too many arguments" refused 'getpid takes 0 arguments, not 1'
anatomy
check "no call" refused 'no call given'
anatomy --html /nowhere/page getpid
check "a page that cannot be written" refused '/nowhere/page'
anatomy vfork
check "vfork" refused 'vfork cannot'
echo "1..$count"
exit $failed
