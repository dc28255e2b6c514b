/* SPDX-License-Identifier: Apache-2.0 */
#include "test.h"
#include <poll.h>
#include <sys/eventfd.h>

static inline int64_t take(int fd)
{
	int64_t value = -1;
	ssize_t n = read(fd, &value, sizeof(value));

	return n == sizeof(value) ? value : -1;
}
static inline int give(int fd, uint64_t value)
{
	return (int)write(fd, &value, sizeof(value));
}
static inline int ready(int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN | POLLOUT};

	return poll(&p, 1, 0) < 0 ? -1 : p.revents;
}
