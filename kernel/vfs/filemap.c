/*
 * Files whose data is in their vmobj: read, write and mmap meet in its pages. User memory is copied
 * with a page referenced but not locked, so a fault on the very same page is just a fault.
 */
#include "mm/mm.h"
#include "vfs/internal.h"
#include <linux/time.h>

/*
 * mount(8), relatime: the access time is updated when it is not after the last change, or is a day
 * old. The coarse clock is enough for the latter.
 */
static bool atime_is_due(const struct file *f, const struct inode *i)
{
	unsigned long flags = f->path.mnt ? f->path.mnt->flags : 0;
	const struct ktime_ts *a = &i->atime;

	if (flags & MS_STRICTATIME)
		return true;
	if (a->sec < i->mtime.sec || (a->sec == i->mtime.sec && a->nsec <= i->mtime.nsec))
		return true;
	if (a->sec < i->ctime.sec || (a->sec == i->ctime.sec && a->nsec <= i->ctime.nsec))
		return true;
	return READ_ONCE(vvar->seconds[CLOCK_REALTIME].second) - a->sec >= 24 * 3600;
}

void file_accessed(struct file *f)
{
	struct inode *i = f->inode;
	const struct mount *m = f->path.mnt;

	if (!atime_is_due(f, i))
		return;
	if ((f->flags & O_NOATIME) || (i->sb->flags & MS_RDONLY) || (i->attr_flags & FS_NOATIME_FL))
		return;
	if (m && ((m->flags & (MS_NOATIME | MS_RDONLY)) ||
		  ((m->flags & MS_NODIRATIME) && S_ISDIR(i->mode))))
		return;
	inode_touch(i, ATTR_ATIME);
}

static inline void *page_at(struct page *p, u64 off)
{
	return (char *)page_to_virt(p) + off;
}

/* Holes of files that live in memory are read without making a page. */
static inline struct page *page_for_read(struct vmobj *o, u64 index)
{
	struct page *p = vmobj_find_page(o, index);

	if (p || !o->ops->fill)
		return p;
	return vmobj_get_page(o, index);
}

#define READ_GANG 16 /* pages looked up at once */

/* At most n bytes from `pos` on, out of pages that are there: how many were copied; *run: how many
 * there were to copy, 0 when the first page is missing. */
static size_t read_run(struct vmobj *o, struct iter *it, u64 pos, size_t n, size_t *run)
{
	struct page *pages[READ_GANG];
	u64 off = pos & (PAGE_SIZE - 1);
	unsigned want = (unsigned)MIN(DIV_ROUND_UP(off + n, PAGE_SIZE), (u64)READ_GANG);
	unsigned found = vmobj_find_run(o, pos >> PAGE_SHIFT, pages, want);
	size_t copied;

	*run = found ? MIN(n, found * PAGE_SIZE - off) : 0;
	copied = iter_put_pages(it, pages, off, *run);
	for (unsigned i = 0; i < found; i++)
		page_put(pages[i]);
	return copied;
}

/* The same within one page, which is made where it is missing. */
static long read_page(struct vmobj *o, struct iter *it, u64 pos, size_t n)
{
	struct page *p = page_for_read(o, pos >> PAGE_SHIFT);
	size_t copied;

	if (!p)
		return (long)iter_zero(it, n);
	if (IS_ERR(p))
		return PTR_ERR(p);
	copied = iter_put(it, page_at(p, pos & (PAGE_SIZE - 1)), n);
	page_put(p);
	return (long)copied;
}

static long read_pages(struct file *f, struct vmobj *o, struct iter *it, s64 *ppos)
{
	u64 pos = (u64)*ppos;
	long done = 0, got = 0;

	while (it->count) {
		u64 size = READ_ONCE(o->size_bytes);
		size_t n;

		if (pos >= size)
			break;
		got = (long)read_run(o, it, pos, MIN(it->count, size - pos), &n);
		if (!n) {
			n = MIN(PAGE_SIZE - (pos & (PAGE_SIZE - 1)), MIN(it->count, size - pos));
			got = read_page(o, it, pos, n);
			if (got < 0)
				break;
		}
		pos += (u64)got;
		done += got;
		if (unlikely((size_t)got < n)) {
			got = -EFAULT;
			break;
		}
	}
	*ppos = (s64)pos;
	file_accessed(f);
	return done || got > 0 ? done : got;
}

/* A small read lies within one page that is there. */
static inline __attribute__((always_inline)) long read_small(struct file *f, struct vmobj *o,
							     struct iter *it, s64 *ppos)
{
	u64 pos = (u64)*ppos, off = pos & (PAGE_SIZE - 1);
	size_t n = it->count, copied;
	struct page *p;

	if (unlikely(off + n > PAGE_SIZE || pos + n > READ_ONCE(o->size_bytes)))
		return read_pages(f, o, it, ppos);
	p = vmobj_find_page(o, pos >> PAGE_SHIFT);
	if (unlikely(!p))
		return read_pages(f, o, it, ppos);
	file_accessed(f);
	copied = iter_put(it, page_at(p, off), n);
	page_put(p);
	*ppos = (s64)(pos + copied);
	return likely(copied == n) || copied ? (long)copied : -EFAULT;
}

long generic_file_read(struct file *f, struct iter *it, s64 *ppos)
{
	return read_small(f, &f->inode->obj, it, ppos);
}

/* For a file system whose files have their data elsewhere. */
long file_read_object(struct file *f, struct vmobj *o, struct iter *it, s64 *ppos)
{
	return read_small(f, o, it, ppos);
}

/*
 * Kernel memory cannot fault: then the page may stay locked, and a page that is overwritten whole
 * need not be made first. Bytes copied or an error.
 */
static long write_page(struct vmobj *o, struct iter *it, u64 pos, size_t n)
{
	bool whole = !it->is_user && n == PAGE_SIZE;
	struct page *p;
	size_t copied;

	p = whole ? vmobj_get_page_for_write(o, pos >> PAGE_SHIFT, true)
		  : vmobj_get_page(o, pos >> PAGE_SHIFT);
	if (IS_ERR(p))
		return PTR_ERR(p);
	copied = iter_get(it, page_at(p, pos & (PAGE_SIZE - 1)), n);
	if (whole && !(READ_ONCE(p->flags) & PG_UPTODATE)) {
		atomic_or(&p->flags, PG_UPTODATE);
		page_unlock(p);
	}
	if (copied)
		vmobj_mark_dirty(o, p);
	page_put(p);
	return (long)copied;
}

static long write_locked(struct inode *i, struct iter *it, u64 *pos)
{
	struct vmobj *o = &i->obj;
	long done = 0, n;

	while (it->count) {
		size_t room = PAGE_SIZE - (*pos & (PAGE_SIZE - 1));

		n = write_page(o, it, *pos, MIN(room, it->count));
		if (n <= 0)
			return done ? done : n ? n : -EFAULT;
		*pos += (u64)n;
		done += n;
		if (*pos > o->size_bytes)
			WRITE_ONCE(o->size_bytes, *pos);
	}
	return done;
}

long generic_file_write(struct file *f, struct iter *it, s64 *ppos)
{
	struct inode *i = f->inode;
	u64 pos;
	long done;

	if (!it->count)
		return 0;
	down_write(&i->rwsem);
	pos = unlikely(file_appends(f, it)) ? i->obj.size_bytes : (u64)*ppos;
	done = write_locked(i, it, &pos);
	if (done > 0) {
		inode_touch(i, ATTR_MTIME | ATTR_CTIME);
		*ppos = (s64)pos;
	}
	up_write(&i->rwsem);
	return done;
}

int generic_mmap(struct file *f, struct map_request *req)
{
	req->obj = &f->inode->obj;
	file_accessed(f);
	return 0;
}
