/*
 * Files whose data is in their vmobj: read, write and mmap meet in its pages. User memory is copied
 * with a page referenced but not locked, so a fault on the very same page is just a fault.
 */
#include "mm/mm.h"
#include "vfs/internal.h"

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
	return (s64)((vvar->coarse_mono_ns + vvar->real_offset_ns) / NSEC_PER_SEC) - a->sec >=
	       24 * 3600;
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

static long read_pages(struct file *f, struct vmobj *o, struct iter *it, s64 *ppos)
{
	u64 pos = (u64)*ppos;
	long done = 0, err = 0;

	while (it->count) {
		u64 size = READ_ONCE(o->size_bytes), off = pos & (PAGE_SIZE - 1);
		size_t n = PAGE_SIZE - off, copied;
		struct page *p;

		if (pos >= size)
			break;
		n = MIN(n, size - pos);
		n = MIN(n, it->count);
		p = page_for_read(o, pos >> PAGE_SHIFT);
		if (unlikely(!p)) {
			copied = iter_zero(it, n);
		} else if (unlikely(IS_ERR(p))) {
			err = PTR_ERR(p);
			break;
		} else {
			copied = iter_put(it, page_at(p, off), n);
			page_put(p);
		}
		pos += copied;
		done += (long)copied;
		if (unlikely(copied < n)) {
			err = -EFAULT;
			break;
		}
	}
	*ppos = (s64)pos;
	file_accessed(f);
	return done ? done : err;
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
	copied = iter_put(it, page_at(p, off), n);
	page_put(p);
	*ppos = (s64)(pos + copied);
	file_accessed(f);
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
