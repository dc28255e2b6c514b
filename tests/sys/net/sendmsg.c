/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	struct msghdr msg = {.msg_name = NULL};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(sendmsg(fd, &msg, 0), ENOTSOCK);
	T_ERR(sendmsg(p[1], &msg, 0), ENOTSOCK);
	T_ERR(sendmsg(-1, &msg, 0), EBADF);
	T_ERR(sendmsg(fd, NULL, 0), ENOTSOCK);
	/* MSG_CMSG_COMPAT is the kernel's own. */
	T_ERR(sendmsg(-1, &msg, (int)0x80000000), EINVAL);
	close(fd);
	T_ERR(sendmsg(fd, &msg, 0), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(sendmsg(fd, &msg, 0), EBADF);
}
