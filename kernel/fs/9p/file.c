#include "fs/9p/p9.h"
#include "lib/err.h"
#include "lib/string.h"
#include <linux/fcntl.h>
#include <linux/fs.h>
#include "mm/kmalloc.h"

#define DIR_BUF_SIZE 16384u

#define ENTRY_MAX (24u + 255)

/* An open directory: the last block of entries. */
struct p9_dir {
	size_t len; /* bytes in buf */
	s64 start;  /* position that buf begins at */
	s64 end;    /* where the directory ends, or -1 while that is not known */
	u8 *buf;
};

static int p9_file_open(struct inode *i, struct file *f)
{
	int err;

	err = p9_refresh(i);
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

static int p9_fill_ahead(struct vmobj *o, struct page **pages, unsigned nr)
{
	struct inode *i = o->private;
	struct msg_vec vec[P9_DATA_MAX / PAGE_SIZE];
	size_t want, got = 0;
	u64 off = pages[0]->index << PAGE_SHIFT;
	int err = p9_ensure_open(i, false);

	if (err)
		return err;
	nr = MIN(nr, (unsigned)ARRAY_SIZE(vec));
	want = (size_t)nr << PAGE_SHIFT;
	/* The host may answer with less than asked for in the middle of a file: go on until the end
	 * of the file. */
	while (got < want) {
		unsigned first = (unsigned)(got >> PAGE_SHIFT), n = 0;
		size_t in_page = got & (PAGE_SIZE - 1);
		long done;

		for (unsigned k = first; k < nr; k++) {
			vec[n].base = (u8 *)page_to_virt(pages[k]) + (n ? 0 : in_page);
			vec[n].len = PAGE_SIZE - (n ? 0 : in_page);
			n++;
		}
		done = p9_read(p9_s(i), p9_i(i)->read_fid, off + got, vec, n, want - got);
		if (done < 0)
			return (int)done;
		if (done == 0)
			break;
		got += (size_t)done;
	}
	for (unsigned k = (unsigned)(got >> PAGE_SHIFT); k < nr; k++) {
		size_t from = (size_t)k << PAGE_SHIFT >= got ? 0 : got & (PAGE_SIZE - 1);

		memset((u8 *)page_to_virt(pages[k]) + from, 0, PAGE_SIZE - from);
	}
	return 0;
}

static int p9_fill(struct vmobj *o, struct page *p)
{
	return p9_fill_ahead(o, &p, 1);
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
	err = p9_refresh(i);
	if (!err)
		err = p9_ensure_open(i, false);
	if (err) {
		kfree(d);
		return err;
	}
	d->end = -1;
	f->private = d;
	return 0;
}

static void p9_dir_release(struct file *f)
{
	struct p9_dir *d = f->private;

	if (!d)
		return;
	kfree(d->buf);
	kfree(d);
}

static long read_block(struct file *f, struct p9_dir *d, s64 pos)
{
	struct p9_req *r;
	struct msg_vec in;
	long n;

	if (!d->buf)
		d->buf = kmalloc(DIR_BUF_SIZE, GFP_KERNEL);
	if (!d->buf)
		return -ENOMEM;
	r = p9_new(p9_s(f->inode), P9_TREADDIR);
	if (!r)
		return -ENOMEM;
	p9_put(r, p9_i(f->inode)->read_fid, 4);
	p9_put(r, (u64)pos, 8);
	p9_put(r, DIR_BUF_SIZE, 4);
	in = (struct msg_vec){d->buf, DIR_BUF_SIZE};
	n = p9_call_data(r, &in, 1, DIR_BUF_SIZE);
	p9_free(r);
	d->len = n > 0 ? (size_t)n : 0;
	d->start = pos;
	return n;
}

static u64 le(const u8 *p, unsigned bytes)
{
	u64 v = 0;

	for (unsigned i = 0; i < bytes; i++)
		v |= (u64)p[i] << (8 * i);
	return v;
}

/* Entries are qid[13] offset[8] type[1] name[s]. Emits those at and after ctx->pos; 1 = the
 * caller's buffer is full. */
static int emit_block(struct p9_dir *d, struct dir_context *ctx)
{
	s64 at = d->start;

	for (size_t off = 0; off + 24 <= d->len;) {
		const u8 *e = d->buf + off;
		size_t name_len = le(e + 22, 2);
		s64 next = (s64)le(e + 13, 8);

		if (off + 24 + name_len > d->len)
			return -EIO;
		if (at == ctx->pos) {
			if (!ctx->emit(ctx, (const char *)e + 24, name_len, le(e + 5, 8), e[21],
				       next))
				return 1;
			ctx->pos = next;
		}
		at = next;
		off += 24 + name_len;
	}
	/* The host leaves room for another entry only when there is none. */
	if (d->len + ENTRY_MAX <= DIR_BUF_SIZE)
		d->end = at;
	return 0;
}

static int p9_readdir(struct file *f, struct dir_context *ctx)
{
	struct p9_dir *d = f->private;
	s64 before = ctx->pos;
	int err;

	if (ctx->pos == 0)
		d->end = -1;
	/* What is left of the last block first, when the position is inside it. */
	if (d->len && ctx->pos != 0) {
		err = emit_block(d, ctx);
		if (err)
			return err < 0 && ctx->pos == before ? err : 0;
	}
	while (ctx->pos != d->end) {
		long n = read_block(f, d, ctx->pos);

		if (n <= 0)
			return ctx->pos == before ? (int)n : 0;
		err = emit_block(d, ctx);
		if (err)
			return err < 0 && ctx->pos == before ? err : 0;
	}
	return 0;
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
