/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_POLL_H
#define LIBSYS_POLL_H

#include <linux/poll.h>
#include <linux/time.h>
#include <signal.h>
#include <sys/calls.h>

int ppoll(struct pollfd *fds, unsigned long count, const struct timespec *timeout,
	  const sigset_t *mask);

#endif /* LIBSYS_POLL_H */
