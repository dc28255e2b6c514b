/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>
#include <sys/uio.h>

#define sys_preadv2(fd, iov, n, pos, flags) \
	syscall(SYS_preadv2, fd, iov, (long)(n), (long)(pos), 0L, (long)(flags))

TEST_MAIN
{
	char a[10] = "", b[10] = "";
	struct iovec iov[2] = {{a, 3}, {b, 4}};
	int fd, p[2];
	ssize_t n;

	t_write_file("f", "0123456789", 10);
	fd = T_OK(open("f", O_RDONLY));
	T_EQ(sys_preadv2(fd, iov, 2, 1, 0), 7);
	T_STR(a, "123");
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	/* Offset -1 is the file's own, and moves it. */
	T_EQ(sys_preadv2(fd, iov, 2, -1, 0), 7);
	T_STR(a, "012");
	T_EQ(lseek(fd, 0, SEEK_CUR), 7);
	T_EQ(sys_preadv2(fd, iov, 2, -1, 0), 3);
	T_EQ(sys_preadv2(fd, iov, 2, -1, 0), 0);
	T_EQ(sys_preadv2(fd, iov, 2, 0, RWF_HIPRI), 7);
	/* What was just written is in memory; some file systems do not know RWF_NOWAIT. */
	n = sys_preadv2(fd, iov, 2, 1, RWF_NOWAIT);
	T_TRUE(n == 7 ? !memcmp(a, "123", 3) && !memcmp(b, "4567", 4) : errno == EOPNOTSUPP);
	n = sys_preadv2(fd, iov, 2, 20, RWF_NOWAIT);
	T_TRUE(n == 0 || errno == EOPNOTSUPP);
	T_EQ(sys_preadv2(fd, iov, 2, 0, RWF_APPEND), 7); /* of no meaning */

	T_ERR(sys_preadv2(fd, iov, 2, 0, 0x40000000), EOPNOTSUPP);
	T_ERR(sys_preadv2(fd, iov, 2, -1, 0x40000000), EOPNOTSUPP);
	T_ERR(sys_preadv2(fd, iov, 2, -2, 0), EINVAL);
	T_ERR(sys_preadv2(fd, iov, 2, LONG_MIN, 0), EINVAL);
	T_ERR(sys_preadv2(fd, iov, -1, 0, 0), EINVAL);
	T_ERR(sys_preadv2(fd, iov, 1025, 0, 0), EINVAL);
	T_EFAULT_NULL(q, sys_preadv2(fd, q, 2, 0, 0));
	T_EFAULT_NULL(q, sys_preadv2(fd, (&(struct iovec){q, 2}), 1, 0, 0));
	T_ERR(sys_preadv2(-1, iov, 2, 0, 0), EBADF);
	T_ERR(sys_preadv2(-1, iov, 2, -1, 0), EBADF);
	close(fd);
	fd = T_OK(open("f", O_WRONLY));
	T_ERR(sys_preadv2(fd, iov, 2, 0, 0), EBADF);
	close(fd);
	/* A pipe has no offset but -1. */
	T_OK(pipe(p));
	T_EQ(write(p[1], "abcde", 5), 5);
	T_ERR(sys_preadv2(p[0], iov, 2, 0, 0), ESPIPE);
	T_EQ(sys_preadv2(p[0], iov, 2, -1, 0), 5);
	T_MEM(a, "abc", 3);
	T_ERR(sys_preadv2(p[0], iov, 2, -1, RWF_NOWAIT), EAGAIN);
	T_EQ(write(p[1], "xy", 2), 2);
	T_EQ(sys_preadv2(p[0], iov, 2, -1, RWF_NOWAIT), 2);
	T_EQ(fcntl(p[0], F_GETFL) & O_NONBLOCK, 0);
	T_OK(socketpair(AF_UNIX, SOCK_STREAM, 0, p));
	T_ERR(sys_preadv2(p[0], iov, 2, -1, RWF_NOWAIT), EAGAIN);
	T_EQ(write(p[1], "xyz", 3), 3);
	T_EQ(sys_preadv2(p[0], iov, 2, -1, RWF_NOWAIT), 3);
}
