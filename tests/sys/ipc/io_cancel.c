/* SPDX-License-Identifier: Apache-2.0 */
#include "aio_common.h"

TEST_MAIN
{
	aio_context_t ctx = 0;
	struct io_event e;
	struct iocb cb, *list[] = {&cb};
	int ends[2];

	T_ERR(io_cancel(0, NULL, NULL), EFAULT);
	memset(&cb, 0, sizeof(cb));
	T_ERR(io_cancel(0, &cb, &e), EINVAL);
	T_NEED(io_setup(2, &ctx));
	T_ERR(io_cancel(ctx, &cb, &e), EINVAL);
	T_EFAULT(p, io_cancel(ctx, p, &e));
	T_OK(pipe(ends));
	cb = request(IOCB_CMD_POLL, ends[0], (void *)POLLIN, 0, 0);
	T_EQ(io_submit(ctx, 1, list), 1);
	T_ERR(io_cancel(ctx, &cb, &e), EINPROGRESS);
	T_EQ(io_getevents(ctx, 1, 1, &e, NULL), 1);
	T_EQ(e.obj, (uintptr_t)&cb);
	T_ERR(io_cancel(ctx, &cb, &e), EINVAL);
	T_OK(io_destroy(ctx));
}
