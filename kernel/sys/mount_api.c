/* The newer mount interface: open_tree(2) move_mount(2) mount_setattr(2) fsopen(2) fsconfig(2)
 * fsmount(2) fspick(2) statmount(2) listmount(2). Next: vfs/mount_api.c. */
#include "vfs/mount_api.h"
#include "abi/linux/missing.h"
#include "sys/syscall.h"
#include "vfs/ns.h"
#include <linux/capability.h>
#include <linux/mount.h>

static bool may_mount(void)
{
	return vfs_may_mount(&current->vfs);
}

/* --- trees --- */

long sys_open_tree(int dirfd, uaddr_t path, unsigned int flags)
{
	const unsigned known = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH |
			       AT_NO_AUTOMOUNT | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW;
	unsigned how = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct file *f;
	struct path p;
	long err;

	if (flags & ~known)
		return -EINVAL;
	if ((flags & (AT_RECURSIVE | OPEN_TREE_CLONE)) == AT_RECURSIVE)
		return -EINVAL;
	if ((flags & OPEN_TREE_CLONE) && !may_mount())
		return -EPERM;
	err = user_lookup(dirfd, path, how | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0), &p);
	if (err)
		return err;
	if (flags & OPEN_TREE_CLONE)
		f = vfs_open_tree(&current->vfs, &p, flags & AT_RECURSIVE);
	else
		f = vfs_open_path(&current->vfs, &p, O_PATH);
	path_put(&p);
	return file_install(f, flags & OPEN_TREE_CLOEXEC);
}

long sys_move_mount(int from_dirfd, uaddr_t from_path, int to_dirfd, uaddr_t to_path,
		    unsigned int flags)
{
	const unsigned known = MOVE_MOUNT_F_SYMLINKS | MOVE_MOUNT_F_AUTOMOUNTS |
			       MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_SYMLINKS |
			       MOVE_MOUNT_T_AUTOMOUNTS | MOVE_MOUNT_T_EMPTY_PATH |
			       MOVE_MOUNT_SET_GROUP | MOVE_MOUNT_BENEATH;
	const unsigned either = MOVE_MOUNT_SET_GROUP | MOVE_MOUNT_BENEATH;
	struct path from, to;
	long err;

	if (!may_mount())
		return -EPERM;
	if ((flags & ~known) || (flags & either) == either)
		return -EINVAL;
	err = user_lookup(from_dirfd, from_path,
			  (flags & MOVE_MOUNT_F_SYMLINKS ? LOOKUP_FOLLOW : 0) |
				  (flags & MOVE_MOUNT_F_EMPTY_PATH ? LOOKUP_EMPTY : 0),
			  &from);
	if (err)
		return err;
	err = user_lookup(to_dirfd, to_path,
			  (flags & MOVE_MOUNT_T_SYMLINKS ? LOOKUP_FOLLOW : 0) |
				  (flags & MOVE_MOUNT_T_EMPTY_PATH ? LOOKUP_EMPTY : 0),
			  &to);
	if (!err) {
		if (flags & MOVE_MOUNT_SET_GROUP)
			err = vfs_mount_set_group(&current->vfs, &from, &to);
		else
			err = vfs_move_mount(&current->vfs, &from, &to, flags & MOVE_MOUNT_BENEATH);
		path_put(&to);
	}
	path_put(&from);
	return err;
}

#define ATTRS                                                                           \
	(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | \
	 MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME | MOUNT_ATTR_NOSYMFOLLOW)

static bool is_good_atime(u64 attr)
{
	u64 atime = attr & MOUNT_ATTR__ATIME;

	return atime == MOUNT_ATTR_RELATIME || atime == MOUNT_ATTR_NOATIME ||
	       atime == MOUNT_ATTR_STRICTATIME;
}

static long check_attr(const struct mount_attr *a)
{
	const u64 types = MS_SHARED | MS_PRIVATE | MS_SLAVE | MS_UNBINDABLE;

	if ((a->propagation & ~types) || (a->propagation & (a->propagation - 1)))
		return -EINVAL;
	/* Mappings of ids (MOUNT_ATTR_IDMAP) take user namespaces. */
	if ((a->attr_set | a->attr_clr) & ~(u64)ATTRS)
		return -EINVAL;
	if ((a->attr_clr & MOUNT_ATTR__ATIME) &&
	    (a->attr_clr & MOUNT_ATTR__ATIME) != MOUNT_ATTR__ATIME)
		return fail(EINVAL, "access times are one value: clear all of it");
	if ((a->attr_set & MOUNT_ATTR__ATIME) && !(a->attr_clr & MOUNT_ATTR__ATIME))
		return -EINVAL;
	return is_good_atime(a->attr_set) ? 0 : -EINVAL;
}

static long attr_get(struct mount_attr *a, uaddr_t attr, size_t size)
{
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < MOUNT_ATTR_SIZE_VER0)
		return -EINVAL;
	return copy_struct_from_user(a, sizeof(*a), attr, size);
}

static long setattr_of(const struct path *p, const struct mount_attr *a, bool is_recursive)
{
	struct mount_change c = {a->attr_set, a->attr_clr, a->propagation};

	return vfs_mount_setattr(&current->vfs, p, &c, is_recursive);
}

long sys_mount_setattr(int dirfd, uaddr_t path, int flags, uaddr_t attr, size_t size)
{
	unsigned how = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct mount_attr a;
	struct path p;
	long err;

	if (flags & ~(AT_EMPTY_PATH | AT_RECURSIVE | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT))
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < MOUNT_ATTR_SIZE_VER0)
		return -EINVAL;
	if (!may_mount())
		return -EPERM;
	err = attr_get(&a, attr, size);
	if (err)
		return err;
	if (!a.attr_set && !a.attr_clr && !a.propagation)
		return 0;
	err = check_attr(&a);
	if (!err)
		err = user_lookup(dirfd, path, how | (flags & AT_EMPTY_PATH ? LOOKUP_EMPTY : 0),
				  &p);
	if (err)
		return err;
	err = setattr_of(&p, &a, flags & AT_RECURSIVE);
	path_put(&p);
	return err;
}

long sys_open_tree_attr(int dirfd, uaddr_t path, unsigned int flags, uaddr_t attr, size_t size)
{
	struct mount_attr a;
	struct fdref r;
	long fd, err = 0;

	if (!attr.v && size)
		return -EINVAL;
	if (size) {
		if (!may_mount())
			return -EPERM;
		err = attr_get(&a, attr, size);
		if (!err)
			err = check_attr(&a);
	}
	if (err)
		return err;
	fd = sys_open_tree(dirfd, path, flags);
	if (fd < 0 || !size || (!a.attr_set && !a.attr_clr && !a.propagation))
		return fd;
	r = fd_get_any(current->vfs.files, (unsigned)fd);
	err = r.file ? setattr_of(&r.file->path, &a, flags & AT_RECURSIVE) : -EBADF;
	fd_put(r);
	if (err)
		fd_close(current->vfs.files, (unsigned)fd);
	return err ? err : fd;
}

/* --- contexts --- */

long sys_fsopen(uaddr_t uname, unsigned int flags)
{
	struct file *f;
	char *name;

	if (!may_mount())
		return -EPERM;
	if (flags & ~(unsigned)FSOPEN_CLOEXEC)
		return -EINVAL;
	name = path_string_get(uname, true);
	if (IS_ERR(name))
		return PTR_ERR(name) == -ENAMETOOLONG ? -EINVAL : PTR_ERR(name);
	f = vfs_fsopen(name);
	path_string_put(name);
	return file_install(f, flags & FSOPEN_CLOEXEC);
}

long sys_fspick(int dirfd, uaddr_t path, unsigned int flags)
{
	unsigned how = flags & FSPICK_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	struct file *f;
	struct path p;
	long err;

	if (!may_mount())
		return -EPERM;
	if (flags & ~(unsigned)(FSPICK_CLOEXEC | FSPICK_SYMLINK_NOFOLLOW | FSPICK_NO_AUTOMOUNT |
				FSPICK_EMPTY_PATH))
		return -EINVAL;
	err = user_lookup(dirfd, path, how | (flags & FSPICK_EMPTY_PATH ? LOOKUP_EMPTY : 0), &p);
	if (err)
		return err;
	f = vfs_fspick(&current->vfs, &p);
	path_put(&p);
	return file_install(f, flags & FSPICK_CLOEXEC);
}

/* Which arguments a command has: what it does not have must be 0. */
static long check_config(unsigned cmd, bool has_key, bool has_value, int aux)
{
	switch (cmd) {
	case FSCONFIG_SET_FLAG:
		return has_key && !has_value && !aux ? 0 : -EINVAL;
	case FSCONFIG_SET_STRING:
		return has_key && has_value && !aux ? 0 : -EINVAL;
	case FSCONFIG_SET_BINARY:
		return has_key && has_value && aux > 0 && aux <= 1024 * 1024 ? 0 : -EINVAL;
	case FSCONFIG_SET_PATH:
	case FSCONFIG_SET_PATH_EMPTY:
		return has_key && has_value && (aux == AT_FDCWD || aux >= 0) ? 0 : -EINVAL;
	case FSCONFIG_SET_FD:
		return has_key && !has_value && aux >= 0 ? 0 : -EINVAL;
	case FSCONFIG_CMD_CREATE:
	case FSCONFIG_CMD_CREATE_EXCL_K:
	case FSCONFIG_CMD_RECONFIGURE:
		return !has_key && !has_value && !aux ? 0 : -EINVAL;
	default:
		return -EOPNOTSUPP;
	}
}

/* A text of less than 256 bytes, freed by the caller; NULL for none. */
static char *text_get(uaddr_t s, size_t max, long *err)
{
	char *text = NULL;
	long n;

	if (*err || !s.v)
		return NULL;
	text = kmalloc(max, GFP_KERNEL);
	n = text ? arch_strncpy_in(text, s, max) : -ENOMEM;
	if (n >= 0 && n < (long)max)
		return text;
	*err = n < 0 ? n : -EINVAL;
	kfree(text);
	return NULL;
}

static long check_binary(uaddr_t value, size_t size)
{
	void *copy = kmalloc(size, GFP_KERNEL);
	long err = copy ? copy_from_user(copy, value, size) : -ENOMEM;

	kfree(copy);
	return err;
}

static long check_fd(int fd)
{
	struct fdref r = fd_get_any(current->vfs.files, (unsigned)fd);

	if (!r.file)
		return -EBADF;
	fd_put(r);
	return 0;
}

static long config(struct file *f, unsigned cmd, uaddr_t ukey, uaddr_t uvalue, int aux)
{
	bool has_text = cmd == FSCONFIG_SET_STRING || cmd == FSCONFIG_SET_PATH ||
			cmd == FSCONFIG_SET_PATH_EMPTY;
	long err = 0;
	char *key, *value;

	if (!file_is_context(f))
		return -EINVAL;
	key = text_get(ukey, 256, &err);
	value = text_get(has_text ? uvalue : uaddr(0),
			 cmd == FSCONFIG_SET_STRING ? 256 : PATH_MAX_K, &err);
	/* No file system here takes a parameter of these kinds. */
	if (!err && cmd == FSCONFIG_SET_BINARY)
		err = check_binary(uvalue, (size_t)aux);
	if (!err && cmd == FSCONFIG_SET_FD)
		err = check_fd(aux);
	if (!err)
		err = vfs_fsconfig(&current->vfs, f, cmd, key, value);
	kfree(value);
	kfree(key);
	return err;
}

long sys_fsconfig(int fd, unsigned int cmd, uaddr_t key, uaddr_t value, int aux)
{
	struct fdref r;
	long err;

	if (fd < 0)
		return -EINVAL;
	err = check_config(cmd, key.v, value.v, aux);
	if (err)
		return err;
	r = fd_get(current->vfs.files, (unsigned)fd);
	if (!r.file)
		return -EBADF;
	err = config(r.file, cmd, key, value, aux);
	fd_put(r);
	return err;
}

long sys_fsmount(int fd, unsigned int flags, unsigned int attr)
{
	struct fdref r;
	struct file *f;

	if (!may_mount())
		return -EPERM;
	if ((flags & ~(unsigned)FSMOUNT_CLOEXEC) || (attr & ~(unsigned)ATTRS) ||
	    !is_good_atime(attr))
		return -EINVAL;
	r = fd_get(current->vfs.files, (unsigned)fd);
	if (!r.file)
		return -EBADF;
	f = file_is_context(r.file) ? vfs_fsmount(r.file, attr) : ERR_PTR(-EINVAL);
	fd_put(r);
	return file_install(f, flags & FSMOUNT_CLOEXEC);
}

/* --- what is mounted --- */

static bool is_own_tree(u64 ns_id)
{
	struct ns_common *ns = fs_mounts(current->vfs.fs);
	bool is = ns->id == ns_id;

	ns_put(ns);
	return is;
}

#define REQ_SIZE_VER0 24
#define IDS_MAX	      1000000u

static long req_get(struct mnt_id_req *r, uaddr_t from)
{
	u32 size;

	if (copy_from_user(&size, from, sizeof(size)))
		return -EFAULT;
	if (size > PAGE_SIZE)
		return -E2BIG;
	if (size < REQ_SIZE_VER0)
		return -EINVAL;
	memset(r, 0, sizeof(*r));
	if (copy_struct_from_user(r, sizeof(*r), from, size))
		return -EFAULT;
	if (r->spare)
		return -EINVAL;
	if (r->mnt_ns_id && !is_own_tree(r->mnt_ns_id))
		return fail(ENOENT, "the caller's own mounts only");
	return r->mnt_id > BIT(31) ? 0 : -EINVAL;
}

/* Texts go behind the structure; the offset of this one, which is there already when empty. */
static u32 add_text(struct statmount *s, size_t size, size_t *used, const char *text)
{
	size_t n = strlen(text) + 1, at = *used;

	if (n <= size - at)
		memcpy(s->str + at, text, n);
	*used += n;
	return (u32)at;
}

static void fill(struct statmount *s, const struct mount_info *i, u64 mask)
{
	if (mask & STATMOUNT_SB_BASIC) {
		s->sb_dev_major = DEV_MAJOR(i->dev);
		s->sb_dev_minor = DEV_MINOR(i->dev);
		s->sb_magic = i->magic;
		s->sb_flags = i->super_flags;
	}
	if (mask & STATMOUNT_MNT_BASIC) {
		s->mnt_id = i->id;
		s->mnt_parent_id = i->parent_id;
		s->mnt_id_old = i->id_old;
		s->mnt_parent_id_old = i->parent_id_old;
		s->mnt_attr = i->attr;
		s->mnt_propagation = i->propagation;
		s->mnt_peer_group = i->peer_group;
		s->mnt_master = i->master;
	}
	if (mask & STATMOUNT_PROPAGATE_FROM)
		s->propagate_from = i->propagate_from;
	if (mask & STATMOUNT_MNT_NS_ID)
		s->mnt_ns_id = i->ns_id;
}

#define TEXTS_SIZE (3 * PATH_MAX_K)

static long put_statmount(uaddr_t buf, size_t bufsize, struct statmount *s,
			  const struct mount_info *i, u64 mask)
{
	size_t used = 0, total;

	fill(s, i, mask);
	if (mask & STATMOUNT_FS_TYPE)
		s->fs_type = add_text(s, TEXTS_SIZE, &used, i->type);
	if (mask & STATMOUNT_MNT_ROOT)
		s->mnt_root = add_text(s, TEXTS_SIZE, &used, i->root);
	if (mask & STATMOUNT_MNT_POINT)
		s->mnt_point = add_text(s, TEXTS_SIZE, &used, i->point);
	if ((mask & STATMOUNT_MNT_OPTS) && *i->options)
		s->mnt_opts = add_text(s, TEXTS_SIZE, &used, i->options);
	else
		mask &= ~(u64)STATMOUNT_MNT_OPTS;
	total = sizeof(*s) + used;
	s->mask = mask;
	s->size = (u32)total;
	if (used ? total > bufsize : bufsize < sizeof(s->size))
		return -EOVERFLOW;
	return copy_to_user(buf, s, MIN(total, bufsize));
}

long sys_statmount(uaddr_t req, uaddr_t buf, size_t bufsize, unsigned int flags)
{
	const u64 known = 0xff;
	struct mnt_id_req r;
	struct mount_info i;
	struct statmount *s;
	long err;

	if (flags)
		return -EINVAL;
	err = req_get(&r, req);
	if (!err && !arch_access_ok(buf, bufsize))
		err = -EFAULT;
	if (err)
		return err;
	s = kzalloc(sizeof(*s) + TEXTS_SIZE, GFP_KERNEL);
	i.text_size = TEXTS_SIZE;
	i.text = kmalloc(TEXTS_SIZE, GFP_KERNEL);
	err = s && i.text ? vfs_statmount(&current->vfs, r.mnt_id, &i) : -ENOMEM;
	if (!err)
		err = put_statmount(buf, bufsize, s, &i, r.param & known);
	kfree(i.text);
	kfree(s);
	return err;
}

long sys_listmount(uaddr_t req, uaddr_t ids, size_t nr_ids, unsigned int flags)
{
	struct mnt_id_req r;
	u64 *list;
	long n;

	if (flags & ~LISTMOUNT_REVERSE)
		return -EINVAL;
	if (nr_ids > IDS_MAX)
		return -EOVERFLOW;
	if (!arch_access_ok(ids, nr_ids * sizeof(u64)))
		return -EFAULT;
	n = req_get(&r, req);
	if (n)
		return n;
	if (r.param && r.param <= BIT(31))
		return -EINVAL;
	nr_ids = MIN(nr_ids, (size_t)PAGE_SIZE); /* a call may give fewer than asked for */
	list = kmalloc(nr_ids * sizeof(u64) + 1, GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	n = vfs_listmount(&current->vfs, r.mnt_id, r.param, list, nr_ids,
			  flags & LISTMOUNT_REVERSE);
	if (n > 0 && copy_to_user(ids, list, (size_t)n * sizeof(u64)))
		n = -EFAULT;
	kfree(list);
	return n;
}
