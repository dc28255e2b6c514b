/* Names and directories: mkdir(2) mknod(2) rename(2) link(2) unlink(2) symlink(2), chdir(2)
 * getcwd(2) chroot(2). Next: vfs/namei_ops.c, vfs/rename.c. */
#include "sys/syscall.h"
#include <linux/capability.h>
#include <linux/fs.h>

/* Two names at once; on success both are to be put. */
static long two_names(uaddr_t a, uaddr_t b, bool a_may_be_empty, struct user_path *an,
		      struct user_path *bn)
{
	char *name = user_path_get(an, a, a_may_be_empty);

	if (IS_ERR(name))
		return PTR_ERR(name);
	name = user_path_get(bn, b, false);
	if (!IS_ERR(name))
		return 0;
	user_path_put(an);
	return PTR_ERR(name);
}

/* --- creation --- */

long sys_mkdirat(int dirfd, uaddr_t path, unsigned int mode)
{
	struct user_path up;
	char *name = user_path_get(&up, path, false);
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = vfs_mkdir(&current->vfs, dirfd, name, mode);
	user_path_put(&up);
	return err;
}

long sys_mkdir(uaddr_t path, unsigned int mode)
{
	return sys_mkdirat(AT_FDCWD, path, mode);
}

/* The 32-bit encoding of makedev(3) that mknod takes. */
static u64 decode_dev(u32 dev)
{
	return MKDEV((dev & 0xfff00) >> 8, (dev & 0xff) | (dev >> 12 & 0xfff00));
}

long sys_mknodat(int dirfd, uaddr_t path, unsigned int mode, unsigned int dev)
{
	struct user_path up;
	char *name = user_path_get(&up, path, false);
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = vfs_mknod(&current->vfs, dirfd, name, mode & (S_IFMT | 07777), decode_dev(dev));
	user_path_put(&up);
	return err;
}

long sys_mknod(uaddr_t path, unsigned int mode, unsigned int dev)
{
	return sys_mknodat(AT_FDCWD, path, mode, dev);
}

long sys_symlinkat(uaddr_t target, int newdirfd, uaddr_t linkpath)
{
	struct user_path text, name;
	long err = two_names(target, linkpath, false, &text, &name);

	if (err)
		return err;
	err = vfs_symlink(&current->vfs, text.name, newdirfd, name.name);
	user_path_put(&text);
	user_path_put(&name);
	return err;
}

long sys_symlink(uaddr_t target, uaddr_t linkpath)
{
	return sys_symlinkat(target, AT_FDCWD, linkpath);
}

long sys_linkat(int olddirfd, uaddr_t oldpath, int newdirfd, uaddr_t newpath, int flags)
{
	struct user_path old, new;
	long err;

	if (flags & ~(AT_SYMLINK_FOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = two_names(oldpath, newpath, flags & AT_EMPTY_PATH, &old, &new);
	if (err)
		return err;
	err = vfs_link(&current->vfs, olddirfd, old.name, newdirfd, new.name, flags);
	user_path_put(&old);
	user_path_put(&new);
	return err;
}

long sys_link(uaddr_t oldpath, uaddr_t newpath)
{
	return sys_linkat(AT_FDCWD, oldpath, AT_FDCWD, newpath, 0);
}

/* --- removal, renaming --- */

long sys_unlinkat(int dirfd, uaddr_t path, int flags)
{
	struct user_path up;
	char *name;
	long err;

	if (flags & ~AT_REMOVEDIR)
		return -EINVAL;
	name = user_path_get(&up, path, false);
	if (IS_ERR(name))
		return PTR_ERR(name);
	if (flags & AT_REMOVEDIR)
		err = vfs_rmdir(&current->vfs, dirfd, name);
	else
		err = vfs_unlink(&current->vfs, dirfd, name);
	user_path_put(&up);
	return err;
}

long sys_unlink(uaddr_t path)
{
	return sys_unlinkat(AT_FDCWD, path, 0);
}

long sys_rmdir(uaddr_t path)
{
	return sys_unlinkat(AT_FDCWD, path, AT_REMOVEDIR);
}

long sys_renameat2(int olddirfd, uaddr_t oldpath, int newdirfd, uaddr_t newpath, unsigned int flags)
{
	struct user_path old, new;
	long err = two_names(oldpath, newpath, false, &old, &new);

	if (err)
		return err;
	err = vfs_rename(&current->vfs, olddirfd, old.name, newdirfd, new.name, flags);
	user_path_put(&old);
	user_path_put(&new);
	return err;
}

long sys_renameat(int olddirfd, uaddr_t oldpath, int newdirfd, uaddr_t newpath)
{
	return sys_renameat2(olddirfd, oldpath, newdirfd, newpath, 0);
}

long sys_rename(uaddr_t oldpath, uaddr_t newpath)
{
	return sys_renameat2(AT_FDCWD, oldpath, AT_FDCWD, newpath, 0);
}

/* --- where we are --- */

static long lookup_dir(uaddr_t path, struct path *p)
{
	struct user_path up;
	char *name = user_path_get(&up, path, false);
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	err = vfs_lookup(&current->vfs, AT_FDCWD, name, LOOKUP_FOLLOW | LOOKUP_DIRECTORY, p);
	user_path_put(&up);
	if (err)
		return err;
	err = vfs_permission(p, current->vfs.cred, MAY_EXEC);
	if (err)
		path_put(p);
	return err;
}

long sys_chdir(uaddr_t path)
{
	struct path p;
	long err = lookup_dir(path, &p);

	if (err)
		return err;
	fs_set_cwd(current->vfs.fs, &p);
	path_put(&p);
	return 0;
}

long sys_fchdir(int fd)
{
	struct fdref r = fd_get_any(current->vfs.files, (unsigned)fd);
	long err;

	if (!r.file)
		return -EBADF;
	if (!S_ISDIR(r.file->inode->mode))
		err = -ENOTDIR;
	else
		err = vfs_permission(&r.file->path, current->vfs.cred, MAY_EXEC);
	if (!err)
		fs_set_cwd(current->vfs.fs, &r.file->path);
	fd_put(r);
	return err;
}

long sys_chroot(uaddr_t path)
{
	struct path p;
	long err = lookup_dir(path, &p);

	if (err)
		return err;
	if (!cred_has_own_cap(current->vfs.cred, CAP_SYS_CHROOT))
		err = -EPERM;
	else
		fs_set_root(current->vfs.fs, &p);
	path_put(&p);
	return err;
}

/* getcwd(2): "(unreachable)" in front when the directory is not below the root. */
static long put_cwd(const struct path *cwd, const struct path *root, uaddr_t buf, size_t size)
{
	static const char unreachable[] = "(unreachable)";
	char *text = kmalloc(PATH_MAX_K, GFP_KERNEL), *s;
	bool is_reachable;
	long len;

	if (!text)
		return -ENOMEM;
	s = path_name(cwd, root, text + sizeof(unreachable), PATH_MAX_K - sizeof(unreachable),
		      &is_reachable);
	if (IS_ERR(s)) {
		kfree(text);
		return PTR_ERR(s);
	}
	if (!is_reachable) {
		s -= sizeof(unreachable) - 1;
		memcpy(s, unreachable, sizeof(unreachable) - 1);
	}
	len = (long)strlen(s) + 1;
	if ((size_t)len > size)
		len = -ERANGE;
	else if (copy_to_user(buf, s, (size_t)len))
		len = -EFAULT;
	kfree(text);
	return len;
}

long sys_getcwd(uaddr_t buf, size_t size)
{
	struct path cwd, root;
	long n;

	fs_get_cwd(current->vfs.fs, &cwd);
	fs_get_root(current->vfs.fs, &root);
	n = cwd.dentry->flags & DE_UNLINKED ? -ENOENT : put_cwd(&cwd, &root, buf, size);
	path_put(&cwd);
	path_put(&root);
	return n;
}
