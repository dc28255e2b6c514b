/* Extended attributes: setxattr(2) getxattr(2) listxattr(2) removexattr(2) and their l, f and at
 * forms. Next: vfs/xattr.c. */
#include "sys/syscall.h"
#include "abi/linux/missing.h"
#include <linux/limits.h>
#include <linux/xattr.h>

/* A file by path or descriptor, and how to let it go. */
struct target {
	struct path path;
	struct fdref fd;
};

static long target_at(struct target *t, int dirfd, uaddr_t path, unsigned flags)
{
	struct user_path up;
	char *name = user_path_get(&up, path, flags & LOOKUP_EMPTY);
	long err;

	t->fd = (struct fdref){NULL, false};
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = vfs_lookup(&current->vfs, dirfd, name, flags, &t->path);
	user_path_put(&up);
	return err;
}

static long target_path(struct target *t, uaddr_t path, unsigned flags)
{
	return target_at(t, AT_FDCWD, path, flags);
}

static long target_fd(struct target *t, int fd)
{
	t->fd = fd_get(current->vfs.files, (unsigned)fd);
	if (!t->fd.file)
		return -EBADF;
	t->path = t->fd.file->path;
	return 0;
}

/* The *at forms: no path, or an empty one with AT_EMPTY_PATH, means the descriptor itself. */
static long target_flags(struct target *t, int dirfd, uaddr_t path, unsigned at_flags)
{
	unsigned flags = at_flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	char first = 0;

	if (at_flags & ~(unsigned)(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (at_flags & AT_EMPTY_PATH) {
		flags |= LOOKUP_EMPTY;
		if (dirfd >= 0 && (!path.v || (!copy_from_user(&first, path, 1) && !first)))
			return target_fd(t, dirfd);
	}
	return target_at(t, dirfd, path, flags);
}

static void target_put(struct target *t)
{
	if (t->fd.file)
		fd_put(t->fd);
	else
		path_put(&t->path);
}

/* xattr(7): 1 to 255 bytes. */
static long name_get(char name[XATTR_NAME_MAX + 1], uaddr_t from)
{
	long n = arch_strncpy_in(name, from, XATTR_NAME_MAX + 1);

	if (n < 0)
		return n;
	return n == 0 || n > XATTR_NAME_MAX ? -ERANGE : 0;
}

/* --- set --- */

/* A copy of the value, of one byte at least; ERR_PTR. */
static void *value_get(uaddr_t value, size_t size)
{
	void *copy;

	if (size > XATTR_SIZE_MAX)
		return ERR_PTR(-E2BIG);
	copy = kmalloc(size + 1, GFP_KERNEL);
	if (!copy)
		return ERR_PTR(-ENOMEM);
	if (size && copy_from_user(copy, value, size)) {
		kfree(copy);
		return ERR_PTR(-EFAULT);
	}
	return copy;
}

static long set(struct target *t, uaddr_t uname, uaddr_t value, size_t size, int flags)
{
	char name[XATTR_NAME_MAX + 1];
	void *copy;
	long err = vfs_want_write(&t->path);

	if (!err && (flags & ~(XATTR_CREATE | XATTR_REPLACE)))
		err = -EINVAL;
	if (!err)
		err = name_get(name, uname);
	if (!err) {
		copy = value_get(value, size);
		if (IS_ERR(copy)) {
			err = PTR_ERR(copy);
		} else {
			err = vfs_setxattr(&t->path, current->vfs.cred, name, copy, size, flags);
			kfree(copy);
		}
	}
	target_put(t);
	return err;
}

long sys_setxattr(uaddr_t path, uaddr_t name, uaddr_t value, size_t size, int flags)
{
	struct target t;
	long err = target_path(&t, path, LOOKUP_FOLLOW);

	return err ? err : set(&t, name, value, size, flags);
}

long sys_lsetxattr(uaddr_t path, uaddr_t name, uaddr_t value, size_t size, int flags)
{
	struct target t;
	long err = target_path(&t, path, 0);

	return err ? err : set(&t, name, value, size, flags);
}

long sys_fsetxattr(int fd, uaddr_t name, uaddr_t value, size_t size, int flags)
{
	struct target t;
	long err = target_fd(&t, fd);

	return err ? err : set(&t, name, value, size, flags);
}

static long args_get(struct xattr_args *args, uaddr_t uargs, size_t size)
{
	if (size < sizeof(*args))
		return -EINVAL;
	return copy_struct_from_user(args, sizeof(*args), uargs, size);
}

long sys_setxattrat(int dirfd, uaddr_t path, unsigned int at_flags, uaddr_t name, uaddr_t uargs,
		    size_t size)
{
	struct xattr_args args;
	struct target t;
	long err = args_get(&args, uargs, size);

	if (!err)
		err = target_flags(&t, dirfd, path, at_flags);
	return err ? err : set(&t, name, uaddr(args.value), args.size, (int)args.flags);
}

/* --- get --- */

static long get_value(const struct path *p, const char *name, uaddr_t value, size_t size)
{
	void *buf = NULL;
	long n;

	size = MIN(size, (size_t)XATTR_SIZE_MAX);
	if (size) {
		buf = kmalloc(size, GFP_KERNEL);
		if (!buf)
			return -ENOMEM;
	}
	n = vfs_getxattr(p, current->vfs.cred, name, buf, size);
	if (n > 0 && size && copy_to_user(value, buf, (size_t)n))
		n = -EFAULT;
	kfree(buf);
	/* getxattr(2): what no buffer could hold. */
	return n == -ERANGE && size >= XATTR_SIZE_MAX ? -E2BIG : n;
}

static long get(struct target *t, uaddr_t uname, uaddr_t value, size_t size)
{
	char name[XATTR_NAME_MAX + 1];
	long n = name_get(name, uname);

	if (!n)
		n = get_value(&t->path, name, value, size);
	target_put(t);
	return n;
}

long sys_getxattr(uaddr_t path, uaddr_t name, uaddr_t value, size_t size)
{
	struct target t;
	long err = target_path(&t, path, LOOKUP_FOLLOW);

	return err ? err : get(&t, name, value, size);
}

long sys_lgetxattr(uaddr_t path, uaddr_t name, uaddr_t value, size_t size)
{
	struct target t;
	long err = target_path(&t, path, 0);

	return err ? err : get(&t, name, value, size);
}

long sys_fgetxattr(int fd, uaddr_t name, uaddr_t value, size_t size)
{
	struct target t;
	long err = target_fd(&t, fd);

	return err ? err : get(&t, name, value, size);
}

long sys_getxattrat(int dirfd, uaddr_t path, unsigned int at_flags, uaddr_t name, uaddr_t uargs,
		    size_t size)
{
	struct xattr_args args;
	struct target t;
	long err = args_get(&args, uargs, size);

	if (!err && args.flags)
		err = -EINVAL;
	if (!err)
		err = target_flags(&t, dirfd, path, at_flags);
	return err ? err : get(&t, name, uaddr(args.value), args.size);
}

/* --- list --- */

static long list_names(const struct path *p, uaddr_t list, size_t size)
{
	char *buf = NULL;
	long n;

	size = MIN(size, (size_t)XATTR_LIST_MAX);
	if (size) {
		buf = kmalloc(size, GFP_KERNEL);
		if (!buf)
			return -ENOMEM;
	}
	n = vfs_listxattr(p, current->vfs.cred, buf, size);
	if (n > 0 && size && copy_to_user(list, buf, (size_t)n))
		n = -EFAULT;
	kfree(buf);
	return n == -ERANGE && size >= XATTR_LIST_MAX ? -E2BIG : n;
}

static long list_of(struct target *t, uaddr_t list, size_t size)
{
	long n = list_names(&t->path, list, size);

	target_put(t);
	return n;
}

long sys_listxattr(uaddr_t path, uaddr_t list, size_t size)
{
	struct target t;
	long err = target_path(&t, path, LOOKUP_FOLLOW);

	return err ? err : list_of(&t, list, size);
}

long sys_llistxattr(uaddr_t path, uaddr_t list, size_t size)
{
	struct target t;
	long err = target_path(&t, path, 0);

	return err ? err : list_of(&t, list, size);
}

long sys_flistxattr(int fd, uaddr_t list, size_t size)
{
	struct target t;
	long err = target_fd(&t, fd);

	return err ? err : list_of(&t, list, size);
}

long sys_listxattrat(int dirfd, uaddr_t path, unsigned int at_flags, uaddr_t list, size_t size)
{
	struct target t;
	long err = target_flags(&t, dirfd, path, at_flags);

	return err ? err : list_of(&t, list, size);
}

/* --- remove --- */

static long remove(struct target *t, uaddr_t uname)
{
	char name[XATTR_NAME_MAX + 1];
	long err = vfs_want_write(&t->path);

	if (!err)
		err = name_get(name, uname);
	if (!err)
		err = vfs_setxattr(&t->path, current->vfs.cred, name, NULL, 0, XATTR_REPLACE);
	target_put(t);
	return err;
}

long sys_removexattr(uaddr_t path, uaddr_t name)
{
	struct target t;
	long err = target_path(&t, path, LOOKUP_FOLLOW);

	return err ? err : remove(&t, name);
}

long sys_lremovexattr(uaddr_t path, uaddr_t name)
{
	struct target t;
	long err = target_path(&t, path, 0);

	return err ? err : remove(&t, name);
}

long sys_fremovexattr(int fd, uaddr_t name)
{
	struct target t;
	long err = target_fd(&t, fd);

	return err ? err : remove(&t, name);
}

long sys_removexattrat(int dirfd, uaddr_t path, unsigned int at_flags, uaddr_t name)
{
	struct target t;
	long err = target_flags(&t, dirfd, path, at_flags);

	return err ? err : remove(&t, name);
}
