#include "fs/9p/p9.h"
#include "lib/err.h"
#include "lib/string.h"
#include <linux/fcntl.h>
#include <linux/fs.h>
#include "mm/kmalloc.h"

/* Read-ahead of the page cache, at most. */
#define AHEAD_MAX_PAGES 128

/* An open directory: a block of entries, and the place in it that was read up to. */
struct p9_dir {
	struct p9_block *block;
	u32 off;
	s64 pos;
};

static int p9_file_open(struct inode *i, struct file *f)
{
	int err;

	err = p9_refresh_more(i);
	p9_note_open(i);
	if (!err && (f->mode & FMODE_WRITE))
		err = p9_ensure_open(i, true);
	if (!err && (f->mode & FMODE_READ))
		err = p9_ensure_open(i, false);
	return err;
}

/* What a shared mapping wrote reaches the host at the latest when a writer closes the file. */
static int p9_file_flush(struct file *f)
{
	return f->mode & FMODE_WRITE ? vmobj_sync(&f->inode->obj, 0, ~0ul) : 0;
}

/* Tread into pages from byte `got` on; it asks for at most P9_DATA_MAX. NULL: out of memory. */
static struct p9_req *send_read(struct inode *i, struct page **pages, size_t got, size_t want)
{
	struct msg_vec vec[P9_DATA_MAX / PAGE_SIZE];
	size_t in_page = got & (PAGE_SIZE - 1), n = MIN(want - got, P9_DATA_MAX - in_page);
	u64 off = (pages[0]->index << PAGE_SHIFT) + got;
	struct p9_req *r = p9_req_read(p9_s(i), P9_TREAD, p9_i(i)->read_fid, off, n);
	unsigned nr = 0;

	if (!r)
		return NULL;
	for (size_t at = got; at < got + n; nr++) {
		vec[nr].base = (u8 *)page_to_virt(pages[at >> PAGE_SHIFT]) + in_page;
		vec[nr].len = PAGE_SIZE - in_page;
		at += PAGE_SIZE - in_page;
		in_page = 0;
	}
	p9_send_data(r, vec, nr);
	return r;
}

/* All that is wanted on its way at once; then what came short, until the end of the file. How much
 * there is, or an error. */
static long read_pages(struct inode *i, struct page **pages, size_t want)
{
	struct p9_req *r[AHEAD_MAX_PAGES * PAGE_SIZE / P9_DATA_MAX];
	size_t got = 0;
	unsigned nr = 0;
	bool is_short = false;
	long n, err = 0;

	for (size_t at = 0; at < want; at += P9_DATA_MAX)
		r[nr++] = send_read(i, pages, at, want);
	p9_kick(p9_s(i));
	for (unsigned k = 0; k < nr; k++) {
		n = r[k] ? p9_wait_data(r[k], P9_DATA_MAX) : -ENOMEM;
		p9_free(r[k]);
		if (n < 0 && !err)
			err = n;
		if (n > 0 && !is_short)
			got += (size_t)n;
		is_short |= n < (long)MIN(want - k * P9_DATA_MAX, P9_DATA_MAX);
	}
	/* The host may answer with less than asked for in the middle of a file. */
	while (!err && is_short && got < want &&
	       (pages[0]->index << PAGE_SHIFT) + got < i->obj.size_bytes) {
		struct p9_req *again = send_read(i, pages, got, want);

		p9_kick(p9_s(i));
		n = again ? p9_wait_data(again, P9_DATA_MAX) : -ENOMEM;
		p9_free(again);
		if (n <= 0) {
			err = n;
			break;
		}
		got += (size_t)n;
	}
	return err ? err : (long)got;
}

/* What came with its name (ahead.c). */
static long take_head(struct inode *i, struct page **pages, size_t want)
{
	struct p9_block *b = pages[0]->index ? NULL : p9_head_take(i);
	size_t n;

	if (!b)
		return -ENOENT;
	n = MIN(want, (size_t)b->len);
	for (size_t at = 0; at < n; at += PAGE_SIZE)
		memcpy(page_to_virt(pages[at >> PAGE_SHIFT]), b->data + at, MIN(n - at, PAGE_SIZE));
	p9_block_put(b);
	return (long)n;
}

static int p9_fill_ahead(struct vmobj *o, struct page **pages, unsigned nr)
{
	struct inode *i = o->private;
	size_t want;
	long got;

	nr = MIN(nr, (unsigned)AHEAD_MAX_PAGES);
	want = (size_t)nr << PAGE_SHIFT;
	got = take_head(i, pages, want);
	if (got < 0) {
		int err = p9_ensure_open(i, false);

		got = err ? err : read_pages(i, pages, want);
	}
	if (got < 0)
		return (int)got;
	for (unsigned k = (unsigned)(got >> PAGE_SHIFT); k < nr; k++) {
		size_t in_page = got & (PAGE_SIZE - 1);
		size_t from = k == (unsigned)(got >> PAGE_SHIFT) ? in_page : 0;

		memset((u8 *)page_to_virt(pages[k]) + from, 0, PAGE_SIZE - from);
	}
	return 0;
}

static int p9_fill(struct vmobj *o, struct page *p)
{
	return p9_fill_ahead(o, &p, 1);
}

static bool is_removed(const struct inode *dir)
{
	return p9_i(dir)->is_lost && !dir->nlink;
}

/*
 * All opens of a directory read through one fid, which stays open: each request names the position
 * it reads from, and a directory that is listed is often listed again.
 */
static int p9_dir_open(struct inode *i, struct file *f)
{
	struct p9_dir *d = kzalloc(sizeof(*d), GFP_KERNEL);
	int err;

	if (!d)
		return -ENOMEM;
	err = p9_refresh_more(i);
	p9_note_open(i);
	if (!err && !is_removed(i))
		err = p9_ensure_open(i, false);
	if (err) {
		kfree(d);
		return err;
	}
	f->private = d;
	return 0;
}

static void p9_dir_release(struct file *f)
{
	struct p9_dir *d = f->private;

	if (!d)
		return;
	p9_block_put(d->block);
	kfree(d);
}

static void set_block(struct p9_dir *d, struct p9_block *b, s64 pos)
{
	p9_block_put(d->block);
	d->block = b;
	d->off = 0;
	d->pos = pos;
}

/* Entries at and after ctx->pos. 1: the caller's buffer is full. */
static int emit_block(struct file *f, struct p9_dir *d, struct dir_context *ctx)
{
	struct p9_entry e;
	u32 off;

	if (d->pos != ctx->pos) {
		d->off = 0;
		d->pos = d->block->start;
	}
	for (off = d->off; p9_next_entry(d->block, &off, &e); d->pos = e.next, d->off = off) {
		if (d->pos != ctx->pos)
			continue;
		if (d->block->is_last && e.next == d->block->end)
			e.next = p9_local_start(f->inode, e.next);
		if (!ctx->emit(ctx, e.name, e.len, e.qid_path, e.dtype, e.next))
			return 1;
		ctx->pos = e.next;
	}
	return 0;
}

static int p9_readdir(struct file *f, struct dir_context *ctx)
{
	struct p9_dir *d = f->private;

	if (is_removed(f->inode))
		return -ENOENT;
	if (p9_local_readdir(f, ctx))
		return 0;
	if (ctx->pos == 0 && d->block)
		set_block(d, NULL, 0); /* as it is now */
	for (;;) {
		struct p9_block *b;

		if (d->block && emit_block(f, d, ctx))
			return 0;
		if (p9_local_readdir(f, ctx))
			return 0;
		if (d->block && d->block->is_last && ctx->pos == d->block->end)
			return 0;
		b = p9_dir_block(f->inode, ctx->pos);
		if (IS_ERR(b))
			return (int)PTR_ERR(b);
		set_block(d, b, ctx->pos);
		if (!b->len)
			return 0;
	}
}

static s64 p9_dir_llseek(struct file *f, s64 off, int whence)
{
	s64 pos = whence == SEEK_CUR ? f->pos + off : off;

	if ((whence != SEEK_SET && whence != SEEK_CUR) || pos < 0)
		return -EINVAL;
	f->pos = pos;
	return pos;
}

const struct file_ops p9_dir_fops = {.open = p9_dir_open,
				     .release = p9_dir_release,
				     .readdir = p9_readdir,
				     .fsync = p9_file_fsync,
				     .llseek = p9_dir_llseek};
const struct file_ops p9_file_fops = {.open = p9_file_open,
				      .flush = p9_file_flush,
				      .read = generic_file_read,
				      .write = p9_file_write,
				      .fsync = p9_file_fsync,
				      .llseek = generic_llseek,
				      .mmap = generic_mmap};
const struct vmobj_ops p9_vmobj_ops = {.fill = p9_fill,
				       .fill_ahead = p9_fill_ahead,
				       .writeback = p9_writeback};
