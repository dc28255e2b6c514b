/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/uio.h>

#define sys_writev(fd, iov, n) syscall(SYS_writev, fd, iov, (long)(n))

static struct iovec many[1025];

static void other_files(void)
{
	char back[100];
	struct iovec iov[3] = {{"abc", 3}, {NULL, 0}, {"defg", 4}};
	int fd, p[2];

	T_OK(pipe(p));
	T_EQ(sys_writev(p[1], iov, 3), 7);
	T_EQ(read(p[0], back, 100), 7);
	T_MEM(back, "abcdefg", 7);
	close(p[0]);
	t_count_signal(SIGPIPE, 0);
	T_ERR(sys_writev(p[1], iov, 3), EPIPE);
	T_EQ(t_signals[SIGPIPE], 1);
	fd = T_OK(open("/dev/full", O_WRONLY));
	T_ERR(sys_writev(fd, iov, 3), ENOSPC);
	close(fd);
	/* Lengths are cut to 0x7ffff000 in sum. */
	fd = T_OK(open("/dev/null", O_WRONLY));
	iov[0] = (struct iovec){(void *)4096, 0x7ffff000};
	iov[2] = (struct iovec){(void *)4096, 0x7ffff000};
	T_EQ(sys_writev(fd, iov, 3), 0x7ffff000);
}

static void append_and_limits(void)
{
	char back[100];
	struct iovec iov[3] = {{"abc", 3}, {NULL, 0}, {"defg", 4}};
	int fd = T_OK(open("f", O_RDWR));

	T_ERR(sys_writev(-1, iov, 3), EBADF);
	T_ERR(sys_writev(-1, NULL, -1), EBADF);
	/* Appends as one piece. */
	T_OK(fcntl(fd, F_SETFL, O_APPEND));
	T_OK(ftruncate(fd, 2));
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EQ(sys_writev(fd, iov, 3), 7);
	T_EQ(t_read_file("f", back, 100), 9);
	T_MEM(back, "ababcdefg", 9);
	close(fd);
	fd = T_OK(open("f", O_RDONLY));
	T_ERR(sys_writev(fd, iov, 3), EBADF);
	close(fd);
	fd = T_OK(open("limited", O_RDWR | O_CREAT, 0600));
	T_CHILD
	{
		t_count_signal(SIGXFSZ, 0);
		t_limit(RLIMIT_FSIZE, 5);
		T_EQ(sys_writev(fd, iov, 3), 5);
		T_ERR(sys_writev(fd, iov, 3), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 1);
	}
	close(fd);
}

TEST_MAIN
{
	char back[2000];
	struct iovec iov[3] = {{"abc", 3}, {NULL, 0}, {"defg", 4}};
	int fd, i;
	ssize_t n;

	fd = T_OK(open("f", O_RDWR | O_CREAT, 0600));
	T_EQ(sys_writev(fd, iov, 3), 7);
	T_EQ(t_read_file("f", back, 100), 7);
	T_MEM(back, "abcdefg", 7);
	T_EQ(lseek(fd, 0, SEEK_CUR), 7);
	T_EQ(sys_writev(fd, iov, 0), 0);
	T_EQ(sys_writev(fd, NULL, 0), 0);
	T_EQ(sys_writev(fd, iov + 1, 1), 0);
	T_EQ(t_size("f"), 7);
	for (i = 0; i < 1025; i++)
		many[i] = (struct iovec){"z", 1};
	T_EQ(sys_writev(fd, many, 1024), 1024);
	T_EQ(t_size("f"), 1031);
	T_ERR(sys_writev(fd, many, 1025), EINVAL);
	T_ERR(sys_writev(fd, many, -1), EINVAL);

	iov[0].iov_len = SIZE_MAX;
	T_ERR(sys_writev(fd, iov, 1), EINVAL);
	iov[0].iov_len = 3;
	iov[2].iov_len = (size_t)SSIZE_MAX + 1;
	T_ERR(sys_writev(fd, iov, 3), EINVAL);
	iov[2].iov_len = 4;
	T_EQ(t_size("f"), 1031);

	T_EFAULT_NULL(q, sys_writev(fd, q, 1));
	T_EFAULT_NULL(q, sys_writev(fd, (&(struct iovec){q, 4}), 1));
	iov[2].iov_base = t_bad_pointer(3);
	T_ERR(sys_writev(fd, iov, 3), EFAULT);
	T_EQ(t_size("f"), 1031);
	/* Bad only when touched: at most what came before is written. */
	iov[2].iov_base = t_bad_pointer(1);
	n = sys_writev(fd, iov, 3);
	T_TRUE(n == 3 || (n == -1 && errno == EFAULT));
	T_EQ(t_size("f"), 1031 + (n > 0 ? n : 0));
	iov[2].iov_base = "defg";

	close(fd);
	append_and_limits();
	other_files();
}
