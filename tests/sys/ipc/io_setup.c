/* SPDX-License-Identifier: Apache-2.0 */
#include "aio_common.h"

static long number_of(const char *path)
{
	char text[30] = "";

	T_OK(t_read_file(path, text, sizeof(text) - 1));
	return atol(text);
}

TEST_MAIN
{
	aio_context_t ctx = 0, two = 0;
	long most = number_of("/proc/sys/fs/aio-max-nr"), used;
	struct io_event e;

	used = number_of("/proc/sys/fs/aio-nr");
	T_NEED(io_setup(10, &ctx));
	T_NE(ctx, 0);
	T_EQ(number_of("/proc/sys/fs/aio-nr"), used + 10);
	T_ERR(io_setup(10, &ctx), EINVAL); /* not 0 */
	T_EQ(io_setup(1, &two), 0);
	T_NE(ctx, two);
	T_ERR(io_setup(0, &(aio_context_t){0}), EINVAL);
	T_ERR(io_setup((unsigned)most + 1, &(aio_context_t){0}), EAGAIN);
	T_EFAULT_NULL(p, io_setup(1, p));
	/* The context is not the child's. */
	T_CHILD
	{
		T_ERR(io_getevents(ctx, 0, 1, &e, NULL), EINVAL);
		T_ERR(io_destroy(ctx), EINVAL);
	}
	T_EQ(io_getevents(ctx, 0, 1, &e, NULL), 0);
	T_OK(io_destroy(two));
	T_OK(io_destroy(ctx));
}
