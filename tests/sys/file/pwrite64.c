/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_pwrite(fd, buf, n, pos) syscall(SYS_pwrite64, fd, buf, (size_t)(n), (long)(pos))

TEST_MAIN
{
	char buf[100], want[100] = {0};
	int fd, p[2];

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_EQ(sys_pwrite(fd, "abc", 3, 20), 3);
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	T_EQ(t_size("f"), 23);
	T_EQ(sys_pwrite(fd, "0123456789", 10, 0), 10);
	T_EQ(sys_pwrite(fd, "xy", 2, 5), 2);
	memcpy(want, "01234xy789", 10);
	memcpy(want + 20, "abc", 3);
	T_EQ(read(fd, buf, 100), 23);
	T_MEM(buf, want, 23);
	T_EQ(sys_pwrite(fd, "q", 0, 1000), 0);
	T_EQ(t_size("f"), 23);
	T_EQ(lseek(fd, 0, SEEK_CUR), 23);

	/* With O_APPEND Linux appends wherever the offset says. */
	T_OK(fcntl(fd, F_SETFL, O_APPEND));
	T_EQ(sys_pwrite(fd, "END", 3, 0), 3);
	T_EQ(t_size("f"), 26);
	T_EQ(pread(fd, buf, 3, 23), 3);
	T_MEM(buf, "END", 3);
	T_EQ(lseek(fd, 0, SEEK_CUR), 23);
	T_OK(fcntl(fd, F_SETFL, 0));

	T_ERR(sys_pwrite(fd, buf, 1, -1), EINVAL);
	T_ERR(sys_pwrite(fd, buf, 0, -1), EINVAL);
	T_ERR(sys_pwrite(fd, buf, 1, LONG_MIN), EINVAL);
	T_ERR(sys_pwrite(fd, buf, 10, LONG_MAX), EINVAL);
	T_ERR(sys_pwrite(-1, buf, 1, 0), EBADF);
	T_ERR(sys_pwrite(-1, buf, 1, -1), EINVAL);
	T_EFAULT_NULL(q, sys_pwrite(fd, q, 4, 0));
	T_ERR(sys_pwrite(fd, buf, SIZE_MAX, 0), EFAULT);
	T_EQ(t_size("f"), 26);
	T_CHILD
	{
		t_count_signal(SIGXFSZ, 0);
		t_limit(RLIMIT_FSIZE, 50);
		T_ERR(sys_pwrite(fd, buf, 1, 50), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 1);
		T_EQ(sys_pwrite(fd, buf, 20, 40), 10);
		T_EQ(t_size("f"), 50);
	}
	close(fd);
	fd = T_OK(open("f", O_RDONLY));
	T_ERR(sys_pwrite(fd, buf, 1, 0), EBADF);
	T_ERR(sys_pwrite(fd, NULL, 1, 0), EBADF);
	close(fd);
	T_OK(pipe(p));
	T_ERR(sys_pwrite(p[1], buf, 1, 0), ESPIPE);
	T_ERR(sys_pwrite(p[0], buf, 1, 0), ESPIPE);
	fd = T_OK(open("/dev/full", O_WRONLY));
	T_ERR(sys_pwrite(fd, buf, 1, 7), ENOSPC);
	close(fd);
	fd = T_OK(open("/dev/null", O_WRONLY));
	T_EQ(sys_pwrite(fd, buf, 10, 7), 10);
}
