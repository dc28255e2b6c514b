/* Counters to wait for: eventfd(2). */
#include "vfs/internal.h"
#include "vfs/poll.h"
#include "abi/linux/missing.h"

#define COUNT_MAX (~0ul - 1) /* writers wait rather than pass it */

struct eventfd {
	spinlock_t lock; /* RANK_LEAF */
	u64 count;
	bool is_semaphore;
	struct waitq wait;
};

static bool take(struct eventfd *e, u64 *value)
{
	unsigned long f = spin_lock_irqsave(&e->lock);
	bool has = e->count != 0;

	if (has) {
		*value = e->is_semaphore ? 1 : e->count;
		e->count -= *value;
	}
	spin_unlock_irqrestore(&e->lock, f);
	return has;
}

static bool add(struct eventfd *e, u64 value)
{
	unsigned long f = spin_lock_irqsave(&e->lock);
	bool fits = value <= COUNT_MAX - e->count;

	if (fits)
		e->count += value;
	spin_unlock_irqrestore(&e->lock, f);
	return fits;
}

static long eventfd_read(struct file *f, struct iter *it, s64 *pos)
{
	struct eventfd *e = f->private;
	u64 value = 0;
	int err;

	if (it->count < sizeof(value))
		return -EINVAL;
	if (f->flags & O_NONBLOCK)
		err = take(e, &value) ? 0 : -EAGAIN;
	else
		err = wait_event_interruptible(&e->wait, take(e, &value));
	if (err)
		return err;
	waitq_wake_key(&e->wait, ~0u, EPOLLOUT);
	return iter_put(it, &value, sizeof(value)) == sizeof(value) ? (long)sizeof(value) : -EFAULT;
}

static long eventfd_write(struct file *f, struct iter *it, s64 *pos)
{
	struct eventfd *e = f->private;
	u64 value;
	int err;

	if (it->count != sizeof(value))
		return -EINVAL;
	if (iter_get(it, &value, sizeof(value)) != sizeof(value))
		return -EFAULT;
	if (value == ~0ul)
		return -EINVAL;
	if (f->flags & O_NONBLOCK)
		err = add(e, value) ? 0 : -EAGAIN;
	else
		err = wait_event_interruptible(&e->wait, add(e, value));
	if (err)
		return err;
	waitq_wake_key(&e->wait, ~0u, EPOLLIN);
	return sizeof(value);
}

static unsigned eventfd_poll(struct file *f, struct poll_table *pt)
{
	struct eventfd *e = f->private;
	u64 count;

	poll_wait(pt, &e->wait);
	count = READ_ONCE(e->count);
	return (count ? EPOLLIN : 0) | (count < COUNT_MAX ? EPOLLOUT : 0);
}

/* As Linux: seeking succeeds and does nothing. */
static s64 eventfd_llseek(struct file *f, s64 off, int whence)
{
	(void)off;
	(void)whence;
	return f->pos;
}

static void eventfd_release(struct file *f)
{
	kfree(f->private);
}

static const struct file_ops eventfd_ops = {.read = eventfd_read,
					    .write = eventfd_write,
					    .poll = eventfd_poll,
					    .llseek = eventfd_llseek,
					    .release = eventfd_release};

struct file *eventfd_file(u64 count, u32 flags)
{
	struct eventfd *e = kzalloc(sizeof(*e), GFP_KERNEL);
	struct inode *i = e ? inode_new_anon(0600) : NULL;
	struct file *f;

	if (!i) {
		kfree(e);
		return ERR_PTR(-ENOMEM);
	}
	spin_init(&e->lock, RANK_LEAF, "eventfd");
	waitq_init(&e->wait);
	e->count = count;
	e->is_semaphore = flags & EFD_SEMAPHORE;
	f = file_anon(i, &eventfd_ops, O_RDWR | (flags & O_NONBLOCK), "anon_inode:[eventfd]");
	if (IS_ERR(f)) {
		kfree(e);
		return f;
	}
	f->private = e;
	return f;
}
