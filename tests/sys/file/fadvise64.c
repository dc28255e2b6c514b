/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_fadvise64(fd, off, len, advice) \
	((int)syscall(SYS_fadvise64, fd, (long)(off), (long)(len), (long)(advice)))

TEST_MAIN
{
	char buf[10];
	int fd, p[2], advice;

	t_write_file("f", "0123456789", 10);
	fd = T_OK(open("f", O_RDWR));
	for (advice = POSIX_FADV_NORMAL; advice <= POSIX_FADV_NOREUSE; advice++) {
		T_EQ(sys_fadvise64(fd, 0, 0, advice), 0);
		T_EQ(sys_fadvise64(fd, 3, 4, advice), 0);
		T_EQ(sys_fadvise64(fd, 1L << 40, 4096, advice), 0);
	}
	T_EQ(read(fd, buf, 10), 10);
	T_MEM(buf, "0123456789", 10);
	T_ERR(sys_fadvise64(fd, 0, 0, 6), EINVAL);
	T_ERR(sys_fadvise64(fd, 0, 0, -1), EINVAL);
	T_ERR(sys_fadvise64(fd, 0, -1, POSIX_FADV_NORMAL), EINVAL);
	T_ERR(sys_fadvise64(-1, 0, 0, POSIX_FADV_NORMAL), EBADF);
	T_ERR(sys_fadvise64(9999, 0, 0, 6), EBADF);
	close(fd);
	fd = T_OK(open("f", O_PATH));
	T_ERR(sys_fadvise64(fd, 0, 0, POSIX_FADV_NORMAL), EBADF);
	T_OK(pipe(p));
	T_ERR(sys_fadvise64(p[0], 0, 0, POSIX_FADV_NORMAL), ESPIPE);
	T_ERR(sys_fadvise64(p[1], 0, 0, POSIX_FADV_DONTNEED), ESPIPE);
}
