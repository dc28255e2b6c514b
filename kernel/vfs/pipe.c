/* The data path of pipes and FIFOs: a ring of pages under one mutex. Called through file_ops. */
#include "vfs/fown.h"
#include "vfs/pipe.h"
#include <asm/ioctls.h>
#include <asm/siginfo.h>

#define READ_EVENTS  ((unsigned)(EPOLLIN | EPOLLRDNORM))
#define WRITE_EVENTS ((unsigned)(EPOLLOUT | EPOLLWRNORM))

static void wake(struct waitq *q, unsigned events)
{
	if (waitq_active(q))
		waitq_wake_key(q, 1, events); /* exclusive are only those of EPOLLEXCLUSIVE */
}

void pipe_signal(const struct file *end, int reason)
{
	fown_send(end, end->async_fd, reason);
}

static inline void *buf_data(const struct pipe_buf *b)
{
	return (char *)page_to_virt(b->page) + b->off;
}

/* --- read --- */

static inline void drop_buf(struct pipe *p, struct pipe_buf *b)
{
	if (!p->spare && !(b->flags & PIPE_BUF_SHARED))
		p->spare = b->page;
	else
		page_put(b->page);
	b->page = NULL;
	WRITE_ONCE(p->tail, p->tail + 1);
}

void pipe_drop_first(struct pipe *p)
{
	drop_buf(p, pipe_slot(p, p->tail));
}

void pipe_wake_readers(struct pipe *p)
{
	wake(&p->rd_wait, READ_EVENTS);
}

void pipe_wake_writers(struct pipe *p)
{
	wake(&p->wr_wait, WRITE_EVENTS);
}

/* What is there, up to it->count. 0 = nothing there, -EFAULT. */
static long read_bufs(struct pipe *p, struct iter *it)
{
	long done = 0;

	while (it->count && p->head != p->tail) {
		struct pipe_buf *b = pipe_slot(p, p->tail);
		size_t n = MIN(it->count, b->len);
		size_t copied = iter_put(it, buf_data(b), n);
		bool is_packet = b->flags & PIPE_BUF_PACKET;

		if (unlikely(copied < n)) {
			iter_revert(it, copied);
			return done ? done : -EFAULT; /* the buffer stays as it was */
		}
		done += (long)n;
		b->off += (u32)n;
		b->len -= (u32)n;
		if (is_packet)
			b->len = 0; /* the rest of a packet is lost (pipe(2), O_DIRECT) */
		if (!b->len)
			drop_buf(p, b);
		if (is_packet)
			break;
	}
	return done;
}

long pipe_read(struct file *f, struct iter *it, s64 *pos)
{
	struct pipe *p = f->inode->pipe;
	long n;
	int err;

	(void)pos;
	if (unlikely(!it->count))
		return 0;
	mutex_lock(&p->lock);
	for (;;) {
		n = read_bufs(p, it);
		if (likely(n) || !p->writers)
			break;
		if (file_nonblock(f, it)) {
			n = -EAGAIN;
			break;
		}
		mutex_unlock(&p->lock);
		err = wait_event_interruptible(&p->rd_wait,
					       !pipe_is_empty(p) || !READ_ONCE(p->writers));
		if (err)
			return err;
		mutex_lock(&p->lock);
	}
	if (n > 0)
		pipe_tell(p->wr_async, POLL_OUT);
	mutex_unlock(&p->lock);
	if (n > 0) {
		wake(&p->wr_wait, WRITE_EVENTS);
		if (f->inode->nlink && !(f->path.dentry->flags & DE_ANON))
			file_accessed(f);
	}
	return n;
}

/* --- write --- */

/*
 * Small writes share a page. Only the odd part (count modulo page size) is added to the last
 * buffer, so that a big write fills whole pages; up to PIPE_BUF it goes there in one piece or not
 * at all.
 */
static long merge(struct pipe *p, struct iter *it)
{
	size_t n = it->count & (PAGE_SIZE - 1), copied;
	struct pipe_buf *b;

	if (!n || p->head == p->tail)
		return 0;
	b = pipe_slot(p, p->head - 1);
	if (b->flags || b->off + b->len + n > PAGE_SIZE)
		return 0;
	copied = iter_get(it, (char *)buf_data(b) + b->len, n);
	if (copied < n) {
		/* all or nothing: a write of up to PIPE_BUF is atomic */
		iter_revert(it, copied);
		return -EFAULT;
	}
	b->len += (u32)n;
	return (long)n;
}

static long add_buf(struct pipe *p, struct iter *it, bool is_packet)
{
	struct page *page = p->spare ? p->spare : alloc_page(GFP_KERNEL | GFP_USER);
	size_t n = MIN(it->count, PAGE_SIZE), copied;
	struct pipe_buf *b;

	if (!page)
		return -ENOMEM;
	p->spare = NULL;
	copied = iter_get(it, page_to_virt(page), n);
	if (unlikely(copied < n)) {
		iter_revert(it, copied);
		p->spare = page;
		return -EFAULT;
	}
	b = pipe_slot(p, p->head);
	*b = (struct pipe_buf){.page = page, .len = (u32)n};
	b->flags = is_packet ? PIPE_BUF_PACKET : 0;
	WRITE_ONCE(p->head, p->head + 1);
	return (long)n;
}

/* As much as fits. Sets *err when that is not all and there is no point in waiting. */
static long write_bufs(struct pipe *p, struct iter *it, bool is_packet, bool may_merge, int *err)
{
	long done = 0, n;

	*err = 0;
	if (!p->readers) {
		*err = -EPIPE;
		return 0;
	}
	if (may_merge && !is_packet) {
		n = merge(p, it);
		if (n < 0) {
			*err = (int)n;
			return 0;
		}
		done = n;
	}
	while (it->count && p->head - p->tail < p->nr_slots) {
		n = add_buf(p, it, is_packet);
		if (n < 0) {
			*err = (int)n;
			break;
		}
		done += n;
	}
	return done;
}

long pipe_write(struct file *f, struct iter *it, s64 *pos)
{
	struct pipe *p = f->inode->pipe;
	bool is_packet = f->flags & O_DIRECT, first = true;
	long done = 0;
	int err = 0;

	(void)pos;
	if (unlikely(!it->count))
		return 0;
	mutex_lock(&p->lock);
	for (;;) {
		long n = write_bufs(p, it, is_packet, first, &err);

		done += n;
		if (n)
			pipe_tell(p->rd_async, POLL_IN);
		first = false;
		if (likely(!it->count) || err)
			break;
		if (file_nonblock(f, it)) {
			err = -EAGAIN;
			break;
		}
		mutex_unlock(&p->lock);
		wake(&p->rd_wait, READ_EVENTS);
		err = wait_event_interruptible(&p->wr_wait,
					       !pipe_is_full(p) || !READ_ONCE(p->readers));
		if (err)
			return done ? done : err;
		mutex_lock(&p->lock);
	}
	mutex_unlock(&p->lock);
	if (done) {
		wake(&p->rd_wait, READ_EVENTS);
		if (f->inode->nlink && !(f->path.dentry->flags & DE_ANON))
			inode_touch(f->inode, ATTR_MTIME | ATTR_CTIME);
	}
	return done ? done : err;
}

/* --- poll, ioctl, release --- */

static inline unsigned pipe_events(const struct file *f, const struct pipe *p)
{
	u32 mode = f->mode;
	unsigned events = 0;

	if (mode & FMODE_READ) {
		if (!pipe_is_empty(p))
			events = READ_EVENTS;
		/* A FIFO opened without a writer does not hang up before one came and went. */
		if (unlikely(!READ_ONCE(p->writers)) &&
		    (u32)(unsigned long)f->private != READ_ONCE(p->w_counter))
			events |= EPOLLHUP;
	}
	if (mode & FMODE_WRITE) {
		if (!pipe_is_full(p))
			events |= WRITE_EVENTS;
		if (unlikely(!READ_ONCE(p->readers)))
			events |= EPOLLERR;
	}
	return events;
}

static __attribute__((noinline)) unsigned queue_and_ask(struct file *f, struct poll_table *pt)
{
	struct pipe *p = f->inode->pipe;

	if (f->mode & FMODE_READ)
		pt->queue(pt, &p->rd_wait);
	if (f->mode & FMODE_WRITE)
		pt->queue(pt, &p->wr_wait);
	return pipe_events(f, p);
}

unsigned pipe_poll(struct file *f, struct poll_table *pt)
{
	if (pt && pt->queue)
		return queue_and_ask(f, pt);
	return pipe_events(f, f->inode->pipe);
}

long pipe_ioctl(struct file *f, unsigned cmd, void *arg, unsigned long value)
{
	struct pipe *p = f->inode->pipe;
	int bytes = 0;

	(void)value;
	if (cmd != FIONREAD)
		return -ENOTTY;
	mutex_lock(&p->lock);
	for (u32 i = p->tail; i != p->head; i++)
		bytes += (int)pipe_slot(p, i)->len;
	mutex_unlock(&p->lock);
	*(int *)arg = bytes;
	return 0;
}
