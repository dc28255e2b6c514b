/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	struct sockaddr_storage addr = {.ss_family = AF_UNIX};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(sendto(fd, "x", 1, 0, (struct sockaddr *)&addr, sizeof(addr)), ENOTSOCK);
	T_ERR(sendto(p[1], "x", 1, 0, (struct sockaddr *)&addr, sizeof(addr)), ENOTSOCK);
	T_ERR(sendto(-1, "x", 1, 0, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
	T_ERR(sendto(fd, NULL, 10, 0, NULL, 0), ENOTSOCK);
	/* An address that no program can have is refused first. */
	T_ERR(sendto(-1, (void *)0xffff800000000000, 1, 0, NULL, 0), EFAULT);
	close(fd);
	T_ERR(sendto(fd, "x", 1, 0, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(sendto(fd, "x", 1, 0, (struct sockaddr *)&addr, sizeof(addr)), EBADF);
}
