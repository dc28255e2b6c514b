/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	int fds[2], next = T_OK(dup(0));

	close(next);
	T_ERR(socketpair(100, SOCK_STREAM, 0, fds), EAFNOSUPPORT);
	T_ERR(socketpair(-1, SOCK_STREAM, 0, fds), EAFNOSUPPORT);
	T_ERR(socketpair(AF_UNIX, 14, 0, fds), EINVAL);
	T_ERR(socketpair(AF_UNIX, SOCK_STREAM | 0x10, 0, NULL), EINVAL);
	/* The numbers are written before the family is looked at, and free again. */
	T_EFAULT_NULL(p, syscall(SYS_socketpair, 100, SOCK_STREAM, 0, p));
	T_EQ(dup(0), next);
	T_CHILD
	{
		struct rlimit few = {(rlim_t)next + 2, (rlim_t)next + 2};

		T_OK(setrlimit(RLIMIT_NOFILE, &few));
		T_ERR(socketpair(100, SOCK_STREAM, 0, fds), EMFILE);
		T_ERR(dup2(next, next + 2), EBADF);
	}
}
