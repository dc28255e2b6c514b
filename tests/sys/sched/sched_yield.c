/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sched.h>

TEST_MAIN
{
	volatile int *turn;
	cpu_set_t set;
	pid_t pid;

	T_EQ(syscall(SYS_sched_yield), 0);
	/* On one processor two that only yield make progress together. */
	turn = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CPU_ZERO(&set);
	CPU_SET(sched_getcpu(), &set);
	T_OK(sched_setaffinity(0, sizeof(set), &set));
	pid = T_NEED(fork());
	if (!pid) {
		for (int i = 0; i < 500; i++) {
			while (*turn != 1)
				syscall(SYS_sched_yield);
			*turn = 0;
		}
		_exit(0);
	}
	for (int i = 0; i < 500; i++) {
		while (*turn != 0)
			syscall(SYS_sched_yield);
		*turn = 1;
	}
	T_WAIT(pid, 0);
}
