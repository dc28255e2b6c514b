/* inotify(7). Next: vfs/inotify.c. */
#include "sys/syscall.h"
#include "vfs/inotify.h"
#include <linux/inotify.h>

#define INOTIFY_BITS                                                                            \
	((unsigned)(IN_ALL_EVENTS | IN_UNMOUNT | IN_Q_OVERFLOW | IN_IGNORED | IN_ONLYDIR |      \
		    IN_DONT_FOLLOW | IN_EXCL_UNLINK | IN_MASK_ADD | IN_MASK_CREATE | IN_ISDIR | \
		    IN_ONESHOT))

long sys_inotify_init1(int flags)
{
	if (flags & ~(IN_CLOEXEC | IN_NONBLOCK))
		return -EINVAL;
	return file_install(inotify_file(current->vfs.cred->uid, flags & IN_NONBLOCK),
			    flags & IN_CLOEXEC);
}

long sys_inotify_init(void)
{
	return sys_inotify_init1(0);
}

/* inotify_add_watch(2): the object must be readable. */
static long add_watch(struct file *f, uaddr_t path, u32 mask)
{
	const struct vfs_ctx *ctx = &current->vfs;
	unsigned flags = (mask & IN_DONT_FOLLOW ? 0 : LOOKUP_FOLLOW) |
			 (mask & IN_ONLYDIR ? LOOKUP_DIRECTORY : 0);
	struct user_path up;
	struct path p;
	char *name;
	long ret;

	if ((mask & IN_MASK_ADD) && (mask & IN_MASK_CREATE))
		return fail(EINVAL, "IN_MASK_ADD and IN_MASK_CREATE exclude each other");
	if (!file_is_inotify(f))
		return fail(EINVAL, "not an inotify file");
	name = user_path_get(&up, path, false);
	if (IS_ERR(name))
		return PTR_ERR(name);
	ret = vfs_lookup(ctx, AT_FDCWD, name, flags, &p);
	user_path_put(&up);
	if (ret)
		return ret;
	ret = vfs_permission(&p, ctx->cred, MAY_READ);
	if (!ret)
		ret = inotify_add(f, p.dentry->inode, mask);
	path_put(&p);
	return ret;
}

long sys_inotify_add_watch(int fd, uaddr_t path, unsigned int mask)
{
	struct fdref r;
	long ret;

	if ((mask & ~INOTIFY_BITS) || !(mask & INOTIFY_BITS))
		return -EINVAL;
	r = fd_get(current->vfs.files, (unsigned)fd);
	if (!r.file)
		return -EBADF;
	ret = add_watch(r.file, path, mask);
	fd_put(r);
	return ret;
}

long sys_inotify_rm_watch(int fd, int wd)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long ret;

	if (!r.file)
		return -EBADF;
	ret = file_is_inotify(r.file) ? inotify_remove(r.file, wd) : -EINVAL;
	fd_put(r);
	return ret;
}
