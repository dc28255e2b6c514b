/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_fsync(fd) ((int)syscall(SYS_fsync, fd))

TEST_MAIN
{
	int fd = T_OK(open("f", O_RDWR | O_CREAT, 0600)), p[2];

	T_OK(sys_fsync(fd));
	T_EQ(write(fd, "abc", 3), 3);
	T_OK(sys_fsync(fd));
	T_EQ(t_size("f"), 3);
	T_EQ(lseek(fd, 0, SEEK_CUR), 3);
	T_OK(unlink("f"));
	T_OK(sys_fsync(fd));
	close(fd);
	T_ERR(sys_fsync(fd), EBADF);
	T_ERR(sys_fsync(-1), EBADF);
	T_ERR(sys_fsync(9999), EBADF);
	t_touch("g");
	fd = T_OK(open("g", O_RDONLY));
	T_OK(sys_fsync(fd));
	close(fd);
	fd = T_OK(open(".", O_RDONLY));
	T_OK(sys_fsync(fd));
	close(fd);
	fd = T_OK(open("g", O_PATH));
	T_ERR(sys_fsync(fd), EBADF);
	close(fd);
	/* Files that cannot be synchronized. */
	T_OK(pipe(p));
	T_ERR(sys_fsync(p[0]), EINVAL);
	T_ERR(sys_fsync(p[1]), EINVAL);
	T_OK(mkfifo("fifo", 0600));
	fd = T_OK(open("fifo", O_RDWR));
	T_ERR(sys_fsync(fd), EINVAL);
	close(fd);
	fd = T_OK(open("/dev/null", O_RDWR));
	T_ERR(sys_fsync(fd), EINVAL);
}
