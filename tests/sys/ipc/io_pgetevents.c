/* SPDX-License-Identifier: Apache-2.0 */
#include "aio_common.h"

struct mask {
	const uint64_t *set;
	size_t size;
};
static inline int io_pgetevents(aio_context_t ctx, long min, long nr, struct io_event *events,
				struct timespec *timeout, struct mask *mask)
{
	return (int)syscall(SYS_io_pgetevents, ctx, min, nr, events, timeout, mask);
}

TEST_MAIN
{
	aio_context_t ctx = 0;
	struct timespec none = {0, 0};
	struct io_event e;
	uint64_t empty = 0;
	struct mask m = {&empty, 8}, bad = {&empty, 4};
	sigset_t usr1, now;

	T_NEED(io_setup(2, &ctx));
	T_EQ(io_pgetevents(ctx, 0, 1, &e, NULL, NULL), 0);
	T_EQ(io_pgetevents(ctx, 1, 1, &e, &none, &m), 0);
	T_ERR(io_pgetevents(ctx, 1, 1, &e, &none, &bad), EINVAL);
	T_EFAULT(p, io_pgetevents(ctx, 1, 1, &e, &none, p));
	/* A blocked signal that the mask lets through. */
	t_count_signal(SIGUSR1, 0);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	kill(getpid(), SIGUSR1);
	T_EQ(t_signals[SIGUSR1], 0);
	T_ERR(io_pgetevents(ctx, 1, 1, &e, NULL, &m), EINTR);
	T_EQ(t_signals[SIGUSR1], 1);
	sigprocmask(SIG_BLOCK, NULL, &now);
	T_TRUE(sigismember(&now, SIGUSR1));
	T_OK(io_destroy(ctx));
}
