/* SPDX-License-Identifier: Apache-2.0 */
/* Calls on files that i386 has in a form of its own: struct stat and statfs, offsets in halves. */
#include "sys/syscall.h"
#include "sys/ids.h"
#include "gen/syscalls_i386.h"
#include <asm/statfs.h>

/* kernel/sys/ takes the 64-bit offset whole. */
static long join(u32 low, u32 high)
{
	return (long)(low | (u64)high << 32);
}

/* --- struct stat: 106-108, and stat64 --- */

struct stat_i386 {
	u32 dev, ino;
	u16 mode, nlink, uid, gid;
	u32 rdev, size, blksize, blocks;
	u32 atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
	u32 unused[2];
};
_Static_assert(sizeof(struct stat_i386) == 64, "Linux's layout");

struct stat64_i386 {
	u64 dev;
	u32 pad0, ino32, mode, nlink, uid, gid;
	u64 rdev;
	u32 pad3;
	s64 size;
	u32 blksize;
	u64 blocks;
	u32 atime, atime_nsec, mtime, mtime_nsec, ctime, ctime_nsec;
	u64 ino;
} __packed;
_Static_assert(sizeof(struct stat64_i386) == 96, "Linux's layout");

static u64 encode_dev(u64 dev)
{
	u64 major = DEV_MAJOR(dev), minor = DEV_MINOR(dev);

	return (minor & 0xff) | major << 8 | (minor & ~0xffUL) << 12;
}

static u16 id16(u32 id)
{
	return id > 0xffff ? 0xfffe : (u16)id; /* /proc/sys/kernel/overflowuid */
}

static long put_stat(uaddr_t to, const struct kstat *k)
{
	struct stat_i386 st;

	if (k->size > INT32_MAX || k->ino > UINT32_MAX || k->nlink > 0xffff)
		return -EOVERFLOW;
	memset(&st, 0, sizeof(st));
	st.dev = (u32)encode_dev(k->dev);
	st.ino = (u32)k->ino;
	st.mode = (u16)k->mode;
	st.nlink = (u16)k->nlink;
	st.uid = id16(uid_seen(k->uid));
	st.gid = id16(gid_seen(k->gid));
	st.rdev = (u32)encode_dev(k->rdev);
	st.size = (u32)k->size;
	st.blksize = k->blksize;
	st.blocks = (u32)k->blocks;
	st.atime = (u32)k->atime.sec;
	st.atime_nsec = k->atime.nsec;
	st.mtime = (u32)k->mtime.sec;
	st.mtime_nsec = k->mtime.nsec;
	st.ctime = (u32)k->ctime.sec;
	st.ctime_nsec = k->ctime.nsec;
	return copy_to_user(to, &st, sizeof(st));
}

static long put_stat64(uaddr_t to, const struct kstat *k)
{
	struct stat64_i386 st;

	memset(&st, 0, sizeof(st));
	st.dev = encode_dev(k->dev);
	st.ino32 = (u32)k->ino;
	st.mode = k->mode;
	st.nlink = k->nlink;
	st.uid = uid_seen(k->uid);
	st.gid = gid_seen(k->gid);
	st.rdev = encode_dev(k->rdev);
	st.size = (s64)k->size;
	st.blksize = k->blksize;
	st.blocks = k->blocks;
	st.atime = (u32)k->atime.sec;
	st.atime_nsec = k->atime.nsec;
	st.mtime = (u32)k->mtime.sec;
	st.mtime_nsec = k->mtime.nsec;
	st.ctime = (u32)k->ctime.sec;
	st.ctime_nsec = k->ctime.nsec;
	st.ino = k->ino;
	return copy_to_user(to, &st, sizeof(st));
}

static long stat_at(int dirfd, u32 path, u32 to, int flags, bool is_64)
{
	struct kstat k;
	long err = stat_path(dirfd, uaddr(path), flags, &k);

	if (err)
		return err;
	return is_64 ? put_stat64(uaddr(to), &k) : put_stat(uaddr(to), &k);
}

long sys_compat_stat(const struct compat_args *a)
{
	return stat_at(AT_FDCWD, a->v[0], a->v[1], 0, false);
}

long sys_compat_lstat(const struct compat_args *a)
{
	return stat_at(AT_FDCWD, a->v[0], a->v[1], AT_SYMLINK_NOFOLLOW, false);
}

long sys_compat_fstat(const struct compat_args *a)
{
	struct kstat k;
	long err = stat_fd((int)a->v[0], &k);

	return err ? err : put_stat(uaddr(a->v[1]), &k);
}

long sys_compat_stat64(const struct compat_args *a)
{
	return stat_at(AT_FDCWD, a->v[0], a->v[1], 0, true);
}

long sys_compat_lstat64(const struct compat_args *a)
{
	return stat_at(AT_FDCWD, a->v[0], a->v[1], AT_SYMLINK_NOFOLLOW, true);
}

long sys_compat_fstat64(const struct compat_args *a)
{
	struct kstat k;
	long err = stat_fd((int)a->v[0], &k);

	return err ? err : put_stat64(uaddr(a->v[1]), &k);
}

#define STAT_FLAGS (AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | 0x6000)

long sys_compat_fstatat64(const struct compat_args *a)
{
	int flags = (int)a->v[3];

	if (flags & ~STAT_FLAGS)
		return -EINVAL;
	return stat_at((int)a->v[0], a->v[1], a->v[2], flags, true);
}

/* --- struct statfs --- */

struct statfs_i386 {
	u32 type, bsize, blocks, bfree, bavail, files, ffree;
	s32 fsid[2];
	u32 namelen, frsize, flags, spare[4];
};
struct statfs64_i386 {
	u32 type, bsize;
	u64 blocks, bfree, bavail, files, ffree;
	s32 fsid[2];
	u32 namelen, frsize, flags, spare[4];
} __packed;
_Static_assert(sizeof(struct statfs_i386) == 64, "Linux's layout");
_Static_assert(sizeof(struct statfs64_i386) == 84, "Linux's layout");

static long put_statfs(uaddr_t to, const struct kstatfs *k)
{
	struct statfs_i386 st;

	/* statfs(2), EOVERFLOW; files and ffree may be -1, "not known" */
	if ((k->blocks | k->bfree | k->bavail | k->bsize | k->frsize) >> 32)
		return -EOVERFLOW;
	if (((k->files >> 32) && k->files != ~0UL) || ((k->ffree >> 32) && k->ffree != ~0UL))
		return -EOVERFLOW;
	memset(&st, 0, sizeof(st));
	st.type = (u32)k->type;
	st.bsize = (u32)k->bsize;
	st.blocks = (u32)k->blocks;
	st.bfree = (u32)k->bfree;
	st.bavail = (u32)k->bavail;
	st.files = (u32)k->files;
	st.ffree = (u32)k->ffree;
	st.fsid[0] = (s32)k->fsid;
	st.fsid[1] = (s32)(k->fsid >> 32);
	st.namelen = (u32)k->namelen;
	st.frsize = (u32)k->frsize;
	st.flags = (u32)k->flags;
	return copy_to_user(to, &st, sizeof(st));
}

static long put_statfs64(uaddr_t to, const struct kstatfs *k)
{
	struct statfs64_i386 st;

	memset(&st, 0, sizeof(st));
	st.type = (u32)k->type;
	st.bsize = (u32)k->bsize;
	st.blocks = k->blocks;
	st.bfree = k->bfree;
	st.bavail = k->bavail;
	st.files = k->files;
	st.ffree = k->ffree;
	st.fsid[0] = (s32)k->fsid;
	st.fsid[1] = (s32)(k->fsid >> 32);
	st.namelen = (u32)k->namelen;
	st.frsize = (u32)k->frsize;
	st.flags = (u32)k->flags;
	return copy_to_user(to, &st, sizeof(st));
}

long sys_compat_statfs(const struct compat_args *a)
{
	struct kstatfs k;
	long err = statfs_path(uaddr(a->v[0]), &k);

	return err ? err : put_statfs(uaddr(a->v[1]), &k);
}

long sys_compat_fstatfs(const struct compat_args *a)
{
	struct kstatfs k;
	long err = statfs_fd((int)a->v[0], &k);

	return err ? err : put_statfs(uaddr(a->v[1]), &k);
}

/* 88: what a C library with the structure unpacked says. */
static bool is_statfs64_size(u32 size)
{
	return size == sizeof(struct statfs64_i386) || size == 88;
}

long sys_compat_statfs64(const struct compat_args *a)
{
	struct kstatfs k;
	long err;

	if (!is_statfs64_size(a->v[1]))
		return -EINVAL;
	err = statfs_path(uaddr(a->v[0]), &k);
	return err ? err : put_statfs64(uaddr(a->v[2]), &k);
}

long sys_compat_fstatfs64(const struct compat_args *a)
{
	struct kstatfs k;
	long err;

	if (!is_statfs64_size(a->v[1]))
		return -EINVAL;
	err = statfs_fd((int)a->v[0], &k);
	return err ? err : put_statfs64(uaddr(a->v[2]), &k);
}

/* --- offsets in two halves --- */

long sys_compat_pread64(const struct compat_args *a)
{
	return sys_pread64((int)a->v[0], uaddr(a->v[1]), a->v[2], join(a->v[3], a->v[4]));
}

long sys_compat_pwrite64(const struct compat_args *a)
{
	return sys_pwrite64((int)a->v[0], uaddr(a->v[1]), a->v[2], join(a->v[3], a->v[4]));
}

long sys_compat_preadv(const struct compat_args *a)
{
	return sys_preadv((int)a->v[0], uaddr(a->v[1]), a->v[2],
			  (unsigned long)join(a->v[3], a->v[4]), 0);
}

long sys_compat_pwritev(const struct compat_args *a)
{
	return sys_pwritev((int)a->v[0], uaddr(a->v[1]), a->v[2],
			   (unsigned long)join(a->v[3], a->v[4]), 0);
}

long sys_compat_preadv2(const struct compat_args *a)
{
	return sys_preadv2((int)a->v[0], uaddr(a->v[1]), a->v[2],
			   (unsigned long)join(a->v[3], a->v[4]), 0, (int)a->v[5]);
}

long sys_compat_pwritev2(const struct compat_args *a)
{
	return sys_pwritev2((int)a->v[0], uaddr(a->v[1]), a->v[2],
			    (unsigned long)join(a->v[3], a->v[4]), 0, (int)a->v[5]);
}

long sys_compat_truncate64(const struct compat_args *a)
{
	return sys_truncate(uaddr(a->v[0]), join(a->v[1], a->v[2]));
}

long sys_compat_ftruncate64(const struct compat_args *a)
{
	return sys_ftruncate((int)a->v[0], join(a->v[1], a->v[2]));
}

long sys_compat_fadvise64(const struct compat_args *a)
{
	return sys_fadvise64((int)a->v[0], join(a->v[1], a->v[2]), a->v[3], (int)a->v[4]);
}

long sys_compat_fadvise64_64(const struct compat_args *a)
{
	return sys_fadvise64((int)a->v[0], join(a->v[1], a->v[2]), (size_t)join(a->v[3], a->v[4]),
			     (int)a->v[5]);
}

long sys_compat_fallocate(const struct compat_args *a)
{
	return sys_fallocate((int)a->v[0], (int)a->v[1], join(a->v[2], a->v[3]),
			     join(a->v[4], a->v[5]));
}

long sys_compat_readahead(const struct compat_args *a)
{
	return sys_readahead((int)a->v[0], join(a->v[1], a->v[2]), a->v[3]);
}

long sys_compat_sync_file_range(const struct compat_args *a)
{
	return sys_sync_file_range((int)a->v[0], join(a->v[1], a->v[2]), join(a->v[3], a->v[4]),
				   a->v[5]);
}

/* _llseek(2): the new position through a pointer. */
long sys_compat_llseek(const struct compat_args *a)
{
	long pos = sys_lseek((int)a->v[0], join(a->v[2], a->v[1]), a->v[4]);

	if (pos < 0)
		return pos;
	return arch_put_user64(uaddr(a->v[3]), (u64)pos);
}

long sys_compat_umount(const struct compat_args *a)
{
	return sys_umount2(uaddr(a->v[0]), 0);
}

/* select's arguments in memory, as it was first. */
long sys_compat_old_select(const struct compat_args *a)
{
	u32 v[5];

	if (copy_from_user(v, uaddr(a->v[0]), sizeof(v)))
		return -EFAULT;
	return sys_select((int)v[0], uaddr(v[1]), uaddr(v[2]), uaddr(v[3]), uaddr(v[4]));
}
