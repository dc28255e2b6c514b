/* signalfd(2). Next: proc/signalfd.c. */
#include "sys/syscall.h"
#include "proc/signalfd.h"
#include <linux/fcntl.h>
#include <linux/signalfd.h>

long sys_signalfd4(int fd, uaddr_t umask, size_t sizemask, int flags)
{
	struct fdref r;
	u64 mask;
	long err;

	if (sizemask != sizeof(mask))
		return -EINVAL;
	if (copy_from_user(&mask, umask, sizeof(mask)))
		return -EFAULT;
	if (flags & ~(SFD_CLOEXEC | SFD_NONBLOCK))
		return -EINVAL;
	if (fd == -1)
		return file_install(signalfd_file(mask, flags & SFD_NONBLOCK), flags & SFD_CLOEXEC);
	r = fd_get(current->vfs.files, (unsigned)fd);
	if (!r.file)
		return -EBADF;
	err = signalfd_set_mask(r.file, mask);
	fd_put(r);
	return err ? err : fd;
}

long sys_signalfd(int fd, uaddr_t mask, size_t sizemask)
{
	return sys_signalfd4(fd, mask, sizemask, 0);
}
