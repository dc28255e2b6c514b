/* POSIX message queues, mq_overview(7): the file system "mqueue" and what its files can do.
 * sys/mqueue.c has the calls. */
#ifndef VFS_MQUEUE_H
#define VFS_MQUEUE_H

#include "vfs/ns.h"
#include "vfs/vfs.h"
#include <linux/mqueue.h>

/* /proc/sys/fs/mqueue: queues_max msg_max msgsize_max msg_default msgsize_default */
struct mqueue_limits {
	int queues_max, msg_max, msgsize_max, msg_default, msgsize_default;
};
/* An IPC namespace, the part that is known here; proc/ipc.h has the rest. */
struct ipc_ns {
	struct ns_common ns; /* first */
	struct {
		struct mqueue_limits limits;
		int nr_queues;	     /* mqueue.c's lock */
		struct mount *mount; /* the kernel's own, made when it is first used */
	} mq;
};
void mqueue_init_ns(struct ipc_ns *ns);
void mqueue_exit_ns(struct ipc_ns *ns);
#define HARD_MSGMAX	65536
#define HARD_MSGSIZEMAX (16 * 1024 * 1024)

struct mqueue_msg {
	struct list_head node;
	unsigned prio;
	size_t size;
	char text[];
};

/* Who is told when a message comes to an empty queue. Made and interpreted above. */
struct mqueue_notifier {
	void (*fire)(struct mqueue_notifier *n); /* tells the owner, and is done with; may sleep */
	void (*drop)(struct mqueue_notifier *n);
	bool (*is_callers)(const struct mqueue_notifier *n);
	int kind, signo, pid; /* as read(2) on the queue shows them */
};

/* mq_open(2). attr NULL: the defaults. limit_bytes: RLIMIT_MSGQUEUE. ERR_PTR. */
struct mqueue_open {
	const char *name;
	u32 o_flags, mode;
	const struct mq_attr *attr;
	u64 limit_bytes;
};
struct file *mqueue_open(const struct vfs_ctx *ctx, const struct mqueue_open *o);
int mqueue_unlink(const struct vfs_ctx *ctx, const char *name);
bool file_is_mqueue(const struct file *f);
size_t mqueue_msgsize(const struct file *f);
/* deadline_ns: monotonic, 0 = none. 0 when m, sorted by m->prio, is the queue's; -EAGAIN -ETIMEDOUT
 * -ERESTARTSYS. */
int mqueue_send(struct file *f, struct mqueue_msg *m, u64 deadline_ns);
/* The message, which is the caller's to kfree(); ERR_PTR. */
struct mqueue_msg *mqueue_receive(struct file *f, u64 deadline_ns);
/* -EBUSY: somebody else is told; n NULL: the caller not any more. n changes hands on success. */
int mqueue_set_notifier(struct file *f, struct mqueue_notifier *n);
void mqueue_getattr(struct file *f, struct mq_attr *attr);

#endif
