/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	pid_t session = getsid(0);

	T_CHILD
	{
		T_EQ(getsid(0), session);
		T_EQ(setsid(), getpid());
		T_EQ(getsid(0), getpid());
		T_EQ(getpgrp(), getpid());
		T_ERR(setsid(), EPERM); /* leads a group already */
		T_ERR(open("/dev/tty", O_RDWR), ENXIO);
		T_CHILD
		{
			T_EQ(getsid(0), getppid());
			T_EQ(getpgrp(), getppid());
			T_EQ(setsid(), getpid());
		}
	}
	T_CHILD
	{
		T_OK(setpgid(0, 0));
		T_ERR(setsid(), EPERM);
		T_EQ(getsid(0), session);
	}
	/* A group that bears the caller's number counts, though the caller has left it. */
	T_CHILD
	{
		pid_t group = getpgrp(), pid;

		T_OK(setpgid(0, 0));
		pid = fork();
		if (!pid)
			for (;;)
				pause();
		T_OK(setpgid(0, group));
		T_ERR(setsid(), EPERM);
		T_OK(kill(pid, SIGKILL));
		T_WAIT(pid, SIGKILL);
		T_EQ(setsid(), getpid());
	}
}
