/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

static char data[300000], back[300000];

static void errors(void)
{
	int p[2], q[2], f = T_OK(open("f", O_RDWR | O_CREAT, 0644)), fd;
	loff_t off = 0, minus = -1;

	T_OK(pipe(p));
	T_OK(pipe(q));
	T_EQ(write(p[1], "data", 4), 4);
	T_ERR(splice(-1, NULL, p[1], NULL, 1, 0), EBADF);
	T_ERR(splice(p[0], NULL, -1, NULL, 1, 0), EBADF);
	T_ERR(splice(p[1], NULL, f, NULL, 1, 0), EBADF);
	T_ERR(splice(f, NULL, p[0], NULL, 1, 0), EBADF);
	T_ERR(splice(p[0], NULL, p[1], NULL, 1, 0), EINVAL);
	T_ERR(splice(f, NULL, f, NULL, 1, 0), EINVAL);
	T_ERR(splice(p[0], NULL, f, NULL, 1, 0x10), EINVAL);
	T_EQ(splice(-1, NULL, -1, NULL, 0, 0x10), 0);
	T_ERR(splice(p[0], &off, f, NULL, 1, 0), ESPIPE);
	T_ERR(splice(f, NULL, p[1], &off, 1, 0), ESPIPE);
	T_ERR(splice(p[0], &off, q[1], NULL, 1, 0), ESPIPE);
	T_ERR(splice(p[0], NULL, f, &minus, 1, 0), EINVAL);
	T_EFAULT(bad, splice(p[0], NULL, f, bad, 1, 0));
	T_EFAULT(bad, splice(f, bad, p[1], NULL, 1, 0));
	fd = T_OK(open("f", O_WRONLY | O_APPEND));
	T_ERR(splice(p[0], NULL, fd, NULL, 1, 0), EINVAL);
	close(fd);
	fd = T_OK(open(".", O_RDONLY));
	T_ERR(splice(fd, NULL, p[1], NULL, 1, 0), EINVAL);
	close(fd);
	fd = T_OK(eventfd(1, 0));
	T_ERR(splice(fd, NULL, p[1], NULL, 8, 0), EINVAL);
	T_ERR(splice(p[0], NULL, fd, NULL, 8, 0), EINVAL);
	close(fd);
	fd = T_OK(open("f", O_PATH));
	T_ERR(splice(fd, NULL, p[1], NULL, 1, 0), EBADF);
	T_ERR(splice(q[0], NULL, f, NULL, 1, SPLICE_F_NONBLOCK), EAGAIN);
	T_ERR(splice(q[0], NULL, p[1], NULL, 1, SPLICE_F_NONBLOCK), EAGAIN);
	T_OK(fcntl(q[0], F_SETFL, O_NONBLOCK));
	T_ERR(splice(q[0], NULL, f, NULL, 1, 0), EAGAIN);
	close(q[1]);
	T_EQ(splice(q[0], NULL, f, NULL, 1, 0), 0); /* no writer: the end */
	t_count_signal(SIGPIPE, 0);
	close(p[0]);
	t_write_file("some", "some", 4);
	fd = T_OK(open("some", O_RDONLY));
	T_ERR(splice(fd, NULL, p[1], NULL, 1, 0), EPIPE);
	T_EQ(t_signals[SIGPIPE], 1);
}

static void with_files(void)
{
	loff_t in = 100, out = 5000;
	int p[2], f, g, n;

	for (unsigned i = 0; i < sizeof(data); i++)
		data[i] = (char)(i * 7 + i / 4096);
	t_write_file("from", data, sizeof(data));
	f = T_OK(open("from", O_RDONLY));
	g = T_OK(open("to", O_RDWR | O_CREAT | O_TRUNC, 0644));
	T_OK(pipe(p));
	/* With offsets the positions stay. */
	T_EQ(splice(f, &in, p[1], NULL, 5000, SPLICE_F_MOVE), 5000);
	T_EQ(in, 5100);
	T_EQ(lseek(f, 0, SEEK_CUR), 0);
	T_EQ(splice(p[0], NULL, g, &out, 5000, 0), 5000);
	T_EQ(out, 10000);
	T_EQ(lseek(g, 0, SEEK_CUR), 0);
	T_EQ(pread(g, back, 5000, 5000), 5000);
	T_MEM(back, data + 100, 5000);
	/* Without, they move; a pipe takes as much as it has room for. */
	T_EQ(splice(f, NULL, p[1], NULL, sizeof(data), 0), 65536);
	T_EQ(lseek(f, 0, SEEK_CUR), 65536);
	T_ERR(splice(f, NULL, p[1], NULL, 1, SPLICE_F_NONBLOCK), EAGAIN);
	T_EQ(splice(p[0], NULL, g, NULL, 70000, 0), 65536);
	T_EQ(lseek(g, 0, SEEK_CUR), 65536);
	do {
		n = T_OK(splice(f, NULL, p[1], NULL, 30000, 0));
		if (n)
			T_EQ(splice(p[0], NULL, g, NULL, 30000, 0), n);
	} while (n);
	T_EQ(t_read_file("to", back, sizeof(back)), sizeof(back));
	T_TRUE(!memcmp(back, data, sizeof(data)));
	/* What is written to the pipe later does not change the file. */
	in = 0;
	T_EQ(splice(f, &in, p[1], NULL, 10, 0), 10);
	T_EQ(write(p[1], "behind", 6), 6);
	T_EQ(read(p[0], back, 20), 16);
	T_MEM(back, data, 10);
	T_MEM(back + 10, "behind", 6);
	T_EQ(pread(f, back, 16, 0), 16);
	T_MEM(back, data, 16);
	/* Beyond the end there is nothing. */
	in = sizeof(data) + 5;
	T_EQ(splice(f, &in, p[1], NULL, 10, 0), 0);
	T_CHILD
	{
		t_limit(RLIMIT_FSIZE, 100);
		t_count_signal(SIGXFSZ, 0);
		out = 100;
		T_EQ(write(p[1], "x", 1), 1);
		T_ERR(splice(p[0], NULL, g, &out, 1, 0), EFBIG);
		T_EQ(t_signals[SIGXFSZ], 1);
	}
}

static void between_pipes(void)
{
	int p[2], q[2];

	T_OK(pipe(p));
	T_OK(pipe(q));
	T_EQ(write(p[1], data, 10000), 10000);
	T_EQ(splice(p[0], NULL, q[1], NULL, 4096, 0), 4096);
	T_EQ(splice(p[0], NULL, q[1], NULL, 100, 0), 100);
	T_EQ(splice(p[0], NULL, q[1], NULL, 100000, 0), 10000 - 4196);
	T_EQ(read(q[0], back, 20000), 10000);
	T_TRUE(!memcmp(back, data, 10000));
	/* A part of a buffer: what is written on either side stays there. */
	T_EQ(write(p[1], "abcdef", 6), 6);
	T_EQ(splice(p[0], NULL, q[1], NULL, 3, 0), 3);
	T_EQ(write(q[1], "XYZ", 3), 3);
	T_EQ(write(p[1], "ghi", 3), 3);
	T_EQ(read(p[0], back, 20), 6);
	T_MEM(back, "defghi", 6);
	T_EQ(read(q[0], back, 20), 6);
	T_MEM(back, "abcXYZ", 6);
	/* The target is full. */
	T_EQ(write(q[1], data, 65536), 65536);
	T_EQ(write(p[1], "x", 1), 1);
	T_ERR(splice(p[0], NULL, q[1], NULL, 1, SPLICE_F_NONBLOCK), EAGAIN);
	T_OK(fcntl(q[1], F_SETPIPE_SZ, 131072));
	T_EQ(splice(p[0], NULL, q[1], NULL, 1, SPLICE_F_NONBLOCK), 1);
}

static void with_sockets(void)
{
	loff_t off = 0;
	int p[2], s[2];

	T_OK(pipe(p));
	T_NEED(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	T_EQ(write(p[1], "through", 7), 7);
	T_ERR(splice(p[0], NULL, s[0], &off, 7, 0), EINVAL);
	T_EQ(splice(p[0], NULL, s[0], NULL, 100, SPLICE_F_MORE), 7);
	T_EQ(splice(s[1], NULL, p[1], NULL, 4, 0), 4);
	T_EQ(splice(s[1], NULL, p[1], NULL, 100, 0), 3);
	T_ERR(splice(s[1], NULL, p[1], NULL, 100, SPLICE_F_NONBLOCK), EAGAIN);
	T_EQ(read(p[0], back, 100), 7);
	T_MEM(back, "through", 7);
	T_EQ(write(p[1], "x", 1), 1);
	close(s[1]);
	t_count_signal(SIGPIPE, 0);
	T_ERR(splice(p[0], NULL, s[0], NULL, 1, 0), EPIPE);
	T_EQ(splice(s[0], NULL, p[1], NULL, 1, 0), 0);
}

static void with_devices(void)
{
	int p[2], null = T_OK(open("/dev/null", O_RDWR)), zero = T_OK(open("/dev/zero", O_RDWR));

	T_OK(pipe(p));
	T_EQ(splice(zero, NULL, p[1], NULL, 1000, 0), 1000);
	T_EQ(splice(p[0], NULL, null, NULL, 2000, 0), 1000);
}

static void waits(void)
{
	int p[2], f = T_OK(open("w", O_RDWR | O_CREAT, 0644));
	pid_t pid;

	T_OK(pipe(p));
	pid = fork();
	if (!pid) {
		t_sleep_ms(30);
		T_EQ(write(p[1], "late", 4), 4);
		_exit(0);
	}
	T_EQ(splice(p[0], NULL, f, NULL, 100, 0), 4);
	T_WAIT(pid, 0);
	T_EQ(write(p[1], data, 65536), 65536);
	pid = fork();
	if (!pid) {
		t_sleep_ms(30);
		T_EQ(read(p[0], back, 65536), 65536);
		_exit(0);
	}
	lseek(f, 0, SEEK_SET);
	T_EQ(splice(f, NULL, p[1], NULL, 4, 0), 4);
	T_WAIT(pid, 0);
}

TEST_MAIN
{
	errors();
	with_files();
	between_pipes();
	with_sockets();
	with_devices();
	waits();
}
