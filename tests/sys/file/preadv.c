/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/uio.h>

#define sys_preadv(fd, iov, n, pos) syscall(SYS_preadv, fd, iov, (long)(n), (long)(pos), 0L)

TEST_MAIN
{
	char a[10] = "", b[10] = "";
	struct iovec iov[2] = {{a, 3}, {b, 4}};
	int fd, p[2];

	t_write_file("f", "0123456789", 10);
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(sys_preadv(fd, iov, 2, 1), 7);
	T_STR(a, "123");
	T_STR(b, "4567");
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	T_EQ(sys_preadv(fd, iov, 2, 8), 2);
	T_EQ(sys_preadv(fd, iov, 2, 10), 0);
	T_EQ(sys_preadv(fd, iov, 2, 1L << 40), 0);
	T_EQ(sys_preadv(fd, iov, 0, 0), 0);
	T_EQ(sys_preadv(fd, NULL, 0, 0), 0);

	T_ERR(sys_preadv(fd, iov, 2, -1), EINVAL);
	T_ERR(sys_preadv(fd, iov, 2, LONG_MIN), EINVAL);
	T_ERR(sys_preadv(fd, iov, 2, LONG_MAX), EINVAL);
	T_ERR(sys_preadv(-1, iov, 2, -1), EINVAL);
	T_ERR(sys_preadv(fd, iov, -1, 0), EINVAL);
	T_ERR(sys_preadv(fd, iov, 1025, 0), EINVAL);
	iov[1].iov_len = SIZE_MAX;
	T_ERR(sys_preadv(fd, iov, 2, 0), EINVAL);
	iov[1].iov_len = 4;
	T_EFAULT_NULL(q, sys_preadv(fd, q, 2, 0));
	T_EFAULT_NULL(q, sys_preadv(fd, (&(struct iovec){q, 2}), 1, 0));
	T_ERR(sys_preadv(-1, iov, 2, 0), EBADF);
	close(fd);
	fd = T_OK(open("f", O_WRONLY));
	T_ERR(sys_preadv(fd, iov, 2, 0), EBADF);
	close(fd);
	fd = T_OK(open(".", O_RDONLY));
	T_ERR2(sys_preadv(fd, iov, 2, 0), EISDIR, EINVAL);
	close(fd);
	T_OK(pipe(p));
	T_ERR(sys_preadv(p[0], iov, 2, 0), ESPIPE);
	T_ERR(sys_preadv(p[1], iov, 2, 0), ESPIPE);
}
