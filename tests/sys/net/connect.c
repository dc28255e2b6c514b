/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	struct sockaddr_storage addr = {.ss_family = AF_UNIX};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), ENOTSOCK);
	T_ERR(connect(p[1], (struct sockaddr *)&addr, sizeof(addr)), ENOTSOCK);
	T_ERR(connect(-1, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
	/* The address is read first. */
	T_ERR(connect(fd, (struct sockaddr *)&addr, sizeof(addr) + 1), EINVAL);
	T_ERR(connect(fd, (struct sockaddr *)&addr, (socklen_t)-1), EINVAL);
	T_ERR(connect(fd, NULL, 0), ENOTSOCK);
	T_ERR(connect(-1, NULL, 16), EBADF);
	T_EFAULT_NULL(q, connect(fd, q, 16));
	close(fd);
	T_ERR(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(connect(fd, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
}
