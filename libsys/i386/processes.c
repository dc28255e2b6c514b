// SPDX-License-Identifier: Apache-2.0
/* Limits and use of resources; calls whose order of arguments is another one here. */

#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int getrlimit(unsigned int resource, struct rlimit *limit)
{
	return prlimit64(0, resource, NULL, limit);
}

int setrlimit(unsigned int resource, const struct rlimit *limit)
{
	return prlimit64(0, resource, limit, NULL);
}

static void widen(struct rusage *to, const struct __old_rusage *from)
{
	to->ru_utime.tv_sec = from->ru_utime.tv_sec;
	to->ru_utime.tv_usec = from->ru_utime.tv_usec;
	to->ru_stime.tv_sec = from->ru_stime.tv_sec;
	to->ru_stime.tv_usec = from->ru_stime.tv_usec;
	to->ru_maxrss = from->ru_maxrss;
	to->ru_ixrss = from->ru_ixrss;
	to->ru_idrss = from->ru_idrss;
	to->ru_isrss = from->ru_isrss;
	to->ru_minflt = from->ru_minflt;
	to->ru_majflt = from->ru_majflt;
	to->ru_nswap = from->ru_nswap;
	to->ru_inblock = from->ru_inblock;
	to->ru_oublock = from->ru_oublock;
	to->ru_msgsnd = from->ru_msgsnd;
	to->ru_msgrcv = from->ru_msgrcv;
	to->ru_nsignals = from->ru_nsignals;
	to->ru_nvcsw = from->ru_nvcsw;
	to->ru_nivcsw = from->ru_nivcsw;
}

int getrusage(int who, struct rusage *usage)
{
	struct __old_rusage old;

	if (old_getrusage(who, &old) < 0)
		return -1;
	widen(usage, &old);
	return 0;
}

int wait4(int pid, int *status, int options, struct rusage *usage)
{
	struct __old_rusage old;
	int result = old_wait4(pid, status, options, usage ? &old : NULL);

	if (result > 0 && usage)
		widen(usage, &old);
	return result;
}

int sys_waitid(int which, int id, struct siginfo *info, int options, struct rusage *usage)
{
	struct __old_rusage old;
	int result = old_waitid(which, id, info, options, usage ? &old : NULL);

	if (result == 0 && usage)
		widen(usage, &old);
	return result;
}

int sys_clone(unsigned long flags, void *stack, int *parent_tid, int *child_tid, void *tls)
{
	return (int)syscall(__NR_clone, flags, stack, parent_tid, tls, child_tid);
}
