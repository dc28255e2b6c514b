/* stat(2), statx(2), readlink(2). Next: vfs/attr.c, vfs_getattr(). */
#include "sys/syscall.h"
#include "sys/ids.h"
#include "abi/linux/missing.h"
#include <asm/stat.h>

#ifndef AT_STATX_SYNC_TYPE
#define AT_STATX_SYNC_TYPE 0x6000
#endif

/* The layout of device numbers in stat's 64-bit fields (makedev(3)). */
static u64 encode_dev(u64 dev)
{
	u64 major = DEV_MAJOR(dev), minor = DEV_MINOR(dev);

	return (minor & 0xff) | major << 8 | (minor & ~0xffUL) << 12;
}

static long put_stat(uaddr_t to, const struct kstat *k)
{
	struct stat st;

	st.st_dev = encode_dev(k->dev);
	st.st_ino = k->ino;
	st.st_nlink = k->nlink;
	st.st_mode = k->mode;
	st.st_uid = k->uid;
	st.st_gid = k->gid;
	st.__pad0 = 0;
	st.st_rdev = encode_dev(k->rdev);
	st.st_size = (long)k->size;
	st.st_blksize = (long)k->blksize;
	st.st_blocks = (long)k->blocks;
	st.st_atime = (unsigned long)k->atime.sec;
	st.st_atime_nsec = k->atime.nsec;
	st.st_mtime = (unsigned long)k->mtime.sec;
	st.st_mtime_nsec = k->mtime.nsec;
	st.st_ctime = (unsigned long)k->ctime.sec;
	st.st_ctime_nsec = k->ctime.nsec;
	st.__unused[0] = st.__unused[1] = st.__unused[2] = 0;
	return copy_to_user(to, &st, sizeof(st));
}

/* Where what to do with a file's attributes ends: stat's structure, or a kstat for statx. */
struct result {
	uaddr_t st;
	struct kstat *k; /* NULL: st */
};

/* Attributes that are the inode's own fields, the usual case, need no kstat in between. */
static inline long put_attr(const struct path *p, const struct result *r)
{
	struct inode *i = p->dentry->inode;
	struct kstat k;
	long err;

	if (r->k)
		return vfs_getattr(p, r->k);
	if (likely(!i->ops || !i->ops->getattr) && likely(!current->maps_ids)) {
		inode_stat_fields(i, &k);
		return put_stat(r->st, &k);
	}
	err = vfs_getattr(p, &k);
	if (err)
		return err;
	k.uid = uid_seen(k.uid);
	k.gid = gid_seen(k.gid);
	return put_stat(r->st, &k);
}

static long getattr_fd(int fd, const struct result *to)
{
	struct fdref r = fd_get_any(current->vfs.files, (unsigned)fd);
	long err;

	if (unlikely(!r.file))
		return -EBADF;
	err = put_attr(&r.file->path, to);
	fd_put(r);
	return err;
}

static long getattr_path(int dirfd, const char *name, unsigned lookup_flags,
			 const struct result *to)
{
	struct path p;
	long err = vfs_lookup(&current->vfs, dirfd, name, lookup_flags, &p);

	if (err)
		return err;
	err = put_attr(&p, to);
	path_put(&p);
	return err;
}

/* flags: AT_*, checked by the caller. */
static long getattr_at(int dirfd, uaddr_t path, int flags, const struct result *to)
{
	struct user_path up;
	unsigned lookup_flags = flags & AT_SYMLINK_NOFOLLOW ? 0 : LOOKUP_FOLLOW;
	char *name;
	long err;

	/* "" with AT_EMPTY_PATH is the way C libraries spell fstat. */
	if (flags & AT_EMPTY_PATH) {
		char first = 0;

		if (dirfd >= 0 && (!path.v || (!arch_copy_in(&first, path, 1) && !first)))
			return getattr_fd(dirfd, to);
		lookup_flags |= LOOKUP_EMPTY;
	}
	name = user_path_get(&up, path, flags & AT_EMPTY_PATH);
	if (IS_ERR(name))
		return PTR_ERR(name);
	err = getattr_path(dirfd, name, lookup_flags, to);
	user_path_put(&up);
	return err;
}

long stat_path(int dirfd, uaddr_t path, int flags, struct kstat *k)
{
	const struct result to = {.k = k};

	return getattr_at(dirfd, path, flags, &to);
}

long stat_fd(int fd, struct kstat *k)
{
	const struct result to = {.k = k};

	return getattr_fd(fd, &to);
}

long sys_stat(uaddr_t path, uaddr_t st)
{
	const struct result to = {.st = st};

	return getattr_at(AT_FDCWD, path, 0, &to);
}

long sys_lstat(uaddr_t path, uaddr_t st)
{
	const struct result to = {.st = st};

	return getattr_at(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, &to);
}

long sys_fstat(int fd, uaddr_t st)
{
	const struct result to = {.st = st};

	return getattr_fd(fd, &to);
}

#define STAT_FLAGS (AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_SYNC_TYPE)

long sys_newfstatat(int dirfd, uaddr_t path, uaddr_t st, int flags)
{
	const struct result to = {.st = st};

	if (flags & ~STAT_FLAGS)
		return -EINVAL;
	return getattr_at(dirfd, path, flags, &to);
}

static struct statx_timestamp statx_time(struct ktime_ts t)
{
	return (struct statx_timestamp){.tv_sec = t.sec, .tv_nsec = t.nsec};
}

static long put_statx(uaddr_t to, const struct kstat *k, unsigned mask)
{
	struct statx x;

	memset(&x, 0, sizeof(x));
	x.stx_mask = STATX_BASIC_STATS | (k->has_btime ? STATX_BTIME : 0);
	x.stx_mask |= mask & STATX_MNT_ID_UNIQUE ? STATX_MNT_ID_UNIQUE : STATX_MNT_ID;
	x.stx_blksize = k->blksize;
	x.stx_attributes = k->attributes;
	x.stx_attributes_mask = k->attributes_mask;
	x.stx_nlink = k->nlink;
	x.stx_uid = uid_seen(k->uid);
	x.stx_gid = gid_seen(k->gid);
	x.stx_mode = (u16)k->mode;
	x.stx_ino = k->ino;
	x.stx_size = k->size;
	x.stx_blocks = k->blocks;
	x.stx_atime = statx_time(k->atime);
	x.stx_mtime = statx_time(k->mtime);
	x.stx_ctime = statx_time(k->ctime);
	if (k->has_btime)
		x.stx_btime = statx_time(k->btime);
	x.stx_rdev_major = DEV_MAJOR(k->rdev);
	x.stx_rdev_minor = DEV_MINOR(k->rdev);
	x.stx_dev_major = DEV_MAJOR(k->dev);
	x.stx_dev_minor = DEV_MINOR(k->dev);
	x.stx_mnt_id = mask & STATX_MNT_ID_UNIQUE ? k->mnt_id_unique : k->mnt_id;
	return copy_to_user(to, &x, sizeof(x));
}

long sys_statx(int dirfd, uaddr_t path, int flags, unsigned int mask, uaddr_t buf)
{
	struct kstat k;
	const struct result to = {.k = &k};
	long err;

	if (mask & STATX__RESERVED)
		return -EINVAL;
	if ((flags & AT_STATX_SYNC_TYPE) == AT_STATX_SYNC_TYPE || (flags & ~STAT_FLAGS))
		return -EINVAL;
	err = getattr_at(dirfd, path, flags, &to);
	return err ? err : put_statx(buf, &k, mask);
}

/* --- readlink(2): truncates, does not terminate --- */

static long readlink_of(const struct path *p, bool is_empty_name, uaddr_t buf, size_t size)
{
	char *text;
	long n;

	if (!S_ISLNK(p->dentry->inode->mode))
		return is_empty_name ? -ENOENT : -EINVAL;
	text = kmalloc(PATH_MAX_K, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	n = vfs_readlink(p, text, PATH_MAX_K);
	if (n > 0) {
		n = MIN(n, (long)size);
		if (copy_to_user(buf, text, (size_t)n))
			n = -EFAULT;
	}
	kfree(text);
	return n;
}

long sys_readlinkat(int dirfd, uaddr_t path, uaddr_t buf, int bufsize)
{
	struct user_path up;
	struct path p;
	char *name;
	long n;

	if (bufsize <= 0)
		return -EINVAL;
	name = user_path_get(&up, path, true);
	if (IS_ERR(name))
		return PTR_ERR(name);
	n = vfs_lookup(&current->vfs, dirfd, name, LOOKUP_EMPTY, &p);
	if (!n) {
		n = readlink_of(&p, !*name, buf, (size_t)bufsize);
		path_put(&p);
	}
	user_path_put(&up);
	return n;
}

long sys_readlink(uaddr_t path, uaddr_t buf, int bufsize)
{
	return sys_readlinkat(AT_FDCWD, path, buf, bufsize);
}
