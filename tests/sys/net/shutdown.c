/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	int p[2];

	T_OK(pipe(p));
	T_ERR(shutdown(p[1], SHUT_WR), ENOTSOCK);
	T_ERR(shutdown(p[1], 99), ENOTSOCK);
	T_ERR(shutdown(-1, SHUT_RD), EBADF);
	close(p[0]);
	T_ERR(shutdown(p[0], SHUT_RD), EBADF);
}
