/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

TEST_MAIN
{
	pid_t pid;
	int fds[2];
	char c;

	T_EQ(syscall(SYS_getsid, 0), syscall(SYS_getsid, getpid()));
	T_CMP(syscall(SYS_getsid, 0), >=, 0);
	T_ERR(syscall(SYS_getsid, 0x7ffffff0), ESRCH);
	T_ERR(syscall(SYS_getsid, -1), ESRCH);
	T_NEED(pipe(fds));
	pid = T_NEED(fork());
	if (!pid) {
		setsid();
		if (write(fds[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	T_EQ(read(fds[0], &c, 1), 1);
	T_EQ(syscall(SYS_getsid, pid), pid); /* another session's may be asked for */
	T_OK(kill(pid, SIGKILL));
	T_WAIT(pid, SIGKILL);
	T_ERR(syscall(SYS_getsid, pid), ESRCH);
}
