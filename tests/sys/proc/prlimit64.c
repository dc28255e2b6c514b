/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

static long k_prlimit(pid_t pid, unsigned which, const void *new_limit, void *old)
{
	return syscall(SYS_prlimit64, pid, which, new_limit, old);
}

TEST_MAIN
{
	struct rlimit old = {1, 1}, now, set = {100, 200}, wrong = {2, 1};
	int fds[2];
	pid_t pid;
	char c;

	T_OK(k_prlimit(0, RLIMIT_CORE, NULL, &old));
	T_OK(k_prlimit(getpid(), RLIMIT_CORE, NULL, &now));
	T_MEM(&old, &now, sizeof(old));
	T_OK(k_prlimit(0, RLIMIT_CORE, NULL, NULL));
	T_CHILD
	{
		/* Set and ask at once: the former value comes back. */
		T_OK(k_prlimit(0, RLIMIT_NOFILE, NULL, &old));
		T_OK(k_prlimit(0, RLIMIT_NOFILE, &set, &now));
		T_MEM(&old, &now, sizeof(old));
		T_OK(k_prlimit(0, RLIMIT_NOFILE, NULL, &now));
		T_EQ(now.rlim_cur, 100);
		T_EQ(now.rlim_max, 200);
	}
	T_ERR(k_prlimit(0, RLIM_NLIMITS, NULL, &old), EINVAL);
	T_ERR(k_prlimit(0, -1U, NULL, &old), EINVAL);
	T_ERR(k_prlimit(0, RLIMIT_CORE, &wrong, NULL), EINVAL);
	T_ERR(k_prlimit(0x7ffffff0, RLIMIT_CORE, NULL, &old), ESRCH);
	T_ERR(k_prlimit(-1, RLIMIT_CORE, NULL, &old), ESRCH);
	T_EFAULT(p, k_prlimit(0, RLIMIT_CORE, p, NULL));
	T_EFAULT(p, k_prlimit(0, RLIMIT_CORE, NULL, p));
	/* Another process. */
	T_NEED(pipe(fds));
	pid = T_NEED(fork());
	if (!pid) {
		while (read(fds[0], &c, 1) == 1 && c != 'e')
			;
		getrlimit(RLIMIT_NOFILE, &now);
		_exit((int)now.rlim_cur);
	}
	T_OK(k_prlimit(pid, RLIMIT_NOFILE, &set, &old));
	T_OK(k_prlimit(pid, RLIMIT_NOFILE, NULL, &now));
	T_EQ(now.rlim_cur, 100);
	if (t_is_root())
		T_AS_USER
		{
			T_ERR(k_prlimit(pid, RLIMIT_NOFILE, NULL, &now), EPERM);
			T_ERR(k_prlimit(pid, RLIMIT_NOFILE, &set, NULL), EPERM);
			T_OK(k_prlimit(getpid(), RLIMIT_NOFILE, NULL, &now));
		}
	T_EQ(write(fds[1], "e", 1), 1);
	T_WAIT(pid, T_EXITED(100));
}
