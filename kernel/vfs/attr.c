/* Attributes: stat, chmod, chown, utimensat, truncate, statfs. Rules from their manual pages; the
 * order of checks is Linux's notify_change(). */
#include "vfs/internal.h"
#include "vfs/user_ns.h"
#include "vfs/notify.h"
#include <asm/signal.h>

int vfs_permission(const struct path *p, const struct cred *c, unsigned mask)
{
	struct inode *i = p->dentry->inode;
	int err;

	if ((mask & MAY_EXEC) && S_ISREG(i->mode) && (p->mnt->flags & MS_NOEXEC))
		return -EACCES;
	err = inode_permission(i, c, mask);
	if (!err && (mask & MAY_WRITE) &&
	    (S_ISREG(i->mode) || S_ISDIR(i->mode) || S_ISLNK(i->mode)))
		err = mount_want_write(p->mnt);
	return err;
}

int vfs_getattr(const struct path *p, struct kstat *st)
{
	struct inode *i = p->dentry->inode;

	st->mnt_id = p->mnt ? (u64)p->mnt->id : 0;
	st->mnt_id_unique = p->mnt ? p->mnt->unique_id : 0;
	st->attributes = 0;
	st->attributes_mask = STATX_ATTR_MOUNT_ROOT;
	st->has_btime = false;
	if (p->mnt && p->dentry == p->mnt->root)
		st->attributes = STATX_ATTR_MOUNT_ROOT;
	if (i->sb->is_in_memory) {
		st->attributes_mask |= STATX_ATTR_IMMUTABLE | STATX_ATTR_APPEND | STATX_ATTR_NODUMP;
		st->attributes |= i->attr_flags & (FS_IMMUTABLE_FL | FS_APPEND_FL | FS_NODUMP_FL);
	}
	if (unlikely(i->ops && i->ops->getattr))
		return i->ops->getattr(i, st);
	inode_stat_simple(i, st);
	return 0;
}

int vfs_statfs(const struct path *p, struct kstatfs *st)
{
	struct super_block *sb = p->dentry->sb;
	int err;

	memset(st, 0, sizeof(*st));
	st->type = sb->magic;
	st->bsize = PAGE_SIZE;
	st->namelen = NAME_MAX_LEN;
	err = sb->ops->statfs ? sb->ops->statfs(sb, st) : 0;
	if (err)
		return err;
	if (!st->frsize)
		st->frsize = st->bsize;
	if (!st->fsid)
		st->fsid = sb->dev;
	/* ST_VALID 0x20, and the ST_* bits of statfs(2), which are the MS_* bits but for noatime */
	st->flags = 0x20 | ((p->mnt->flags | sb->flags) &
			    (MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_SYNCHRONOUS));
	if (p->mnt->flags & MS_NOATIME)
		st->flags |= 0x400;
	if (p->mnt->flags & MS_NODIRATIME)
		st->flags |= 0x800;
	if (p->mnt->flags & MS_RELATIME)
		st->flags |= 0x1000;
	if (p->mnt->flags & MS_NOSYMFOLLOW)
		st->flags |= 0x2000;
	return 0;
}

int vfs_statfs_dev(u64 dev, struct kstatfs *st)
{
	struct path p = {NULL, NULL};
	struct mount *m;
	int err;

	mutex_lock(&mount_mutex);
	list_for_each_entry (m, &all_mounts, all_node) {
		if (m->sb->dev == dev) {
			p = (struct path){mount_get(m), dentry_get(m->root)};
			break;
		}
	}
	mutex_unlock(&mount_mutex);
	if (!p.mnt)
		return -EINVAL;
	err = vfs_statfs(&p, st);
	path_put(&p);
	return err;
}

int setattr_locked(struct inode *i, const struct iattr *a)
{
	return i->ops && i->ops->setattr ? i->ops->setattr(i, a) : inode_setattr_simple(i, a);
}

/* --- rules --- */

static int may_chown(const struct inode *i, const struct cred *c, const struct iattr *a)
{
	bool owns = c->fsuid == i->uid;

	if (cred_capable_over(c, i, CAP_CHOWN))
		return 0;
	if ((a->valid & ATTR_UID) && !(owns && a->uid == i->uid))
		return -EPERM;
	if ((a->valid & ATTR_GID) && !(owns && (a->gid == i->gid || cred_in_group(c, a->gid))))
		return -EPERM;
	return 0;
}

static bool is_touch(const struct iattr *a)
{
	return (a->valid & (ATTR_ATIME_NOW | ATTR_MTIME_NOW)) == (ATTR_ATIME_NOW | ATTR_MTIME_NOW);
}

static int may_set_times(struct inode *i, const struct cred *c, const struct iattr *a)
{
	if (inode_is_owner(i, c))
		return 0;
	/* utimensat(2): both times to now takes write permission only. */
	return is_touch(a) ? inode_permission(i, c, MAY_WRITE) : -EPERM;
}

/* chown(2): the set-ID bits go whenever a non-directory's owner is set, also by root. */
static void kill_set_ids(const struct inode *i, const struct cred *c, struct iattr *a)
{
	u32 kill;

	if (S_ISDIR(i->mode) || (a->valid & ATTR_MODE))
		return;
	kill = i->mode & S_ISUID;
	if (i->mode & S_ISGID) {
		bool in_group = cred_in_group(c, i->gid) || cred_capable_over(c, i, CAP_FSETID);

		if ((i->mode & S_IXGRP) || !in_group)
			kill |= S_ISGID;
	}
	if (kill) {
		a->valid |= ATTR_MODE;
		a->mode = i->mode & ~kill;
	}
}

/* ioctl_iflags(2): nothing of an immutable file changes, but times to now where one may append. */
static bool is_fixed(const struct inode *i, const struct iattr *a)
{
	if (i->attr_flags & FS_IMMUTABLE_FL)
		return true;
	return (i->attr_flags & FS_APPEND_FL) && !is_touch(a);
}

static int check_rules(struct inode *i, const struct cred *c, struct iattr *a)
{
	u32 gid = a->valid & ATTR_GID ? a->gid : i->gid;
	int err = 0;

	if (unlikely(i->attr_flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)) && is_fixed(i, a))
		return -EPERM;
	if (a->valid & (ATTR_UID | ATTR_GID))
		err = may_chown(i, c, a);
	if (!err && (a->valid & ATTR_MODE)) {
		if (!inode_is_owner(i, c))
			err = -EPERM;
		/* chmod(2): S_ISGID needs membership of the file's group. */
		else if (!cred_in_group(c, gid) && !cred_capable_over(c, i, CAP_FSETID))
			a->mode &= ~(u32)S_ISGID;
	}
	if (!err && (a->valid & (ATTR_ATIME | ATTR_MTIME)))
		err = may_set_times(i, c, a);
	return err;
}

/* Which event a change is, in the order of Linux's fsnotify_change(). */
static u32 change_event(const struct iattr *a)
{
	u32 times = a->valid & (ATTR_ATIME | ATTR_MTIME);

	if ((a->valid & (ATTR_MODE | ATTR_UID | ATTR_GID)) || !times)
		return IN_ATTRIB;
	if (times == (ATTR_ATIME | ATTR_MTIME))
		return IN_ATTRIB;
	return times == ATTR_ATIME ? IN_ACCESS : IN_MODIFY;
}

/* a->valid 0 is chown(path, -1, -1): no rule applies, but set-ID bits and ctime change. */
int vfs_setattr(const struct vfs_ctx *ctx, const struct path *p, struct iattr *a)
{
	struct inode *i = p->dentry->inode;
	bool is_chown = !(a->valid & (ATTR_MODE | ATTR_ATIME | ATTR_MTIME | ATTR_SIZE));
	int err;

	if (a->valid & ATTR_SIZE)
		return vfs_truncate(ctx, i, a->size);
	err = mount_want_write(p->mnt);
	if (err)
		return err;
	if ((a->valid & ATTR_MODE) && S_ISLNK(i->mode))
		return -EOPNOTSUPP;
	down_write(&i->rwsem);
	err = check_rules(i, ctx->cred, a);
	if (!err) {
		struct ktime_ts now = ktime_now();

		if (is_chown)
			kill_set_ids(i, ctx->cred, a);
		if (a->valid & ATTR_ATIME_NOW)
			a->atime = now;
		if (a->valid & ATTR_MTIME_NOW)
			a->mtime = now;
		a->ctime = now;
		a->valid |= ATTR_CTIME;
		err = setattr_locked(i, a);
	}
	up_write(&i->rwsem);
	if (!err)
		notify_dentry(p->dentry, change_event(a));
	return err;
}

int vfs_truncate(const struct vfs_ctx *ctx, struct inode *i, u64 size)
{
	struct iattr a = {.valid = ATTR_SIZE | ATTR_MTIME | ATTR_CTIME, .size = size};
	int err;

	if (size > MAX_FILE_SIZE)
		return -EINVAL;
	if (size > ctx->limit_fsize && size > i->obj.size_bytes) {
		ctx->send_signal(SIGXFSZ);
		return -EFBIG;
	}
	if (unlikely(i->attr_flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)))
		return -EPERM;
	err = (i->mode & (S_ISUID | S_ISGID)) || i->has_caps ? file_remove_privs(ctx, i) : 0;
	if (err)
		return err;
	down_write(&i->rwsem);
	a.mtime = a.ctime = ktime_now();
	err = setattr_locked(i, &a);
	up_write(&i->rwsem);
	return err;
}
