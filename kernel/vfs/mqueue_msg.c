/* The messages of a POSIX message queue: sending, receiving, being told. Called by sys/mqueue.c and
 * through file_ops; mqueue.c has the file system. */
#include "vfs/internal.h"
#include "vfs/mqueue_internal.h"
#include "vfs/poll.h"

static struct mqueue *queue_of(const struct file *f)
{
	return f->inode->private;
}

bool file_is_mqueue(const struct file *f)
{
	return f->ops == &mqueue_fops;
}

size_t mqueue_msgsize(const struct file *f)
{
	return (size_t)queue_of(f)->attr.mq_msgsize;
}

void mqueue_init(struct mqueue *q)
{
	spin_init(&q->lock, RANK_LEAF, "mqueue");
	list_init(&q->messages);
	waitq_init(&q->readable);
	waitq_init(&q->writable);
}

void mqueue_drop_messages(struct mqueue *q)
{
	struct mqueue_msg *m, *next;

	list_for_each_entry_safe (m, next, &q->messages, node)
		kfree(m);
	list_init(&q->messages);
}

/* --- sending --- */

/* Behind those of its priority; most messages belong at the end. */
static void insert(struct mqueue *q, struct mqueue_msg *m)
{
	struct list_head *at = q->messages.prev;

	while (at != &q->messages && list_entry(at, struct mqueue_msg, node)->prio < m->prio)
		at = at->prev;
	list_add(&m->node, at);
	q->nr++;
	q->bytes += m->size;
}

/* False: the queue is full. *notifier: who is to be told. */
static bool put(struct mqueue *q, struct mqueue_msg *m, struct mqueue_notifier **notifier)
{
	bool fits;

	spin_lock(&q->lock);
	fits = q->nr < q->attr.mq_maxmsg;
	if (fits) {
		/* mq_notify(3): when "the queue was previously empty", and nobody waits. */
		if (!q->nr && !q->nr_receivers) {
			*notifier = q->notifier;
			q->notifier = NULL;
		}
		insert(q, m);
	}
	spin_unlock(&q->lock);
	return fits;
}

int mqueue_send(struct file *f, struct mqueue_msg *m, u64 deadline_ns)
{
	struct mqueue *q = queue_of(f);
	struct mqueue_notifier *n = NULL;
	int err;

	while (!put(q, m, &n)) {
		if (f->flags & O_NONBLOCK)
			return -EAGAIN;
		err = wait_event_timeout(&q->writable, READ_ONCE(q->nr) < q->attr.mq_maxmsg,
					 deadline_ns);
		if (err)
			return err;
	}
	inode_touch(f->inode, ATTR_ATIME | ATTR_MTIME | ATTR_CTIME);
	waitq_wake_key(&q->readable, ~0u, EPOLLIN | EPOLLRDNORM);
	if (n)
		n->fire(n);
	return 0;
}

/* --- receiving --- */

static struct mqueue_msg *take(struct mqueue *q)
{
	struct mqueue_msg *m = NULL;

	spin_lock(&q->lock);
	if (q->nr) {
		m = list_first_entry(&q->messages, struct mqueue_msg, node);
		list_del(&m->node);
		q->nr--;
		q->bytes -= m->size;
	}
	spin_unlock(&q->lock);
	return m;
}

static void count_receiver(struct mqueue *q, int step)
{
	spin_lock(&q->lock);
	q->nr_receivers += (unsigned)step;
	spin_unlock(&q->lock);
}

struct mqueue_msg *mqueue_receive(struct file *f, u64 deadline_ns)
{
	struct mqueue *q = queue_of(f);
	struct mqueue_msg *m;
	int err;

	while (!(m = take(q))) {
		if (f->flags & O_NONBLOCK)
			return ERR_PTR(-EAGAIN);
		count_receiver(q, 1);
		err = wait_event_timeout(&q->readable, READ_ONCE(q->nr) > 0, deadline_ns);
		count_receiver(q, -1);
		if (err)
			return ERR_PTR(err);
	}
	inode_touch(f->inode, ATTR_ATIME | ATTR_MTIME | ATTR_CTIME);
	waitq_wake_key(&q->writable, ~0u, EPOLLOUT | EPOLLWRNORM);
	return m;
}

/* --- being told --- */

int mqueue_set_notifier(struct file *f, struct mqueue_notifier *n)
{
	struct mqueue *q = queue_of(f);
	struct mqueue_notifier *old = NULL;
	int err = 0;

	spin_lock(&q->lock);
	if (n && q->notifier) {
		err = -EBUSY;
	} else if (n) {
		q->notifier = n;
	} else if (q->notifier && q->notifier->is_callers(q->notifier)) {
		old = q->notifier;
		q->notifier = NULL;
	}
	spin_unlock(&q->lock);
	if (!n || !err)
		inode_touch(f->inode, ATTR_ATIME | ATTR_CTIME);
	if (old)
		old->drop(old);
	return err;
}

void mqueue_getattr(struct file *f, struct mq_attr *attr)
{
	struct mqueue *q = queue_of(f);

	*attr = q->attr;
	attr->mq_flags = f->flags & O_NONBLOCK;
	attr->mq_curmsgs = READ_ONCE(q->nr);
}

/* --- as a file --- */

/* mq_overview(7): QSIZE is the number of bytes of all messages. */
static long mqueue_read(struct file *f, struct iter *it, s64 *pos)
{
	struct mqueue *q = queue_of(f);
	char text[80];
	size_t len, n;

	spin_lock(&q->lock);
	len = (size_t)scnprintf(text, sizeof(text),
				"QSIZE:%-10lu NOTIFY:%-5d SIGNO:%-5d NOTIFY_PID:%-6d\n",
				(unsigned long)q->bytes, q->notifier ? q->notifier->kind : 0,
				q->notifier ? q->notifier->signo : 0,
				q->notifier ? q->notifier->pid : 0);
	spin_unlock(&q->lock);
	if (*pos < 0 || (size_t)*pos >= len)
		return 0;
	n = iter_put(it, text + *pos, MIN(it->count, len - (size_t)*pos));
	*pos += (s64)n;
	return n || !it->count ? (long)n : -EFAULT;
}

static unsigned mqueue_poll(struct file *f, struct poll_table *pt)
{
	struct mqueue *q = queue_of(f);
	long nr;

	poll_wait(pt, &q->readable);
	poll_wait(pt, &q->writable);
	nr = READ_ONCE(q->nr);
	return (nr ? (unsigned)(EPOLLIN | EPOLLRDNORM) : 0) |
	       (nr < q->attr.mq_maxmsg ? (unsigned)(EPOLLOUT | EPOLLWRNORM) : 0);
}

/* mq_close(3): "this process's registration" ends with any descriptor of it. */
static int mqueue_flush(struct file *f)
{
	if (READ_ONCE(queue_of(f)->notifier))
		mqueue_set_notifier(f, NULL);
	return 0;
}

const struct file_ops mqueue_fops = {
	.read = mqueue_read,
	.poll = mqueue_poll,
	.flush = mqueue_flush,
	.llseek = generic_llseek,
};
