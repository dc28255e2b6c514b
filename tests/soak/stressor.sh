#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inside the machine: stressor.sh NAME SECONDS: four of one stressor, for a second so that what is made once is there,
# then for its time. Status: that of stress-ng, or 10 when memory is lost.
set -u
. "$(dirname "$0")/memory.sh"
trap : ALRM # the stressor resources sends it to numbers that it never set, and this shell's is a small one

# What may harm a machine is what we want to see; the files of all four fit into the memory that they are kept in.
run()
{
	stress-ng --"$1" 4 -t "$2" --metrics-brief --pathological --oomable --temp-path /tmp --iomix-bytes 32M \
		--sync-file-bytes 32M
	status=$?
	rm -rf /tmp/* /dev/shm/* /dev/mqueue/* 2>/dev/null
	return $status
}

run "$1" 1 >/dev/null 2>&1
sleep 0.5
before=$(used_kb)
run "$1" "$2"
status=$?
sleep 0.5
lost "$before" && exit 10
ps -eo pid,ppid,stat,comm
exit $status
