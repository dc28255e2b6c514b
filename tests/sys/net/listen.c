/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(listen(fd, 5), ENOTSOCK);
	T_ERR(listen(p[1], 5), ENOTSOCK);
	T_ERR(listen(-1, 5), EBADF);
	T_ERR(listen(fd, -1), ENOTSOCK);
	close(fd);
	T_ERR(listen(fd, 5), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(listen(fd, 5), EBADF);
}
