/* Extended attributes: setxattr(2) getxattr(2) listxattr(2) removexattr(2). Next: vfs/xattr.c,
 * which ends each but list with EOPNOTSUPP: no file system here keeps any. */
#include "sys/syscall.h"
#include <linux/limits.h>
#include <linux/xattr.h>

/* A file by path or descriptor, and how to let it go. */
struct target {
	struct path path;
	struct fdref fd;
};

static long target_path(struct target *t, uaddr_t path, unsigned flags)
{
	char *name = path_string_get(path, false);
	long err;

	t->fd = (struct fdref){NULL, false};
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = vfs_lookup(&current->vfs, AT_FDCWD, name, flags, &t->path);
	path_string_put(name);
	return err;
}

static long target_fd(struct target *t, int fd)
{
	t->fd = fd_get(current->vfs.files, (unsigned)fd);
	if (!t->fd.file)
		return -EBADF;
	t->path = t->fd.file->path;
	return 0;
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

static long check_value(uaddr_t value, size_t size)
{
	void *copy;
	long err;

	if (!size)
		return 0;
	copy = kmalloc(size, GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	err = copy_from_user(copy, value, size);
	kfree(copy);
	return err;
}

static long set(struct target *t, uaddr_t uname, uaddr_t value, size_t size, int flags)
{
	char name[XATTR_NAME_MAX + 1];
	long err = vfs_want_write(&t->path);

	if (!err && (flags & ~(XATTR_CREATE | XATTR_REPLACE)))
		err = -EINVAL;
	if (!err)
		err = name_get(name, uname);
	if (!err && size > XATTR_SIZE_MAX)
		err = -E2BIG;
	if (!err)
		err = check_value(value, size);
	if (!err)
		err = vfs_xattr(&t->path, current->vfs.cred, name, true);
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

/* --- get: `value` is not written, for there is none --- */

static long get(struct target *t, uaddr_t uname)
{
	char name[XATTR_NAME_MAX + 1];
	long err = name_get(name, uname);

	if (!err)
		err = vfs_xattr(&t->path, current->vfs.cred, name, false);
	target_put(t);
	return err;
}

long sys_getxattr(uaddr_t path, uaddr_t name, uaddr_t value, size_t size)
{
	struct target t;
	long err = target_path(&t, path, LOOKUP_FOLLOW);

	return err ? err : get(&t, name);
}

long sys_lgetxattr(uaddr_t path, uaddr_t name, uaddr_t value, size_t size)
{
	struct target t;
	long err = target_path(&t, path, 0);

	return err ? err : get(&t, name);
}

long sys_fgetxattr(int fd, uaddr_t name, uaddr_t value, size_t size)
{
	struct target t;
	long err = target_fd(&t, fd);

	return err ? err : get(&t, name);
}

/* --- list: always empty --- */

long sys_listxattr(uaddr_t path, uaddr_t list, size_t size)
{
	struct target t;
	long err = target_path(&t, path, LOOKUP_FOLLOW);

	if (!err)
		target_put(&t);
	return err;
}

long sys_llistxattr(uaddr_t path, uaddr_t list, size_t size)
{
	struct target t;
	long err = target_path(&t, path, 0);

	if (!err)
		target_put(&t);
	return err;
}

long sys_flistxattr(int fd, uaddr_t list, size_t size)
{
	struct target t;
	long err = target_fd(&t, fd);

	if (!err)
		target_put(&t);
	return err;
}

/* --- remove --- */

static long remove(struct target *t, uaddr_t uname)
{
	char name[XATTR_NAME_MAX + 1];
	long err = vfs_want_write(&t->path);

	if (!err)
		err = name_get(name, uname);
	if (!err)
		err = vfs_xattr(&t->path, current->vfs.cred, name, true);
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
