/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIBSYS_SYS_EPOLL_H
#define LIBSYS_SYS_EPOLL_H

#include <linux/eventpoll.h>
#include <linux/time.h>
#include <signal.h>
#include <sys/calls.h>

int epoll_pwait(int epfd, struct epoll_event *events, int max, int timeout_ms,
		const sigset_t *mask);
int epoll_pwait2(int epfd, struct epoll_event *events, int max, const struct timespec *timeout,
		 const sigset_t *mask);

#endif /* LIBSYS_SYS_EPOLL_H */
