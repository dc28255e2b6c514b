/*
 * Extended attributes, xattr(7): the rules that hold for every file system, and the store of those
 * that keep them in memory. Called by sys/xattr.c; next is inode_ops.getxattr and its like.
 */
#include "vfs/internal.h"
#include <linux/capability.h>
#include <linux/xattr.h>

/* What the names and values of one inode may take: they are not counted in a file system's size. */
#define INODE_XATTRS_MAX (128 * 1024u)

struct xattr {
	struct xattr *next;
	size_t size;
	const char *name; /* behind the value */
	u8 value[];
};

static bool has_prefix(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/* Name spaces without rules of the VFS: those of the kernel and of security modules. */
static bool is_ruled_elsewhere(const char *name)
{
	return has_prefix(name, XATTR_SECURITY_PREFIX) || has_prefix(name, XATTR_SYSTEM_PREFIX);
}

/* xattr(7): trusted.* is for CAP_SYS_ADMIN alone; user.* for regular files and directories, in a
 * sticky directory for its owner. */
static int may_use(const struct path *p, const struct cred *c, const char *name, bool is_write)
{
	struct inode *i = p->dentry->inode;
	int refused = is_write ? -EPERM : -ENODATA;

	if (is_ruled_elsewhere(name))
		return 0;
	if (has_prefix(name, XATTR_TRUSTED_PREFIX))
		return cred_has_cap(c, CAP_SYS_ADMIN) ? 0 : refused;
	if (has_prefix(name, XATTR_USER_PREFIX)) {
		if (!S_ISREG(i->mode) && !S_ISDIR(i->mode))
			return refused;
		if (S_ISDIR(i->mode) && (i->mode & S_ISVTX) && is_write && !inode_is_owner(i, c))
			return -EPERM;
	}
	return inode_permission(i, c, is_write ? MAY_WRITE : MAY_READ);
}

/* capabilities(7): the layout is checked when it is set; other security.* is for CAP_SYS_ADMIN. */
static int may_set_security(const struct cred *c, const char *name, const void *value, size_t size)
{
	const struct vfs_ns_cap_data *d = value;

	if (!has_prefix(name, XATTR_SECURITY_PREFIX))
		return 0;
	if (strcmp(name, XATTR_NAME_CAPS))
		return cred_has_cap(c, CAP_SYS_ADMIN) ? 0 : -EPERM;
	if (value) {
		u32 revision = size >= sizeof(d->magic_etc)
				       ? d->magic_etc & (u32)VFS_CAP_REVISION_MASK
				       : 0;
		bool is_good = (revision == VFS_CAP_REVISION_2 && size == XATTR_CAPS_SZ_2) ||
			       (revision == VFS_CAP_REVISION_3 && size == XATTR_CAPS_SZ_3);

		if (!is_good)
			return -EINVAL;
	}
	return cred_has_cap(c, CAP_SETFCAP) ? 0 : -EPERM;
}

long vfs_getxattr(const struct path *p, const struct cred *c, const char *name, void *buf,
		  size_t size)
{
	struct inode *i = p->dentry->inode;
	long n = may_use(p, c, name, false);

	if (n)
		return n;
	if (!i->ops || !i->ops->getxattr)
		return -EOPNOTSUPP;
	down_read(&i->rwsem);
	n = i->ops->getxattr(i, name, buf, size);
	up_read(&i->rwsem);
	return n;
}

int vfs_setxattr(const struct path *p, const struct cred *c, const char *name, const void *value,
		 size_t size, int flags)
{
	struct inode *i = p->dentry->inode;
	int err;

	if ((i->sb->flags & MS_RDONLY) && is_ruled_elsewhere(name))
		return -EROFS;
	err = may_use(p, c, name, true);
	if (!err && unlikely(i->attr_flags & (FS_IMMUTABLE_FL | FS_APPEND_FL)))
		err = -EPERM;
	if (!err)
		err = may_set_security(c, name, value, size);
	if (!err && (!i->ops || !i->ops->setxattr))
		err = -EOPNOTSUPP;
	if (err)
		return err;
	down_write(&i->rwsem);
	err = i->ops->setxattr(i, name, value, size, flags);
	up_write(&i->rwsem);
	return err;
}

long vfs_listxattr(const struct path *p, const struct cred *c, char *buf, size_t size)
{
	struct inode *i = p->dentry->inode;
	long n;

	if (!i->ops || !i->ops->listxattr)
		return 0;
	down_read(&i->rwsem);
	n = i->ops->listxattr(i, buf, size, cred_has_cap(c, CAP_SYS_ADMIN));
	up_read(&i->rwsem);
	return n;
}

int vfs_want_write(const struct path *p)
{
	return mount_want_write(p->mnt);
}

/* --- in memory; the inode's i_rwsem is held --- */

/* tmpfs(5): the name spaces that are kept. -EINVAL: nothing behind the prefix. */
static int check_name(const char *name)
{
	static const char *const kept[] = {XATTR_USER_PREFIX, XATTR_TRUSTED_PREFIX,
					   XATTR_SECURITY_PREFIX};

	for (size_t k = 0; k < ARRAY_SIZE(kept); k++)
		if (has_prefix(name, kept[k]))
			return name[strlen(kept[k])] ? 0 : -EINVAL;
	return -EOPNOTSUPP;
}

static struct xattr **find(struct inode *i, const char *name)
{
	struct xattr **x = &i->xattrs;

	while (*x && strcmp((*x)->name, name))
		x = &(*x)->next;
	return x;
}

long memory_getxattr(struct inode *i, const char *name, void *buf, size_t size)
{
	const struct xattr *x;
	long err = check_name(name);

	if (err)
		return err;
	x = *find(i, name);
	if (!x)
		return -ENODATA;
	if (!size)
		return (long)x->size;
	if (x->size > size)
		return -ERANGE;
	memcpy(buf, x->value, x->size);
	return (long)x->size;
}

static size_t bytes_of(const char *name, size_t size)
{
	return sizeof(struct xattr) + size + strlen(name) + 1;
}

/* Of all attributes but one. */
static size_t bytes_used(const struct inode *i, const struct xattr *but)
{
	size_t sum = 0;

	for (const struct xattr *x = i->xattrs; x; x = x->next)
		if (x != but)
			sum += bytes_of(x->name, x->size);
	return sum;
}

static struct xattr *xattr_new(const char *name, const void *value, size_t size)
{
	struct xattr *x = kmalloc(bytes_of(name, size), GFP_KERNEL);

	if (!x)
		return NULL;
	x->next = NULL;
	x->size = size;
	memcpy(x->value, value, size);
	x->name = memcpy(x->value + size, name, strlen(name) + 1);
	return x;
}

int memory_setxattr(struct inode *i, const char *name, const void *value, size_t size, int flags)
{
	struct xattr **at, *old, *new = NULL;
	int err = check_name(name);

	if (err)
		return err;
	at = find(i, name);
	old = *at;
	if (!old && (!value || (flags & XATTR_REPLACE)))
		return -ENODATA;
	if (old && (flags & XATTR_CREATE))
		return -EEXIST;
	if (value) {
		if (bytes_used(i, old) + bytes_of(name, size) > INODE_XATTRS_MAX)
			return -ENOSPC;
		new = xattr_new(name, value, size);
		if (!new)
			return -ENOMEM;
		new->next = old ? old->next : NULL;
	}
	*at = value ? new : old->next;
	kfree(old);
	if (!strcmp(name, XATTR_NAME_CAPS))
		i->has_caps = value;
	inode_touch(i, ATTR_CTIME);
	return 0;
}

long memory_listxattr(struct inode *i, char *buf, size_t size, bool with_trusted)
{
	size_t used = 0;

	for (const struct xattr *x = i->xattrs; x; x = x->next) {
		size_t n = strlen(x->name) + 1;

		if (!with_trusted && has_prefix(x->name, XATTR_TRUSTED_PREFIX))
			continue;
		if (size) {
			if (n > size - used)
				return -ERANGE;
			memcpy(buf + used, x->name, n);
		}
		used += n;
	}
	return (long)used;
}

void xattrs_free_inode(struct inode *i)
{
	while (i->xattrs) {
		struct xattr *x = i->xattrs;

		i->xattrs = x->next;
		kfree(x);
	}
}
