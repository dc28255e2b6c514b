/* Files without a name: eventfd(2), memfd_create(2). Next: vfs/eventfd.c, vfs/memfs_file.c. */
#include "sys/syscall.h"
#include "vfs/memfs.h"
#include "abi/linux/missing.h"
#include <linux/memfd.h>

/* The file (consumed) under the lowest free number. */
static long install(struct file *f, bool cloexec)
{
	long fd;

	if (IS_ERR(f))
		return PTR_ERR(f);
	fd = fd_alloc(current->vfs.files, 0, current->vfs.limit_nofile, cloexec);
	if (fd < 0)
		file_put(f);
	else
		fd_install(current->vfs.files, (unsigned)fd, f);
	return fd;
}

long sys_eventfd2(unsigned int count, int flags)
{
	if (flags & ~(EFD_SEMAPHORE | EFD_CLOEXEC | EFD_NONBLOCK))
		return -EINVAL;
	return install(eventfd_file(count, (u32)flags), flags & EFD_CLOEXEC);
}

long sys_eventfd(unsigned int count)
{
	return sys_eventfd2(count, 0);
}

/* --- memfd_create(2) --- */

#define MEMFD_PREFIX   "/memfd:"
#define MEMFD_SUFFIX   " (deleted)"
#define MEMFD_NAME_MAX (255 - 6) /* "memfd:" and the name make one file name */

static struct file *memfd_file(const char *name)
{
	struct inode *i = inode_new_anon(S_IFREG | 0777);
	struct file *f;

	if (!i)
		return ERR_PTR(-ENOMEM);
	i->fops = &memfs_file_ops;
	i->uid = current->vfs.cred->fsuid;
	i->gid = current->vfs.cred->fsgid;
	i->nlink = 0;
	f = file_anon(i, &memfs_file_ops, O_RDWR | O_LARGEFILE, name);
	return f;
}

long sys_memfd_create(uaddr_t name, unsigned int flags)
{
	char text[sizeof(MEMFD_PREFIX) + MEMFD_NAME_MAX + sizeof(MEMFD_SUFFIX)] = MEMFD_PREFIX;
	size_t prefix = sizeof(MEMFD_PREFIX) - 1;
	long n;

	if (flags & ~MFD_CLOEXEC)
		return -EINVAL;
	n = arch_strncpy_in(text + prefix, name, MEMFD_NAME_MAX + 1);
	if (n < 0)
		return n;
	if (n > MEMFD_NAME_MAX)
		return -EINVAL;
	memcpy(text + prefix + n, MEMFD_SUFFIX, sizeof(MEMFD_SUFFIX));
	return install(memfd_file(text), flags & MFD_CLOEXEC);
}
