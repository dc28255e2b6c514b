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

TEST_MAIN
{
	test_name();
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
