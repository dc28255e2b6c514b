/* SPDX-License-Identifier: Apache-2.0 */
#include "aio_common.h"

TEST_MAIN
{
	aio_context_t ctx = 0;
	struct io_event e;

	T_ERR(io_destroy(0), EINVAL);
	T_ERR(io_destroy(123), EINVAL);
	T_NEED(io_setup(1, &ctx));
	T_EQ(io_destroy(ctx), 0);
	T_ERR(io_destroy(ctx), EINVAL);
	T_ERR(io_getevents(ctx, 0, 1, &e, NULL), EINVAL);
}
