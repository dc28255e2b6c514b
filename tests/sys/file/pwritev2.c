/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/uio.h>

#define sys_pwritev2(fd, iov, n, pos, flags) \
	syscall(SYS_pwritev2, fd, iov, (long)(n), (long)(pos), 0L, (long)(flags))

TEST_MAIN
{
	char back[100];
	struct iovec iov[2] = {{"abc", 3}, {"defg", 4}};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_EQ(sys_pwritev2(fd, iov, 2, 2, 0), 7);
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	T_EQ(t_size("f"), 9);
	T_EQ(sys_pwritev2(fd, iov, 2, -1, 0), 7);
	T_EQ(lseek(fd, 0, SEEK_CUR), 7);
	T_EQ(t_read_file("f", back, 100), 9);
	T_MEM(back, "abcdefgfg", 9);
	/* Appends whatever the offset; the file's own offset moves only with -1. */
	T_EQ(sys_pwritev2(fd, iov, 1, 0, RWF_APPEND), 3);
	T_EQ(t_size("f"), 12);
	T_EQ(lseek(fd, 0, SEEK_CUR), 7);
	T_EQ(sys_pwritev2(fd, iov, 1, -1, RWF_APPEND), 3);
	T_EQ(t_size("f"), 15);
	T_EQ(lseek(fd, 0, SEEK_CUR), 15);
	T_EQ(sys_pwritev2(fd, iov, 2, 0, RWF_DSYNC), 7);
	T_EQ(sys_pwritev2(fd, iov, 2, 0, RWF_SYNC), 7);
	T_EQ(sys_pwritev2(fd, iov, 2, 0, RWF_DSYNC | RWF_SYNC | RWF_HIPRI), 7);
	T_EQ(t_size("f"), 15);

	T_ERR(sys_pwritev2(fd, iov, 2, 0, 0x40000000), EOPNOTSUPP);
	T_ERR(sys_pwritev2(fd, iov, 2, -2, 0), EINVAL);
	T_ERR(sys_pwritev2(fd, iov, 2, LONG_MIN, 0), EINVAL);
	T_ERR(sys_pwritev2(fd, iov, -1, 0, 0), EINVAL);
	T_EFAULT_NULL(q, sys_pwritev2(fd, q, 2, 0, 0));
	T_EFAULT_NULL(q, sys_pwritev2(fd, (&(struct iovec){q, 2}), 1, 0, 0));
	T_ERR(sys_pwritev2(-1, iov, 2, 0, 0), EBADF);
	close(fd);
	fd = T_OK(open("f", O_RDONLY));
	T_ERR(sys_pwritev2(fd, iov, 2, 0, 0), EBADF);
	T_OK(pipe(p));
	T_ERR(sys_pwritev2(p[1], iov, 2, 0, 0), ESPIPE);
	T_EQ(sys_pwritev2(p[1], iov, 2, -1, 0), 7);
	T_EQ(read(p[0], back, 100), 7);
}
