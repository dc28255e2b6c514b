/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/uio.h>

#define sys_pwritev2(fd, iov, n, pos, flags) \
	syscall(SYS_pwritev2, fd, iov, (long)(n), (long)(pos), 0L, (long)(flags))

#ifndef RWF_NOAPPEND
#define RWF_NOAPPEND 0x20
#endif

/* Each record is at the end, whoever else writes there. */
static void append_at_once(void)
{
	struct iovec iov = {"0123456789abcde\n", 16};
	char back[400 * 16];
	int fd = T_OK(open("both", O_RDWR | O_CREAT, 0600));

	T_CHILD
	{
		for (int k = 0; k < 200; k++)
			T_EQ(sys_pwritev2(fd, &iov, 1, 0, RWF_APPEND), 16);
	}
	for (int k = 0; k < 200; k++)
		T_EQ(sys_pwritev2(fd, &iov, 1, 0, RWF_APPEND), 16);
	while (t_size("both") < (long)sizeof(back))
		usleep(1000);
	T_EQ(t_read_file("both", back, sizeof(back)), (long)sizeof(back));
	for (int k = 0; k < 400; k++)
		T_TRUE(!memcmp(back + 16 * k, iov.iov_base, 16));
	close(fd);
}

static void not_appending(void)
{
	struct iovec iov = {"XY", 2};
	char back[20];
	int fd = T_OK(open("ap", O_RDWR | O_CREAT | O_APPEND, 0600));
	long n;

	T_EQ(write(fd, "abcdef", 6), 6);
	T_EQ(sys_pwritev2(fd, &iov, 1, 1, 0), 2);
	T_EQ(t_size("ap"), 8);
	n = sys_pwritev2(fd, &iov, 1, 1, RWF_NOAPPEND);
	T_TRUE(n == 2 || errno == EOPNOTSUPP); /* since Linux 6.9 */
	if (n == 2) {
		T_EQ(t_read_file("ap", back, sizeof(back)), 8);
		T_MEM(back, "aXYdefXY", 8);
		T_ERR(sys_pwritev2(fd, &iov, 1, 1, RWF_APPEND | RWF_NOAPPEND), EINVAL);
	}
	close(fd);
}

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
	append_at_once();
	not_appending();
	/* A pipe that is full. */
	T_EQ(fcntl(p[1], F_SETPIPE_SZ, 4096), 4096);
	for (int k = 0; k < 4096 / 7; k++)
		T_EQ(sys_pwritev2(p[1], iov, 2, -1, 0), 7);
	T_ERR(sys_pwritev2(p[1], iov, 1, -1, RWF_NOWAIT), EAGAIN);
}
