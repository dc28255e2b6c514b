/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/epoll.h>

#define create1(flags) ((int)syscall(SYS_epoll_create1, (long)(flags)))

TEST_MAIN
{
	char link[64] = "", name[64], c;
	int fd = T_OK(create1(0));

	T_EQ(fcntl(fd, F_GETFD), 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	T_CMP(readlink(name, link, sizeof(link) - 1), >, 0);
	T_STR(link, "anon_inode:[eventpoll]");
	T_ERR(read(fd, &c, 1), EINVAL);
	T_ERR(write(fd, &c, 1), EINVAL);
	fd = T_OK(create1(EPOLL_CLOEXEC));
	T_EQ(fcntl(fd, F_GETFD), FD_CLOEXEC);
	T_ERR(create1(-1), EINVAL);
	T_ERR(create1(EPOLL_CLOEXEC + 1), EINVAL);
	T_ERR(create1(O_NONBLOCK), EINVAL);
	t_limit(RLIMIT_NOFILE, 3);
	T_ERR(create1(0), EMFILE);
}
