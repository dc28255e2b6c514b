/* A message queue: between mqueue.c and mqueue_msg.c. */
#ifndef VFS_MQUEUE_INTERNAL_H
#define VFS_MQUEUE_INTERNAL_H

#include "vfs/mqueue.h"

struct mqueue {
	struct mq_attr attr;	   /* mq_maxmsg and mq_msgsize; fixed */
	u32 uid;		   /* whom its bytes count for */
	spinlock_t lock;	   /* RANK_LEAF: what follows */
	struct list_head messages; /* by priority, the highest first; in order of arrival */
	long nr;
	u64 bytes;
	unsigned nr_receivers; /* asleep: they come before the notifier */
	struct mqueue_notifier *notifier;
	struct waitq readable, writable;
};

extern const struct file_ops mqueue_fops;
void mqueue_init(struct mqueue *q);
void mqueue_drop_messages(struct mqueue *q);

#endif
