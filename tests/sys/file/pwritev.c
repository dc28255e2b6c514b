/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/uio.h>

#define sys_pwritev(fd, iov, n, pos) syscall(SYS_pwritev, fd, iov, (long)(n), (long)(pos), 0L)

TEST_MAIN
{
	char back[100];
	struct iovec iov[2] = {{"abc", 3}, {"defg", 4}};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_EQ(sys_pwritev(fd, iov, 2, 2), 7);
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	T_EQ(t_read_file("f", back, 100), 9);
	T_MEM(back, "\0\0abcdefg", 9);
	T_EQ(sys_pwritev(fd, iov, 0, 100), 0);
	T_EQ(sys_pwritev(fd, NULL, 0, 100), 0);
	T_EQ(t_size("f"), 9);
	T_OK(fcntl(fd, F_SETFL, O_APPEND));
	T_EQ(sys_pwritev(fd, iov, 1, 0), 3);
	T_EQ(t_size("f"), 12);
	T_OK(fcntl(fd, F_SETFL, 0));

	T_ERR(sys_pwritev(fd, iov, 2, -1), EINVAL);
	T_ERR(sys_pwritev(fd, iov, 2, LONG_MIN), EINVAL);
	T_ERR(sys_pwritev(fd, iov, 2, LONG_MAX), EINVAL);
	T_ERR(sys_pwritev(-1, iov, 2, -1), EINVAL);
	T_ERR(sys_pwritev(fd, iov, -1, 0), EINVAL);
	T_ERR(sys_pwritev(fd, iov, 1025, 0), EINVAL);
	iov[1].iov_len = SIZE_MAX;
	T_ERR(sys_pwritev(fd, iov, 2, 0), EINVAL);
	iov[1].iov_len = 4;
	T_EFAULT_NULL(q, sys_pwritev(fd, q, 2, 0));
	T_EFAULT_NULL(q, sys_pwritev(fd, (&(struct iovec){q, 2}), 1, 0));
	T_ERR(sys_pwritev(-1, iov, 2, 0), EBADF);
	T_EQ(t_size("f"), 12);
	T_CHILD
	{
		t_count_signal(SIGXFSZ, 0);
		t_limit(RLIMIT_FSIZE, 20);
		T_EQ(sys_pwritev(fd, iov, 2, 15), 5);
		T_ERR(sys_pwritev(fd, iov, 2, 20), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 1);
	}
	close(fd);
	fd = T_OK(open("f", O_RDONLY));
	T_ERR(sys_pwritev(fd, iov, 2, 0), EBADF);
	close(fd);
	T_OK(pipe(p));
	T_ERR(sys_pwritev(p[1], iov, 2, 0), ESPIPE);
	T_ERR(sys_pwritev(p[0], iov, 2, 0), ESPIPE);
}
