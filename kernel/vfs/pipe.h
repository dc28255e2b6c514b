/* The inside of a pipe, for vfs/pipe*.c: pipe(7). */
#ifndef VFS_PIPE_H
#define VFS_PIPE_H

#include "vfs/internal.h"
#include "vfs/poll.h"

#define PIPE_SLOTS_DEFAULT (PIPE_DEFAULT_BYTES / (u32)PAGE_SIZE)

#define PIPE_BUF_PACKET BIT(0) /* O_DIRECT: one write, one read */
#define PIPE_BUF_SHARED BIT(1) /* the page is a file's or another pipe's, too: not written to */
struct pipe_buf {
	struct page *page;
	u32 off, len;
	u32 flags; /* PIPE_BUF_* */
};

struct pipe {
	struct mutex lock;
	struct waitq rd_wait, wr_wait; /* readers wait for data, writers for room */
	/* lock; head and tail count buffers and are also read without it by sleepers and poll */
	u32 head, tail, nr_slots; /* a power of two */
	u32 readers, writers;
	u32 r_counter, w_counter; /* opens so far: FIFO open waits for the next one */
	u32 users;		  /* files; fifo_lock for FIFOs */
	struct pipe_buf *bufs;
	struct file *rd_async, *wr_async; /* lock; the ends told by SIGIO, O_ASYNC */
	struct page *spare;		  /* the page read empty last, for the next write */
};

static inline bool pipe_is_empty(const struct pipe *p)
{
	return READ_ONCE(p->head) == READ_ONCE(p->tail);
}
static inline bool pipe_is_full(const struct pipe *p)
{
	return READ_ONCE(p->head) - READ_ONCE(p->tail) >= READ_ONCE(p->nr_slots);
}
static inline struct pipe_buf *pipe_slot(struct pipe *p, u32 n)
{
	return &p->bufs[n & (p->nr_slots - 1)];
}
struct pipe *pipe_alloc(void);
void pipe_free(struct pipe *p);

/* The pipe behind a descriptor; NULL: none. */
static inline struct pipe *pipe_of_file(const struct file *f)
{
	return f->inode && S_ISFIFO(f->inode->mode) ? f->inode->pipe : NULL;
}

/* pipe.c: the data path */
void pipe_drop_first(struct pipe *p); /* lock held: the buffer at the tail is used up */
/* lock held: SIGIO to the owner of the end, if it asked for it. */
void pipe_signal(const struct file *end, int reason);
static inline void pipe_tell(const struct file *end, int reason)
{
	if (unlikely(end))
		pipe_signal(end, reason);
}
void pipe_wake_readers(struct pipe *p);
void pipe_wake_writers(struct pipe *p);
long pipe_read(struct file *f, struct iter *it, s64 *pos);
long pipe_write(struct file *f, struct iter *it, s64 *pos);
unsigned pipe_poll(struct file *f, struct poll_table *pt);
long pipe_ioctl(struct file *f, unsigned cmd, void *arg, unsigned long value);
void pipe_release(struct file *f);

#endif
