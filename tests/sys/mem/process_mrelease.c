/* SPDX-License-Identifier: Apache-2.0 */
#include "mem_common.h"

#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

static long release(int pidfd, unsigned flags)
{
	return syscall(SYS_process_mrelease, pidfd, flags);
}

TEST_MAIN
{
	pid_t child = T_NEED(fork());
	int fd, plain = T_OK(open(".", O_RDONLY));
	long r;

	if (!child) {
		memset(map_anon(64), 1, 64 * PAGE);
		pause();
		_exit(0);
	}
	fd = T_NEED((int)syscall(SYS_pidfd_open, child, 0));
	T_ERR(release(fd, 1), EINVAL);
	T_ERR(release(-1, 0), EBADF);
	T_ERR(release(plain, 0), EBADF);
	T_ERR(release(fd, 0), EINVAL); /* it is well */
	T_OK(kill(child, SIGKILL));
	r = release(fd, 0); /* or it has gone already */
	T_TRUE(r == 0 || errno == ESRCH || errno == EAGAIN);
	T_WAIT(child, SIGKILL);
	T_ERR(release(fd, 0), ESRCH);
}
