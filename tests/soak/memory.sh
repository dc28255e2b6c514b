# SPDX-License-Identifier: Apache-2.0
# What the machine's memory holds, for the scripts beside this one that source it.

# kB that are used when all that can be dropped is dropped
used_kb()
{
	sync
	echo 3 >/proc/sys/vm/drop_caches
	awk '$1 == "MemTotal:" { all = $2 } $1 == "MemFree:" { print all - $2 }' /proc/meminfo
}

# lost BEFORE_KB: true, with a line, when memory has not come back. Caches per CPU and high-water marks are allowed
# LOST_KB; connections in TIME_WAIT have a minute.
LOST_KB=4096
lost()
{
	tries=0
	while after=$(used_kb); [ $((after - $1)) -gt $LOST_KB ]; do
		if [ $tries = 14 ]; then
			echo "lost memory: $1 kB used before, $after kB after"
			cat /proc/meminfo /proc/slabinfo
			return 0
		fi
		tries=$((tries + 1))
		sleep 5
	done
	echo "memory: $1 kB used before, $after kB after"
	return 1
}

# Everything of a user ends: false when something is still there long after SIGKILL.
kill_user()
{
	tries=0
	while pkill -KILL -U "$1"; do
		tries=$((tries + 1))
		if [ $tries = 100 ]; then
			echo "cannot be killed:"
			ps -L -U "$1" -o pid,tid,stat,wchan,comm
			return 1
		fi
		sleep 0.3
	done
	return 0
}
