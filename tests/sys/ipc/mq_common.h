/* SPDX-License-Identifier: Apache-2.0 */
/* The calls themselves: names without the slash that the C library asks for. */
#ifndef TESTS_MQ_COMMON_H
#define TESTS_MQ_COMMON_H

#include "test.h"
#include <mqueue.h>
#include <poll.h>
#include <time.h>

static inline int k_mq_open(const char *name, int flags, mode_t mode, const struct mq_attr *attr)
{
	return (int)syscall(SYS_mq_open, name, flags, mode, attr);
}
static inline int k_mq_unlink(const char *name)
{
	return (int)syscall(SYS_mq_unlink, name);
}
static inline int k_mq_send(int fd, const char *msg, size_t len, unsigned prio,
			    const struct timespec *ts)
{
	return (int)syscall(SYS_mq_timedsend, fd, msg, len, (unsigned long)prio, ts);
}
static inline long k_mq_receive(int fd, char *msg, size_t len, unsigned *prio,
				const struct timespec *ts)
{
	return syscall(SYS_mq_timedreceive, fd, msg, len, prio, ts);
}
static inline int k_mq_notify(int fd, const struct sigevent *event)
{
	return (int)syscall(SYS_mq_notify, fd, event);
}
static inline int k_mq_attr(int fd, const struct mq_attr *new, struct mq_attr *old)
{
	return (int)syscall(SYS_mq_getsetattr, fd, new, old);
}

/* A name of our own. */
static inline const char *own_name(void)
{
	static char name[40];

	snprintf(name, sizeof(name), "lstar-test-%d", (int)getpid());
	return name;
}

static char message[8192] __attribute__((unused));

/* A new queue for 3 messages of 100 bytes, without a name when it is returned. */
static inline int new_queue(int flags)
{
	struct mq_attr attr = {.mq_maxmsg = 3, .mq_msgsize = 100};
	int fd = k_mq_open(own_name(), O_RDWR | O_CREAT | O_EXCL | flags, 0600, &attr);

	if (fd >= 0)
		k_mq_unlink(own_name());
	return fd;
}

static inline struct timespec from_now_ms(long ms)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_sec += ms / 1000;
	ts.tv_nsec += ms % 1000 * 1000000;
	if (ts.tv_nsec >= 1000000000) {
		ts.tv_nsec -= 1000000000;
		ts.tv_sec++;
	}
	return ts;
}

#endif
