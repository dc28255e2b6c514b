/* SPDX-License-Identifier: Apache-2.0 */
#include "eventfd_common.h"

TEST_MAIN
{
	int fd = T_OK((int)syscall(SYS_eventfd, 5));

	T_EQ(fcntl(fd, F_GETFD), 0);
	T_EQ(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
	T_EQ(take(fd), 5);
	T_EQ(give(fd, 2), 8);
	T_EQ(take(fd), 2);
	t_limit(RLIMIT_NOFILE, 3);
	T_ERR((int)syscall(SYS_eventfd, 5), EMFILE);
}
