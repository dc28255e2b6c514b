/* Pipes and FIFOs come and go: pipe(2), fifo(7), F_SETPIPE_SZ. */
#include "vfs/fown.h"
#include "vfs/pipe.h"
#include <asm/siginfo.h>

unsigned pipe_max_size_bytes = 1u << 20;
static spinlock_t fifo_lock = SPINLOCK_INIT(RANK_ICACHE, "fifo"); /* inode->pipe and its users */

struct pipe *pipe_alloc(void)
{
	struct pipe *p = kzalloc(sizeof(*p), GFP_KERNEL);

	if (!p)
		return NULL;
	p->bufs = kcalloc(PIPE_SLOTS_DEFAULT, sizeof(*p->bufs), GFP_KERNEL);
	if (!p->bufs) {
		kfree(p);
		return NULL;
	}
	p->nr_slots = PIPE_SLOTS_DEFAULT;
	mutex_init(&p->lock, RANK_PIPE, "pipe");
	waitq_init(&p->rd_wait);
	waitq_init(&p->wr_wait);
	return p;
}

void pipe_free(struct pipe *p)
{
	for (; p->tail != p->head; p->tail++)
		page_put(pipe_slot(p, p->tail)->page);
	if (p->spare)
		page_put(p->spare);
	kfree(p->bufs);
	kfree(p);
}

void pipe_inode_free(struct inode *i)
{
	if (i->pipe)
		pipe_free(i->pipe);
	i->pipe = NULL;
}

/* The inode's pipe with one more user, made when there is none. */
static struct pipe *pipe_attach(struct inode *i)
{
	struct pipe *fresh = NULL, *p;

	for (;;) {
		spin_lock(&fifo_lock);
		p = i->pipe;
		if (!p && fresh) {
			p = i->pipe = fresh;
			fresh = NULL;
		}
		if (p)
			p->users++;
		spin_unlock(&fifo_lock);
		if (p)
			break;
		fresh = pipe_alloc();
		if (!fresh)
			return NULL;
	}
	if (fresh)
		pipe_free(fresh);
	return p;
}

static void pipe_detach(struct inode *i)
{
	struct pipe *p = i->pipe, *dead = NULL;

	spin_lock(&fifo_lock);
	if (--p->users == 0) {
		dead = p;
		i->pipe = NULL;
	}
	spin_unlock(&fifo_lock);
	if (dead)
		pipe_free(dead);
}

static void count_in(struct pipe *p, u32 mode)
{
	if (mode & FMODE_READ) {
		p->readers++;
		p->r_counter++;
		waitq_wake_all(&p->wr_wait);
	}
	if (mode & FMODE_WRITE) {
		p->writers++;
		p->w_counter++;
		waitq_wake_all(&p->rd_wait);
	}
}

static void count_out(struct pipe *p, u32 mode)
{
	mutex_lock(&p->lock);
	if (mode & FMODE_READ)
		p->readers--;
	if (mode & FMODE_WRITE)
		p->writers--;
	if (!p->readers != !p->writers) {
		pipe_tell(p->rd_async, POLL_IN);
		pipe_tell(p->wr_async, POLL_OUT);
	}
	mutex_unlock(&p->lock);
	/* Whoever waits for the other end learns that there is none. */
	waitq_wake_all(&p->rd_wait);
	waitq_wake_all(&p->wr_wait);
}

void pipe_release(struct file *f)
{
	struct inode *i = f->inode;

	if (unlikely(i->pipe->rd_async || i->pipe->wr_async))
		pipe_set_async(f, false);
	count_out(i->pipe, f->mode);
	pipe_detach(i);
}

static const struct file_ops pipe_ops = {
	.read = pipe_read,
	.write = pipe_write,
	.poll = pipe_poll,
	.ioctl = pipe_ioctl,
	.release = pipe_release,
};

/* Sleep until the other end has been opened once more. p->lock held, dropped meanwhile. */
static int wait_for_partner(struct pipe *p, struct waitq *q, u32 *counter)
{
	u32 was = *counter;
	int err;

	mutex_unlock(&p->lock);
	err = wait_event_interruptible(q, READ_ONCE(*counter) != was);
	mutex_lock(&p->lock);
	return err;
}

/* fifo(7): the open of one end waits for the other; O_NONBLOCK: reading succeeds at once, writing
 * is ENXIO without a reader; O_RDWR never waits, and neither does a pipe of pipe(2), opened again
 * by its name in /proc/PID/fd. */
static int open_ends(struct pipe *p, struct file *f)
{
	u32 mode = f->mode & (FMODE_READ | FMODE_WRITE);
	bool nonblock = f->flags & O_NONBLOCK;
	int err = 0;

	if (f->inode->sb == pipe_sb) {
		count_in(p, mode);
		return 0;
	}
	if (mode == FMODE_WRITE && nonblock && !p->readers)
		return -ENXIO;
	count_in(p, mode);
	if (mode == FMODE_READ && !p->writers) {
		if (nonblock)
			f->private = (void *)(unsigned long)p->w_counter;
		else
			err = wait_for_partner(p, &p->rd_wait, &p->w_counter);
	} else if (mode == FMODE_WRITE && !p->readers) {
		err = wait_for_partner(p, &p->wr_wait, &p->r_counter);
	}
	return err;
}

static int fifo_open(struct inode *i, struct file *f)
{
	u32 mode = f->mode & (FMODE_READ | FMODE_WRITE);
	struct pipe *p;
	int err;

	if (!mode)
		return -EINVAL;
	p = pipe_attach(i);
	if (!p)
		return -ENOMEM;
	f->mode |= FMODE_STREAM;
	mutex_lock(&p->lock);
	err = open_ends(p, f);
	mutex_unlock(&p->lock);
	if (!err) {
		f->ops = &pipe_ops;
		return 0;
	}
	if (err != -ENXIO)
		count_out(p, mode);
	pipe_detach(i);
	return err;
}

const struct file_ops fifo_ops = {.open = fifo_open};

int pipe_create(struct file *ends[2], u32 o_flags)
{
	struct inode *i = inode_new_anon(S_IFIFO | 0600);
	u32 keep = o_flags & (O_NONBLOCK | O_DIRECT);
	char name[32];

	if (!i)
		return -ENOMEM;
	i->pipe = pipe_alloc();
	if (!i->pipe) {
		inode_put(i);
		return -ENOMEM;
	}
	scnprintf(name, sizeof(name), "pipe:[%lu]", (unsigned long)i->ino);
	i->pipe->users = i->pipe->readers = i->pipe->r_counter = 1;
	ends[0] = file_anon(inode_get(i), &pipe_ops, O_RDONLY | (keep & O_NONBLOCK), name);
	if (IS_ERR(ends[0])) {
		inode_put(i);
		return (int)PTR_ERR(ends[0]);
	}
	ends[0]->mode |= FMODE_STREAM;
	ends[1] = file_anon(i, &pipe_ops, O_WRONLY | keep, name);
	if (IS_ERR(ends[1])) {
		int err = (int)PTR_ERR(ends[1]);

		file_put(ends[0]);
		return err;
	}
	ends[1]->mode |= FMODE_STREAM;
	i->pipe->users = 2;
	i->pipe->writers = i->pipe->w_counter = 1;
	return 0;
}

/* --- F_GETPIPE_SZ, F_SETPIPE_SZ, O_ASYNC --- */

static struct pipe *pipe_of(struct file *f)
{
	return f->ops == &pipe_ops ? f->inode->pipe : NULL;
}

static void set_async(struct file **end, struct file *f, bool on)
{
	if (on)
		*end = f;
	else if (*end == f)
		*end = NULL;
}

/* Of several open files of one end, which only FIFOs have, the last to ask is told. */
void pipe_set_async(struct file *f, bool on)
{
	struct pipe *p = pipe_of_file(f);

	if (!p)
		return;
	mutex_lock(&p->lock);
	if (f->mode & FMODE_READ)
		set_async(&p->rd_async, f, on);
	if (f->mode & FMODE_WRITE)
		set_async(&p->wr_async, f, on);
	mutex_unlock(&p->lock);
}

long pipe_get_size(struct file *f)
{
	struct pipe *p = pipe_of(f);

	return p ? (long)(p->nr_slots * PAGE_SIZE) : -EBADF;
}

static long resize(struct pipe *p, u32 nr)
{
	struct pipe_buf *bufs = kcalloc(nr, sizeof(*bufs), GFP_KERNEL), *old;
	u32 used;

	if (!bufs)
		return -ENOMEM;
	mutex_lock(&p->lock);
	used = p->head - p->tail;
	if (used > nr) {
		mutex_unlock(&p->lock);
		kfree(bufs);
		return -EBUSY;
	}
	for (u32 i = 0; i < used; i++)
		bufs[i] = *pipe_slot(p, p->tail + i);
	old = p->bufs;
	p->bufs = bufs;
	WRITE_ONCE(p->nr_slots, nr);
	WRITE_ONCE(p->tail, 0);
	WRITE_ONCE(p->head, used);
	mutex_unlock(&p->lock);
	kfree(old);
	waitq_wake_all(&p->wr_wait);
	return (long)(nr * PAGE_SIZE);
}

long pipe_set_size(struct file *f, unsigned long size_bytes, bool may_exceed)
{
	struct pipe *p = pipe_of(f);
	u32 nr = 1;

	if (!p)
		return -EBADF;
	if (size_bytes > 1UL << 31)
		return -EINVAL;
	while (nr * PAGE_SIZE < size_bytes)
		nr *= 2;
	if (nr > p->nr_slots && nr * PAGE_SIZE > pipe_max_size_bytes && !may_exceed)
		return -EPERM;
	return resize(p, nr);
}
