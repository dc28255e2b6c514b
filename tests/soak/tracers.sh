#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inside the machine: strace and gdb of programs that fork, make threads, exec and end; what they print is known.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2

# same WHAT STATUS WANTED-STATUS COUNT WANTED-COUNT
same()
{
	[ "$2 $4" = "$3 $5" ] && return
	echo "not ok - $1: status $2, not $3; $4 lines, not $5"
	cat out
	exit 1
}

for round in 1 2 3 4 5; do
	strace -qq -e trace=write,exit_group -e signal=none -o out sh -c 'echo hi >/dev/null'
	same "strace $round" $? 0 "$(grep -c '^write(1, "hi\\n", 3) *= 3$\|^exit_group(0) *= ?$' out)" 2
	strace -qq -e trace=none -o out sh -c 'kill -TERM $$'
	same "strace of a killed shell $round" $? 143 "$(grep -c 'SIGTERM' out)" 2
	strace -f -qq -e trace=exit_group -e signal=none -o out sh -c 'true | false; exit 3'
	same "strace -f $round" $? 3 "$(grep -c 'exit_group(' out)" 3
	strace -f -o out sh -c '(echo a; echo b | cat) | cat >/dev/null; /bin/true & wait; exit 4'
	same "strace -f of a pipeline $round" $? 4 "$(grep -c '+++ exited' out)" 6
	strace -f -e trace=exit_group -o out /usr/bin/python3 -IS -c '
import threading
for t in [threading.Thread(target=sum, args=([1, 2],)) for i in range(8)]:
    t.start()'
	same "strace -f of threads $round" $? 0 "$(grep -c '+++ exited' out)" 9
done
# Attached to and left again, many times, while it forks: not by vfork, where a strace that is to leave waits for ever,
# on Linux too, for a parent that waits for a child that strace holds.
sh -c 'i=0; while [ ! -e stop ]; do i=$((i + 1)); echo $i >>turns; (:); done; exit 7' &
worker=$!

# until_more N: until the worker has made N more turns, 60 s at most
until_more()
{
	wanted=$(($(wc -l <turns) + $1))
	tries=0
	while [ "$(wc -l <turns)" -lt $wanted ] && [ $tries -lt 600 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
}

: >>turns
for round in 1 2 3 4 5; do
	strace -f -o out -p $worker 2>/dev/null &
	strace=$!
	tries=0
	until grep -q '^TracerPid:.*[1-9]' /proc/$worker/status || [ $tries = 300 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	until_more 3
	kill $strace
	wait $strace 2>/dev/null
	same "strace -p $round" "$(wc -l <out | sed 's/^[1-9][0-9]*$/some/')" some 0 0
	until_more 2
	if command -v gdb >/dev/null && [ $round = 1 ]; then
		gdb -q -batch -nx -p $worker -ex 'print 40 + 2' -ex detach >out 2>&1
		same "gdb -p $round" $? 0 "$(grep -c '= 42' out)" 1
		until_more 2
	fi
done
: >stop
wait $worker
same "the traced shell" $? 7 0 0
