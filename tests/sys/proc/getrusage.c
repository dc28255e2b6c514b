/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <pthread.h>
#include <time.h>

static long micros(struct timeval tv)
{
	return tv.tv_sec * 1000000 + tv.tv_usec;
}

static long used(const struct rusage *ru)
{
	return micros(ru->ru_utime) + micros(ru->ru_stime);
}

/* Uses that much processor time, however busy the machine is. */
static void spin(long ms)
{
	struct timespec ts;

	do
		clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	while (ts.tv_sec * 1000 + ts.tv_nsec / 1000000 < ms);
}

static void *spin_thread(void *arg)
{
	struct rusage ru;

	spin(100);
	T_OK(getrusage(RUSAGE_THREAD, &ru));
	T_CMP(used(&ru), >=, 80000);
	return arg;
}

TEST_MAIN
{
	struct rusage a, b;
	pthread_t thread;
	char *p;

	memset(&a, 0x55, sizeof(a));
	T_OK(getrusage(RUSAGE_SELF, &a));
	spin(100);
	T_OK(getrusage(RUSAGE_SELF, &b));
	T_CMP(used(&b), >=, 80000);
	T_CMP(used(&b) - used(&a), <=, 5000000);
	T_CMP(a.ru_utime.tv_usec, <, 1000000);
	/* Page faults, high-water mark in KiB. */
	p = mmap(NULL, 8 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise(p, 8 << 20, MADV_NOHUGEPAGE);
	memset(p, 1, 8 << 20);
	T_OK(getrusage(RUSAGE_SELF, &a));
	T_CMP(a.ru_minflt - b.ru_minflt, >=, 100);
	T_CMP(a.ru_maxrss, >=, 8 << 10);
	T_CMP(a.ru_maxrss, <, 1 << 20);
	munmap(p, 8 << 20);
	T_OK(getrusage(RUSAGE_SELF, &b));
	T_CMP(b.ru_maxrss, >=, a.ru_maxrss);
	/* Switches: a sleep is a voluntary one. */
	t_sleep_ms(5);
	T_OK(getrusage(RUSAGE_SELF, &a));
	T_CMP(a.ru_nvcsw, >, b.ru_nvcsw);
	/* Fields that Linux does not keep. */
	T_EQ(a.ru_ixrss | a.ru_idrss | a.ru_isrss | a.ru_nswap | a.ru_msgsnd | a.ru_nsignals, 0);

	/* Children count when they have been waited for. */
	T_OK(getrusage(RUSAGE_CHILDREN, &a));
	T_EQ(used(&a), 0);
	T_CHILD
	{
		spin(100);
	}
	T_OK(getrusage(RUSAGE_CHILDREN, &b));
	T_CMP(used(&b), >=, 80000);
	T_CMP(b.ru_minflt, >, 0);
	/* A thread's own time; the process has that of all. */
	T_OK(getrusage(RUSAGE_THREAD, &a));
	T_EQ(pthread_create(&thread, NULL, spin_thread, NULL), 0);
	pthread_join(thread, NULL);
	T_OK(getrusage(RUSAGE_THREAD, &b));
	T_CMP(used(&b) - used(&a), <, 90000);
	T_OK(getrusage(RUSAGE_SELF, &a));
	T_CMP(used(&a), >=, used(&b) + 20000);

	T_ERR(syscall(SYS_getrusage, 2, &a), EINVAL);
	T_ERR(syscall(SYS_getrusage, -2, &a), EINVAL);
	T_ERR(syscall(SYS_getrusage, 99, &a), EINVAL);
	T_EFAULT_NULL(p, syscall(SYS_getrusage, RUSAGE_SELF, p));
}
