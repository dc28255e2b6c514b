/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	int value = 0;
	socklen_t len = sizeof(value);
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len), ENOTSOCK);
	T_ERR(getsockopt(p[1], SOL_SOCKET, SO_TYPE, &value, &len), ENOTSOCK);
	T_ERR(getsockopt(-1, SOL_SOCKET, SO_TYPE, &value, &len), EBADF);
	T_ERR(getsockopt(fd, -1, -1, NULL, NULL), ENOTSOCK);
	close(fd);
	T_ERR(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len), EBADF);
}
