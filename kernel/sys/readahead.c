/* readahead(2): a hint; what is read is read ahead anyway. */
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
