/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/uio.h>

#define sys_readv(fd, iov, n) syscall(SYS_readv, fd, iov, (long)(n))

static struct iovec many[1025];
static char bytes[1025];

static void other_files(void)
{
	char a[10] = "", b[10] = "", c[10] = "";
	struct iovec iov[3] = {{a, 3}, {b, 0}, {c, 4}};
	int fd, p[2];

	T_ERR(sys_readv(-1, iov, 3), EBADF);
	T_ERR(sys_readv(-1, NULL, -1), EBADF);
	fd = T_OK(open("f", O_WRONLY));
	T_ERR(sys_readv(fd, iov, 3), EBADF);
	close(fd);
	fd = T_OK(open(".", O_RDONLY));
	T_ERR2(sys_readv(fd, iov, 3), EISDIR, EINVAL);
	close(fd);
	T_OK(pipe(p));
	T_EQ(write(p[1], "abcde", 5), 5);
	T_EQ(sys_readv(p[0], iov, 3), 5);
	T_STR(a, "abc");
	T_MEM(c, "de", 2);
	T_OK(fcntl(p[0], F_SETFL, O_NONBLOCK));
	T_ERR(sys_readv(p[0], iov, 3), EAGAIN);
	fd = T_OK(open("/dev/zero", O_RDONLY));
	T_EQ(sys_readv(fd, iov, 3), 7);
	T_STR(a, "");
}

TEST_MAIN
{
	char a[10] = "", b[10] = "", c[10] = "";
	struct iovec iov[3] = {{a, 3}, {b, 0}, {c, 4}};
	int fd, i;

	t_write_file("f", "0123456789", 10);
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(sys_readv(fd, iov, 3), 7);
	T_STR(a, "012");
	T_STR(b, "");
	T_STR(c, "3456");
	T_EQ(sys_readv(fd, iov, 3), 3);
	T_STR(a, "789");
	T_EQ(sys_readv(fd, iov, 3), 0);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EQ(sys_readv(fd, iov, 0), 0);
	T_EQ(sys_readv(fd, NULL, 0), 0);
	T_EQ(sys_readv(fd, iov + 1, 1), 0);

	T_ERR(sys_readv(fd, iov, -1), EINVAL);
	T_ERR(sys_readv(fd, iov, 1025), EINVAL);
	for (i = 0; i < 1025; i++)
		many[i] = (struct iovec){bytes + i, 1};
	T_EQ(sys_readv(fd, many, 1024), 10);
	T_MEM(bytes, "0123456789", 11);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);

	iov[0].iov_len = SIZE_MAX;
	T_ERR(sys_readv(fd, iov, 1), EINVAL);
	iov[0].iov_len = 3;
	iov[2].iov_len = (size_t)SSIZE_MAX + 1;
	T_ERR(sys_readv(fd, iov, 3), EINVAL);
	iov[2].iov_len = 4;
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);

	T_EFAULT_NULL(q, sys_readv(fd, q, 1));
	T_EFAULT_NULL(q, sys_readv(fd, (&(struct iovec){q, 4}), 1));
	/* A later bad buffer: what came before counts. */
	iov[2].iov_base = t_bad_pointer(1);
	T_EQ(sys_readv(fd, iov, 3), 3);
	T_EQ(lseek(fd, 0, SEEK_CUR), 3);
	/* An address the kernel can reject beforehand fails the whole call. */
	iov[2].iov_base = t_bad_pointer(3);
	T_ERR(sys_readv(fd, iov, 3), EFAULT);
	T_EQ(lseek(fd, 0, SEEK_CUR), 3);
	iov[2].iov_base = c;

	close(fd);
	other_files();
}
