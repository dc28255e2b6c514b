/* readahead(2): bring part of a file into the page cache. cachestat(2): what of a file is cached.
 */
#include "abi/linux/missing.h"
#include "core/sched.h"
#include "sys/syscall.h"

/* readahead(2): "attempts to schedule the reads"; how far is the system's choice. */
#define AHEAD_PAGES_MAX 1024

static long read_ahead(struct vmobj *o, u64 first, u64 nr)
{
	u64 end = DIV_ROUND_UP(READ_ONCE(o->size_bytes), PAGE_SIZE);

	nr = MIN(nr, AHEAD_PAGES_MAX);
	for (u64 k = first; k < first + nr && k < end; k++) {
		struct page *p = vmobj_get_page(o, k);

		if (IS_ERR(p))
			break; /* whoever reads will be told */
		page_put(p);
		if (thread_signal_pending())
			break;
		cond_resched();
	}
	return 0;
}

long sys_readahead(int fd, long offset, size_t count)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	struct vmobj *o;
	long err = 0;

	if (!r.file)
		return -EBADF;
	if (!(r.file->mode & FMODE_READ))
		err = -EBADF;
	else if (!S_ISREG(r.file->inode->mode))
		err = -EINVAL;
	if (!err && offset >= 0 && count) {
		o = file_object(r.file);
		/* Files in memory have nothing to be read from. */
		if (o->ops && o->ops->fill)
			err = read_ahead(o, (u64)offset >> PAGE_SHIFT,
					 DIV_ROUND_UP(count, PAGE_SIZE));
	}
	fd_put(r);
	return err;
}

long sys_cachestat(unsigned int fd, uaddr_t range, uaddr_t cstat, unsigned int flags)
{
	struct fdref r = fd_get(current->vfs.files, fd);
	struct cachestat_k stat = {0};
	struct cachestat_range_k want;
	u64 last, nr_cached = 0, nr_dirty = 0;
	long err;

	if (!r.file)
		return -EBADF;
	err = copy_from_user(&want, range, sizeof(want));
	if (!err && flags)
		err = -EINVAL;
	if (!err && r.file->inode && S_ISREG(r.file->inode->mode)) {
		/* cachestat(2): a length of 0 reaches to the end */
		last = want.len ? (want.off + want.len - 1) >> PAGE_SHIFT : ~0UL;
		vmobj_count(file_object(r.file), want.off >> PAGE_SHIFT, last, &nr_cached,
			    &nr_dirty);
		stat.nr_cache = nr_cached;
		stat.nr_dirty = nr_dirty;
	}
	fd_put(r);
	return err ? err : copy_to_user(cstat, &stat, sizeof(stat));
}
