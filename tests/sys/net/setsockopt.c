/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	int one = 1;
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), ENOTSOCK);
	T_ERR(setsockopt(p[1], SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), ENOTSOCK);
	T_ERR(setsockopt(-1, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), EBADF);
	T_ERR(setsockopt(fd, -1, -1, NULL, 0), ENOTSOCK);
	close(fd);
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), EBADF);
}
