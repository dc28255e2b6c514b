/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(getsockname(fd, (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(getsockname(p[0], (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(getsockname(fd, NULL, NULL), ENOTSOCK);
	T_ERR(getsockname(-1, (struct sockaddr *)&addr, &len), EBADF);
	close(fd);
	T_ERR(getsockname(fd, (struct sockaddr *)&addr, &len), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(getsockname(fd, (struct sockaddr *)&addr, &len), EBADF);
}
