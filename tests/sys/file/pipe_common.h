/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What pipe and pipe2 share. The including file defines make_pipe(fds) as the call under test
 * before it includes this.
 */
#include "test.h"

static int lowest_free(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static void pipe_common(void)
{
	char buf[100], *end = t_page_end();
	int p[2] = {-1, -1}, before = lowest_free();

	T_OK(make_pipe(p));
	T_EQ(p[0], before);
	T_EQ(p[1], before + 1);
	T_EQ(fcntl(p[0], F_GETFL), O_RDONLY);
	T_EQ(fcntl(p[1], F_GETFL), O_WRONLY);
	T_EQ(fcntl(p[0], F_GETFD), 0);
	T_EQ(write(p[1], "one", 3), 3);
	T_EQ(write(p[1], "two", 3), 3);
	/* Bytes, not messages. */
	T_EQ(read(p[0], buf, 100), 6);
	T_MEM(buf, "onetwo", 6);
	T_ERR(lseek(p[0], 0, SEEK_SET), ESPIPE);
	T_ERR(read(p[1], buf, 1), EBADF);
	T_ERR(write(p[0], buf, 1), EBADF);
	/* Between processes. */
	T_CHILD
	{
		T_EQ(close(p[0]), 0);
		T_EQ(write(p[1], "child", 5), 5);
	}
	T_EQ(read(p[0], buf, 100), 5);
	close(p[0]);
	close(p[1]);

	/* A bad address leaves no descriptors behind. */
	T_EFAULT_NULL(q, make_pipe(q));
	T_ERR(make_pipe(end - 4), EFAULT);
	T_EQ(lowest_free(), before);
	T_OK(make_pipe((int *)(end - 8)));
	close(before);
	close(before + 1);
	T_CHILD
	{
		p[0] = p[1] = -7;
		t_limit(RLIMIT_NOFILE, (rlim_t)before);
		T_ERR(make_pipe(p), EMFILE);
		t_limit(RLIMIT_NOFILE, (rlim_t)before + 1);
		T_ERR(make_pipe(p), EMFILE);
		T_EQ(p[0], -7);
		T_EQ(p[1], -7);
		T_EQ(lowest_free(), before);
		t_limit(RLIMIT_NOFILE, (rlim_t)before + 2);
		T_OK(make_pipe(p));
	}
}
