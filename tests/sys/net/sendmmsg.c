/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	struct mmsghdr msgs[2] = {{.msg_len = 0}};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(sendmmsg(fd, msgs, 2, 0), ENOTSOCK);
	T_ERR(sendmmsg(p[1], msgs, 2, 0), ENOTSOCK);
	T_ERR(sendmmsg(-1, msgs, 2, 0), EBADF);
	T_ERR(sendmmsg(fd, NULL, 1, 0), ENOTSOCK);
	T_ERR(sendmmsg(-1, msgs, 1, (int)0x80000000), EINVAL);
	close(fd);
	T_ERR(sendmmsg(fd, msgs, 2, 0), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(sendmmsg(fd, msgs, 2, 0), EBADF);
}
