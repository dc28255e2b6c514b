/* eventfd(2): a counter that can be waited for. Called by sys/eventfd.c and through file_ops. */
#include "vfs/eventfd.h"
#include "vfs/internal.h"
#include "vfs/poll.h"

#define COUNT_MAX (~0UL - 1) /* write never goes beyond */

struct eventfd {
	spinlock_t lock; /* RANK_LEAF: count */
	u64 count;
	bool is_semaphore;
	int id; /* for /proc/PID/fdinfo */
	struct waitq wait;
};

static int last_id;

/* What read gives and takes away; 0: nothing there. */
static u64 take(struct eventfd *e)
{
	u64 n;

	spin_lock(&e->lock);
	n = e->is_semaphore && e->count ? 1 : e->count;
	e->count -= n;
	spin_unlock(&e->lock);
	return n;
}

static long eventfd_read(struct file *f, struct iter *it, s64 *pos)
{
	struct eventfd *e = f->private;
	u64 n;
	int err;

	(void)pos;
	if (it->count < sizeof(n))
		return -EINVAL;
	while (!(n = take(e))) {
		if (file_nonblock(f, it))
			return -EAGAIN;
		err = wait_event_interruptible(&e->wait, READ_ONCE(e->count));
		if (err)
			return err;
	}
	waitq_wake_key(&e->wait, 1, EPOLLOUT);
	return iter_put(it, &n, sizeof(n)) == sizeof(n) ? (long)sizeof(n) : -EFAULT;
}

static bool give(struct eventfd *e, u64 n)
{
	bool fits;

	spin_lock(&e->lock);
	fits = n <= COUNT_MAX - e->count;
	if (fits)
		e->count += n;
	spin_unlock(&e->lock);
	return fits;
}

static long eventfd_write(struct file *f, struct iter *it, s64 *pos)
{
	struct eventfd *e = f->private;
	u64 n;
	int err;

	(void)pos;
	if (it->count < sizeof(n))
		return -EINVAL;
	if (iter_get(it, &n, sizeof(n)) != sizeof(n))
		return -EFAULT;
	if (n == ~0UL)
		return -EINVAL;
	while (!give(e, n)) {
		if (file_nonblock(f, it))
			return -EAGAIN;
		err = wait_event_interruptible(&e->wait, n <= COUNT_MAX - READ_ONCE(e->count));
		if (err)
			return err;
	}
	waitq_wake_key(&e->wait, 1, EPOLLIN);
	return sizeof(n);
}

static inline unsigned eventfd_events(const struct eventfd *e)
{
	u64 count = READ_ONCE(e->count);

	return (count ? (unsigned)EPOLLIN : 0) | (count < COUNT_MAX ? (unsigned)EPOLLOUT : 0);
}

static __attribute__((noinline)) unsigned eventfd_queue(struct eventfd *e, struct poll_table *pt)
{
	poll_wait(pt, &e->wait);
	return eventfd_events(e);
}

static unsigned eventfd_poll(struct file *f, struct poll_table *pt)
{
	struct eventfd *e = f->private;

	return poll_queues(pt) ? eventfd_queue(e, pt) : eventfd_events(e);
}

static void eventfd_release(struct file *f)
{
	kfree(f->private);
}

static s64 no_position(struct file *f, s64 off, int whence)
{
	(void)off;
	(void)whence;
	return f->pos;
}

static void eventfd_show(struct file *f, void (*emit)(void *arg, const char *line), void *arg)
{
	const struct eventfd *e = f->private;
	char line[100];

	scnprintf(line, sizeof(line),
		  "eventfd-count: %16llx\neventfd-id: %d\neventfd-semaphore: %d\n",
		  (unsigned long long)READ_ONCE(e->count), e->id, e->is_semaphore);
	emit(arg, line);
}

static const struct file_ops eventfd_ops = {
	.show_fdinfo = eventfd_show,
	.read = eventfd_read,
	.write = eventfd_write,
	.poll = eventfd_poll,
	.llseek = no_position,
	.release = eventfd_release,
};

bool file_is_eventfd(const struct file *f)
{
	return f->ops == &eventfd_ops;
}

void eventfd_signal(struct file *f)
{
	struct eventfd *e = f->private;

	give(e, 1);
	waitq_wake_key(&e->wait, 1, EPOLLIN);
}

struct file *eventfd_file(u32 count, bool is_semaphore, u32 o_flags)
{
	struct inode *inode = inode_new_anon(S_IRUSR | S_IWUSR);
	struct eventfd *e = kzalloc(sizeof(*e), GFP_KERNEL);
	struct file *f;

	if (!inode || !e) {
		kfree(e);
		if (inode)
			inode_put(inode);
		return ERR_PTR(-ENOMEM);
	}
	f = file_anon(inode, &eventfd_ops, O_RDWR | o_flags, "anon_inode:[eventfd]");
	if (IS_ERR(f)) {
		kfree(e);
		return f;
	}
	spin_init(&e->lock, RANK_LEAF, "eventfd");
	waitq_init(&e->wait);
	e->count = count;
	e->is_semaphore = is_semaphore;
	e->id = atomic_add(&last_id, 1) - 1;
	f->private = e;
	f->mode |= FMODE_STREAM;
	return f;
}
