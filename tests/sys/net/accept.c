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
	T_ERR(accept(fd, (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(accept(p[1], (struct sockaddr *)&addr, &len), ENOTSOCK);
	T_ERR(accept(-1, (struct sockaddr *)&addr, &len), EBADF);
	T_ERR(accept(fd, NULL, NULL), ENOTSOCK);
	T_CHILD
	{
		struct rlimit few = {0, 0};

		T_OK(setrlimit(RLIMIT_NOFILE, &few));
		T_ERR(accept(fd, NULL, NULL), EMFILE);
		T_ERR(accept(-1, NULL, NULL), EBADF);
	}
	close(fd);
	T_ERR(accept(fd, (struct sockaddr *)&addr, &len), EBADF);
	fd = T_OK(open("f", O_PATH));
	T_ERR(accept(fd, (struct sockaddr *)&addr, &len), EBADF);
}
