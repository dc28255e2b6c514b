/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sched.h>

TEST_MAIN
{
	unsigned cpu = 9999, node = 9999;
	cpu_set_t set;

	T_OK(syscall(SYS_getcpu, &cpu, &node, NULL));
	T_CMP(cpu, <, 8192);
	T_NE(node, 9999);
	T_OK(syscall(SYS_getcpu, NULL, NULL, NULL));
	T_OK(syscall(SYS_getcpu, NULL, &node, 16)); /* the third is no longer used */
	T_EFAULT(p, syscall(SYS_getcpu, p, NULL, NULL));
	T_EFAULT(p, syscall(SYS_getcpu, NULL, p, NULL));
	/* The processor that one is bound to; the vDSO says the same. */
	T_OK(sched_getaffinity(0, sizeof(set), &set));
	for (unsigned i = 0; i < 64; i++) {
		cpu_set_t one;

		if (!CPU_ISSET(i, &set))
			continue;
		CPU_ZERO(&one);
		CPU_SET(i, &one);
		T_OK(sched_setaffinity(0, sizeof(one), &one));
		T_OK(syscall(SYS_getcpu, &cpu, &node, NULL));
		T_EQ(cpu, i);
		T_EQ(sched_getcpu(), i);
	}
}
