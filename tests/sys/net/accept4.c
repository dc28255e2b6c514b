/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	struct sockaddr_storage addr = {.ss_family = AF_UNIX};
	socklen_t len = sizeof(addr);
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_OK(pipe(p));
	T_ERR(accept4(fd, (struct sockaddr *)&addr, &len, SOCK_CLOEXEC | SOCK_NONBLOCK), ENOTSOCK);
	T_ERR(accept4(p[1], (struct sockaddr *)&addr, &len, SOCK_CLOEXEC | SOCK_NONBLOCK),
	      ENOTSOCK);
	T_ERR(accept4(-1, (struct sockaddr *)&addr, &len, SOCK_CLOEXEC | SOCK_NONBLOCK), EBADF);
	/* Unknown flags. */
	T_ERR(accept4(fd, NULL, NULL, 1), EINVAL);
	T_ERR(accept4(fd, NULL, NULL, ~(SOCK_CLOEXEC | SOCK_NONBLOCK)), EINVAL);
	T_ERR(accept4(-1, NULL, NULL, 1), EBADF);
	close(fd);
	T_ERR(accept4(fd, (struct sockaddr *)&addr, &len, SOCK_CLOEXEC | SOCK_NONBLOCK), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(accept4(fd, (struct sockaddr *)&addr, &len, SOCK_CLOEXEC | SOCK_NONBLOCK), EBADF);
}
