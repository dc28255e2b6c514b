/* Extended attributes, xattr(7): no file system here keeps them, so what is left are the rules that
 * come before the file system is asked. */
#include "vfs/internal.h"
#include <linux/xattr.h>

static bool has_prefix(const char *name, const char *prefix)
{
	return !strncmp(name, prefix, strlen(prefix));
}

/* xattr(7): trusted.* is for CAP_SYS_ADMIN alone; user.* for regular files and directories, in a
 * sticky directory for its owner; security.* and system.* have rules of their own. */
static int may_use(const struct path *p, const struct cred *c, const char *name, bool is_write)
{
	struct inode *i = p->dentry->inode;
	int refused = is_write ? -EPERM : -ENODATA;

	if (has_prefix(name, XATTR_SECURITY_PREFIX) || has_prefix(name, XATTR_SYSTEM_PREFIX))
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

int vfs_xattr(const struct path *p, const struct cred *c, const char *name, bool is_write)
{
	int err = may_use(p, c, name, is_write);

	return err ? err : -EOPNOTSUPP;
}

int vfs_want_write(const struct path *p)
{
	return mount_want_write(p->mnt);
}
