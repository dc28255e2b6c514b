/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <linux/capability.h>
#include <sys/prctl.h>

static long k_prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)
{
	return syscall(SYS_prctl, option, a, b, c, d);
}

static void test_name(void)
{
	char name[17] = "";

	T_OK(k_prctl(PR_SET_NAME, (unsigned long)"short", 0, 0, 0));
	memset(name, 0x55, sizeof(name));
	T_OK(k_prctl(PR_GET_NAME, (unsigned long)name, 0, 0, 0));
	T_STR(name, "short");
	T_EQ(name[15], 0); /* always 16 bytes, filled with zeroes */
	T_EQ(name[16], 0x55);
	T_OK(k_prctl(PR_SET_NAME, (unsigned long)"0123456789abcdefghij", 0, 0, 0));
	T_OK(k_prctl(PR_GET_NAME, (unsigned long)name, 0, 0, 0));
	T_STR(name, "0123456789abcde");
	T_CHILD
	{
		T_OK(k_prctl(PR_GET_NAME, (unsigned long)name, 0, 0, 0));
		T_STR(name, "0123456789abcde");
		T_OK(k_prctl(PR_SET_NAME, (unsigned long)"", 0, 0, 0));
	}
	T_EFAULT_NULL(p, k_prctl(PR_SET_NAME, (unsigned long)p, 0, 0, 0));
	T_EFAULT_NULL(p, k_prctl(PR_GET_NAME, (unsigned long)p, 0, 0, 0));
	/* A name that ends before the page does. */
	{
		char *end = t_page_end();

		memcpy(end - 3, "ab", 3);
		T_OK(k_prctl(PR_SET_NAME, (unsigned long)(end - 3), 0, 0, 0));
	}
}

static void test_death_signal(void)
{
	int sig = 99, fds[2];
	char c;

	T_OK(k_prctl(PR_GET_PDEATHSIG, (unsigned long)&sig, 0, 0, 0));
	T_EQ(sig, 0);
	T_ERR(k_prctl(PR_SET_PDEATHSIG, 65, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_SET_PDEATHSIG, -1UL, 0, 0, 0), EINVAL);
	T_EFAULT_NULL(p, k_prctl(PR_GET_PDEATHSIG, (unsigned long)p, 0, 0, 0));
	T_NEED(pipe(fds));
	T_CHILD
	{
		pid_t pid = fork();

		if (!pid) {
			pid_t parent = getppid();

			k_prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
			k_prctl(PR_GET_PDEATHSIG, (unsigned long)&sig, 0, 0, 0);
			if (fork() == 0) {
				/* Not inherited by a child. */
				k_prctl(PR_GET_PDEATHSIG, (unsigned long)&sig, 0, 0, 0);
				_exit(sig);
			}
			T_WAIT(-1, 0);
			if (write(fds[1], "r", 1) != 1 || getppid() != parent)
				_exit(1);
			close(fds[0]);
			for (;;)
				pause();
		}
		T_EQ(read(fds[0], &c, 1), 1);
	}
	/* All writers are gone: the grandchild has got its signal. */
	close(fds[1]);
	T_EQ(read(fds[0], &c, 1), 0);
}

static void test_switches(void)
{
	T_EQ(k_prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1);
	T_OK(k_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
	T_EQ(k_prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 0);
	T_ERR(k_prctl(PR_SET_DUMPABLE, 2, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_SET_DUMPABLE, 3, 0, 0, 0), EINVAL);
	T_OK(k_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));

	T_EQ(k_prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0), 0);
	T_OK(k_prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0));
	T_EQ(k_prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0), 1);
	T_ERR(k_prctl(PR_SET_KEEPCAPS, 2, 0, 0, 0), EINVAL);
	T_OK(k_prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0));

	T_CHILD
	{
		T_EQ(k_prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 0);
		T_ERR(k_prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0), EINVAL);
		T_ERR(k_prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0), EINVAL);
		T_ERR(k_prctl(PR_GET_NO_NEW_PRIVS, 1, 0, 0, 0), EINVAL);
		T_OK(k_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
		T_EQ(k_prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
		T_CHILD
		{
			T_EQ(k_prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), 1);
		}
	}
}

static void test_subreaper(void)
{
	int is_reaper = 99;

	T_CHILD
	{
		T_OK(k_prctl(PR_GET_CHILD_SUBREAPER, (unsigned long)&is_reaper, 0, 0, 0));
		T_EQ(is_reaper, 0);
		T_OK(k_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
		T_OK(k_prctl(PR_GET_CHILD_SUBREAPER, (unsigned long)&is_reaper, 0, 0, 0));
		T_EQ(is_reaper, 1);
		T_CHILD
		{
			T_OK(k_prctl(PR_GET_CHILD_SUBREAPER, (unsigned long)&is_reaper, 0, 0, 0));
			T_EQ(is_reaper, 0);
		}
		/* An orphaned grandchild comes here. */
		if (!fork()) {
			if (!fork()) {
				t_sleep_ms(20);
				_exit(13);
			}
			_exit(12);
		}
		T_WAIT(-1, T_EXITED(12));
		T_WAIT(-1, T_EXITED(13));
	}
	T_EFAULT_NULL(p, k_prctl(PR_GET_CHILD_SUBREAPER, (unsigned long)p, 0, 0, 0));
}

#ifndef PR_GET_AUXV
#define PR_GET_AUXV 0x41555856
#endif

static bool may_resource(void)
{
	char text[4096] = {0}, *at;

	t_read_file("/proc/self/status", text, sizeof(text) - 1);
	at = strstr(text, "CapEff:\t");
	return at && (strtoul(at + 8, NULL, 16) >> CAP_SYS_RESOURCE & 1);
}

/* Memory errors, large pages, storage: kept and given back. */
static void test_kept(void)
{
	T_EQ(k_prctl(PR_MCE_KILL_GET, 0, 0, 0, 0), PR_MCE_KILL_DEFAULT);
	T_OK(k_prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0));
	T_EQ(k_prctl(PR_MCE_KILL_GET, 0, 0, 0, 0), PR_MCE_KILL_EARLY);
	T_OK(k_prctl(PR_MCE_KILL, PR_MCE_KILL_CLEAR, 0, 0, 0));
	T_ERR(k_prctl(PR_MCE_KILL, PR_MCE_KILL_CLEAR, 1, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_MCE_KILL, PR_MCE_KILL_SET, 3, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_MCE_KILL, 2, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_MCE_KILL, PR_MCE_KILL_SET, 1, 1, 0), EINVAL);
	T_ERR(k_prctl(PR_MCE_KILL_GET, 1, 0, 0, 0), EINVAL);
	T_EQ(k_prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 0);
	T_OK(k_prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	T_CHILD
	{
		T_EQ(k_prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0), 1);
	}
	T_OK(k_prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0));
	T_ERR(k_prctl(PR_GET_THP_DISABLE, 1, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_SET_THP_DISABLE, 0, 0, 1, 0), EINVAL);
	T_ERR(k_prctl(PR_GET_SPECULATION_CTRL, 99, 0, 0, 0), ENODEV);
	T_ERR(k_prctl(PR_GET_SPECULATION_CTRL, 0, 1, 0, 0), EINVAL);
	T_OK(k_prctl(PR_TASK_PERF_EVENTS_DISABLE, 0, 0, 0, 0));
	T_OK(k_prctl(PR_TASK_PERF_EVENTS_ENABLE, 0, 0, 0, 0));
	T_ERR(k_prctl(PR_SET_FPEMU, 0, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_SET_ENDIAN, 0, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_SET_UNALIGN, 0, 0, 0, 0), EINVAL);
	if (may_resource()) {
		T_EQ(k_prctl(PR_GET_IO_FLUSHER, 0, 0, 0, 0), 0);
		T_ERR(k_prctl(PR_SET_IO_FLUSHER, 2, 0, 0, 0), EINVAL);
		T_CHILD
		{
			T_OK(k_prctl(PR_SET_IO_FLUSHER, 1, 0, 0, 0));
			T_EQ(k_prctl(PR_GET_IO_FLUSHER, 0, 0, 0, 0), 1);
		}
	}
	T_AS_USER
	{
		T_ERR(k_prctl(PR_GET_IO_FLUSHER, 0, 0, 0, 0), EPERM);
		T_ERR(k_prctl(PR_SET_MM, PR_SET_MM_BRK, 0x100000, 0, 0), EPERM);
	}
}

static unsigned long rdtsc(void)
{
	unsigned lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return lo | (unsigned long)hi << 32;
}

static void test_tsc(void)
{
	int mode = 0;

	T_OK(k_prctl(PR_GET_TSC, (unsigned long)&mode, 0, 0, 0));
	T_EQ(mode, PR_TSC_ENABLE);
	T_ERR(k_prctl(PR_SET_TSC, 99, 0, 0, 0), EINVAL);
	T_EFAULT_NULL(p, k_prctl(PR_GET_TSC, (unsigned long)p, 0, 0, 0));
	T_CHILD_STATUS(SIGSEGV)
	{
		struct rlimit none = {0, 0};

		setrlimit(RLIMIT_CORE, &none);
		T_OK(k_prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0));
		T_OK(k_prctl(PR_GET_TSC, (unsigned long)&mode, 0, 0, 0));
		T_EQ(mode, PR_TSC_SIGSEGV);
		/* A child inherits it; another process does not notice. */
		T_CHILD_STATUS(SIGSEGV)
		{
			usleep(1000);
			rdtsc();
		}
		rdtsc();
	}
	T_NE(rdtsc(), 0);
}

static void test_mm(void)
{
	unsigned long auxv[100] = {0};
	uint32_t size = 0;
	long n = k_prctl(PR_GET_AUXV, (unsigned long)auxv, sizeof(auxv), 0, 0);

	if (n != -1) {
		T_CMP(n, >=, 160);
		T_NE(auxv[0], 0);
		T_ERR(k_prctl(PR_GET_AUXV, (unsigned long)auxv, sizeof(auxv), 1, 0), EINVAL);
		T_ERR(k_prctl(PR_GET_AUXV, 16, sizeof(auxv), 0, 0), EFAULT);
	}
	if (k_prctl(PR_SET_MM, PR_SET_MM_MAP_SIZE, (unsigned long)&size, 0, 0)) {
		T_SKIP_ONE("no PR_SET_MM_MAP_SIZE");
		return;
	}
	T_EQ(size, sizeof(struct prctl_mm_map));
	T_ERR(k_prctl(PR_SET_MM, PR_SET_MM_BRK, 0x100000, 0, 1), EINVAL);
	T_ERR(k_prctl(PR_SET_MM, PR_SET_MM_BRK, 0x100000, 1, 0), EINVAL);
	if (!may_resource())
		return;
	T_CHILD
	{
		T_ERR(k_prctl(PR_SET_MM, 99, 0x100000, 0, 0), EINVAL);
		T_ERR(k_prctl(PR_SET_MM, PR_SET_MM_ARG_START, -1UL, 0, 0), EINVAL);
		T_ERR(k_prctl(PR_SET_MM, PR_SET_MM_BRK, 0x10000, 0, 0), EINVAL);
	}
}

static volatile siginfo_t seen;
static volatile uint8_t selector;

static void on_sigsys(int sig, siginfo_t *si, void *context)
{
	(void)sig;
	(void)context;
	selector = 0;
	seen = *si;
}

/* Calls from outside a range of code are the program's own, while the selector says so. */
static void test_dispatch(void)
{
	const int set = PR_SET_SYSCALL_USER_DISPATCH;
	unsigned long at = (unsigned long)&selector;

	T_ERR(k_prctl(set, 99, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(set, PR_SYS_DISPATCH_OFF, 1, 0, 0), EINVAL);
	T_ERR(k_prctl(set, PR_SYS_DISPATCH_OFF, 0, 0, at), EINVAL);
	T_ERR(k_prctl(set, PR_SYS_DISPATCH_ON, 1, 0, at), EINVAL);
	T_ERR(k_prctl(set, PR_SYS_DISPATCH_ON, 0, 0, 0xffff800000000000), EFAULT);
	T_CHILD
	{
		struct sigaction sa = {.sa_sigaction = on_sigsys, .sa_flags = SA_SIGINFO};
		siginfo_t si;
		long ret;

		sigaction(SIGSYS, &sa, NULL);
		T_OK(k_prctl(set, PR_SYS_DISPATCH_ON, 0, 0, at));
		T_EQ(syscall(SYS_getppid), getppid());
		selector = 1;
		ret = syscall(SYS_getppid);
		T_EQ(ret, SYS_getppid);
		si = *(siginfo_t *)&seen;
		T_EQ(si.si_signo, SIGSYS);
		T_EQ(si.si_code, 2);
		T_EQ(si.si_syscall, SYS_getppid);
		T_CHILD
		{
			selector = 1; /* not inherited */
			T_EQ(syscall(SYS_getppid), getppid());
		}
		T_OK(k_prctl(set, PR_SYS_DISPATCH_OFF, 0, 0, 0));
		selector = 1;
		T_EQ(syscall(SYS_getppid), getppid());
	}
}

TEST_MAIN
{
	test_name();
	test_kept();
	test_tsc();
	test_mm();
	test_dispatch();
	test_death_signal();
	test_switches();
	test_subreaper();
	/* Timer slack: nanoseconds; 0 restores the default. */
	T_EQ(k_prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0), 50000);
	T_OK(k_prctl(PR_SET_TIMERSLACK, 70000, 0, 0, 0));
	T_EQ(k_prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0), 70000);
	T_OK(k_prctl(PR_SET_TIMERSLACK, 0, 0, 0, 0));
	T_EQ(k_prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0), 50000);
	T_CMP(k_prctl(PR_CAPBSET_READ, CAP_CHOWN, 0, 0, 0), >=, 0);
	T_ERR(k_prctl(PR_CAPBSET_READ, 64, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(PR_CAPBSET_READ, -1UL, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(0x12345678, 0, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(-1, 0, 0, 0, 0), EINVAL);
	T_ERR(k_prctl(0, 0, 0, 0, 0), EINVAL);
}
