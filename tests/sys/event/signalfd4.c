/* SPDX-License-Identifier: Apache-2.0 */
#define make4(fd, mask, size, flags) ((int)syscall(SYS_signalfd4, fd, mask, (long)(size), flags))
#define make(fd, mask, size)	     make4(fd, mask, size, 0)
#include "signalfd_common.h"

TEST_MAIN
{
	struct signalfd_siginfo s;
	uint64_t mask = BIT_OF(SIGUSR1);
	int fd;

	common_errors();
	records();
	waiting();
	fd = T_OK(make4(-1, &mask, 8, SFD_CLOEXEC | SFD_NONBLOCK));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_ERR(read(fd, &s, sizeof(s)), EAGAIN);
	T_ERR(make4(-1, &mask, 8, 1), EINVAL);
	T_ERR(make4(fd, &mask, 8, -1), EINVAL);
	t_limit(RLIMIT_NOFILE, 3);
	T_ERR(make(-1, &mask, 8), EMFILE);
}
