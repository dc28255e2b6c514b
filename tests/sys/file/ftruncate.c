/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_ftruncate(fd, len) ((int)syscall(SYS_ftruncate, fd, (long)(len)))

static void other_descriptors(void)
{
	int fd, ro, p[2];

	t_write_file("g", "abc", 3);
	ro = T_OK(open("g", O_RDONLY));
	T_ERR(sys_ftruncate(ro, 0), EINVAL);
	T_EQ(t_size("g"), 3);
	close(ro);
	ro = T_OK(open("g", O_PATH));
	T_ERR(sys_ftruncate(ro, 0), EBADF);
	close(ro);
	ro = T_OK(open(".", O_RDONLY));
	T_ERR(sys_ftruncate(ro, 0), EINVAL);
	close(ro);
	T_OK(pipe(p));
	T_ERR(sys_ftruncate(p[1], 0), EINVAL);
	T_ERR(sys_ftruncate(p[0], 0), EINVAL);
	fd = T_OK(open("/dev/null", O_RDWR));
	T_ERR(sys_ftruncate(fd, 0), EINVAL);
	/* A writable descriptor is enough, whatever the mode says by now. */
	fd = T_OK(open("g", O_WRONLY | O_APPEND));
	T_OK(chmod("g", 0));
	T_AS_USER
	{
		T_OK(sys_ftruncate(fd, 1));
	}
	T_EQ(t_size("g"), 1);
}

TEST_MAIN
{
	static char buf[20000], want[20000];
	int fd;

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	memset(want, 'x', sizeof(want));
	T_EQ(write(fd, want, 20000), 20000);
	T_OK(sys_ftruncate(fd, 5000));
	T_EQ(t_size("f"), 5000);
	/* The offset stays where it was. */
	T_EQ(lseek(fd, 0, SEEK_CUR), 20000);
	T_OK(sys_ftruncate(fd, 20000));
	memset(want + 5000, 0, 15000);
	T_EQ(pread(fd, buf, 20000, 0), 20000);
	T_MEM(buf, want, 20000);
	/* Bytes cut off in the middle of a page stay cut off. */
	T_OK(sys_ftruncate(fd, 1));
	T_EQ(pwrite(fd, "y", 1, 100), 1);
	T_EQ(pread(fd, buf, 200, 0), 101);
	memset(want + 1, 0, 200);
	want[100] = 'y';
	T_MEM(buf, want, 101);
	T_OK(sys_ftruncate(fd, 0));
	T_OK(unlink("f"));
	T_OK(sys_ftruncate(fd, 10));
	T_EQ(pread(fd, buf, 200, 0), 10);

	T_ERR(sys_ftruncate(fd, -1), EINVAL);
	T_ERR(sys_ftruncate(fd, LONG_MIN), EINVAL);
	T_ERR(sys_ftruncate(-1, -1), EINVAL);
	T_ERR(sys_ftruncate(-1, 0), EBADF);
	T_ERR(sys_ftruncate(9999, 0), EBADF);
	T_CHILD
	{
		t_count_signal(SIGXFSZ, 0);
		t_limit(RLIMIT_FSIZE, 100);
		T_OK(sys_ftruncate(fd, 100));
		T_ERR(sys_ftruncate(fd, 101), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 1);
	}
	close(fd);
	other_descriptors();
}
