/*
 * splice(2), tee(2), vmsplice(2). Called by sys/splice.c. A pipe's lock is held while data moves
 * between it and the other file, so that concurrent calls see whole moves; it is the outermost lock
 * of files for that reason (core/lockrank.h).
 */
#include "vfs/splice.h"
#include "abi/linux/missing.h"
#include "vfs/pipe.h"

bool file_is_pipe(const struct file *f)
{
	return pipe_of_file(f);
}

bool files_are_one_pipe(const struct file *a, const struct file *b)
{
	return pipe_of_file(a) == pipe_of_file(b);
}

/* --- waiting; p->lock held, dropped meanwhile --- */

/* 1: there is data. 0: there is none and no writer. -EAGAIN, -ERESTARTSYS. */
static int wait_data(struct pipe *p, unsigned flags)
{
	int err;

	while (p->head == p->tail) {
		if (!p->writers)
			return 0;
		if (flags & SPLICE_F_NONBLOCK)
			return -EAGAIN;
		mutex_unlock(&p->lock);
		pipe_wake_writers(p);
		err = wait_event_interruptible(&p->rd_wait,
					       !pipe_is_empty(p) || !READ_ONCE(p->writers));
		mutex_lock(&p->lock);
		if (err)
			return err;
	}
	return 1;
}

/* 0: there is room. -EPIPE, -EAGAIN, -ERESTARTSYS. */
static int wait_room(struct pipe *p, unsigned flags)
{
	int err;

	for (;;) {
		if (!p->readers)
			return -EPIPE;
		if (!pipe_is_full(p))
			return 0;
		if (flags & SPLICE_F_NONBLOCK)
			return -EAGAIN;
		mutex_unlock(&p->lock);
		pipe_wake_readers(p);
		err = wait_event_interruptible(&p->wr_wait,
					       !pipe_is_full(p) || !READ_ONCE(p->readers));
		mutex_lock(&p->lock);
		if (err)
			return err;
	}
}

static void push(struct pipe *p, struct page *page, size_t off, size_t len, u32 flags)
{
	*pipe_slot(p, p->head) =
		(struct pipe_buf){.page = page, .off = (u32)off, .len = (u32)len, .flags = flags};
	WRITE_ONCE(p->head, p->head + 1);
}

static long finish_write(const struct vfs_ctx *ctx, struct file *f, struct pipe *p, long done,
			 long err)
{
	if (done > 0)
		pipe_wake_readers(p);
	if (!done && err == -EPIPE)
		return vfs_broken_pipe(ctx, f);
	return done ? done : err;
}

/* --- from a file --- */

/* A page of the file's own, where its data is in pages. 0: the end of the file. */
static long take_cached(struct file *in, s64 *pos, struct pipe *p, size_t len)
{
	struct vmobj *o = &in->inode->obj;
	u64 at = (u64)*pos, off = at & (PAGE_SIZE - 1), size = READ_ONCE(o->size_bytes);
	struct page *page;
	size_t n;

	if (at >= size)
		return 0;
	n = MIN(MIN(len, PAGE_SIZE - off), size - at);
	page = vmobj_get_page(o, at >> PAGE_SHIFT);
	if (IS_ERR(page))
		return PTR_ERR(page);
	push(p, page, off, n, PIPE_BUF_SHARED);
	*pos += (s64)n;
	return (long)n;
}

/* A page filled by the file's read operation. */
static long take_read(struct file *in, s64 *pos, struct pipe *p, size_t len)
{
	struct page *page = alloc_page(GFP_KERNEL | GFP_USER);
	struct iter it;
	long n;

	if (!page)
		return -ENOMEM;
	iter_kernel(&it, page_to_virt(page), MIN(len, PAGE_SIZE));
	n = in->ops->read(in, &it, pos);
	if (n > 0)
		push(p, page, 0, (size_t)n, 0);
	else
		page_put(page);
	return n;
}

static bool is_readable_now(struct file *f)
{
	return !f->ops->poll || (f->ops->poll(f, NULL) & (EPOLLIN | EPOLLHUP | EPOLLERR));
}

static bool can_splice_from(const struct file *f)
{
	u32 mode = f->inode->mode;

	return f->ops->read && (S_ISREG(mode) || S_ISSOCK(mode) || S_ISCHR(mode));
}

/* p->lock held, and there is room. */
static long fill_pipe(struct file *in, s64 *pos, struct pipe *p, size_t len, unsigned flags,
		      long *err)
{
	bool is_cached = S_ISREG(in->inode->mode) && in->ops->read == generic_file_read;
	bool is_stream = in->mode & FMODE_STREAM;
	long done = 0, n = 0;

	while (len && !pipe_is_full(p)) {
		/* A stream is waited for once; then what is there counts. */
		if (is_stream && (done || (flags & SPLICE_F_NONBLOCK)) && !is_readable_now(in)) {
			n = -EAGAIN;
			break;
		}
		n = is_cached ? take_cached(in, pos, p, len) : take_read(in, pos, p, len);
		if (n <= 0)
			break;
		done += n;
		len -= (size_t)n;
		if (!is_cached && (size_t)n < PAGE_SIZE)
			break;
	}
	*err = n < 0 ? n : 0;
	if (is_cached && done)
		file_accessed(in);
	return done;
}

long splice_file_to_pipe(const struct vfs_ctx *ctx, struct file *in, s64 *pos, struct file *pipe,
			 size_t len, unsigned flags)
{
	struct pipe *p = pipe_of_file(pipe);
	long done = 0, err;

	if (!can_splice_from(in))
		return -EINVAL;
	mutex_lock(&p->lock);
	err = wait_room(p, flags);
	if (!err)
		done = fill_pipe(in, pos, p, len, flags, &err);
	mutex_unlock(&p->lock);
	return finish_write(ctx, pipe, p, done, err);
}

/* --- to a file --- */

static bool can_splice_to(const struct file *f)
{
	u32 mode = f->inode->mode;

	return f->ops->write && (S_ISREG(mode) || S_ISSOCK(mode) || S_ISCHR(mode));
}

/* Bytes of the buffer at the tail, which the file took. */
static void consume(struct pipe *p, size_t n)
{
	struct pipe_buf *b = pipe_slot(p, p->tail);

	b->off += (u32)n;
	b->len -= (u32)n;
	if (!b->len)
		pipe_drop_first(p);
}

long splice_pipe_to_file(const struct vfs_ctx *ctx, struct file *pipe, struct file *out, s64 *pos,
			 size_t len, unsigned flags)
{
	struct pipe *p = pipe_of_file(pipe);
	long done = 0, n = 0;

	if (!can_splice_to(out))
		return -EINVAL;
	mutex_lock(&p->lock);
	while (len) {
		struct pipe_buf *b;
		struct iter it;
		size_t want;

		if (p->head == p->tail && done)
			break;
		n = wait_data(p, flags);
		if (n <= 0)
			break;
		b = pipe_slot(p, p->tail);
		want = MIN(len, b->len);
		iter_kernel(&it, (char *)page_to_virt(b->page) + b->off, want);
		n = vfs_write(ctx, out, &it, pos);
		if (n <= 0)
			break;
		consume(p, (size_t)n);
		done += n;
		len -= (size_t)n;
		if ((size_t)n < want || thread_signal_pending())
			break;
		cond_resched();
	}
	mutex_unlock(&p->lock);
	if (done)
		pipe_wake_writers(p);
	return done ? done : n;
}

/* --- between pipes --- */

static void lock_both(struct pipe *a, struct pipe *b)
{
	mutex_lock(a < b ? &a->lock : &b->lock);
	mutex_lock(a < b ? &b->lock : &a->lock);
}

static void unlock_both(struct pipe *a, struct pipe *b)
{
	mutex_unlock(&a->lock);
	mutex_unlock(&b->lock);
}

/* One buffer or a part of it; both locks held, `in` has data at number `n`, `out` has room. */
static size_t hand_over(struct pipe *in, u32 n, struct pipe *out, size_t len, bool is_tee)
{
	struct pipe_buf *b = pipe_slot(in, n);
	size_t bytes = MIN(len, b->len);
	u32 packet = b->flags & PIPE_BUF_PACKET;

	if (!is_tee && bytes == b->len) {
		push(out, b->page, b->off, bytes, b->flags);
		b->page = NULL;
		WRITE_ONCE(in->tail, in->tail + 1);
		return bytes;
	}
	page_get(b->page);
	b->flags |= PIPE_BUF_SHARED;
	push(out, b->page, b->off, bytes, PIPE_BUF_SHARED | packet);
	if (!is_tee)
		consume(in, bytes);
	return bytes;
}

static long move_bufs(struct pipe *in, struct pipe *out, size_t len, bool is_tee)
{
	u32 n = in->tail;
	long done = 0;

	while (len && n != in->head && !pipe_is_full(out)) {
		size_t bytes = hand_over(in, n, out, len, is_tee);

		n++; /* of a buffer that was split nothing is asked any more: len is 0 */
		done += (long)bytes;
		len -= bytes;
	}
	return done;
}

/* Both ends are ready, each by itself. 1: go on; 0: end of the data; or an error. */
static int wait_both(struct pipe *in, struct pipe *out, unsigned flags)
{
	int err;

	mutex_lock(&in->lock);
	err = wait_data(in, flags);
	mutex_unlock(&in->lock);
	if (err <= 0)
		return err;
	mutex_lock(&out->lock);
	err = wait_room(out, flags);
	mutex_unlock(&out->lock);
	return err ? err : 1;
}

long splice_pipe_to_pipe(const struct vfs_ctx *ctx, struct file *in, struct file *out, size_t len,
			 unsigned flags, bool is_tee)
{
	struct pipe *from = pipe_of_file(in), *to = pipe_of_file(out);
	long done = 0, err;

	do {
		err = wait_both(from, to, flags);
		if (err <= 0)
			break;
		lock_both(from, to);
		err = 0;
		if (!to->readers)
			err = -EPIPE;
		else
			done = move_bufs(from, to, len, is_tee);
		unlock_both(from, to);
	} while (!done && !err); /* somebody else was faster */
	if (done && !is_tee)
		pipe_wake_writers(from);
	return finish_write(ctx, out, to, done, err);
}

/* --- between a pipe and memory --- */

static long take_memory(struct pipe *p, struct iter *it)
{
	struct page *page = alloc_page(GFP_KERNEL | GFP_USER);
	size_t n = MIN(it->count, PAGE_SIZE), copied;

	if (!page)
		return -ENOMEM;
	copied = iter_get(it, page_to_virt(page), n);
	if (copied)
		push(p, page, 0, copied, 0);
	else
		page_put(page);
	return copied ? (long)copied : -EFAULT;
}

long splice_iter_to_pipe(const struct vfs_ctx *ctx, struct iter *it, struct file *pipe,
			 unsigned flags)
{
	struct pipe *p = pipe_of_file(pipe);
	long done = 0, n = 0, err;

	mutex_lock(&p->lock);
	err = wait_room(p, flags);
	while (!err && it->count && !pipe_is_full(p)) {
		n = take_memory(p, it);
		if (n < 0) {
			err = n;
			break;
		}
		done += n;
	}
	mutex_unlock(&p->lock);
	return finish_write(ctx, pipe, p, done, err);
}

long splice_pipe_to_iter(struct file *pipe, struct iter *it, unsigned flags)
{
	struct pipe *p = pipe_of_file(pipe);
	long done = 0, n;

	mutex_lock(&p->lock);
	n = wait_data(p, flags);
	while (n > 0 && it->count && p->head != p->tail) {
		struct pipe_buf *b = pipe_slot(p, p->tail);
		size_t want = MIN(it->count, b->len);
		size_t copied = iter_put(it, (char *)page_to_virt(b->page) + b->off, want);

		if (copied < want) {
			iter_revert(it, copied);
			n = -EFAULT;
			break;
		}
		consume(p, want);
		done += (long)want;
	}
	mutex_unlock(&p->lock);
	if (done)
		pipe_wake_writers(p);
	return done ? done : n;
}
