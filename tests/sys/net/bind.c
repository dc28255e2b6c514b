/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	struct sockaddr_storage addr = {.ss_family = AF_UNIX};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), ENOTSOCK);
	T_ERR(bind(p[1], (struct sockaddr *)&addr, sizeof(addr)), ENOTSOCK);
	T_ERR(bind(-1, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
	T_ERR(bind(fd, NULL, 10), ENOTSOCK);
	close(fd);
	T_ERR(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
}
