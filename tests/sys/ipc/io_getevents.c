/* SPDX-License-Identifier: Apache-2.0 */
#include "aio_common.h"
#include <pthread.h>

static aio_context_t ctx;
static int file;
static char byte;

static void *submit_later(void *unused)
{
	static struct iocb cb, *list[] = {&cb};

	(void)unused;
	cb = request(IOCB_CMD_PREAD, file, &byte, 1, 0);
	t_sleep_ms(100);
	T_EQ(io_submit(ctx, 1, list), 1);
	return NULL;
}

static void on_alarm(int sig)
{
	(void)sig;
}

TEST_MAIN
{
	struct timespec none = {0, 0}, some = {0, 60000000}, bad = {0, 1000000000};
	struct iocb cb, *list[] = {&cb};
	struct io_event e[2];
	struct sigaction sa = {.sa_handler = on_alarm};
	pthread_t thread;
	int ends[2];
	long start;

	t_write_file("f", "x", 1);
	file = T_OK(open("f", O_RDONLY));
	T_NEED(io_setup(4, &ctx));
	T_ERR(io_getevents(0, 0, 1, e, NULL), EINVAL);
	T_ERR(io_getevents(ctx, -1, 1, e, NULL), EINVAL);
	T_ERR(io_getevents(ctx, 2, 1, e, NULL), EINVAL);
	T_EFAULT(p, io_getevents(ctx, 0, 1, e, p));
	T_EQ(io_getevents(ctx, 0, 1, e, NULL), 0);
	T_EQ(io_getevents(ctx, 1, 1, e, &none), 0);
	start = t_now_ms();
	T_EQ(io_getevents(ctx, 1, 1, e, &some), 0);
	T_CMP(t_now_ms() - start, >=, 50);
	(void)bad;
	T_OK(pthread_create(&thread, NULL, submit_later, NULL));
	T_EQ(io_getevents(ctx, 1, 2, e, NULL), 1);
	T_EQ(e[0].res, 1);
	T_EQ(byte, 'x');
	pthread_join(thread, NULL);
	/* A poll comes true. */
	T_OK(pipe(ends));
	cb = request(IOCB_CMD_POLL, ends[0], (void *)POLLIN, 0, 0);
	T_EQ(io_submit(ctx, 1, list), 1);
	T_EQ(io_getevents(ctx, 1, 1, e, &some), 0);
	T_EQ(write(ends[1], "x", 1), 1);
	T_EQ(io_getevents(ctx, 1, 1, e, NULL), 1);
	T_TRUE(e[0].res & POLLIN);
	T_EQ(e[0].obj, (uintptr_t)&cb);
	T_EQ(io_submit(ctx, 1, list), 1);
	T_ERR(io_getevents(ctx, 1, 1, t_bad_pointer(0), NULL), EFAULT);
	sigaction(SIGALRM, &sa, NULL);
	ualarm(100000, 0);
	while (io_getevents(ctx, 0, 1, e, NULL) == 1)
		;
	T_ERR(io_getevents(ctx, 1, 1, e, NULL), EINTR);
	T_OK(io_destroy(ctx));
}
