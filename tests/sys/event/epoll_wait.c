/* SPDX-License-Identifier: Apache-2.0 */
#define do_wait(ep, e, max, ms) ((int)syscall(SYS_epoll_wait, ep, e, (long)(max), (long)(ms)))
#include "epoll_wait_common.h"

static void *close_watched(void *arg)
{
	int *fds = arg;

	for (int i = 0; i < 3000; i++) {
		int fd = eventfd(1, 0);

		if (fd < 0)
			return (void *)1;
		add(fds[0], fd, EPOLLIN | (i & 1 ? EPOLLET : 0), 3);
		close(fd);
	}
	return NULL;
}

/* Descriptors that come and go while others wait, and a set that goes. */
static void races(void)
{
	struct epoll_event e[8];
	pthread_t t[3];
	void *result;
	int ep = T_OK(epoll_create1(0));

	for (int i = 0; i < 3; i++)
		T_EQ(pthread_create(&t[i], NULL, close_watched, &ep), 0);
	for (int i = 0; i < 3000; i++)
		if (do_wait(ep, e, 8, 0) < 0)
			T_EQ(i, -1);
	for (int i = 0; i < 3; i++) {
		T_EQ(pthread_join(t[i], &result), 0);
		T_EQ((long)result, 0);
	}
	T_EQ(do_wait(ep, e, 8, 0), 0);
}

TEST_MAIN
{
	wait_common();
	races();
}
