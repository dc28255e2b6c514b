#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inside the machine: stressor.sh NAME SECONDS: four of one stressor, for a second so that what is made once is there,
# then for its time. Status: that of stress-ng, or 10 when memory is lost.
set -u
. "$(dirname "$0")/memory.sh"
trap : ALRM # the stressor resources sends it to numbers that it never set, and this shell's is a small one

case $1 in # that will not run as root
exec | spawn | bad-ioctl) as="setpriv --reuid 60000 --regid 60000 --clear-groups" ;;
*) as= ;;
esac

# What may harm a machine is what we want to see; the files of all four fit into the memory that they are kept in.
run()
{
	$as stress-ng --"$1" 4 -t "$2" --metrics-brief --pathological --oomable --temp-path /tmp --iomix-bytes 32M \
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
