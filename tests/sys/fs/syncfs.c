/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_syncfs(fd) ((int)syscall(SYS_syncfs, fd))

TEST_MAIN
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0600)), p[2];

	T_EQ(write(fd, "abc", 3), 3);
	T_OK(sys_syncfs(fd));
	close(fd);
	T_ERR(sys_syncfs(fd), EBADF);
	T_ERR(sys_syncfs(-1), EBADF);
	T_ERR(sys_syncfs(9999), EBADF);
	fd = T_OK(open("f", O_RDONLY));
	T_OK(sys_syncfs(fd));
	close(fd);
	fd = T_OK(open(".", O_RDONLY));
	T_OK(sys_syncfs(fd));
	close(fd);
	fd = T_OK(open("f", O_PATH));
	T_ERR(sys_syncfs(fd), EBADF);
	T_OK(pipe(p));
	T_OK(sys_syncfs(p[0]));
}
