/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define create(size) ((int)syscall(SYS_epoll_create, (long)(size)))

TEST_MAIN
{
	int fd = T_OK(create(1));

	T_EQ(fcntl(fd, F_GETFD), 0);
	T_OK(create(INT_MAX));
	T_ERR(create(0), EINVAL);
	T_ERR(create(-1), EINVAL);
	t_limit(RLIMIT_NOFILE, 3);
	T_ERR(create(1), EMFILE);
}
