/* SPDX-License-Identifier: Apache-2.0 */
/* epoll_wait(2) and its kin. The includer defines do_wait(ep, events, max, timeout_ms). */
#include "test.h"
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

static int add(int ep, int fd, unsigned events, uint64_t data)
{
	struct epoll_event e = {.events = events, .data.u64 = data};

	return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
}

static void wait_errors(void)
{
	int ep = T_OK(epoll_create1(0)), efd = T_OK(eventfd(1, 0));
	struct epoll_event e;

	T_ERR(do_wait(-1, &e, 1, 0), EBADF);
	T_ERR(do_wait(efd, &e, 1, 0), EINVAL);
	T_ERR(do_wait(ep, &e, 0, 0), EINVAL);
	T_ERR(do_wait(ep, &e, -1, 0), EINVAL);
	T_ERR(do_wait(ep, &e, INT_MAX, 0), EINVAL);
	T_EQ(do_wait(ep, &e, 1, 0), 0);
	T_OK(add(ep, efd, EPOLLIN, 1));
	T_EFAULT_NULL(p, do_wait(ep, p, 1, 0));
	/* What could not be told is told again. */
	T_EQ(do_wait(ep, &e, 1, 0), 1);
}

static void wait_order(void)
{
	int ep = T_OK(epoll_create1(0)), fds[300], seen[300] = {0};
	struct epoll_event e[300];
	uint64_t one = 1;

	for (int i = 0; i < 300; i++) {
		fds[i] = T_OK(eventfd(0, EFD_NONBLOCK));
		T_OK(add(ep, fds[i], EPOLLIN, 0x1000000000ull + (unsigned)i));
	}
	T_EQ(do_wait(ep, e, 300, 0), 0);
	T_EQ(write(fds[7], &one, 8), 8);
	T_EQ(write(fds[299], &one, 8), 8);
	T_EQ(do_wait(ep, e, 300, -1), 2);
	T_EQ(e[0].data.u64, 0x1000000007ull);
	T_EQ(e[1].data.u64, 0x100000012bull);
	/* With a small array all come in turn. */
	for (int i = 0; i < 300; i++)
		T_EQ(write(fds[i], &one, 8), 8);
	for (int i = 0; i < 100; i++) {
		T_EQ(do_wait(ep, e, 3, -1), 3);
		for (int j = 0; j < 3; j++)
			seen[e[j].data.u64 & 0xffff]++;
	}
	for (int i = 0; i < 300; i++)
		if (seen[i] != 1)
			T_EQ(i, -1);
	for (int i = 0; i < 300; i++)
		close(fds[i]);
	T_EQ(do_wait(ep, e, 300, 0), 0);
}

static void wait_time(void)
{
	int ep = T_OK(epoll_create1(0));
	struct epoll_event e;
	long start = t_now_ms();

	T_EQ(do_wait(ep, &e, 1, 50), 0);
	T_CMP(t_now_ms() - start, >=, 49);
	t_count_signal(SIGALRM, SA_RESTART);
	alarm(1);
	T_ERR(do_wait(ep, &e, 1, -1), EINTR);
	T_EQ(t_signals[SIGALRM], 1);
}

#define ROUNDS	20000
#define THREADS 4
static int storm_ep, storm_fd;
static uint64_t storm_taken;

static void *storm_reader(void *arg)
{
	struct epoll_event e;
	uint64_t n;

	(void)arg;
	for (;;) {
		if (do_wait(storm_ep, &e, 1, 5000) != 1)
			return (void *)1;
		if (e.data.u64 == 2)
			return NULL;
		if (read(storm_fd, &n, 8) == 8)
			__atomic_add_fetch(&storm_taken, n, __ATOMIC_SEQ_CST);
	}
}

/* No event is lost between a writer and several waiting threads. */
static void wait_storm(unsigned mode)
{
	pthread_t t[THREADS];
	int stop = T_OK(eventfd(0, 0));
	uint64_t one = 1;
	void *result;

	storm_ep = T_OK(epoll_create1(0));
	storm_fd = T_OK(eventfd(0, EFD_NONBLOCK));
	storm_taken = 0;
	T_OK(add(storm_ep, storm_fd, EPOLLIN | mode, 1));
	T_OK(add(storm_ep, stop, EPOLLIN, 2));
	for (int i = 0; i < THREADS; i++)
		T_EQ(pthread_create(&t[i], NULL, storm_reader, NULL), 0);
	for (int i = 0; i < ROUNDS; i++)
		if (write(storm_fd, &one, 8) != 8)
			T_EQ(i, -1);
	long start = t_now_ms();
	while (__atomic_load_n(&storm_taken, __ATOMIC_SEQ_CST) != ROUNDS &&
	       t_now_ms() - start < 4000)
		t_sleep_ms(1);
	T_EQ(storm_taken, ROUNDS);
	T_EQ(write(stop, &one, 8), 8);
	for (int i = 0; i < THREADS; i++) {
		T_EQ(pthread_join(t[i], &result), 0);
		T_EQ((long)result, 0);
	}
	close(storm_ep);
	close(storm_fd);
	close(stop);
}

static void wait_common(void)
{
	wait_errors();
	wait_order();
	wait_time();
	wait_storm(0);
	wait_storm(EPOLLET);
}
