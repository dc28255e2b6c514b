/* SPDX-License-Identifier: Apache-2.0 */
/* On i386 libsys's limits and times have 64 bits; the old calls' are __old_<name>. */
#ifndef LIBSYS_I386_LINUX_RESOURCE_H
#define LIBSYS_I386_LINUX_RESOURCE_H

#include <linux/time.h>

#define timeval __old_timeval
#define rusage	__old_rusage
#define rlimit	__old_rlimit
#include_next <linux/resource.h>
#undef timeval
#undef rusage
#undef rlimit

#undef RLIM_INFINITY
#define RLIM_INFINITY RLIM64_INFINITY

struct rusage {
	struct timeval ru_utime, ru_stime;
	long ru_maxrss, ru_ixrss, ru_idrss, ru_isrss;
	long ru_minflt, ru_majflt, ru_nswap, ru_inblock, ru_oublock;
	long ru_msgsnd, ru_msgrcv, ru_nsignals, ru_nvcsw, ru_nivcsw;
};

struct rlimit {
	__UINT64_TYPE__ rlim_cur, rlim_max;
};

#endif /* LIBSYS_I386_LINUX_RESOURCE_H */
