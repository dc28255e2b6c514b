/* Attributes: chmod(2) chown(2) access(2) truncate(2) umask(2). Times: times.c. Next: vfs/attr.c.
 */
#include "sys/ids.h"
#include "sys/syscall.h"
#include "vfs/lease.h"
#include "vfs/notify.h"
#include <linux/capability.h>
#include <linux/securebits.h>

#ifndef AT_EACCESS
#define AT_EACCESS 0x200
#endif

/* Walk to `path` as the *at calls do it. at_flags: AT_SYMLINK_NOFOLLOW, AT_EMPTY_PATH. */
static long lookup_at(int dirfd, uaddr_t path, int at_flags, struct path *p)
{
	struct user_path up;
	unsigned flags = at_flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	char *name = user_path_get(&up, path, at_flags & AT_EMPTY_PATH);
	long err;

	if (IS_ERR(name))
		return PTR_ERR(name);
	if (at_flags & AT_EMPTY_PATH)
		flags |= LOOKUP_EMPTY;
	err = vfs_lookup(&current->vfs, dirfd, name, flags, p);
	user_path_put(&up);
	return err;
}

static long setattr_at(int dirfd, uaddr_t path, int at_flags, struct iattr *a)
{
	struct path p;
	long err;

	if (at_flags & ~(AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	err = lookup_at(dirfd, path, at_flags, &p);
	if (err)
		return err;
	err = vfs_setattr(&current->vfs, &p, a);
	path_put(&p);
	return err;
}

static long setattr_fd(int fd, struct iattr *a)
{
	struct fdref r = fd_get(current->vfs.files, (unsigned)fd);
	long err;

	if (!r.file)
		return -EBADF;
	err = vfs_setattr(&current->vfs, &r.file->path, a);
	fd_put(r);
	return err;
}

/* --- chmod --- */

static struct iattr mode_attr(unsigned mode)
{
	return (struct iattr){.valid = ATTR_MODE, .mode = mode & 07777};
}

long sys_fchmodat2(int dirfd, uaddr_t path, unsigned int mode, int flags)
{
	struct iattr a = mode_attr(mode);

	return setattr_at(dirfd, path, flags, &a);
}

long sys_fchmodat(int dirfd, uaddr_t path, unsigned int mode)
{
	return sys_fchmodat2(dirfd, path, mode, 0);
}

long sys_chmod(uaddr_t path, unsigned int mode)
{
	return sys_fchmodat2(AT_FDCWD, path, mode, 0);
}

long sys_fchmod(int fd, unsigned int mode)
{
	struct iattr a = mode_attr(mode);

	return setattr_fd(fd, &a);
}

/* --- chown: -1 leaves an ID as it is --- */

static int owner_attr(struct iattr *a, unsigned uid, unsigned gid)
{
	*a = (struct iattr){.uid = uid_given(uid), .gid = gid_given(gid)};
	if (uid != NO_KID)
		a->valid |= ATTR_UID;
	if (gid != NO_KID)
		a->valid |= ATTR_GID;
	if ((uid != NO_KID && a->uid == NO_KID) || (gid != NO_KID && a->gid == NO_KID))
		return fail(EINVAL, "numbers of nobody");
	return 0;
}

long sys_fchownat(int dirfd, uaddr_t path, unsigned int owner, unsigned int group, int flags)
{
	struct iattr a;
	int err = owner_attr(&a, owner, group);

	return err ? err : setattr_at(dirfd, path, flags, &a);
}

long sys_chown(uaddr_t path, unsigned int owner, unsigned int group)
{
	return sys_fchownat(AT_FDCWD, path, owner, group, 0);
}

long sys_lchown(uaddr_t path, unsigned int owner, unsigned int group)
{
	return sys_fchownat(AT_FDCWD, path, owner, group, AT_SYMLINK_NOFOLLOW);
}

long sys_fchown(int fd, unsigned int owner, unsigned int group)
{
	struct iattr a;
	int err = owner_attr(&a, owner, group);

	return err ? err : setattr_fd(fd, &a);
}

long sys_umask(unsigned int mask)
{
	struct fs_struct *fs = current->vfs.fs;
	u32 old;

	spin_lock(&fs->lock);
	old = fs->umask;
	fs->umask = mask & 0777;
	spin_unlock(&fs->lock);
	return (long)old;
}

/* --- access(2): with the real IDs, so that a set-user-ID program can ask for its caller --- */

static void real_cred(struct cred *c)
{
	*c = *current->vfs.cred;
	c->fsuid = c->uid;
	c->fsgid = c->gid;
	if (c->securebits & SECBIT_NO_SETUID_FIXUP)
		return;
	c->cap_effective = c->uid == make_kuid(c->user_ns, 0) ? c->cap_permitted : 0;
}

static long access_as(const struct vfs_ctx *ctx, int dirfd, const char *name, unsigned lookup_flags,
		      int mode)
{
	struct path p;
	long err = vfs_lookup(ctx, dirfd, name, lookup_flags, &p);

	if (err)
		return err;
	/* R_OK W_OK X_OK are MAY_READ MAY_WRITE MAY_EXEC */
	err = vfs_permission(&p, ctx->cred, (unsigned)mode);
	path_put(&p);
	return err;
}

long sys_faccessat2(int dirfd, uaddr_t path, int mode, int flags)
{
	struct user_path up;
	unsigned lookup_flags = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct vfs_ctx ctx = current->vfs;
	struct cred c;
	char *name;
	long err;

	if (mode & ~7)
		return -EINVAL;
	if (flags & ~(AT_EACCESS | AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH))
		return -EINVAL;
	if (flags & AT_EMPTY_PATH)
		lookup_flags |= LOOKUP_EMPTY;
	if (!(flags & AT_EACCESS)) {
		real_cred(&c);
		ctx.cred = &c;
	}
	name = user_path_get(&up, path, flags & AT_EMPTY_PATH);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = access_as(&ctx, dirfd, name, lookup_flags, mode);
	user_path_put(&up);
	return err;
}

long sys_faccessat(int dirfd, uaddr_t path, int mode)
{
	return sys_faccessat2(dirfd, path, mode, 0);
}

long sys_access(uaddr_t path, int mode)
{
	return sys_faccessat2(AT_FDCWD, path, mode, 0);
}

/* --- truncate(2) --- */

static long truncate_path(const struct path *p, u64 size)
{
	const struct vfs_ctx *ctx = &current->vfs;
	struct inode *i = p->dentry->inode;
	long err;

	if (S_ISDIR(i->mode))
		return -EISDIR;
	if (!S_ISREG(i->mode))
		return -EINVAL;
	err = vfs_permission(p, ctx->cred, MAY_WRITE);
	if (!err)
		err = lease_break(i, true, true);
	if (!err)
		err = inode_get_write(i);
	if (err)
		return err;
	err = vfs_truncate(ctx, i, size);
	if (!err)
		notify_dentry(p->dentry, IN_MODIFY);
	inode_put_write(i);
	return err;
}

long sys_truncate(uaddr_t path, long length)
{
	struct path p;
	long err;

	if (length < 0)
		return -EINVAL;
	err = lookup_at(AT_FDCWD, path, 0, &p);
	if (err)
		return err;
	err = truncate_path(&p, (u64)length);
	path_put(&p);
	return err;
}

long sys_ftruncate(int fd, long length)
{
	struct fdref r;
	long err;

	if (length < 0)
		return -EINVAL;
	r = fd_get(current->vfs.files, (unsigned)fd);
	if (!r.file)
		return -EBADF;
	if (!S_ISREG(r.file->inode->mode) || !(r.file->mode & FMODE_WRITE))
		err = -EINVAL;
	else if (!(r.file->flags & O_LARGEFILE) && length > (long)MAX_NON_LFS)
		err = -EINVAL;
	else
		err = vfs_truncate(&current->vfs, r.file->inode, (u64)length);
	if (!err)
		notify_file(r.file, IN_MODIFY);
	fd_put(r);
	return err;
}
