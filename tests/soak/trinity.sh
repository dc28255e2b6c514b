#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Inside the machine, as root: trinity.sh SECONDS: rounds of Debian's trinity as an ordinary user, both tables of calls.
# Sockets of all families but AF_UNIX, which makes this trinity crash by itself, on Linux too; by families; and none.
set -u
. "$(dirname "$0")/memory.sh"
uid=60000
round_s=30
work=/tmp/trinity

# round OPTION...: status 1 when something cannot be killed
round()
{
	mkdir -p $work && chown $uid:$uid $work && cd $work || return 1
	setpriv --reuid $uid --regid $uid --clear-groups env HOME=$work \
		timeout -s INT -k 5 $round_s trinity -C 8 -l off -q "$@" </dev/null >/tmp/trinity.log 2>&1
	echo "trinity $*: status $?; $(grep -a '^\[main\] Ran ' /tmp/trinity.log | tail -n 1)"
	kill_user $uid || return 1
	cd /
	rm -rf $work /tmp/trinity.log /dev/shm/* /dev/mqueue/* 2>/dev/null
	for kind in m s q; do
		for id in $(ipcs -$kind | awk '$1 ~ /^0x/ { print $2 }'); do
			ipcrm -$kind "$id" 2>/dev/null
		done
	done
	return 0
}

end=$(($(date +%s) + $1))
rounds=0
before=
while [ "$(date +%s)" -lt "$end" ]; do
	case $((rounds % 6)) in
	0) round -E UNIX ;;
	1) round -P INET ;;
	2) round -P NETLINK ;;
	3) round --disable-fds=sockets ;;
	4) round -P INET6 ;;
	5) round -P INET -x execve -x execveat ;;
	esac || exit 1
	rounds=$((rounds + 1))
	[ -n "$before" ] || before=$(used_kb)
done
lost "$before" && exit 1
echo "$rounds rounds of trinity, $round_s s each"
