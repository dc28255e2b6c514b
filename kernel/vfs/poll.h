/* How an open file tells poll, select and epoll where it will announce changes. */
#ifndef VFS_POLL_H
#define VFS_POLL_H

#include "core/wait.h"
#include <linux/eventpoll.h>

struct poll_table {
	/* Queue a waiter on q; called once per wait queue and file. NULL during a pure test. */
	void (*queue)(struct poll_table *pt, struct waitq *q);
};
/* Is this more than a test? Then poll_wait() for each queue, before the test. */
static inline bool poll_queues(const struct poll_table *pt)
{
	return unlikely(pt) && pt->queue;
}
static inline void poll_wait(struct poll_table *pt, struct waitq *q)
{
	if (pt && pt->queue)
		pt->queue(pt, q);
}
#define POLL_DEFAULT ((unsigned)(EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM))

#endif
