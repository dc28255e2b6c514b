/* SPDX-License-Identifier: Apache-2.0 */
/* eventfd(2). The includer defines make_eventfd(count). */
#include "test.h"
#include <poll.h>
#include <sys/eventfd.h>

static int put(int fd, uint64_t n)
{
	return (int)write(fd, &n, sizeof(n));
}

static uint64_t take(int fd)
{
	uint64_t n = 0;

	T_EQ(read(fd, &n, sizeof(n)), 8);
	return n;
}

static int events_of(int fd)
{
	struct pollfd p = {fd, POLLIN | POLLOUT, 0};

	return poll(&p, 1, 0) < 0 ? -1 : p.revents;
}

static void counter(void)
{
	int fd = T_OK(make_eventfd(5));
	uint64_t n[2];
	char name[64] = "";

	T_EQ(events_of(fd), POLLIN | POLLOUT);
	T_EQ(take(fd), 5);
	T_EQ(events_of(fd), POLLOUT);
	T_EQ(fcntl(fd, F_GETFD), 0);
	T_EQ(fcntl(fd, F_GETFL) & (O_ACCMODE | O_NONBLOCK), O_RDWR);
	T_EQ(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	T_ERR(read(fd, n, 8), EAGAIN);
	T_ERR(read(fd, n, 7), EINVAL);
	T_ERR(write(fd, n, 7), EINVAL);
	T_EQ(put(fd, 0), 8);
	T_EQ(events_of(fd), POLLOUT);
	T_EQ(put(fd, 3), 8);
	T_EQ(put(fd, 4), 8);
	T_EQ(read(fd, n, 16), 8);
	T_EQ(n[0], 7);
	/* The largest value is 2^64 - 2. */
	T_ERR(put(fd, UINT64_MAX), EINVAL);
	T_EQ(put(fd, UINT64_MAX - 1), 8);
	T_EQ(events_of(fd), POLLIN);
	T_ERR(put(fd, 1), EAGAIN);
	T_EQ(put(fd, 0), 8);
	T_EQ(take(fd), -2);
	T_EFAULT_NULL(p, write(fd, p, 8));
	/* The value is taken before it cannot be stored. */
	T_EFAULT_NULL(p, (put(fd, 1), read(fd, p, 8)));
	T_ERR(pread(fd, n, 8, 0), ESPIPE);
	T_EQ(lseek(fd, 0, SEEK_SET), 0);
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	memset(n, 0, sizeof(n));
	char link[64] = "";
	T_CMP(readlink(name, link, sizeof(link) - 1), >, 0);
	T_STR(link, "anon_inode:[eventfd]");
	T_OK(close(fd));
}

/* A reader and a writer that wait for each other. */
static void blocking(void)
{
	int fd = T_OK(make_eventfd(0));
	pid_t pid = fork();

	if (!pid) {
		t_sleep_ms(30);
		put(fd, 9);
		_exit(0);
	}
	T_EQ(take(fd), 9);
	T_WAIT(pid, 0);
	T_EQ(put(fd, UINT64_MAX - 1), 8);
	pid = fork();
	if (!pid) {
		t_sleep_ms(30);
		T_EQ(take(fd), -2);
		_exit(0);
	}
	T_EQ(put(fd, 2), 8);
	T_WAIT(pid, 0);
	T_EQ(take(fd), 2);
	T_OK(close(fd));
}
