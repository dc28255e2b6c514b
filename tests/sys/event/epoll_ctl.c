/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/epoll.h>

static int ctl(int ep, int op, int fd, unsigned events, uint64_t data)
{
	struct epoll_event e = {.events = events, .data.u64 = data};

	return (int)syscall(SYS_epoll_ctl, ep, op, fd, &e);
}
#define ADD(ep, fd, events) ctl(ep, EPOLL_CTL_ADD, fd, events, (uint64_t)(fd))
#define MOD(ep, fd, events) ctl(ep, EPOLL_CTL_MOD, fd, events, (uint64_t)(fd))
#define DEL(ep, fd)	    ctl(ep, EPOLL_CTL_DEL, fd, 0, 0)

/* The events of the only one that is ready; 0: none. */
static unsigned ready(int ep)
{
	struct epoll_event e[4] = {{0}};
	int n = (int)epoll_wait(ep, e, 4, 0);

	if (n > 1)
		return ~0u;
	return n == 1 ? e[0].events : 0;
}

static void errors(void)
{
	int ep = T_OK(epoll_create1(0)), p[2], file, dir;

	T_OK(pipe(p));
	t_touch("f");
	file = T_OK(open("f", O_RDWR));
	dir = T_OK(open(".", O_RDONLY));
	T_ERR(ADD(-1, p[0], EPOLLIN), EBADF);
	T_ERR(ADD(ep, -1, EPOLLIN), EBADF);
	T_ERR(ADD(ep, 1000, EPOLLIN), EBADF);
	T_ERR(ADD(p[0], p[1], EPOLLIN), EINVAL);
	T_ERR(ADD(ep, ep, EPOLLIN), EINVAL);
	T_ERR(ADD(ep, file, EPOLLIN), EPERM);
	T_ERR(ADD(ep, dir, EPOLLIN), EPERM);
	T_ERR(DEL(ep, file), EPERM);
	T_ERR(ctl(ep, 0, p[0], EPOLLIN, 0), EINVAL);
	T_ERR(ctl(ep, 4, p[0], EPOLLIN, 0), EINVAL);
	T_ERR(MOD(ep, p[0], EPOLLIN), ENOENT);
	T_ERR(DEL(ep, p[0]), ENOENT);
	T_OK(ADD(ep, p[0], EPOLLIN));
	T_ERR(ADD(ep, p[0], EPOLLIN), EEXIST);
	T_EFAULT_NULL(q, syscall(SYS_epoll_ctl, ep, EPOLL_CTL_MOD, p[0], q));
	T_EFAULT_NULL(q, syscall(SYS_epoll_ctl, -1, EPOLL_CTL_ADD, p[0], q));
	T_EQ(syscall(SYS_epoll_ctl, ep, EPOLL_CTL_DEL, p[0], NULL), 0);
	int path = T_OK(open(".", O_PATH));
	T_ERR(ADD(ep, path, EPOLLIN), EBADF);
	T_ERR(ADD(ep, T_OK(open("/dev/null", O_RDWR)), EPOLLIN), EPERM);
}

static void exclusive(void)
{
	int ep = T_OK(epoll_create1(0)), ep2 = T_OK(epoll_create1(0)), p[2];

	T_OK(pipe(p));
	T_ERR(ADD(ep, p[0], EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT), EINVAL);
	T_ERR(ADD(ep, p[0], EPOLLIN | EPOLLEXCLUSIVE | EPOLLRDHUP), EINVAL);
	T_ERR(ADD(ep, ep2, EPOLLIN | EPOLLEXCLUSIVE), EINVAL);
	T_OK(ADD(ep, p[0], EPOLLIN | EPOLLEXCLUSIVE));
	T_ERR(MOD(ep, p[0], EPOLLIN), EINVAL);
	T_ERR(MOD(ep, p[0], EPOLLIN | EPOLLEXCLUSIVE), EINVAL);
	T_EQ(write(p[1], "x", 1), 1);
	T_EQ(ready(ep), EPOLLIN);
	T_OK(DEL(ep, p[0]));
	T_OK(ADD(ep, p[0], EPOLLIN));
	T_ERR(MOD(ep, p[0], EPOLLIN | EPOLLEXCLUSIVE), EINVAL);
}

static void modes(void)
{
	int ep = T_OK(epoll_create1(0)), p[2];
	char c;

	T_OK(pipe(p));
	T_OK(ADD(ep, p[0], EPOLLIN));
	T_EQ(ready(ep), 0);
	T_EQ(write(p[1], "ab", 2), 2);
	T_EQ(ready(ep), EPOLLIN);
	T_EQ(ready(ep), EPOLLIN);
	/* Edge: once for each write, and again after a change of the entry. */
	T_OK(MOD(ep, p[0], EPOLLIN | EPOLLET));
	T_EQ(ready(ep), EPOLLIN);
	T_EQ(ready(ep), 0);
	T_EQ(write(p[1], "c", 1), 1);
	T_EQ(ready(ep), EPOLLIN);
	T_EQ(ready(ep), 0);
	/* One shot: disabled until it is armed again. */
	T_OK(MOD(ep, p[0], EPOLLIN | EPOLLONESHOT));
	T_EQ(ready(ep), EPOLLIN);
	T_EQ(ready(ep), 0);
	T_EQ(write(p[1], "d", 1), 1);
	T_EQ(ready(ep), 0);
	T_OK(MOD(ep, p[0], EPOLLIN | EPOLLONESHOT));
	T_EQ(ready(ep), EPOLLIN);
	/* Nothing asked: only what always comes. */
	T_OK(MOD(ep, p[0], 0));
	T_EQ(ready(ep), 0);
	while (fcntl(p[0], F_SETFL, O_NONBLOCK) == 0 && read(p[0], &c, 1) == 1)
		;
	T_OK(close(p[1]));
	T_EQ(ready(ep), EPOLLHUP);
	T_OK(DEL(ep, p[0]));
	T_EQ(ready(ep), 0);
}

static void write_end(void)
{
	int ep = T_OK(epoll_create1(0)), p[2];

	T_OK(pipe(p));
	T_OK(ADD(ep, p[1], EPOLLOUT | EPOLLIN));
	T_EQ(ready(ep), EPOLLOUT);
	T_OK(close(p[0]));
	T_EQ(ready(ep), EPOLLOUT | EPOLLERR);
}

static void closing(void)
{
	int ep = T_OK(epoll_create1(0)), p[2], copy;

	T_OK(pipe(p));
	T_OK(ADD(ep, p[0], EPOLLIN));
	copy = T_OK(dup(p[0]));
	T_OK(ADD(ep, copy, EPOLLIN)); /* another descriptor is another entry */
	T_OK(DEL(ep, copy));
	T_EQ(write(p[1], "x", 1), 1);
	/* The entry stays as long as the open file does. */
	T_OK(close(p[0]));
	T_EQ(ready(ep), EPOLLIN);
	T_OK(close(copy));
	T_EQ(ready(ep), 0);
	T_ERR(DEL(ep, copy), EBADF);
	/* The set may go first. */
	T_OK(pipe(p));
	T_OK(ADD(ep, p[0], EPOLLIN | EPOLLET));
	T_OK(close(ep));
	T_EQ(write(p[1], "x", 1), 1);
}

static void nesting(void)
{
	struct epoll_event e;
	int ep[8], p[2], i;

	T_OK(pipe(p));
	for (i = 0; i < 8; i++)
		ep[i] = T_OK(epoll_create1(0));
	T_OK(ADD(ep[0], p[0], EPOLLIN));
	for (i = 1; i < 5; i++)
		T_OK(ADD(ep[i], ep[i - 1], EPOLLIN));
	T_ERR2(ADD(ep[5], ep[4], EPOLLIN), ELOOP, EINVAL);
	T_ERR(ADD(ep[0], ep[4], EPOLLIN), ELOOP);
	T_ERR(ADD(ep[0], ep[1], EPOLLIN), ELOOP);
	T_EQ(ready(ep[4]), 0);
	T_EQ(write(p[1], "x", 1), 1);
	for (i = 4; i >= 0; i--)
		T_EQ(ready(ep[i]), EPOLLIN);
	T_EQ(read(p[0], &e, 1), 1);
	for (i = 4; i >= 0; i--)
		T_EQ(ready(ep[i]), 0);
	/* A wake-up goes all the way up. */
	pid_t pid = fork();
	if (!pid) {
		t_sleep_ms(30);
		_exit(write(p[1], "x", 1) != 1);
	}
	T_EQ(epoll_wait(ep[4], &e, 1, 5000), 1);
	T_EQ(e.data.u64, ep[3]);
	T_WAIT(pid, 0);
	T_OK(close(ep[2]));
	T_EQ(ready(ep[3]), 0);
	T_EQ(ready(ep[1]), EPOLLIN);
}

TEST_MAIN
{
	errors();
	exclusive();
	modes();
	write_end();
	closing();
	nesting();
}
