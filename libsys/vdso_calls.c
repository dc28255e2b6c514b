// SPDX-License-Identifier: Apache-2.0
/*
 * The clock without a trap: the vDSO's functions, looked up at their first use, the calls where
 * there is no vDSO. Two threads that look up at once find the same.
 */

#include "vdso_calls.h"
#include <errno.h>
#include <sched.h>
#include <sys/vdso.h>
#include <time.h>
#include "arch.h"

#define NOT_THERE ((void *)-1)
#define VERSION	  "LINUX_2.6"

long __syscall_error(long result);

/* *slot is NOT_THERE when the vDSO lacks the function. */
void *vdso_find(void **slot, const char *name)
{
	void *found = __atomic_load_n(slot, __ATOMIC_RELAXED);

	if (!found) {
		found = vdso_sym(VERSION, name);
		if (!found)
			found = NOT_THERE;
		__atomic_store_n(slot, found, __ATOMIC_RELAXED);
	}
	return found == NOT_THERE ? NULL : found;
}

int vdso_checked(long result)
{
	return (int)(result < 0 ? __syscall_error(result) : result);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static void *slot;
	int (*function)(clockid_t, struct timespec *) = vdso_find(&slot, VDSO_CLOCK_GETTIME);

	return function ? vdso_checked(function(clock, now)) : sys_clock_gettime(clock, now);
}

int getcpu(unsigned int *cpu, unsigned int *node)
{
	static void *slot;
	long (*function)(unsigned int *, unsigned int *, void *) =
		vdso_find(&slot, "__vdso_getcpu");

	return function ? vdso_checked(function(cpu, node, NULL)) : sys_getcpu(cpu, node, NULL);
}

int sched_getcpu(void)
{
	unsigned int cpu;

	return getcpu(&cpu, NULL) < 0 ? -1 : (int)cpu;
}
