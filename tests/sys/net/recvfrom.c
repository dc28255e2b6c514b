/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	struct sockaddr_storage addr = {.ss_family = AF_UNIX};
	socklen_t len = sizeof(addr);
	char buf[16];
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(recvfrom(p[1], buf, sizeof(buf), 0, (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(recvfrom(-1, buf, sizeof(buf), 0, (struct sockaddr *)&addr, &len), EBADF);
	T_ERR(recvfrom(fd, NULL, 10, 0, NULL, NULL), ENOTSOCK);
	T_ERR(recvfrom(-1, (void *)0xffff800000000000, 1, 0, NULL, NULL), EFAULT);
	close(fd);
	T_ERR(recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&addr, &len), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&addr, &len), EBADF);
}
