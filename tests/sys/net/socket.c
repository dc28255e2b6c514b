/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <sys/socket.h>

TEST_MAIN
{
	/* No such family, and type numbers that there are not. */
	T_ERR(socket(100, SOCK_STREAM, 0), EAFNOSUPPORT);
	T_ERR(socket(46, SOCK_DGRAM, 0), EAFNOSUPPORT);
	T_ERR(socket(-1, SOCK_STREAM, 0), EAFNOSUPPORT);
	T_ERR(socket(100, 14, 0), EAFNOSUPPORT);
	T_ERR(socket(AF_UNIX, 14, 0), EINVAL);
	/* Unknown flags are refused first. */
	T_ERR(socket(100, SOCK_STREAM | 0x10, 0), EINVAL);
	T_ERR(socket(100, SOCK_STREAM | 0x40000000, 0), EINVAL);
	T_ERR(socket(AF_UNIX, -1, 0), EINVAL);
	T_ERR(socket(100, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), EAFNOSUPPORT);
}
