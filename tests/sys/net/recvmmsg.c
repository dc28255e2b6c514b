/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	struct mmsghdr msgs[2] = {{.msg_len = 0}};
	struct timespec time = {0, 0};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(recvmmsg(fd, msgs, 2, 0, NULL), ENOTSOCK);
	T_ERR(recvmmsg(p[1], msgs, 2, 0, NULL), ENOTSOCK);
	T_ERR(recvmmsg(-1, msgs, 2, 0, NULL), EBADF);
	T_ERR(recvmmsg(fd, NULL, 1, 0, NULL), ENOTSOCK);
	T_ERR(recvmmsg(-1, msgs, 1, (int)0x80000000, NULL), EINVAL);
	/* The time is looked at first. */
	T_ERR(recvmmsg(fd, msgs, 1, 0, &time), ENOTSOCK);
	time.tv_nsec = 1000000000;
	T_ERR(recvmmsg(-1, msgs, 1, 0, &time), EINVAL);
	T_EFAULT(q, syscall(SYS_recvmmsg, fd, msgs, 1, 0, q));
	close(fd);
	T_ERR(recvmmsg(fd, msgs, 2, 0, NULL), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(recvmmsg(fd, msgs, 2, 0, NULL), EBADF);
}
