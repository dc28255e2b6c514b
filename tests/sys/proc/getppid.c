/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <sys/prctl.h>

TEST_MAIN
{
	pid_t me = getpid(), pid;
	int fds[2];

	T_CHILD
	{
		T_EQ(syscall(SYS_getppid), me);
	}
	/* An orphan goes to the nearest subreaper. */
	T_NEED(pipe(fds));
	T_OK(prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
	pid = T_NEED(fork());
	if (!pid) {
		if (!fork()) {
			pid_t parent = getppid(), seen;

			while (getppid() == parent && parent != me)
				t_sleep_ms(1);
			seen = getppid();
			_exit(write(fds[1], &seen, sizeof(seen)) != sizeof(seen));
		}
		_exit(0);
	}
	T_WAIT(pid, 0);
	T_EQ(read(fds[0], &pid, sizeof(pid)), sizeof(pid));
	T_EQ(pid, me);
	T_WAIT(-1, 0);
}
