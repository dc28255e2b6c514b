/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <linux/falloc.h>

#define KEEP			   FALLOC_FL_KEEP_SIZE
#define PUNCH			   FALLOC_FL_PUNCH_HOLE
#define ZERO			   FALLOC_FL_ZERO_RANGE
#define falloc(fd, mode, off, len) ((int)syscall(SYS_fallocate, fd, mode, (long)(off), (long)(len)))

static void errors(void)
{
	int fd, p[2];

	t_touch("f");
	fd = T_OK(open("f", O_RDWR));
	T_ERR(falloc(-1, 0, 0, 1), EBADF);
	T_ERR(falloc(T_OK(open("f", O_RDONLY)), 0, 0, 1), EBADF);
	T_ERR(falloc(fd, 0, -1, 1), EINVAL);
	T_ERR(falloc(fd, 0, 0, 0), EINVAL);
	T_ERR(falloc(fd, 0, 0, -1), EINVAL);
	T_ERR(falloc(fd, 0x1000, 0, 1), EOPNOTSUPP);
	T_ERR(falloc(fd, PUNCH, 0, 1), EOPNOTSUPP);
	T_ERR(falloc(fd, PUNCH | ZERO | KEEP, 0, 1), EOPNOTSUPP);
	T_ERR(falloc(fd, FALLOC_FL_COLLAPSE_RANGE | KEEP, 0, 4096), EOPNOTSUPP);
	T_ERR(falloc(fd, FALLOC_FL_INSERT_RANGE | KEEP, 0, 4096), EOPNOTSUPP);
	T_ERR2(falloc(fd, 0, LONG_MAX, 1), EFBIG, EOPNOTSUPP);
	T_OK(pipe(p));
	T_ERR(falloc(p[1], 0, 0, 1), ESPIPE);
	T_ERR(falloc(T_OK(open("/dev/null", O_RDWR)), 0, 0, 1), ENODEV);
}

static void sizes(int fd)
{
	char buf[8192], zeros[8192] = {0};
	struct stat st;

	T_OK(falloc(fd, 0, 0, 10000));
	T_OK(fstat(fd, &st));
	T_EQ(st.st_size, 10000);
	T_CMP(st.st_blocks, >=, 20);
	T_OK(falloc(fd, KEEP, 20000, 10000));
	T_OK(fstat(fd, &st));
	T_EQ(st.st_size, 10000);
	T_OK(falloc(fd, 0, 0, 100));
	T_OK(fstat(fd, &st));
	T_EQ(st.st_size, 10000);
	memset(buf, 'x', sizeof(buf));
	T_EQ(pwrite(fd, buf, sizeof(buf), 0), 8192);
	/* What is there stays. */
	T_OK(falloc(fd, 0, 0, 10000));
	T_EQ(pread(fd, buf, 1, 8191), 1);
	T_EQ(buf[0], 'x');
	if (falloc(fd, PUNCH | KEEP, 100, 5000) == 0) {
		T_EQ(pread(fd, buf, 8192, 0), 8192);
		T_EQ(buf[99], 'x');
		T_MEM(buf + 100, zeros, 5000);
		T_EQ(buf[5100], 'x');
	} else {
		T_TRUE(errno == EOPNOTSUPP);
	}
	if (falloc(fd, ZERO, 8000, 12000) == 0) {
		T_OK(fstat(fd, &st));
		T_EQ(st.st_size, 20000);
		T_EQ(pread(fd, buf, 200, 7900), 200);
		T_EQ(buf[99], 'x');
		T_MEM(buf + 100, zeros, 100);
	} else {
		T_TRUE(errno == EOPNOTSUPP);
	}
}

TEST_MAIN
{
	int fd;

	errors();
	fd = T_OK(open("g", O_RDWR | O_CREAT, 0644));
	if (falloc(fd, 0, 0, 1) == 0)
		sizes(fd);
	else
		T_TRUE(errno == EOPNOTSUPP);
	/* A file in memory can always. */
	fd = T_OK((int)syscall(SYS_memfd_create, "m", 0));
	sizes(fd);
	signal(SIGXFSZ, SIG_IGN);
	t_limit(RLIMIT_FSIZE, 30000);
	T_ERR(falloc(fd, 0, 0, 40000), EFBIG);
	T_ERR(falloc(fd, KEEP, 0, 40000), EFBIG);
	T_OK(falloc(fd, KEEP | PUNCH, 0, 40000));
}
