/* readahead(2): a hint; what is read is read ahead anyway. cachestat(2): what of a file is cached.
 */
#include "abi/linux/missing.h"
#include "sys/syscall.h"

long sys_readahead(int fd, long offset, size_t count)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long err = 0;

	if (!r.file)
		return -EBADF;
	if (!(r.file->mode & FMODE_READ))
		err = -EBADF;
	else if (!S_ISREG(r.file->inode->mode))
		err = -EINVAL;
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
		vmobj_count(&r.file->inode->obj, want.off >> PAGE_SHIFT, last, &nr_cached,
			    &nr_dirty);
		stat.nr_cache = nr_cached;
		stat.nr_dirty = nr_dirty;
	}
	fd_put(r);
	return err ? err : copy_to_user(cstat, &stat, sizeof(stat));
}
