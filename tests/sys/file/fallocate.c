/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <linux/falloc.h>

TEST_MAIN
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0600)), ro = T_OK(open("f", O_RDONLY)), p[2];
	char buf[100], zero[100] = "";
	struct stat st;

	T_OK(fallocate(fd, 0, 0, 10000));
	T_EQ(t_size("f"), 10000);
	T_OK(fstat(fd, &st));
	T_CMP(st.st_blocks * 512, >=, 10000);
	T_EQ(pread(fd, buf, 100, 5000), 100);
	T_MEM(buf, zero, 100);
	T_OK(fallocate(fd, 0, 100, 10));
	T_EQ(t_size("f"), 10000);
	T_OK(fallocate(fd, FALLOC_FL_KEEP_SIZE, 20000, 5000));
	T_EQ(t_size("f"), 10000);
	T_EQ(pwrite(fd, "abcdefgh", 8, 5000), 8);
	T_OK(fallocate(fd, 0, 0, 10000));
	T_EQ(pread(fd, buf, 8, 5000), 8);
	T_MEM(buf, "abcdefgh", 8);
	T_OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 5002, 4));
	T_EQ(pread(fd, buf, 8, 5000), 8);
	T_MEM(buf, "ab\0\0\0\0gh", 8);
	T_OK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 8192));
	T_EQ(pread(fd, buf, 8, 5000), 8);
	T_MEM(buf, zero, 8);
	T_EQ(t_size("f"), 10000);
	T_ERR(fallocate(fd, FALLOC_FL_PUNCH_HOLE, 0, 10), EOPNOTSUPP);
	T_ERR(fallocate(fd, 0x4000, 0, 10), EOPNOTSUPP);
	T_ERR(fallocate(fd, 0, -1, 10), EINVAL);
	T_ERR(fallocate(fd, 0, 0, 0), EINVAL);
	T_ERR(fallocate(fd, 0, 0, -1), EINVAL);
	T_ERR(fallocate(fd, 0, LONG_MAX, 10), EFBIG);
	T_ERR(fallocate(ro, 0, 0, 10), EBADF);
	T_ERR(fallocate(-1, 0, 0, 10), EBADF);
	T_OK(pipe(p));
	T_ERR(fallocate(p[1], 0, 0, 10), ESPIPE);
	T_ERR(fallocate(open("/dev/null", O_RDWR), 0, 0, 10), ENODEV);
	t_count_signal(SIGXFSZ, 0);
	t_limit(RLIMIT_FSIZE, 20000);
	T_ERR(fallocate(fd, 0, 0, 30000), EFBIG);
}
