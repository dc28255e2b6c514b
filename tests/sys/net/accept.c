/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include "unix_common.h"

static int do_accept(int fd, struct sockaddr *addr, socklen_t *len)
{
	return accept(fd, addr, len);
}

#include "accept_common.h"

TEST_MAIN
{
	accept_not_sockets();
	accept_addresses();
	accept_waits();
	accept_order();
}
