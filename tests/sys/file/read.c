/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/time.h>

static void regular(void)
{
	char buf[100], *end;
	int fd, same, other;
	ssize_t n;

	t_write_file("f", "0123456789", 10);
	fd = T_OK(open("f", O_RDONLY));
	same = T_OK(dup(fd));
	other = T_OK(open("f", O_RDONLY));
	T_EQ(read(fd, buf, 4), 4);
	T_MEM(buf, "0123", 4);
	T_EQ(read(same, buf, 4), 4);
	T_MEM(buf, "4567", 4);
	T_EQ(read(other, buf, 100), 10);
	T_MEM(buf, "0123456789", 10);
	T_EQ(read(fd, buf, 100), 2);
	T_EQ(read(fd, buf, 100), 0);
	T_EQ(read(fd, buf, 0), 0);
	T_EQ(lseek(fd, 1000, SEEK_SET), 1000);
	T_EQ(read(fd, buf, 100), 0);
	T_EQ(lseek(fd, 0, SEEK_CUR), 1000);

	/* The offset is shared with children. */
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_CHILD
	{
		T_EQ(read(fd, buf, 3), 3);
	}
	T_EQ(read(fd, buf, 1), 1);
	T_EQ(buf[0], '3');

	/* Bad addresses leave the offset; a buffer that ends early is filled as far as it goes. */
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	T_EFAULT_NULL(p, read(fd, p, 4));
	T_EQ(lseek(fd, 0, SEEK_CUR), 0);
	end = t_page_end();
	n = read(fd, end - 5, 10);
	T_CMP(n, >, 0);
	T_CMP(n, <=, 5);
	T_EQ(lseek(fd, 0, SEEK_CUR), n);
	T_MEM(end - 5, "0123456789", (size_t)n);
	T_EQ(read(fd, t_bad_pointer(1), 0), 0);
	T_ERR(read(fd, buf, SIZE_MAX), EFAULT);
	T_ERR(read(fd, buf, SSIZE_MAX), EFAULT);
	/* At end of file nothing is copied, so nothing faults. */
	T_EQ(lseek(fd, 0, SEEK_END), 10);
	T_EQ(read(fd, t_bad_pointer(1), 10), 0);
	close(fd);
	close(same);
	close(other);
}

static void errors(void)
{
	char c;
	int fd;

	T_ERR(read(-1, &c, 1), EBADF);
	T_ERR(read(9999, &c, 1), EBADF);
	T_ERR(read(-1, NULL, 0), EBADF);
	fd = T_OK(open("f", O_WRONLY));
	T_ERR(read(fd, &c, 1), EBADF);
	T_ERR(read(fd, &c, 0), EBADF);
	T_ERR(read(fd, NULL, 1), EBADF);
	close(fd);
	fd = T_OK(open(".", O_RDONLY));
	T_ERR(read(fd, &c, 1), EISDIR);
	T_ERR(read(fd, &c, 0), EISDIR);
	close(fd);
	fd = T_OK(open("f", O_PATH));
	T_ERR(read(fd, &c, 1), EBADF);
	close(fd);
}

static void devices(void)
{
	char buf[5000], zero[5000] = {0};
	int fd = T_OK(open("/dev/zero", O_RDONLY));

	memset(buf, 1, sizeof(buf));
	T_EQ(read(fd, buf, 5000), 5000);
	T_MEM(buf, zero, 5000);
	T_EFAULT_NULL(p, read(fd, p, 1));
	close(fd);
	fd = T_OK(open("/dev/null", O_RDONLY));
	T_EQ(read(fd, buf, 5000), 0);
	close(fd);
	fd = T_OK(open("/dev/full", O_RDONLY));
	memset(buf, 1, sizeof(buf));
	T_EQ(read(fd, buf, 100), 100);
	T_MEM(buf, zero, 100);
	close(fd);
	fd = T_OK(open("/dev/urandom", O_RDONLY));
	T_EQ(read(fd, buf, 256), 256);
	T_NE(memcmp(buf, zero, 256), 0);
	close(fd);
}

static void pipes(void)
{
	char buf[100], *end;
	int p[2];
	pid_t pid;

	T_OK(pipe(p));
	T_EQ(write(p[1], "abcdef", 6), 6);
	T_EQ(read(p[0], buf, 4), 4);
	T_EQ(read(p[0], buf, 100), 2);
	T_EQ(read(p[0], buf, 0), 0);
	T_OK(fcntl(p[0], F_SETFL, O_NONBLOCK));
	T_ERR(read(p[0], buf, 1), EAGAIN);
	T_ERR(read(p[1], buf, 1), EBADF);
	T_OK(fcntl(p[0], F_SETFL, 0));
	/* A read that faults takes nothing away. */
	T_EQ(write(p[1], "abcdef", 6), 6);
	T_EFAULT_NULL(q, read(p[0], q, 6));
	end = t_page_end();
	T_ERR(read(p[0], end - 2, 6), EFAULT);
	T_EQ(read(p[0], buf, 100), 6);
	T_MEM(buf, "abcdef", 6);
	/* Blocks until there is something. */
	pid = fork();
	if (!pid) {
		t_sleep_ms(50);
		_exit(write(p[1], "late", 4) != 4);
	}
	T_EQ(read(p[0], buf, 100), 4);
	T_WAIT(pid, 0);
	close(p[1]);
	T_EQ(read(p[0], buf, 100), 0);
	T_EQ(read(p[0], buf, 100), 0);
	close(p[0]);
}

static void signals(void)
{
	struct itimerval soon = {.it_value = {0, 50000}};
	char buf[10];
	int p[2];
	pid_t pid;

	T_OK(pipe(p));
	t_count_signal(SIGALRM, 0);
	setitimer(ITIMER_REAL, &soon, NULL);
	T_ERR(read(p[0], buf, 1), EINTR);
	T_EQ(t_signals[SIGALRM], 1);
	t_count_signal(SIGALRM, SA_RESTART);
	pid = fork();
	if (!pid) {
		t_sleep_ms(200);
		_exit(write(p[1], "r", 1) != 1);
	}
	setitimer(ITIMER_REAL, &soon, NULL);
	T_EQ(read(p[0], buf, 10), 1);
	T_EQ(t_signals[SIGALRM], 2);
	T_WAIT(pid, 0);
}

TEST_MAIN
{
	regular();
	errors();
	devices();
	pipes();
	signals();
}
