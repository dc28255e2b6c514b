/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#define sys_sendfile(out, in, off, n) syscall(SYS_sendfile, out, in, off, (size_t)(n))

static char data[200000], back[200000];

static void copies(void)
{
	int in = T_OK(open("in", O_RDONLY)), out = T_OK(open("out", O_RDWR | O_CREAT, 0600)), p[2];
	long off;
	ssize_t n, total = 0;
	pid_t pid;

	/* Without an offset the input's own is used and moved. */
	T_EQ(sys_sendfile(out, in, NULL, 1000), 1000);
	T_EQ(lseek(in, 0, SEEK_CUR), 1000);
	T_EQ(lseek(out, 0, SEEK_CUR), 1000);
	T_EQ(sys_sendfile(out, in, NULL, 500000), 199000);
	T_EQ(sys_sendfile(out, in, NULL, 10), 0);
	T_EQ(t_read_file("out", back, 200000), 200000);
	T_MEM(back, data, 200000);
	/* With one, it is moved and the file's own is not. */
	off = 5;
	T_EQ(lseek(in, 3, SEEK_SET), 3);
	T_OK(ftruncate(out, 0));
	T_EQ(lseek(out, 100, SEEK_SET), 100);
	T_EQ(sys_sendfile(out, in, &off, 10), 10);
	T_EQ(off, 15);
	T_EQ(lseek(in, 0, SEEK_CUR), 3);
	T_EQ(lseek(out, 0, SEEK_CUR), 110);
	T_EQ(pread(out, back, 100, 100), 10);
	T_MEM(back, data + 5, 10);
	off = 200000;
	T_EQ(sys_sendfile(out, in, &off, 10), 0);
	T_EQ(off, 200000);
	off = 1 << 30;
	T_EQ(sys_sendfile(out, in, &off, 10), 0);
	T_EQ(sys_sendfile(out, in, NULL, 0), 0);
	/* Into a pipe, with a reader. */
	T_OK(pipe(p));
	pid = fork();
	if (!pid) {
		close(p[0]);
		off = 0;
		while (off < 200000 && sys_sendfile(p[1], in, &off, 200000 - off) > 0)
			;
		_exit(off != 200000);
	}
	close(p[1]);
	while (total < 200000 && (n = read(p[0], back + total, (size_t)(200000 - total))) > 0)
		total += n;
	T_EQ(total, 200000);
	T_MEM(back, data, 200000);
	T_WAIT(pid, 0);
	close(p[0]);
	/* A pipe that does not block takes what fits. */
	T_OK(pipe2(p, O_NONBLOCK));
	off = 0;
	n = sys_sendfile(p[1], in, &off, 200000);
	T_CMP(n, >, 0);
	T_CMP(n, <=, 65536);
	T_EQ(off, n);
	T_ERR(sys_sendfile(p[1], in, &off, 10), EAGAIN);
	close(in);
	close(out);
}

static void errors(void)
{
	int in = T_OK(open("in", O_RDONLY)), out = T_OK(open("out", O_RDWR)), p[2], fd;
	long off = 0;

	T_ERR(sys_sendfile(-1, in, NULL, 10), EBADF);
	T_ERR(sys_sendfile(out, -1, NULL, 10), EBADF);
	fd = T_OK(open("in", O_WRONLY));
	T_ERR(sys_sendfile(out, fd, NULL, 10), EBADF);
	close(fd);
	T_ERR(sys_sendfile(in, out, NULL, 10), EBADF);
	T_EFAULT(q, sys_sendfile(out, in, q, 10));
	off = -1;
	T_ERR(sys_sendfile(out, in, &off, 10), EINVAL);
	T_EQ(off, -1);
	off = LONG_MIN;
	T_ERR(sys_sendfile(out, in, &off, 10), EINVAL);
	T_ERR(sys_sendfile(out, in, NULL, SIZE_MAX), EINVAL);
	fd = T_OK(open("out", O_WRONLY | O_APPEND));
	T_ERR(sys_sendfile(fd, in, NULL, 10), EINVAL);
	close(fd);
	T_OK(pipe(p));
	T_EQ(write(p[1], "abc", 3), 3);
	T_ERR(sys_sendfile(out, p[0], NULL, 3), EINVAL);
	off = 0;
	T_ERR(sys_sendfile(out, p[0], &off, 3), ESPIPE);
	close(p[0]);
	t_count_signal(SIGPIPE, 0);
	T_ERR(sys_sendfile(p[1], in, NULL, 10), EPIPE);
	T_EQ(t_signals[SIGPIPE], 1);
	fd = T_OK(open(".", O_RDONLY));
	T_ERR2(sys_sendfile(out, fd, NULL, 10), EINVAL, EISDIR);
	close(fd);
	T_CHILD
	{
		t_count_signal(SIGXFSZ, 0);
		t_limit(RLIMIT_FSIZE, 100);
		T_OK(ftruncate(out, 0));
		T_EQ(lseek(out, 0, SEEK_SET), 0);
		T_EQ(lseek(in, 0, SEEK_SET), 0);
		T_EQ(sys_sendfile(out, in, NULL, 100), 100);
		T_ERR(sys_sendfile(out, in, NULL, 100), EFBIG);
	}
}

TEST_MAIN
{
	for (int i = 0; i < 200000; i++)
		data[i] = (char)(i * 31 + i / 251);
	t_write_file("in", data, 200000);
	copies();
	errors();
}
